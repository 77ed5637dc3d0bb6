"""The plugin, or the program, is killed or stopped in the middle of a preview."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from support.api_process import ApiProcess
from support.commands import CALLERID, environment

from callerid.frontends.pulumi import __main__ as plugin_main
from outcome import ENVIRON
from processes import find
from sentence import wrong_with
from steps import slow_caller
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).resolve().parents[1] / "examples" / "python"
_PLUGIN, _PROGRAM = plugin_main.__name__, "callerid.testing.program"
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
    """Strike at several moments."""
    moments = (0.0, 0.2, 0.5, 0.9)[: scale.of(short=0, whole=4)]
    for victim in VICTIMS[: len(moments)]:
        with ApiProcess(slow_caller()) as api:
            lost = [text for moment in moments for text in _strike(victim, moment, api)]
        yield Tried(f"previews in which {victim.name}", len(moments), tuple(lost))


def _strike(victim: Victim, moment: float, api: ApiProcess) -> Iterator[str]:
    command = [*CALLERID, "preview", str(PROGRAM), "--timeout", f"{LIMIT:g}"]
    with subprocess.Popen(  # noqa: S603 - our own command
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**api.environ, **ENVIRON),
        start_new_session=True,
    ) as preview:
        struck = find(preview.pid, victim.module)
        time.sleep(moment)
        started = time.monotonic()
        struck.send(victim.signal)
        try:
            stdout, stderr = preview.communicate(timeout=LIMIT + ENDING)
        except subprocess.TimeoutExpired:
            preview.kill()
            yield f"{victim.name} after {moment:g} s: the preview did not end"
            return
        finally:
            left = struck.is_there()
            struck.send(signal.SIGKILL)
    when = f"{victim.name} after {moment:g} s ({time.monotonic() - started:.1f} s)"
    if left:
        yield f"{when}: it is still there when the preview has ended"
    yield from _told(when, preview.returncode, stdout, stderr)


_PLACE = "The program was here:"
"""What follows in the host's words are lines of the user's own program."""


def _told(when: str, code: int, stdout: str, stderr: str) -> Iterator[str]:
    """Tell what is wrong with a preview's end; one that had its answers may have ended well."""
    said = stdout + stderr
    _, *errors = said.split("error: ")
    if bool(code) != bool(errors):
        yield f"{when}: exit code {code}, and it said {said}"
    for error in errors:
        text = " ".join(error.partition(_PLACE)[0].split())
        if wrong := wrong_with(f"{text}."):  # an engine's errors end in no point
            yield f"{when}: {wrong}"
