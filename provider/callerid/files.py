"""Files that somebody names: read where they are files, and only as far as they may be long."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""Open no pipe that nobody writes to; and on Windows, which has no such pipes, change no bytes."""
_MARK = b"\xef\xbb\xbf"
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def utf8(content: bytes, errors: str = "strict") -> str:
    """Decode UTF-8, without the mark that some write before it.

    Python loads a codec for that when one is first asked for; where a process has no descriptor
    for it then, it never asks again.
    """
    return content.removeprefix(_MARK).decode(errors=errors)


def read(path: Path, most: int) -> bytes:
    """Read a whole file; whatever stands there, this ends.

    Raises:
        OSError: it cannot be read, is no file, or has more than `most` bytes.
    """
    require_file(path.stat().st_mode)
    number = os.open(path, os.O_RDONLY | _AT_ONCE)
    with os.fdopen(number, "rb") as opened:
        require_file(os.fstat(number).st_mode)
        content = opened.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it has more than {most // 1024} KiB")
    return content


def require_file(mode: int) -> None:
    """Refuse what is no file: a pipe keeps its reader waiting, and a device may never end.

    Raises:
        OSError: its `strerror` says what it is.
    """
    if not stat.S_ISREG(mode):
        kind = next((words for is_it, words in _KINDS if is_it(mode)), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}, and no file")
