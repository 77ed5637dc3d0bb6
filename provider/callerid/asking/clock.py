"""Time, waiting and chance, as one argument, so that tests decide them."""

from __future__ import annotations

import random
import time as system
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock(NamedTuple):
    """The edges to the real world. All times are in seconds.

    `time` counts from 1970; `monotonic` from anywhere, without jumps; `sleep` may raise to end a
    wait early; `random` gives numbers from 0 to 1.
    """

    time: Callable[[], float] = system.time
    monotonic: Callable[[], float] = system.monotonic
    sleep: Callable[[float], None] = system.sleep
    random: Callable[[], float] = random.random

    def deadline(self, seconds: float) -> Deadline:
        """Start a time limit of `seconds` from now."""
        return Deadline(seconds, self.monotonic() + seconds, self.monotonic)


class Deadline(NamedTuple):
    """The end of the time that one answer may take: `seconds` in all, over at `ends`."""

    seconds: float
    ends: float
    monotonic: Callable[[], float]

    def remaining(self) -> float:
        """Return the seconds left, at least 0."""
        return max(0.0, self.ends - self.monotonic())
