"""The trial with canaries sees a leak wherever there is one, and plants them everywhere."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from pulumi.runtime.proto import provider_pb2
from support import attack, leaking
from support.api import Reply, Seen
from support.commands import CALLERID
from support.plugin import struct

import canaries
import canaries_of_commands
import canaries_of_plugin
import canaries_of_provider
import heard
from argued import ARGUMENTS, argued
from callerid.cli import COMMANDS
from callerid.config import BY_NAME, FLOWS, PLATFORM_TITLES, SETTINGS
from callerid.errors import ConfigurationError
from callerid.frontends.pulumi import values
from callerid.recording.file import write as record
from callerid.registry import PLATFORMS
from callerid.setting import Setting
from front import ask_everything
from overheard import Listening
from pasted import pasted
from planted import PUBLIC, RECORDED, TOLD, Planted, of_platforms
from searched import RECORDINGS, Search
from staged import Stage, stage
from trial import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from front import Front

_STATE = "import os, pathlib; pathlib.Path({file!r}).write_text(os.environ['LEAK'])"
_ZIP = "import os, zipfile; zipfile.ZipFile('x.tfplan', 'w').writestr('a', os.environ['LEAK'])"
_CHILD = (
    "import os, subprocess, sys;"
    "subprocess.run([sys.executable, '-c', 'import time; time.sleep(1)', os.environ['LEAK']])"
)
LEAKS = {
    "stdout": "import os; print(os.environ['LEAK'])",
    "stderr": "import os, sys; sys.exit(os.environ['LEAK'])",
    "files": "import os, tempfile; os.write(tempfile.mkstemp()[0], os.environ['LEAK'].encode())",
    "names of files": "import os, pathlib; (pathlib.Path.home() / os.environ['LEAK']).touch()",
    "links": "import os; os.symlink(os.environ['LEAK'], 'x')",
    "recordings": _STATE.format(file="recorded.yaml"),
    "Terraform's state": _STATE.format(file="terraform.tfstate"),
    "Terraform's plan": _ZIP,
    "Pulumi's plan": _STATE.format(file="plan.json"),
    "Pulumi's settings": _STATE.format(file="Pulumi.dev.yaml"),
    "Pulumi's state": f"import os; os.mkdir('.pulumi'); {_STATE.format(file='.pulumi/x.json')}",
    "process arguments": _CHILD,
}
"""Programs that leak what is in the variable LEAK, each into one of the sinks."""


def marked(value: str) -> dict[str, str]:
    """Mark a value as the engine marks secrets."""
    return {values.SIGNATURE: values.SECRET, "value": value}


@pytest.fixture(scope="module")
def set_up() -> Iterator[Stage]:
    """Give callers and an API with canaries."""
    with stage("a test", Scale.SHORT) as made:
        yield made


def _sinks(search: Search, place: str) -> set[str]:
    return {each.sink for each in search.found if each.place == place}


@pytest.mark.parametrize("sink", LEAKS)
def test_a_leak_of_a_process_is_seen(tmp_path: Path, sink: str) -> None:
    """In each of its outputs, and in no other."""
    planted = Planted()
    search = Search(planted)
    leak = planted.words("a place")
    listening = Listening(search, tmp_path)
    listening.run([sys.executable, "-c", LEAKS[sink]], {"LEAK": leak})
    assert _sinks(search, "a place") == {sink}


def test_a_recording_is_one_before_all_of_it_is_written(tmp_path: Path) -> None:
    """Under the name that it has meanwhile, as it may be looked at in that moment."""
    listening = Listening(Search(Planted()), tmp_path)

    def looked(_: int) -> None:
        listening.look()
        raise OSError(errno.ENOSPC, "no space")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", looked)
        with pytest.raises(ConfigurationError):
            record(listening.cwd / "recorded.yaml", "version: 1")
    assert listening.search.sinks[RECORDINGS] == 1
    assert not listening.search.sinks["files"]


def test_a_file_that_is_gone_later_is_seen(tmp_path: Path) -> None:
    """It is there while the API is asked."""
    planted = Planted()
    search = Search(planted)
    listening = Listening(search, tmp_path)
    file = listening.folder / "tmp" / "x"
    file.write_text(planted.plant("a place"), encoding="utf-8")
    listening.look()
    file.unlink()
    listening.files()
    assert _sinks(search, "a place") == {"files"}


def test_a_file_that_a_process_removes_is_seen(tmp_path: Path) -> None:
    """It was there for a moment, and no API was asked meanwhile."""
    planted = Planted()
    search = Search(planted)
    removed = f"{LEAKS['recordings']}; import time; time.sleep(1); os.remove('recorded.yaml')"
    Listening(search, tmp_path).run(
        [sys.executable, "-c", removed], {"LEAK": planted.plant("a place")}
    )
    assert _sinks(search, "a place") == {"recordings"}


def test_what_goes_wrong_while_listening_is_no_silence(tmp_path: Path) -> None:
    """A search that fails in the background would have found nothing."""

    class Failing(Listening):
        def files(self) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), Failing(Search(Planted()), tmp_path).during():
        time.sleep(0.5)


def test_what_a_user_put_there_is_no_leak(tmp_path: Path) -> None:
    """A file of the user's, and the arguments of the process that the user started."""
    planted = Planted()
    search = Search(planted)
    listening = Listening(search, tmp_path)
    secret = planted.plant("a place")
    listening.put("home/.netrc", secret)
    program = "import time; time.sleep(0.3)"
    listening.run([sys.executable, "-c", program, secret], {})
    assert search.found == set()
    assert search.sinks["process arguments"]


