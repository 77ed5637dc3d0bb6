"""The command line, every command of it, with canaries in all that can be set and answered."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from support.commands import CALLERID

import asked
from callerid.config import BY_NAME
from callers import variables
from pasted import pasted, proxies
from staged import TIMEOUT
from trial import Scale

if TYPE_CHECKING:
    from collections.abc import Callable

    from callers import Spied
    from overheard import Serving
    from staged import Stage

_PROGRAM = Path(__file__).resolve().parents[1] / "examples" / "python"
_RULE = ("--any-role", "nobody")
_RECORDING = ("record", "--output", "recorded.yaml")
ASKING: tuple[tuple[str, ...], ...] = (
    ("whoami",),
    ("roles",),
    ("require", *_RULE),
    ("doctor",),
    ("whoami", "--json"),
    ("roles", "--json"),
    ("require", *_RULE, "--json"),
    ("doctor", "--json"),
    ("require", *_RULE, "--on-refusal", "warn"),
    _RECORDING,
)
"""What asks an API, or looks at the settings of one."""
_RUNNING: tuple[tuple[str, ...], ...] = (
    ("record", "--keep-names", "--output", "passed.yaml", "--", *CALLERID, "roles"),
    ("sandbox", "--verbose", "--as", "owner", "--as", "person", "--", *CALLERID, "whoami"),
    ("sandbox", "--all", "--", *CALLERID, "schema"),
    ("preview", str(_PROGRAM)),
    ("preview", str(_PROGRAM), "--as", "owner", "--json"),
)
_ONCE: tuple[tuple[str, ...], ...] = (
    ("schema",),
    ("install", "pulumi"),
    ("install", "terraform"),
    ("sandbox", "--list"),
    ("sandbox", "--describe", "owner"),
)
_SERVING: dict[tuple[str, ...], Callable[[Stage, Serving, Spied], None]] = {
    ("provider",): asked.plugin,
    ("provider", "--terraform"): asked.provider,
    ("sandbox", "--verbose", "--as", "owner"): asked.sandbox,
}
"""What serves, and how it is asked."""
LINES = (*ASKING, *_RUNNING, *_ONCE, *_SERVING)
"""Every command that there is, once at least."""

_OF_ALL = ("doctor", "record")
"""What asks every platform that a credential is set for."""
_MAY_FAIL = ("doctor", "require")
"""What fails for good reasons: other settings are wrong, nobody has the role."""


def run(stage: Stage) -> None:
    """Call the commands: as every caller, in every mood of the API, with secrets misplaced."""
    for number, caller in enumerate(stage.callers):
        short = (ASKING[number : number + 1], LINES)
        for line in short[stage.scale is Scale.WHOLE]:
            _call(stage, caller, line)
    _in_files(stage)
    _in_moods(stage)
    _misplaced(stage)


def _call(stage: Stage, caller: Spied, line: tuple[str, ...], when: str = "", **more: str) -> None:
    """Run one command, and search all that comes out."""
    stage.search.begin(f"callerid {' '.join(line[:2])}, {caller.name}{when}")
    listening = stage.listening("command")
    environ = {**caller.environ(), **more}
    if line in _SERVING:
        with listening.serving([*CALLERID, *line], environ) as serving:
            _SERVING[line](stage, serving, caller)
    else:
        done = listening.run([*CALLERID, *line], environ)
        if done.returncode and not when and line[0] not in _MAY_FAIL:
            stage.search.miss(f"it ended with {done.returncode}")
    stage.requests(of_all=line[0] in _OF_ALL)
    shutil.rmtree(listening.folder)


def _in_files(stage: Stage) -> None:
    askers = itertools.cycle(ASKING)
    for caller in stage.scale.some(stage.callers, every=len(stage.callers)):
        with TemporaryDirectory() as folder:
            given = caller.in_files(Path(folder))
            _call(stage, caller, next(askers), ", its secrets in files", **given)


def _in_moods(stage: Stage) -> None:
    """Meet each mood by a command at each platform, and by what keeps what it is told."""
    askers = itertools.cycle(ASKING)
    for number, mood in enumerate(stage.scale.some(stage.moods, every=20)):
        callers = stage.one_of_each(mood, number)
        pairs = [(caller, next(askers)) for caller in callers]
        pairs.append((callers[number % len(callers)], _RECORDING))
        for caller, line in pairs[: stage.scale.of(short=1, whole=len(pairs))]:
            with stage.in_mood(mood):
                _call(stage, caller, line, f", {mood.name}", **_IN_TIME)


_IN_TIME = {BY_NAME["requestTimeoutSeconds"].env[0]: TIMEOUT}


def _misplaced(stage: Stage) -> None:
    askers = itertools.cycle(ASKING)
    for turn, each in enumerate(stage.scale.some(list(pasted(stage.planted)), every=25)):
        for caller in _concerned(stage, each.settings):
            [(name, value)] = each.settings.items()
            given = variables(BY_NAME[name], value, turn)
            _call(stage, caller, next(askers), f", {each.name}", **given)
    with proxies(stage.planted, stage.search) as wrong:
        for proxy in stage.scale.some(wrong, every=len(wrong)):
            for caller in stage.scale.some(stage.callers, every=len(stage.callers)):
                line = next(askers)
                _call(
                    stage,
                    caller.elsewhere(),
                    line,
                    f", {proxy.name}",
                    **_IN_TIME,
                    **proxy.variables,
                )


def _concerned(stage: Stage, settings: dict[str, str]) -> list[Spied]:
    """Give a caller of the platform that the settings are of, or one at all."""
    [name] = settings
    platform = BY_NAME[name].platform
    known = [each for each in stage.callers if platform in (None, each.platform)]
    return known[: stage.scale.of(short=1, whole=2)]
