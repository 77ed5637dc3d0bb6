"""What the runs of one kind share: the canaries, the search, the API, and who calls it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from callerid.config import FLOWS, SETTINGS
from callers import Spied, scenarios, spied
from moods import Mood, moods
from overheard import Listening
from planted import Planted
from searched import Search
from spiking import Spiking, sent_to, spiking
from trial import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.api import Reply, Seen

TIMEOUT = "1"
"""Seconds for an answer, where an API fails: what is waited for is not what is tried."""

_ASKED_ABOUT = (
    "argument orgId",
    *(f"pasted into {each.name}" for each in SETTINGS if each.name.endswith("OrgId")),
)
"""What is given as an organization is asked about: the path of a request names it."""
_SENT = ("argument orgId", "an odd token reply")
"""What belongs into requests to any platform, beside its own credentials: any may send it."""


class Stage(NamedTuple):
    """All of it."""

    what: str
    """What is tried, as runs are called."""
    planted: Planted
    search: Search
    api: Spiking
    callers: list[Spied]
    moods: list[Mood]
    folder: Path
    scale: Scale

    def listening(self, name: str = "") -> Listening:
        """Listen to runs in folders of their own."""
        listening = Listening(self.search, self.folder / f"{name}{self.search.runs}")
        login, word = (self.planted.at(f"{each} in .netrc") for each in ("login", "password"))
        listening.put("home/.netrc", f'machine 127.0.0.1 login "{login}" password "{word}"\n')
        self.api.at_request = listening.look
        return listening

    def ways(self, number: int) -> tuple[bool, ...]:
        """Tell whether settings are explicit: both ways, in the short form one or the other."""
        return (False, True) if self.scale is Scale.WHOLE else (bool(number % 2),)

    @contextmanager
    def in_mood(self, mood: Mood) -> Iterator[None]:
        """Let the API be in a mood; where nobody meets it, nothing was tried."""
        met: list[Seen] = []

        def answered(seen: Seen, reply: Reply) -> Reply:
            if mood.is_for(seen):
                met.append(seen)
            return mood(seen, reply)

        self.api.mood = answered
        try:
            yield
        finally:
            self.api.mood = None
        if not met:
            self.search.miss("nothing was asked that is answered so")

    def meeting(self, mood: Mood) -> list[Spied]:
        """Give the callers who ask for what is answered in a mood."""
        return [each for each in self.callers if (each.mints if mood.tokens else each.reads)]

    def one_of_each(self, mood: Mood, number: int) -> list[Spied]:
        """Give a caller of each platform who meets a mood, another one for each number."""
        known = self.meeting(mood)
        platforms = dict.fromkeys(each.platform for each in known)
        by = [[each for each in known if each.platform == platform] for platform in platforms]
        return [each[number % len(each)] for each in by]

    def moods_of(self, caller: Spied) -> list[Mood]:
        """Give the moods that a caller meets; in the short form callers share them among them."""
        if self.scale is Scale.WHOLE:
            return [each for each in self.moods if caller in self.meeting(each)]
        shares = [(each, self.meeting(each)) for each in self.moods]
        return [mood for turn, (mood, met) in enumerate(shares) if met[turn % len(met)] == caller]

    def requests(self, *, of_all: bool = False) -> None:
        """Search what came to the API: no URL has a secret, no request one of somebody else's.

        Somebody else is another platform than the one whose base URL was asked, too. Who asks
        those `of_all` platforms signs in at each in the first way that is set.
        """
        for seen in self.api.seen:
            self.search.look("URLs", seen.path, but=_ASKED_ABOUT)
            rest = [f"{name}: {value}" for name, value in seen.headers.items()]
            text = "\n".join([*rest, seen.body.decode(errors="replace")])
            platform = self.api.platform_of(seen)
            tried = _first(platform) if of_all else ()
            self.search.look("requests", text, but=(*_SENT, *sent_to(platform), *tried))
        self.api.seen.clear()


def _first(platform: str | None) -> tuple[str, ...]:
    """Name the credential that wins at a platform where every one is set and not used."""
    first = next((each.settings for each in FLOWS if each.platform == platform), ())
    return tuple(f"unused setting {name}" for name in first)


@contextmanager
def stage(what: str, scale: Scale) -> Iterator[Stage]:
    """Set everything up."""
    planted = Planted()
    known = scenarios(planted)
    with spiking(planted, known) as (api, sandbox), TemporaryDirectory() as folder:
        callers = [
            spied(name, scenario, api, sandbox.environment(name), turn)
            for turn, (name, scenario) in enumerate(known.items())
        ]
        yield Stage(
            what,
            planted,
            Search(planted),
            api,
            callers,
            list(moods(planted)),
            Path(folder).resolve(),
            scale,
        )
