"""What people are shown of an error, whichever host asks: one message, without a traceback."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, NamedTuple

from callerid.errors import MORE_DESCRIPTORS, CalleridError, causes, printable
from callerid.frontends import memory
from callerid.frontends.strike import Strike

if TYPE_CHECKING:
    from types import TracebackType


class Shortage(NamedTuple):
    """What the system gives no more of: a title, and the message."""

    title: str
    text: str


MEMORY = Shortage("Out of memory", memory.TEXT)
_DESCRIPTORS = Shortage(
    "Out of file descriptors",
    f"callerid: this process, or this machine, has no file descriptor left. {MORE_DESCRIPTORS}",
)
_NONE_LEFT = frozenset({errno.EMFILE, errno.ENFILE})
_HALF_LOADED = "cannot import name"
"""What those are told who wait for a module that another thread could not load."""
_STRIKE = Strike()
LONGEST = 3000
"""The most characters of a message; names that came from outside may be long."""


def unreadable(rpc: str, host: str) -> str:
    """Describe a request whose bytes are no message."""
    return (
        f"callerid cannot read the request of {rpc}: its bytes are no such message. Check that "
        f"{host} is of a current version."
    )


def text(error: Exception) -> str:
    """Return the message for an error; one that is not ours, nor of a shortage, is a bug."""
    if isinstance(error, CalleridError):
        return sentence(str(error))
    short = shortage(error)
    return short.text if short else _bug(error)


def shortage(error: Exception) -> Shortage | None:
    """Return what the system is short of, where an error that nobody expects says so."""
    if any(map(_lacks_descriptors, causes(error))):
        _STRIKE.now()
        return _DESCRIPTORS
    if _HALF_LOADED in str(error) and (_STRIKE.was_lately() or _none_is_left()):
        return _DESCRIPTORS
    return MEMORY if memory.lacks(error) else None


def _none_is_left() -> bool:
    try:
        os.close(os.dup(2))
    except OSError as error:
        return error.errno in _NONE_LEFT
    return False


def _lacks_descriptors(error: BaseException) -> bool:
    """Whether a file or socket could not be opened; of a library, only the text says so."""
    if isinstance(error, OSError):
        return error.errno in _NONE_LEFT
    return isinstance(error, ImportError) and os.strerror(errno.EMFILE) in str(error)


def sentence(told: str) -> str:
    """Return what may be sent to a host of a text that is told: what it prints, and no more."""
    return _cut(printable(told[: LONGEST + 1]))


def _bug(error: Exception) -> str:
    place = _place(error.__traceback__)
    return (
        f"callerid internal error ({type(error).__name__}{place}). This is a bug in callerid, not "
        "in your program.\nPlease report this line on callerid's issue tracker."
    )


def _cut(message: str) -> str:
    """Keep a message short enough for gRPC, which loses one of 16 KiB with its status."""
    return message if len(message) <= LONGEST else f"{message[:LONGEST]} …"


def _place(traceback: TracebackType | None) -> str:
    """Return where an error arose, by file and line alone: its text may hold a value."""
    if traceback is None:
        return ""
    while traceback.tb_next:
        traceback = traceback.tb_next
    folder, file = os.path.split(traceback.tb_frame.f_code.co_filename)
    return f" at {os.path.basename(folder)}/{file}:{traceback.tb_lineno}"
