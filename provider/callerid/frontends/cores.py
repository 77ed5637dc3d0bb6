"""The core that answers now: connected at the first call, replaced when settings change."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.core import Core

C = TypeVar("C")


class _Running(Generic[C]):
    """A core with the calls that it answers; once it is stopped, the last call closes it."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.in_flight: set[C] = set()
        self.stopped = False

    def close_if_done(self) -> None:
        if self.stopped and not self.in_flight:
            self.core.close()


class Cores(Generic[C]):
    """Lends the current core to calls; a call is whatever a host has for one. Thread-safe."""

    def __init__(self, connect: Callable[[], Core]) -> None:
        """Connect nothing yet."""
        self._connect = connect
        self._lock = Lock()
        self._running: _Running[C] | None = None

    @property
    def busy(self) -> bool:
        """Whether calls are in flight."""
        running = self._running
        return bool(running and running.in_flight)

    @contextmanager
    def flight(self, call: C) -> Iterator[Core]:
        """Yield the core that answers a call, which `stop` can end from here on."""
        with self._lock:
            running = self._running = self._running or _Running(self._connect())
            running.in_flight.add(call)
        try:
            yield running.core
        finally:
            with self._lock:
                running.in_flight.discard(call)
                running.close_if_done()

    def stop(self, connect: Callable[[], Core] | None = None, *, at_once: bool = False) -> list[C]:
        """Let the calls in flight end at their next wait, or `at_once`, and return them.

        Later calls are answered by a core of its own; `connect` makes it from here on, if given.
        """
        with self._lock:
            self._connect = connect or self._connect
            running, self._running = self._running, None
            if running is None:
                return []
            running.stopped = True
            running.core.cancel() if at_once else running.core.stop()
            running.close_if_done()
            return list(running.in_flight)