def test_every_leak_of_a_plugin_is_seen(set_up: Stage) -> None:
    """In messages, errors and trailers, in what its engine logs, and on its streams."""
    leak = set_up.planted.words("a leak of the plugin")
    command = [sys.executable, "-m", leaking.__name__]
    environ = {"LEAK": leak, "PYTHONPATH": str(Path(leaking.__file__).parents[1])}
    started = canaries_of_plugin.started(set_up, environ, explicit=False, command=command)
    with started as front:
        front.configure({})
        assert front.ask() == 0
    assert _sinks(set_up.search, "a leak of the plugin") == {
        *("stdout", "stderr", "Engine.Log"),
        *("gRPC messages", "gRPC errors", "gRPC trailers"),
    }


class _Telling:
    """Answers with a canary where an answer tells what it is: in a person's name."""

    def __init__(self, canary: str) -> None:
        self._canary = canary

    def __call__(self, _: Seen, reply: Reply) -> Reply:
        told = json.loads(reply.body)
        for person in (told, told.get("user")):
            if isinstance(person, dict) and person.get("firstName"):
                person["firstName"] = self._canary
        return Reply(reply.status, json.dumps(told).encode(), reply.headers)


@pytest.fixture
def telling(set_up: Stage, request: pytest.FixtureRequest) -> Iterator[str]:
    """Let the API tell a canary, and give its place."""
    place = f"a name in {request.node.name}"
    set_up.api.mood = _Telling(set_up.planted.words(place))
    yield place
    set_up.api.mood = None


def test_what_an_answer_tells_is_seen(set_up: Stage, telling: str) -> None:
    """The real commands and front ends: each is listened to where it speaks."""
    caller = set_up.callers[0]
    listening = set_up.listening("telling")
    for line in (["whoami"], ["record", "--keep-names"]):
        listening.run([*CALLERID, *line], caller.environ())
    with canaries_of_plugin.started(set_up, caller.environ(), explicit=False) as pulumi:
        pulumi.configure({})
        pulumi.ask()
    with canaries_of_provider.started(set_up, caller.environ()) as terraform:
        terraform.configure({})
        terraform.ask()
    assert _sinks(set_up.search, telling) == {
        *("stdout", "recordings", "gRPC messages", "responses to Terraform"),
    }


