"""The streams that a command was started with: some may be closed, or lead to a full disk."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from callerid.frontends import process

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNWRITABLE = {errno.EBADF, errno.EFBIG, errno.EIO, errno.ENOSPC}


@contextmanager
def usable() -> Iterator[None]:
    """Give closed streams a place to go, and tell on stderr when stdout takes nothing more.

    Raises:
        SystemExit: with 1, when it does not.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            process.hold_closed()
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if not is_of_a_stream(error):
            raise
        _forget_stdout()
        sys.exit(f"Error: stdout cannot be written to: {error.strerror}.")


def is_of_a_stream(error: BaseException) -> bool:
    """Tell an error of writing to a stream: it names no file, and is none of a connection."""
    return isinstance(error, OSError) and error.filename is None and error.errno in _UNWRITABLE


def _forget_stdout() -> None:
    """Let Python, when it ends, write what is left to nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
