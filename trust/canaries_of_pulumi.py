"""The real Pulumi: what its engine prints and keeps, with the state of a stack and its history."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from support.commands import CALLERID
from support.pulumi import STACK, Cli, cli_in

from callerid.config import BY_NAME
from callerid.testing.pulumi_cli import find_cli
from moods import CHOSEN
from staged import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callers import Spied
    from overheard import Listening
    from staged import Stage

_PROGRAM = Path(__file__).resolve().parents[1] / "tests" / "programs" / "whoami"
_STEPS = (
    ("preview", "--diff", "--save-plan", "plan.json"),
    ("up", "--yes", "--skip-preview"),
    ("stack", "export"),
    ("stack", "output", "--json"),
    ("refresh", "--yes"),
    ("preview", "--json"),
    ("destroy", "--yes"),
)


class _Project:
    """A project of the real CLI, in folders that are listened to."""

    def __init__(self, stage: Stage, cli: Cli, listening: Listening) -> None:
        self._stage, self._cli, self._listening = stage, cli, listening
        shutil.copytree(_PROGRAM, listening.cwd, dirs_exist_ok=True)

    def run(self, what: str, environ: Mapping[str, str], *arguments: str, given: str = "") -> int:
        """Call the CLI; what it is told to keep comes on stdin."""
        self._stage.search.begin(f"pulumi {arguments[0]}: {what}")
        argv = [str(self._cli.executable), *arguments, "--non-interactive", "--color", "never"]
        both = {**self._cli.environ, **environ}
        return self._listening.run(argv, both, given.encode()).returncode

    def must(self, what: str, environ: Mapping[str, str], *arguments: str, given: str = "") -> None:
        """Call it, and note a run that failed, as it proves nothing."""
        if code := self.run(what, environ, *arguments, given=given):
            self._stage.search.miss(f"it ended with {code}")


def run(stage: Stage) -> None:
    """Preview, create, refresh and destroy as every caller, and fail in some moods of the API."""
    executable = find_cli()
    assert executable  # noqa: S101 - whoever calls this has looked
    listening = stage.listening("pulumi")
    cli = cli_in(listening.folder / "home" / "pulumi", executable)
    stage.search.begin("callerid install pulumi")
    listening.run([*CALLERID, "install", "pulumi"], cli.environ)
    project = _Project(stage, cli, listening)
    project.must("a new stack", stage.callers[0].environ(), "stack", "init", STACK)
    for caller in stage.scale.some(stage.callers, every=len(stage.callers)):
        _go_through(project, f"{caller.name}, set by variables", caller.environ())
        _configure(project, caller, "set")
        _go_through(project, f"{caller.name}, set for the stack", caller.environ(explicit=True))
        _configure(project, caller, "rm")
        stage.requests()
    _fail(stage, project)


def _go_through(project: _Project, what: str, environ: Mapping[str, str]) -> None:
    for step in _STEPS:
        project.must(what, environ, *step)


def _configure(project: _Project, caller: Spied, how: str) -> None:
    """Set the settings as people should, secret ones as secrets, or remove them."""
    for name, value in caller.settings.items():
        kind = ["--secret" if BY_NAME[name].secret else "--plaintext"] if how == "set" else []
        given = value if how == "set" else ""
        key = f"callerid:{name}"
        what = f"{caller.name}, {name}"
        project.must(what, caller.environ(), "config", how, *kind, key, given=given)


def _fail(stage: Stage, project: _Project) -> None:
    """Preview in some moods, as a caller of each platform who meets them: each takes seconds."""
    in_time = {BY_NAME["requestTimeoutSeconds"].env[0]: TIMEOUT}
    chosen = [mood for mood in stage.moods if mood.name.startswith(CHOSEN)]
    for number, mood in enumerate(chosen[: stage.scale.of(short=1, whole=len(chosen))]):
        callers = stage.one_of_each(mood, number)
        for caller in callers[: stage.scale.of(short=1, whole=len(callers))]:
            with stage.in_mood(mood):
                what = f"{caller.name}, {mood.name}"
                project.run(what, {**caller.environ(), **in_time}, "preview")
    stage.requests()