def _asked(
    stage: Stage, platform: str, place: str, path: str = "", *, of_all: bool = False
) -> set[str]:
    """Let a request come to a platform, with a secret in a header or its path; give what's seen."""
    value = next(each.value for each in stage.planted.canaries if each.place == place)
    base = urlsplit(stage.api.base_url(f"{platform}BaseUrl")).path
    headers = {} if path else {"authorization": f"Bearer {value}"}
    seen = Seen("GET", f"{base}/{path.format(value)}", headers, b"")
    own = stage._replace(search=Search(stage.planted))
    stage.api.seen.append(seen)
    own.requests(of_all=of_all)
    return _sinks(own.search, place)


_UNUSED = [f"unused setting {each.name}" for each in SETTINGS if each.secret]


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("place", ["variable GITHUB_TOKEN", "password in .netrc", *_UNUSED])
def test_a_secret_in_a_request_is_seen(set_up: Stage, platform: str, place: str) -> None:
    """Somebody else's, and one that is set and not used."""
    set_up.listening("a request")
    assert _asked(set_up, platform, place) == {"requests"}


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "secret", [each for each in SETTINGS if each.secret], ids=lambda each: each.name
)
def test_a_credential_belongs_to_its_platform(
    set_up: Stage, platform: str, secret: Setting
) -> None:
    """Sent to another it is seen, whatever of it; and in the URL of its own."""
    place = f"setting {secret.name}"
    places = {each.place for each in set_up.planted.canaries}
    parts = [each for each in places if each == place or each.endswith(f" of {place}")]
    assert parts
    seen = set() if secret.platform == platform else {"requests"}
    assert [_asked(set_up, platform, each) for each in parts] == [seen] * len(parts)
    assert [_asked(set_up, platform, each, "{}") for each in parts] == [{"URLs"}] * len(parts)


def test_every_platform_may_be_asked(set_up: Stage) -> None:
    """By what wins there, though the caller is at another; by nothing else that is not used.

    Doctor asks so, and record.
    """
    first = {each.platform: each.settings for each in reversed(FLOWS)}
    for secret, platform in product([each for each in SETTINGS if each.secret], PLATFORMS):
        place = f"unused setting {secret.name}"
        wins = secret.name in first[platform]
        seen = _asked(set_up, platform, place, of_all=True)
        assert seen == (set() if wins else {"requests"}), (platform, place)


def test_a_minted_token_belongs_to_its_platform(set_up: Stage) -> None:
    """The access token that one platform gave is sent to no other."""
    for caller in set_up.callers:
        with canaries_of_plugin.started(set_up, caller.environ(), explicit=False) as pulumi:
            pulumi.configure({})
            assert pulumi.ask()
    set_up.requests()
    for minted, asked in product(PLATFORMS, PLATFORMS):
        place = f"signature of access_token of a reply of {minted}"
        assert _asked(set_up, asked, place) == (set() if minted == asked else {"requests"})


@pytest.mark.parametrize(
    ("name", "given_back", "left"),
    [
        ("m3terApiKey", marked("a"), []),
        ("m3terApiKey", "a", ["m3terApiKey"]),
        ("m3terApiKey", marked("b"), ["m3terApiKey"]),
        ("m3terOrgId", "a", []),
        ("m3terOrgId", marked("a"), ["m3terOrgId"]),
        ("noSetting", "a", []),
    ],
)
def test_settings_given_back_are_no_leak(name: str, given_back: Any, left: list[str]) -> None:
    """CheckConfig returns what it was sent: a secret setting marked as one, others as they are."""
    request = provider_pb2.CheckRequest(news=struct({name: "a"}))
    response = provider_pb2.CheckResponse(inputs=struct({name: given_back, "other": "a"}))
    sent = provider_pb2.CheckResponse.FromString(heard.sent(response, request))
    assert set(sent.inputs.fields) == {"other", *left}


