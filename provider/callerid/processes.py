"""Child processes: started apart from the terminal's signals, ended for certain."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from contextlib import suppress
from threading import Thread
from typing import IO, TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class Process(Protocol):
    """A running child process, however it came to be: the part of `subprocess.Popen` in use."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None

    @property
    def pid(self) -> int:
        """Its number, which is that of its group too."""

    def poll(self) -> int | None:
        """Return the exit code (negative: the signal) if it has ended, else None."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return the exit code; raises `subprocess.TimeoutExpired`."""

    def terminate(self) -> None:
        """Ask it to end."""


class Start(Protocol):
    """A way to start a process: `start`, or `warm.Warm.start`."""

    def __call__(
        self,
        command: Sequence[str],
        cwd: Path,
        environ: Mapping[str, str],
        stderr: int = subprocess.PIPE,
    ) -> Process:
        """Start a command in a folder, with pipes; `stderr` may be `subprocess.STDOUT`."""


class Collector:
    """Reads a pipe to its end on a thread of its own, so that the writer never blocks."""

    def __init__(self, pipe: IO[bytes], most: int | None = None) -> None:
        """Start reading; `most` is how many chunks are kept, the last ones, each up to 64 KiB."""
        self._chunks: deque[bytes] = deque(maxlen=most)
        self._pipe = pipe
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._pipe:
            while chunk := os.read(self._pipe.fileno(), 65536):
                self._chunks.append(chunk)

    def text(self, seconds: float = 2.0) -> str:
        """Wait for the end of the pipe, for `seconds` at most, and return everything read."""
        self._thread.join(seconds)
        return b"".join(self._chunks).decode(errors="replace")


def start(
    command: Sequence[str], cwd: Path, environ: Mapping[str, str], stderr: int = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, with pipes for stdin and stdout, unbuffered.

    Raises:
        OSError: there is no such program, or it cannot be executed.
    """
    return subprocess.Popen(  # noqa: S603 - the command is the caller's purpose
        list(command),
        cwd=cwd,
        env=dict(environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        bufsize=0,
        start_new_session=True,
    )


def ask(process: Process, number: signal.Signals, seconds: float) -> None:
    """Send a signal to a process and its children, and wait at most `seconds` for its end.

    Windows has no such signals; there it does nothing.
    """
    if sys.platform != "win32":
        _signal(process, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


def interrupt(process: Process) -> None:
    """Ask a process and its children to end: SIGINT, or terminate if there is no SIGINT."""
    _signal(process, signal.SIGINT)


def kill(process: Process) -> None:
    """End a process and its children at once, and collect it."""
    if sys.platform == "win32":
        tree = ["taskkill", "/T", "/F", "/PID", str(process.pid)]
        subprocess.run(tree, capture_output=True, check=False)  # noqa: S603 - a command of Windows
        process.terminate()
    else:
        _signal(process, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()


def _signal(process: Process, number: signal.Signals) -> None:
    if sys.platform == "win32":
        process.terminate()
        return
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return
