"""What a trial is: something is tried, so often, and what got lost is told in sentences."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

_Item = TypeVar("_Item")


class Scale(Enum):
    """How much is tried: in seconds with every run of the tests, or whole, in minutes."""

    SHORT = "short"
    WHOLE = "whole"

    def of(self, *, short: int, whole: int) -> int:
        """Return the number of this scale."""
        return short if self is Scale.SHORT else whole

    def some(self, items: Sequence[_Item], *, every: int, start: int = 0) -> Sequence[_Item]:
        """Return all items; in the short form every so manieth of them, from one on."""
        return items if self is Scale.WHOLE else items[start::every]


class Tried(NamedTuple):
    """One line of the table."""

    what: str
    """What was tried, in words for a reader of the page: `replies, generated`."""
    times: int
    """How often: replies, calls, processes, reads."""
    lost: tuple[str, ...] = ()
    """A sentence for each time that the promise was broken; none of them with a secret."""
    seen: str = ""
    """A figure worth telling besides: `at most 9.1 s`."""
