"""What the fleet calls a wave, and too many requests."""

from __future__ import annotations

import pytest
from support.fleet import Arrival, Ended, Sailed

import fleets

PROCESSES = 20
_SHAPES = {
    "as told": ([(second, 20 // 2**second) for second in range(5)], []),
    "at once, and again at once": ([(0, 20), (4, 20)], ["20 requests were turned away within"]),
    "on and on": ([(second, 20) for second in range(30)], ["620 requests of 20 processes"]),
}
"""How many are turned away in which second, after the first requests of all; and what is lost."""


@pytest.mark.parametrize("shape", _SHAPES)
def test_what_is_lost(shape: str) -> None:
    """Requests that come again together, and those that never cease; not those that spread out."""
    seconds, expected = _SHAPES[shape]
    first = [Arrival(0.0, f"p{number}", 429) for number in range(PROCESSES)]
    again = [
        Arrival(second + 0.5, f"p{number}", 429)
        for second, count in seconds
        for number in range(count)
    ]
    sailed = Sailed([Ended(1.0, "")] * PROCESSES, [*first, *again])
    lost = [*fleets._waves(sailed), *fleets._hammering(sailed)]  # noqa: SLF001 - the judges
    assert [each.startswith(wanted) for each, wanted in zip(lost, expected, strict=True)] == [
        True
    ] * len(expected)
