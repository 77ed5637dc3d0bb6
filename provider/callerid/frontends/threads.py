"""Threads that answer calls: as many as there are calls, in place of a pool of a fixed size."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Executor, Future
from threading import Condition
from typing import TYPE_CHECKING, Any

from callerid import background

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = 4
"""So many threads stay when there is no call to answer."""


class Threads(Executor):
    """A daemon thread for each call: none queues behind others that hang, nor does the exit.

    If the system provides no more threads, calls wait until a running one is done. One is there
    from the start: whoever submits a call cannot make it, if he is who reads what the call takes.
    """

    def __init__(self) -> None:
        """Start the first.

        Raises:
            MemoryError: the system gives not even this one.
        """
        self._changed = Condition()
        self._waiting: deque[Callable[[], None]] = deque()
        self._idle = 0
        self._over = False
        if not background.start(self._work):
            raise MemoryError

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call `fn` on a thread of its own; not where the future was cancelled before it began."""
        future: Future[Any] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - whoever holds the future decides
                future.set_exception(error)

        with self._changed:
            self._waiting.append(run)
            more = len(self._waiting) > self._idle
            self._changed.notify()
        if more:
            background.start(self._work)
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as in `Executor`
        """Let threads end that have nothing to do."""
        del wait, cancel_futures
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _work(self) -> None:
        while self._made_one():
            pass

    def _made_one(self) -> bool:
        """Make a call, if need be the next that comes; not where enough threads wait for it."""
        with self._changed:
            if not self._waiting and self._idle >= KEPT:
                return False
            self._idle += 1
            self._changed.wait_for(lambda: self._waiting or self._over)
            self._idle -= 1
            if not self._waiting:
                return False
            run = self._waiting.popleft()
        run()
        return True
