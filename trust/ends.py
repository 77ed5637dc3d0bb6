"""How a command ended, and what is wrong with that: it did its work, or said clearly why not."""

from __future__ import annotations

import re
import resource
import subprocess
import time
from typing import TYPE_CHECKING, NamedTuple

from support.commands import CALLERID, environment

from outcome import DEADLINE, ENVIRON, LATE
from sentence import inside, wrong_with

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    Made = Callable[["Done", Path], str]

SECONDS = 30.0
STARTING = 5.0
"""Seconds: more than Python takes to start on a busy machine, beside what is waited for."""
HUNG = -1
"""The code of one that did not end; one that was ended by a signal has a code below 0, too."""
_CLICK = re.compile(r"\A(Usage: [^\n]*\n(Try [^\n]*\n)?\n)?Error: ")
"""What click puts before the sentence."""

_ERROR = re.compile(r"^ *error: ", re.MULTILINE)
"""What a preview's report puts before what went wrong."""


class Command(NamedTuple):
    """What people run, and what it leaves behind when it ends well."""

    arguments: tuple[str, ...]
    made: Made
    """Gets the end and the folder it ran in; tells what is not as it should be, or nothing."""
    reports: bool = False
    """Whether it may fail with what it prints on stdout: findings of this machine."""
    diagnoses: bool = False
    """Whether it says why it failed in its report on stdout, as `pulumi preview` does."""
    answers: int = 0
    """How many answers it waits for, each until the deadline; 0 for one that runs others."""
    writes: bool = True
    """Whether it may fail where nothing can be written."""

    @property
    def name(self) -> str:
        """What it is called in a loss."""
        return " ".join(self.arguments[:2])

    @property
    def limit(self) -> float:
        """How many seconds it may take."""
        return STARTING + self.answers * DEADLINE + LATE if self.answers else SECONDS


class Done(NamedTuple):
    """A command that ended."""

    code: int
    stdout: str
    stderr: str
    seconds: float = 0.0


def wrong(command: Command, done: Done, folder: Path) -> Iterator[str]:
    """Tell what is wrong: a command does its work, or fails with a sentence on stderr."""
    name = command.name
    if done.seconds > command.limit:
        yield f"{name}: {done.seconds:.1f} s, where {command.limit:g} s are the limit"
    if done.code < 0:
        yield f"{name}: ended with {done.code}: {done.stderr}"
    elif done.code and command.reports and done.stdout:
        if shown := inside(done.stdout + done.stderr):
            yield f"{name}: exit code {done.code}, and it shows the inside ({shown}): {done.stdout}"
    elif done.code:
        for said in _said(command, done):
            if found := wrong_with(said):
                yield f"{name}: exit code {done.code}: {found}"
    else:
        if found := inside(done.stderr):
            yield f"{name}: exit code 0, and it shows the inside ({found}): {done.stderr}"
        if missing := command.made(done, folder):
            yield f"{name}: exit code 0: {missing}"


def _said(command: Command, done: Done) -> list[str]:
    """Give what a command says of its failure; it ends before it has a report, or with one."""
    if command.diagnoses and not done.stderr:
        return [sentence_of(each) for each in errors_in(done.stdout)] or [""]
    return [_CLICK.sub("", done.stderr, count=1)]


def errors_in(report: str) -> list[str]:
    """Give the errors of a preview's report, as they are printed."""
    return _ERROR.split(report)[1:]


def sentence_of(error: str) -> str:
    """Give one without the lines that it is wrapped to; an engine's errors end in no point."""
    text = " ".join(error.split())
    return f"{text}." if text else ""


def run(
    command: Command,
    folder: Path,
    environ: Mapping[str, str],
    limits: Mapping[int, int] | None = None,
    before: tuple[str, ...] = (),
) -> Done:
    """Run one in a folder; with limits of resources, and below another command, if given."""

    def limit() -> None:
        for each, value in (limits or {}).items():
            resource.setrlimit(each, (value, value))

    started = time.monotonic()
    try:
        done = subprocess.run(  # noqa: S603 - our own commands
            [*before, *CALLERID, *command.arguments],
            check=False,
            capture_output=True,
            cwd=folder,
            env=environment(**environ, **ENVIRON, **homes(folder)),
            preexec_fn=limit,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Done(HUNG, "", f"it did not end within {SECONDS:g} s.")
    return Done(done.returncode, done.stdout, done.stderr, time.monotonic() - started)


def lost(
    command: Command,
    folder: Path,
    environ: Mapping[str, str],
    limits: Mapping[int, int] | None = None,
    before: tuple[str, ...] = (),
) -> Iterator[str]:
    """Run one, and tell what is wrong with its end."""
    yield from wrong(command, run(command, folder, environ, limits, before), folder)


def unwritten(
    command: Command, folder: Path, environ: Mapping[str, str], before: tuple[str, ...] = ()
) -> Iterator[str]:
    """Run one where nothing can be written: one that only asks does its work all the same."""
    yield from wrong_unwritten(command, run(command, folder, environ, before=before), folder)


def wrong_unwritten(command: Command, done: Done, folder: Path) -> Iterator[str]:
    """Tell what is wrong with its end there."""
    yield from wrong(command, done, folder)
    if done.code and not command.writes:
        yield f"{command.name}: it writes nothing, and ended with {done.code}: {done.stderr}"


def homes(folder: Path) -> dict[str, str]:
    """Give the variables of somebody who lives in a folder."""
    return dict.fromkeys(("HOME", "PULUMI_HOME", "TMPDIR", "XDG_CACHE_HOME"), str(folder))


def says(text: str) -> Made:
    """Demand that a command print a text."""
    return lambda done, _: "" if text in done.stdout else f"{text} is not in {done.stdout!r}"
