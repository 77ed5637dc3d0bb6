"""What the sandbox counts, for the switches that act on some requests alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from callerid.sandbox.fault import Fault


class Counts:
    """Counters by key. For one thread, the server's."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start at 0; `clock` returns the seconds by which rate limits are counted."""
        self._clock = clock
        self._counts: dict[Hashable, int] = {}
        self._seconds: dict[Hashable, tuple[int, int]] = {}

    def add(self, *key: Hashable) -> int:
        """Count one more of `key`, and return the new count."""
        self._counts[key] = self._counts.get(key, 0) + 1
        return self._counts[key]

    def add_this_second(self, *key: Hashable) -> int:
        """Count one more of `key`, and return the count in the current second."""
        now = int(self._clock())
        second, count = self._seconds.get(key, (now, 0))
        self._seconds[key] = (now, count + 1 if second == now else 1)
        return self._seconds[key][1]

    def due(self, holder: Hashable, endpoint: str, faults: Sequence[Fault]) -> Fault | None:
        """Count a request against every fault that covers it; return the first that is due."""
        numbers = [
            self.add(holder, place) if fault.covers(endpoint) else 0
            for place, fault in enumerate(faults)
        ]
        found = (f for f, number in zip(faults, numbers, strict=True) if f.due(endpoint, number))
        return next(found, None)
