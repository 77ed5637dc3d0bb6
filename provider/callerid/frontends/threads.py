"""Threads that answer calls: one a call, in place of a pool of a fixed size."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Executor, Future
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Threads(Executor):
    """One daemon thread a call: no call queues behind others that hang, nor does the exit.

    If the system provides no more threads, calls wait until a running one is done; if none runs,
    the thread that submits a call makes it.
    """

    def __init__(self) -> None:
        """Start with no thread."""
        self._lock = Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._workers = 0

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

        with self._lock:
            self._waiting.append(run)
            self._workers += 1
        try:
            Thread(target=self._work, daemon=True).start()
        except (RuntimeError, MemoryError):
            if self._is_last():
                self._work()
        return future

    def _is_last(self) -> bool:
        """Give up being a worker, unless there is no other."""
        with self._lock:
            if self._workers > 1:
                self._workers -= 1
                return False
            return True

    def _work(self) -> None:
        while run := self._next():
            run()

    def _next(self) -> Callable[[], None] | None:
        """Take a call that waits; a worker that finds none is none any more."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._workers -= 1
            return None