def test_every_setting_is_planted(set_up: Stage) -> None:
    """In its own place each that is a secret, and a secret in the place of each."""
    places = {each.place for each in set_up.planted.canaries}
    secret = {f"setting {each.name}" for each in SETTINGS if each.secret}
    used = {place.removeprefix("claim note of ") for place in places}
    assert secret - used == set()
    variables = {
        name for caller in set_up.callers for name, value in caller.environ().items() if value
    }
    listed = {name for each in SETTINGS for name in each.env}
    listed -= {*BY_NAME["requestTimeoutSeconds"].env}
    assert listed - variables == set()
    assert {file for each in SETTINGS for file in each.files} - variables == set()


def test_every_token_endpoint_is_attacked(set_up: Stage) -> None:
    """By a caller who asks for a token first."""
    minting = {each.platform for each in set_up.callers if each.mints}
    titles = {title for name, title in PLATFORM_TITLES.items() if name in minting}
    assert titles == set(attack.SIGNING_IN), "see tests/support/attack.py"


def test_what_is_public_is_listed_with_a_reason(set_up: Stage) -> None:
    """No setting that is a secret, nothing that is no more, and each with its reason."""
    open_ones = {each.name for each in SETTINGS if not each.secret}
    assert set(PUBLIC) - open_ones == set()
    reasons = {**PUBLIC, **TOLD, **RECORDED}
    assert [name for name, reason in reasons.items() if len(reason.split()) < 5] == []
    list(argued(set_up.planted))
    assert {*TOLD, *RECORDED} - {each.place for each in set_up.planted.canaries} == set()


@pytest.mark.parametrize("place", RECORDED)
def test_what_is_recorded_comes_out_nowhere_else(place: str) -> None:
    """A recording is read like an answer, and repeated no more than one."""
    planted = Planted()
    search = Search(planted)
    for sink in (RECORDINGS, "stdout"):
        search.look(sink, planted.at(place))
    assert _sinks(search, place) == {"stdout"}


class _Asked:
    """A front end that notes what is being tried, and answers."""

    def __init__(self, search: Search) -> None:
        self.tried: list[str] = []
        self._search = search

    def configure(self, settings: Mapping[str, str]) -> bool:
        """Refuse what is no setting."""
        return BY_NAME.keys() >= settings.keys()

    def ask(self, _: str = "") -> int:
        """Answer one question."""
        self.tried.append(self._search.run)
        return 1

    def guard(self, _: Mapping[str, Any]) -> None:
        """Note it."""
        self.tried.append(self._search.run)


def test_the_whole_form_leaves_nothing_out(set_up: Stage) -> None:
    """As the last caller too every mood of the API, and every secret in a wrong place."""
    whole = set_up._replace(scale=Scale.WHOLE)
    front = _Asked(whole.search)
    ask_everything(whole, whole.callers[-1], front, explicit=True)
    names = [
        *(each.name for each in whole.moods),
        *(each.name for each in pasted(Planted())),
        *(name for name, _ in argued(Planted())),
    ]
    what = f"{whole.what}: {whole.callers[-1].name}, set explicitly"
    assert {f"{what}, {name}" for name in names} - {*front.tried} == set()


def test_every_argument_has_a_secret() -> None:
    """Of its type where that is a text, and of a wrong one; what may come out says why."""
    planted = Planted()
    names = {name for _, arguments in argued(planted) for name in arguments}
    assert set(ARGUMENTS) - names == set()
    public = {each.place for each in planted.canaries if each.public}
    assert public == {place for place in TOLD if place.startswith("argument ")}


class _Deaf(_Asked):
    """A front end that asks no API, and says that it has an answer."""


def test_a_mood_that_nobody_met_proves_nothing(set_up: Stage) -> None:
    """It is told as a run that was not what it was meant to be; one that was met is not."""
    own = set_up._replace(search=Search(set_up.planted))
    caller = next(each for each in own.callers if each.mints and each.reads)
    ask_everything(own, caller, _Deaf(own.search), explicit=True)
    moods = [each.name for each in own.moods_of(caller)]
    assert moods
    assert len(own.search.missed) == len(moods)
    assert all(each.endswith("nothing was asked that is answered so") for each in own.search.missed)


