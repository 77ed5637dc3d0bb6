"""Want of memory: a call is told so; a thread that serves all of them ends the process with it."""

from __future__ import annotations

import errno
import logging
import os
import sys
import threading
from typing import TYPE_CHECKING

from callerid.frontends.strike import Strike
from callerid.memory import HARDLY_ANY_BYTES, LITTLE_BYTES, cannot_load, little_is_left

if TYPE_CHECKING:
    from types import TracebackType
    from typing import NoReturn

TEXT = (
    "callerid: the system gives this process no more memory, or no more threads. Raise its limits "
    "(ulimit -a shows them), or let less run at once."
)
_LINE = f"{TEXT}\n".encode()
"""Made beforehand: when it is needed, there is no memory to make it."""
_NEAR_BYTES = 4 * LITTLE_BYTES
"""How close a limit is to what may have been given back since."""
_SAYING = {
    ImportError: ("failed to map segment", "annot allocate memory", "cannot apply additional"),
    RuntimeError: ("can't start new thread",),
}
"""What others say that are struck by it."""


def lacks(error: BaseException | None) -> bool:
    """Return whether an error that nobody expects is one of too little memory.

    It has many forms: modules that stay half loaded, and errors of those that use them. So close to
    a limit no error is another, nor shortly after one that says it; later ones are bugs again.
    """
    if _is_said(error) or little_is_left():
        _STRIKE.now()
    return _STRIKE.was_lately()


def require() -> None:
    """Try nothing that may lack it: many calls that load much add up.

    Raises:
        MemoryError: it was lacking, and still is; or too little is left to load what answers.
    """
    if cannot_load() or (_STRIKE.was() and little_is_left()):
        raise MemoryError


def demand(wanted: int = LITTLE_BYTES) -> None:
    """Begin nothing that takes so many bytes where a limit leaves less.

    Libraries that are not written in Python abort where they get none, or wait for threads that
    never begin.

    Raises:
        MemoryError: that is so.
    """
    if little_is_left(wanted):
        raise MemoryError


def end_helpless() -> None:
    """End this process, with 1 and a sentence, if it cannot even refuse what it has not loaded.

    Where no memory is left for a number, Python 3.11 unwinds an error without an end, and no other
    thread can go on.
    """
    if cannot_load(HARDLY_ANY_BYTES):
        _end()


def _is_said(error: BaseException | None) -> bool:
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    if isinstance(error, SystemError):  # Python's own, where an error could not be made
        return little_is_left(_NEAR_BYTES)
    return any(
        isinstance(error, kind) and any(each in str(error) for each in saying)
        for kind, saying in _SAYING.items()
    )


_STRIKE = Strike()


def end_uncaught() -> None:
    """Let this process end, with 1 and a sentence, when such an error is nobody's.

    Else what serves all calls may die unheard, and each of them waits for nothing.
    """
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def end_without() -> None:
    """Let a process that serves a host end so, also when a library logs such an error.

    All else that libraries log is dropped: a host shows it to nobody, and it is of no use but to a
    developer.
    """
    end_uncaught()
    logging.getLogger().addHandler(_Dropping())


def _uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if lacks(error):
        _end()
    sys.__excepthook__(kind, error, traceback)


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if lacks(args.exc_value):
        _end()
    threading.__excepthook__(args)


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    """Say nothing of a thread that does not begin: whoever starts it learns of that."""
    if not lacks(args.exc_value):
        sys.__unraisablehook__(args)
    elif "thread" not in (args.err_msg or ""):
        _end()


class _Dropping(logging.Handler):
    """Gets what libraries log."""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and isinstance(record.exc_info[1], MemoryError):
            _end()


def _end() -> NoReturn:
    try:
        os.write(2, _LINE)
    finally:
        os._exit(1)
