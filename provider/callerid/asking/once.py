"""Ask once: one production for any number of threads, kept while it is good."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from callerid.asking.path import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.asking.clock import Clock, Deadline

V = TypeVar("V")
LOG = logging.getLogger("callerid")


SLEW_SECONDS = 1.0
"""By how much a wall clock may be set back, as it often is, without a jump."""


@dataclass(frozen=True)
class Kept(Generic[V]):
    """A value, and until when (monotonic seconds) it may be given again."""

    value: V
    good_until: float


class _Span(NamedTuple):
    """When a value is good, by the wall clock: it jumps, and the monotonic one sleeps."""

    begins: float
    ends: float


class Once(Generic[V]):
    """Values by key. Those who ask while one is being produced wait for it.

    A failure reaches everyone who waits for it and is never kept.
    """

    def __init__(self, clock: Clock) -> None:
        """Start with nothing kept."""
        self._clock = clock
        self._lock = Lock()
        self._kept: dict[str, Kept[V]] = {}
        self._spans: dict[str, _Span] = {}
        self._coming: dict[str, Future[V]] = {}

    def get(self, key: str, produce: Callable[[], Kept[V]], deadline: Deadline) -> V:
        """Return the value of `key`, produced by this thread, another one, or earlier.

        Raises:
            TimeoutError: another thread produces it and did not finish before the deadline.
        """
        with self._lock:
            kept = self._kept.get(key)
            fresh = kept and self._is_fresh(key, kept)
            coming = self._coming.get(key)
            if not fresh and coming is None:
                mine = self._coming[key] = Future[V]()
        if kept and fresh:
            LOG.debug("kept key=%s", shown(key))  # a handler may call callerid itself
            return kept.value
        if coming is None:
            return self._produce(key, produce, mine)
        try:
            return coming.result(deadline.remaining())
        except FutureTimeoutError:
            raise TimeoutError from None

    def drop(self, key: str, value: V) -> None:
        """Forget `value`, unless a newer one has taken its place."""
        with self._lock:
            kept = self._kept.get(key)
            if kept and kept.value is value:
                del self._kept[key]

    def _is_fresh(self, key: str, kept: Kept[V]) -> bool:
        span = self._spans[key]
        by_wall = span.begins - SLEW_SECONDS <= self._clock.time() < span.ends
        return by_wall and self._clock.monotonic() < kept.good_until

    def _produce(self, key: str, produce: Callable[[], Kept[V]], mine: Future[V]) -> V:
        wall, monotonic = self._clock.time(), self._clock.monotonic()
        try:
            kept = produce()
        except BaseException as error:
            with self._lock:
                del self._coming[key]
            mine.set_exception(error)
            raise
        with self._lock:
            self._kept[key] = kept
            begins = -inf if kept.good_until == inf else wall
            self._spans[key] = _Span(begins, wall + (kept.good_until - monotonic))
            del self._coming[key]
        mine.set_result(kept.value)
        return kept.value
