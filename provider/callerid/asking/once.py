"""Ask once: one production for any number of threads, kept while it is good."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from callerid.asking.clock import Clock, Deadline

V = TypeVar("V")
LOG = logging.getLogger("callerid")


FEW = 64
"""So many values are kept without looking whether they are still good."""
SLEW_SECONDS = 1.0
"""By how much a wall clock may be set back, as it often is, without a jump."""


class Kept(Generic[V]):
    """A value, and until when (monotonic seconds) it may be given again."""

    __slots__ = ("good_until", "value")

    def __init__(self, value: V, good_until: float) -> None:
        """Keep it."""
        self.value = value
        self.good_until = good_until


class _Entry(Generic[V]):
    """What is kept, and from when until when it is good by the wall clock.

    That clock jumps, and the monotonic one stands still in sleep: both have to agree.
    """

    __slots__ = ("begins", "ends", "kept")

    def __init__(self, kept: Kept[V], begins: float, ends: float) -> None:
        self.kept = kept
        self.begins = begins
        self.ends = ends

    def is_fresh(self, clock: Clock) -> bool:
        """Return whether it is good by both clocks."""
        by_wall = self.begins - SLEW_SECONDS <= clock.time() < self.ends
        return by_wall and clock.monotonic() < self.kept.good_until


class Once(Generic[V]):
    """Values by key. Those who ask while one is being produced wait for it.

    A failure reaches everyone who waits for it and is never kept.
    """

    def __init__(self, clock: Clock) -> None:
        """Start with nothing kept."""
        self._clock = clock
        self._lock = Lock()
        self._entries: dict[Hashable, _Entry[V]] = {}
        self._coming: dict[Hashable, Future[V]] = {}
        self._sweep_at = FEW

    def start_anew(self) -> None:
        """Forget who was producing: in a child of a fork, those threads are not there."""
        self._lock, self._coming = Lock(), {}

    def get(self, key: Hashable, produce: Callable[[], Kept[V]], deadline: Deadline) -> V:
        """Return the value of `key`, produced by this thread, another one, or earlier.

        Raises:
            TimeoutError: another thread produces it and did not finish before the deadline.
        """
        with self._lock:
            entry = self._entries.get(key)
            fresh = entry and entry.is_fresh(self._clock)
            coming = self._coming.get(key)
            if not fresh and coming is None:
                mine = self._coming[key] = Future[V]()
        if entry and fresh:
            LOG.debug("kept key=%s", key)  # a handler may call callerid itself
            return entry.kept.value
        if coming is None:
            return self._produce(key, produce, mine)
        try:
            return coming.result(deadline.remaining())
        except FutureTimeoutError:
            raise TimeoutError from None

    @property
    def values(self) -> list[V]:
        """What is kept, whether it is still good or not."""
        with self._lock:
            return [entry.kept.value for entry in self._entries.values()]

    def drop(self, key: Hashable, value: V) -> None:
        """Forget `value`, unless a newer one has taken its place."""
        with self._lock:
            entry = self._entries.get(key)
            if entry and entry.kept.value is value:
                del self._entries[key]

    def _produce(self, key: Hashable, produce: Callable[[], Kept[V]], mine: Future[V]) -> V:
        wall, monotonic = self._clock.time(), self._clock.monotonic()
        try:
            kept = produce()
        except BaseException as error:
            with self._lock:
                del self._coming[key]
            mine.set_exception(error)
            raise
        with self._lock:
            begins = -inf if kept.good_until == inf else wall
            ends = wall + (kept.good_until - monotonic)
            self._entries[key] = _Entry(kept, begins, ends)
            self._sweep()
            del self._coming[key]
        mine.set_result(kept.value)
        return kept.value

    def _sweep(self) -> None:
        """Drop what is good no more, whenever there is twice as much as was left the last time."""
        if len(self._entries) > self._sweep_at:
            fresh = {key: each for key, each in self._entries.items() if each.is_fresh(self._clock)}
            self._entries = fresh
            self._sweep_at = max(FEW, 2 * len(fresh))
