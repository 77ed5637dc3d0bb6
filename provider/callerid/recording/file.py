"""The file of a recording: for its owner alone, whole or as it was, in place of none but ours."""

from __future__ import annotations

import os
import re
import stat
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE_BY_US = "recorded from "
"""How the description of a recording begins; it is the first line, and by it we know our own."""
_OURS = re.compile(rf'description: "?{MADE_BY_US}[^:]*\nrecordedAt: ')
_HEAD_BYTES = 1024
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,63}")
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
"""Open no pipe that nobody writes to, and no link; Windows has neither flag."""


def require_own(file: Path) -> None:
    """Refuse a name that no caller can have, and whatever is no recording of ours; make its folder.

    A link is refused too, whatever it leads to: what is there may be somebody else's.

    Raises:
        ConfigurationError: see above.
    """
    if file.suffix != ".yaml" or not _NAME.fullmatch(file.stem):
        text = f"{file.name} cannot be the name of a recording. Name it like owner.yaml."
        raise ConfigurationError(text)
    with _explained(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink():
            text = f"{file} is a link, and no recording is written through one. Name the file."
            raise ConfigurationError(text)
        if os.path.lexists(file) and not _is_ours(file):
            text = f"{file} exists and is no recording. Choose another name with --output."
            raise ConfigurationError(text)


def write(file: Path, text: str) -> None:
    """Write a recording, readable for its owner alone; a failure leaves an earlier one whole.

    Raises:
        ConfigurationError: as `require_own`, or the folder or disk takes no file.
    """
    require_own(file)
    with _explained(file):
        number, name = mkstemp(prefix=f".{file.stem}-", suffix=".tmp", dir=file.parent)
        try:
            with os.fdopen(number, "w", encoding="utf-8", newline="\n") as opened:
                opened.write(text)
                opened.flush()
                os.fsync(number)
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _is_ours(file: Path) -> bool:
    if not stat.S_ISREG(file.lstat().st_mode):
        return False
    number = os.open(file, os.O_RDONLY | _AT_ONCE)
    with os.fdopen(number, "rb") as opened:
        head = opened.read(_HEAD_BYTES) if stat.S_ISREG(os.fstat(number).st_mode) else b""
    return _OURS.match(head.decode(errors="replace").replace("\r\n", "\n")) is not None


@contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text = f"{file} cannot be written: {error.strerror}."
        raise ConfigurationError(text) from None
