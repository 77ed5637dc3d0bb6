"""Whether an executable starts: run as a host runs it, without anybody's settings."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING

from callerid import processes
from callerid.config import SETTINGS
from callerid.errors import printable_line

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 10.0
"""How long an executable may take for its first line, and then for an answer."""
LINE_BYTES = 4096
"""The most of a first line that is read; a longer one is none."""
_LAST_CHUNKS = 2
_CLOSING_SECONDS = 2.0
_LEAVING_SECONDS = 1.0
"""How long it may take to clear up when it is asked to leave."""


class NoAnswerError(Exception):
    """An executable is of no use; the text says why, not how to fix it."""


def without_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave out callerid's own settings: who is only started needs no credential."""
    ours = {name for setting in SETTINGS for name in setting.variables}
    return {name: value for name, value in environ.items() if name not in ours}


class Started:
    """A process that was started to see whether it starts. It must be ended, once."""

    def __init__(self, executable: Path, environ: Mapping[str, str]) -> None:
        """Start it, with no setting of callerid's: what it complains of is shown.

        Raises:
            NoAnswerError: it cannot be started.
        """
        try:
            self._process = processes.start(
                [str(executable)], Path.cwd(), without_settings(environ)
            )
        except OSError as error:
            text = f"it cannot be started: {error.strerror}"
            raise NoAnswerError(text) from None
        assert self._process.stdout  # noqa: S101 - they are pipes
        assert self._process.stderr  # noqa: S101 - as above
        self._said = processes.Collector(self._process.stderr, _LAST_CHUNKS)
        self._line = _Line(self._process.stdout)

    def first_line(self, seconds: float) -> bytes:
        """Wait for the first line of stdout; it is empty if none comes."""
        return self._line.wait(seconds)

    def end(self) -> str:
        """End it with all that it started, and say that it does not start, and why if it told.

        Programs give the reason in their last line.
        """
        processes.ask(self._process, signal.SIGTERM, _LEAVING_SECONDS)
        processes.kill(self._process)
        self._line.close()
        lines = self._said.text().strip().splitlines()
        return f"it does not start: {printable_line(lines[-1])}" if lines else "it does not start"


class _Line:
    """The first line of a pipe, read on a thread: whoever holds the pipe may never end it."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._read: SimpleQueue[bytes] = SimpleQueue()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with self._pipe:
            line = b""
            while b"\n" not in line and len(line) < LINE_BYTES:
                chunk = os.read(self._pipe.fileno(), LINE_BYTES)
                if not chunk:
                    break
                line += chunk
            self._read.put(line.partition(b"\n")[0].strip())

    def wait(self, seconds: float) -> bytes:
        """Return the line, or nothing if it does not come."""
        try:
            return self._read.get(timeout=seconds)
        except Empty:
            return b""

    def close(self) -> None:
        """Let go of the pipe; whoever writes to it was ended before."""
        self._thread.join(_CLOSING_SECONDS)
