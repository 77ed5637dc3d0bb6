"""The plugin, or the program, is killed or stopped in the middle of a preview."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from support.commands import CALLERID, environment

from callerid.frontends.pulumi import __main__ as plugin_main
from callerid.sandbox.server import Sandbox
from outcome import ENVIRON, NAME
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
LIMIT, ENDING = 8.0, 12.0
"""Seconds: what a program may take, and then until all is ended."""


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


def tried(scale: Scale) -> Iterator[Tried]:
    """Strike at several moments: when the victim is there, and at each request that is seen."""
    moments = range(scale.of(short=0, whole=REQUESTS + 1))
    for victim in VICTIMS[: len(moments)]:
        with Sandbox.start({"caller": slow_caller()}) as sandbox:
            lost = [text for moment in moments for text in _strike(victim, moment, sandbox)]
        yield Tried(f"previews in which {victim.name}", len(moments), tuple(lost))


def _strike(victim: Victim, moment: int, sandbox: Sandbox) -> Iterator[str]:
    command = [*CALLERID, "preview", str(PROGRAM), "--timeout", f"{LIMIT:g}"]
    sandbox.requests.clear()
    when = f"{victim.name} after {moment} requests"
    with subprocess.Popen(  # noqa: S603 - our own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**sandbox.environment("caller"), **ENVIRON),
        start_new_session=True,
    ) as preview:
        struck = find(preview.pid, victim.module)
        if not wait(lambda: len(sandbox.requests) >= moment) or not struck.is_there():
            yield f"{when}: nothing was tried: it had gone"
        struck.send(victim.signal)
        try:
            stdout, stderr = preview.communicate(timeout=LIMIT + ENDING)
        except subprocess.TimeoutExpired:
            preview.kill()
            yield f"{when}: the preview did not end"
            return
        finally:
            left = struck.is_there()
            struck.send(signal.SIGKILL)
    if left:
        yield f"{when}: it is still there when the preview has ended"
    yield from told(when, preview.returncode, stdout, stderr)


_PLACE = "The program was here:"
"""What follows in the host's words are lines of the user's own program."""


def told(when: str, code: int, stdout: str, stderr: str) -> Iterator[str]:
    """Tell what is wrong with a preview's end; one that had its answers may have ended well."""
    said = stdout + stderr
    _, *errors = said.split("error: ")
    if bool(code) != bool(errors):
        yield f"{when}: exit code {code}, and it said {said}"
    if not code and NAME not in stdout:
        yield f"{when}: exit code 0, and no answer: {said!r}"
    for error in errors:
        text = " ".join(error.partition(_PLACE)[0].split())
        if wrong := wrong_with(f"{text}." if text else ""):  # an engine's errors end in no point
            yield f"{when}: {wrong}"
