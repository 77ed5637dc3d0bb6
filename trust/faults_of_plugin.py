"""The plugin, or the program, is killed or stopped in the middle of a preview."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from support.commands import CALLERID, environment

from callerid.frontends.pulumi import __main__ as plugin_main
from callerid.sandbox.server import Sandbox
from callerid.testing.host import ENDING_SECONDS
from ends import errors_in, sentence_of
from outcome import ENVIRON, LATE, NAME
from processes import find, wait
from sentence import wrong_with
from steps import slow_caller
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).resolve().parents[1] / "examples" / "python"
_PLUGIN, _PROGRAM = plugin_main.__name__, "callerid.testing.program"
REQUESTS = 3
"""What the program's answers take: a token, who it is, and its policies."""
LIMIT = 8.0
"""Seconds that a program may take."""
LONGEST = LIMIT + ENDING_SECONDS + LATE
"""Seconds until a preview has ended whose program took too long."""
_HUNG = 2 * LONGEST


class Victim(NamedTuple):
    """Which process, by what its command says, and what happens to it."""

    name: str
    module: str
    signal: signal.Signals


_KILLED, _STOPPED = signal.SIGKILL, signal.SIGSTOP
VICTIMS = (
    Victim("the plugin is killed", _PLUGIN, _KILLED),
    Victim("the plugin is stopped", _PLUGIN, _STOPPED),
    Victim("the program is killed", _PROGRAM, _KILLED),
    Victim("the program is stopped", _PROGRAM, _STOPPED),
)


class End(NamedTuple):
    """How a preview ended: what is wrong with that, and how long after the strike it came."""

    lost: tuple[str, ...]
    seconds: float = 0.0


def tried(scale: Scale) -> Iterator[Tried]:
    """Strike at several moments: when the victim is there, and at each request that is seen."""
    moments = range(scale.of(short=0, whole=REQUESTS + 1))
    for victim in VICTIMS[: len(moments)]:
        with Sandbox.start({"caller": slow_caller()}) as sandbox:
            ends = [_strike(victim, moment, sandbox) for moment in moments]
        lost = tuple(text for each in ends for text in each.lost)
        longest = max(each.seconds for each in ends)
        what = f"previews in which {victim.name}, at its start or later"
        seen = (
            f"at most {longest:.1f} s; {LIMIT:g} s are the limit, {ENDING_SECONDS:g} s for the end"
        )
        yield Tried(what, len(moments), lost, seen)


def _strike(victim: Victim, moment: int, sandbox: Sandbox) -> End:
    sandbox.requests.clear()
    when = f"{victim.name} after {moment} requests"
    with _preview(sandbox) as preview:
        struck = find(preview.pid, victim.module)
        wait(lambda: len(sandbox.requests) >= moment)
        is_there = struck.is_there() and len(sandbox.requests) >= moment
        struck.send(victim.signal)
        started = time.monotonic()
        try:
            stdout, stderr = preview.communicate(timeout=_HUNG)
        except subprocess.TimeoutExpired:
            preview.kill()
            return End((f"{when}: the preview did not end",), _HUNG)
        finally:
            seconds, left = time.monotonic() - started, struck.is_there()
            struck.send(signal.SIGKILL)
    lost = [*in_time(when, seconds), *told(when, preview.returncode, stdout, stderr)]
    if not is_there:
        lost.append(f"{when}: nothing was tried: it had gone")
    if left:
        lost.append(f"{when}: it is still there when the preview has ended")
    return End(tuple(lost), seconds)


def _preview(sandbox: Sandbox) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own command
        [*CALLERID, "preview", str(PROGRAM), "--timeout", f"{LIMIT:g}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**sandbox.environment("caller"), **ENVIRON),
        start_new_session=True,
    )


def in_time(when: str, seconds: float) -> Iterator[str]:
    """Tell of a preview that took longer than its user let it, and than its ending may take."""
    if seconds > LONGEST:
        yield f"{when}: it ended after {seconds:.1f} s, where {LONGEST:g} s are the limit"


_PLACE = re.compile(
    r"^(?P<indent> *)The program was here:\n(?P<stack>(?:(?P=indent) +\S.*\n?)+)", re.MULTILINE
)
"""What follows in the host's words, and deeper, are lines of the user's own program."""
_FILE = re.compile(r'File "(.*)", line')
_BLAME = re.compile(r"\bbug\b|exit code -")


def told(when: str, code: int, stdout: str, stderr: str) -> Iterator[str]:
    """Tell what is wrong with a preview's end; one that had its answers may have ended well."""
    said = stdout + stderr
    errors = errors_in(said)
    if bool(code) != bool(errors):
        yield f"{when}: exit code {code}, and it said {said}"
    if not code and NAME not in stdout:
        yield f"{when}: exit code 0, and no answer: {said!r}"
    for error in errors:
        yield from (f"{when}: {wrong}" for wrong in _wrong(error))


def _wrong(error: str) -> Iterator[str]:
    """Judge all but the lines of the program, and that these are its own; who struck is known."""
    text = sentence_of(_PLACE.sub("", error))
    if wrong := wrong_with(text):
        yield wrong
    if _BLAME.search(text):
        yield f"it blames who was killed or stopped: {text}"
    for place in _PLACE.finditer(error):
        for path in _FILE.findall(place["stack"]):
            if not Path(path).is_relative_to(PROGRAM):
                yield f"a line that is not the program's: {path}"
