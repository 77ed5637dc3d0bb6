"""Threads that answer calls: one a call, in place of a pool of a fixed size."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class Threads(Executor):
    """One daemon thread a call: no call queues behind others that hang, nor does the exit.

    If the system provides no more threads, calls wait until a running one is done.
    """

    def __init__(self) -> None:
        """Start with no thread."""
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()

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

        self._waiting.put(run)
        with suppress(RuntimeError):
            Thread(target=self._work, daemon=True).start()
        return future

    def _work(self) -> None:
        with suppress(Empty):
            while True:
                self._waiting.get_nowait()()
