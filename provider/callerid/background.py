"""Threads in the background: one begins, or whoever wants it learns that it does not."""

from __future__ import annotations

import time
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from callerid.memory import (
    A_THREAD_BYTES,
    HARDLY_ANY_BYTES,
    LOADING_BYTES,
    little_is_left,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_WANTED_BYTES = A_THREAD_BYTES + LOADING_BYTES + HARDLY_ANY_BYTES
"""What must be left for a thread: itself, what loading demands afterwards, and some more."""
BEGIN_SECONDS = 1.0
"""How long a thread may take to begin; if one does not, none is tried for as long again."""


def start(act: Callable[[], object], *, daemon: bool = True) -> Thread | None:
    """Let a thread of its own act; return None where the system gives none: it will not act then.

    Python's own `start` waits without an end for a thread that has no memory left to begin with.
    And threads shall leave what loading takes: libraries crash without.
    """
    if _WAIT.is_on() or little_is_left(_WANTED_BYTES):
        return None
    try:
        thread = _Thread(act, daemon=daemon)
    except MemoryError:
        return None
    return thread if thread.begins() else None


class _Thread(Thread):
    """Acts if it begins in time: it and whoever starts it agree on that."""

    def __init__(self, act: Callable[[], object], *, daemon: bool) -> None:
        super().__init__(daemon=daemon)
        self._act = act
        self._claim = Lock()
        self._started = _Begun()

    def begins(self) -> bool:
        """Start it, and return whether it acts."""
        try:
            self.start()
        except (RuntimeError, MemoryError):
            return not self._gives_up()
        return self._started.is_set() or not self._gives_up()

    def _gives_up(self) -> bool:
        """Return whether it will not act, as it has not begun to."""
        if not self._claim.acquire(blocking=False):
            return False
        _WAIT.begin()
        return True

    def run(self) -> None:
        """Act, unless it has been given up."""
        if self._claim.acquire(blocking=False):
            self._act()


class _Begun(Event):
    """What `Thread.start` waits for, for as long as it takes; this has an end."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait, for so long at most."""
        return super().wait(BEGIN_SECONDS if timeout is None else timeout)


class _Wait:
    """The time after a thread that did not begin: to wait for each would add up."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self) -> None:
        self._until = time.monotonic() + BEGIN_SECONDS

    def is_on(self) -> bool:
        return time.monotonic() < self._until


_WAIT = _Wait()
