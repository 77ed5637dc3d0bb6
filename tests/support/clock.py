"""A clock that a test turns by hand; waiting turns it too, and takes no time."""

from __future__ import annotations

from callerid.asking.clock import Clock

START = 1_800_000_000.0


class HandClock:
    """Time stands still between `tick`s; `sleeps` remembers each wait."""

    def __init__(self, chance: float = 0.5) -> None:
        """Start at `START`; `chance` is what every draw gives."""
        self.now = START
        self.chance = chance
        self.sleeps: list[float] = []

    def tick(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def clock(self) -> Clock:
        """Give the clock to inject."""
        return Clock(
            time=lambda: self.now,
            monotonic=lambda: self.now,
            sleep=self._sleep,
            random=lambda: self.chance,
        )

    def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.tick(seconds)
