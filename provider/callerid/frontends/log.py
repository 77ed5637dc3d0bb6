"""What debuggers read on stderr, if they ask for it: a line a call, none of them with a secret."""

from __future__ import annotations

import logging
import os
import time
import traceback

from callerid.errors import printable
from callerid.frontends.telling import OTHERS

LOG = logging.getLogger("callerid")


class _Lines(logging.Formatter):
    """Writes records so that a name in one can neither move a cursor nor begin a record."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record)).replace("\n", "\n    ")


def to_stderr() -> None:
    """Write one line for each call, token, request and kept answer."""
    handler = _Handler()
    handler.setFormatter(_Lines("%(asctime)s callerid %(message)s"))
    LOG.addHandler(handler)
    LOG.setLevel(logging.DEBUG)
    LOG.propagate = False


class _Handler(logging.Handler):
    """Writes each line when stderr takes it: a pipe that nobody drains holds nobody up."""

    def emit(self, record: logging.LogRecord) -> None:
        """Format the line now, with its time, and let it be told."""
        OTHERS.tell(_write, self.format(record))


def _write(line: str) -> None:
    """Write past `sys.stderr`: what hangs in there holds its lock, also against the exit."""
    rest = f"{line}\n".encode(errors="backslashreplace")
    while rest:
        rest = rest[os.write(2, rest) :]


def call(name: str, outcome: str, started: float) -> None:
    """Note a call that is answered; it began at `started`, by the monotonic clock."""
    milliseconds = (time.monotonic() - started) * 1000
    LOG.debug("rpc name=%s outcome=%s ms=%.0f", name, outcome, milliseconds)


def bug(error: Exception) -> None:
    """Note where a bug is, and of what kind, but not its text: that may hold a value."""
    if LOG.isEnabledFor(logging.DEBUG):  # what writes places may be loaded only now
        LOG.debug("bug kind=%s\n%s", type(error).__name__, _places(error))


def _places(error: Exception) -> str:
    try:
        return "".join(traceback.format_tb(error.__traceback__))
    except Exception as other:  # noqa: BLE001 - the bug itself may be that nothing can be loaded
        return f"({type(other).__name__})"
