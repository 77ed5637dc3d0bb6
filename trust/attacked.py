"""What an attack comes to; and how long a call may take, by the size of its message."""

from __future__ import annotations

from typing import NamedTuple

from support.memory import MIB

from outcome import DEADLINE, LATE

PER_MIB = 0.05
"""Seconds more that a call may take for each MiB of its message, which both sides copy and read."""


class Attacked(NamedTuple):
    """How often something was done, what was lost, and a figure worth telling."""

    times: int
    lost: list[str]
    seen: str = ""


class Watch:
    """Knows how long calls took. Thread-safe."""

    def __init__(self) -> None:
        """Know of none."""
        self._took: list[tuple[float, int]] = []

    def late(self, seconds: float, size: int) -> str | None:
        """Note how long a call took; tell it if that is too long for a message of so many bytes."""
        self._took.append((seconds, size))
        limit = DEADLINE + LATE + PER_MIB * size / MIB
        return f"{seconds:.1f} s, where {limit:.1f} s are the limit" if seconds > limit else None

    @property
    def seen(self) -> str:
        """The longest times, of all and of the largest message, if that is large."""
        longest, _ = max(self._took)
        size, seconds = max((size, seconds) for seconds, size in self._took)
        large = f", and {seconds:.1f} s with {size // MIB} MiB" if size >= MIB else ""
        return f"at most {longest:.1f} s{large}"