class _Dropping(_Asked):
    """A front end that never sends what is no setting."""

    def configure(self, _: Mapping[str, str]) -> bool:
        """Take everything."""
        return True


def test_a_misspelt_name_that_is_not_sent_proves_nothing(set_up: Stage) -> None:
    """Each is told as a run that was not what it was meant to be."""
    own = set_up._replace(search=Search(set_up.planted))
    ask_everything(own, own.callers[-1], _Dropping(own.search), explicit=True)
    taken = [each for each in own.search.missed if each.endswith("it was taken, or never sent")]
    assert len(taken) == len(SETTINGS)


@pytest.mark.parametrize("name", ["plugin", "provider"])
def test_a_misspelt_name_is_sent(set_up: Stage, name: str) -> None:
    """Both front ends get it, and refuse it; what is spelt well is taken."""
    environ = set_up.callers[0].environ()
    started: dict[str, AbstractContextManager[Front]] = {
        "plugin": canaries_of_plugin.started(set_up, environ, explicit=False),
        "provider": canaries_of_provider.started(set_up, environ),
    }
    with started[name] as front:
        assert front.configure({"requestTimeoutSeconds": "1"})
        assert not front.configure({"requestTimeoutSecondsx": "1"})


@pytest.mark.parametrize("tokens", [True, False], ids=["tokens", "questions"])
def test_moods_are_met_at_both_platforms(set_up: Stage, tokens: bool) -> None:  # noqa: FBT001 - a parameter
    """Who has a ready token asks for none; each caller that meets a mood has its turn."""
    moods = [each for each in set_up.moods if each.tokens == tokens]
    chosen = [[*set_up.one_of_each(each, turn)] for turn, each in enumerate(moods)]
    assert {tuple(each.platform for each in some) for some in chosen} == {tuple(PLATFORMS)}
    used = {each.name for some in chosen for each in some}
    assert used == {each.name for each in set_up.meeting(moods[0])}
    ready = {each.name for each in set_up.callers if not each.mints}
    assert len(ready) == 3, "two at one platform, one at the other"
    assert (used & ready == set()) == tokens


def test_the_short_form_shares_all_moods(set_up: Stage) -> None:
    """Every mood is met by one caller, and by one alone."""
    shared = [mood.name for caller in set_up.callers for mood in set_up.moods_of(caller)]
    assert sorted(shared) == sorted(each.name for each in set_up.moods)


def test_a_further_platform_has_its_public_settings() -> None:
    """Where it is asked, and about which organization; whatever else it has is a secret."""
    names = ("toyOrgId", "toyBaseUrl", "toyRegion", "toyKey")
    settings = [Setting(name, (name,), "", platform="toy") for name in names]
    assert [*of_platforms(settings)] == ["toyOrgId", "toyBaseUrl"]


@pytest.mark.parametrize("setting", ["cspClientId", "cspClientSecret"])
def test_what_may_be_public_is_told_with_the_place_for_its_reason(setting: str) -> None:
    """A setting that is no secret, of which nobody has said that it may come out."""
    planted = Planted(public=())
    search = Search(planted)
    search.look("stdout", planted.at("a place", setting))
    [lost] = search.tried("runs").lost
    assert lost.endswith("add why to PUBLIC in trust/planted.py") == (not BY_NAME[setting].secret)


def test_a_tool_that_is_not_here_has_its_line() -> None:
    """Nothing is tried and nothing lost, and the line says so; what is here is run."""
    told = [kind.tried(name, Scale.WHOLE) for name, kind in canaries.tools(()).items()]
    assert [(each.times, each.lost, each.seen) for each in told] == [
        (0, (), "not tried: there is no terraform and no tofu on this machine"),
        (0, (), "not tried: there is no pulumi on this machine"),
    ]
    assert [each.lacks for each in canaries.tools(["tofu", "pulumi"]).values()] == ["", ""]


def test_every_command_is_run() -> None:
    """The commands that there are, and no others."""
    assert {line[0] for line in canaries_of_commands.LINES} == set(COMMANDS)
