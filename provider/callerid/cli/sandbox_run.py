"""Running a command as callers of the sandbox, one after the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.cli.console import say
from callerid.errors import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import FrameType

_NOT_EXECUTABLE = 126
_NOT_FOUND = 127
_BY_SIGNAL = 128


def run(
    argv: Sequence[str],
    environments: Mapping[str, Mapping[str, str]],
    after_each: Callable[[], None],
) -> int:
    """Run a command once per caller, and return the worst exit code, as a shell encodes it.

    Several runs get a heading each, on stderr: stdout is the command's alone. SIGINT and SIGTERM
    end the run that is under way, and none follows it.

    Args:
        argv: the command.
        environments: the environment of each caller, by name.
        after_each: called after each run.
    """
    several, runner = len(environments) > 1, _Runner()
    codes: dict[str, int] = {}
    for name, environ in environments.items():
        if runner.ended:
            break
        if several:
            gap = "\n" if codes else ""
            say(f"{gap}==> {one_line(name)} <==", err=True)
        codes[name] = runner.run(argv, environ)
        after_each()
    if several and not runner.failed:
        told = ", ".join(f"{one_line(name)} {code}" for name, code in codes.items())
        say(f"\nExit codes: {told}.", err=True)
        return max(*codes.values(), runner.signalled)
    return max(codes.values(), default=runner.signalled)


class _Runner:
    """Runs commands on our own stdin, stdout and stderr, and passes signals on to them.

    A command that gets a signal ends by itself; we wait. A Ctrl-C at the terminal reaches it
    without us; a second one would make Pulumi give up its cleanup.
    """

    def __init__(self) -> None:
        """Take over SIGINT and SIGTERM for the rest of this process."""
        self.signalled = 0
        """128 and the number of the signal that came; 0 for none."""
        self.failed = False
        """Whether the command could not be run."""
        self._process: subprocess.Popen[bytes] | None = None
        signal.signal(signal.SIGINT, self._forward)
        signal.signal(signal.SIGTERM, self._forward)

    @property
    def ended(self) -> bool:
        """Whether no run shall follow."""
        return self.failed or bool(self.signalled)

    def run(self, argv: Sequence[str], environ: Mapping[str, str]) -> int:
        """Run a command; return its exit code."""
        try:
            process = subprocess.Popen(argv, env=environ)  # noqa: S603 - the user's own command
        except FileNotFoundError:
            text = f"There is no command {argv[0]}. Check its name and PATH."
            return self._not_run(_NOT_FOUND, text)
        except OSError as error:
            return self._not_run(_NOT_EXECUTABLE, f"{argv[0]} cannot be run: {error.strerror}.")
        self._process = process
        if self.signalled:
            process.send_signal(self.signalled - _BY_SIGNAL)
        code = process.wait()
        self._process = None
        return code if code >= 0 else _BY_SIGNAL - code

    def _not_run(self, code: int, text: str) -> int:
        say(f"Error: {text}", err=True)
        self.failed = True
        return code

    def _forward(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.signalled = _BY_SIGNAL + number
        if self._process and (number != signal.SIGINT or not _in_foreground()):
            self._process.send_signal(number)


def _in_foreground() -> bool:
    """Return whether a Ctrl-C at the terminal reaches our whole process group."""
    if sys.platform == "win32":
        return True
    try:
        with Path("/dev/tty").open("rb") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False
