"""What the fleet calls a wave, too many requests, and a wrong answer."""

from __future__ import annotations

import pytest
from support.fleet import Arrival, Ended, Sailed

import fleets
from outcome import NAME

PROCESSES = 200
_SHAPES: dict[str, tuple[list[int], list[str]]] = {
    "as told": ([60, 120, 90, 58, 42, 34, 22, 13, 11, 11, 9, 6, 2], []),
    "all together": ([0, 180], ["180 of 200 processes"]),
    "all together, as soon as half have started": ([95], ["95 of 100 processes"]),
    "all together, later": ([0, 0, 0, 180], ["180 of 200 processes"]),
    "growing waves": ([0, 10, 30, 70, 150], ["70 processes", "150 of 200 processes"]),
    "a wave that is none of all": ([60, 120, 90, 58, 10, 60], ["60 processes"]),
    "at once, and again at once": ([60, 120, 0, 0, 120], ["120 of 200 processes"]),
    "on and on": ([12] * 160, ["2120 requests of 200 processes"]),
}
"""How many processes are turned away again in which second, half of all starting in each of the
first two; and what is lost."""


def _sailed(away: list[int]) -> Sailed:
    first = [Arrival(number / 100, f"p{number}", 429) for number in range(PROCESSES)]
    again = [
        Arrival(second + 0.999, f"p{number}", 429)
        for second, count in enumerate(away)
        for number in range(count)
    ]
    return Sailed([Ended(1.0, "", NAME)] * PROCESSES, [*first, *again])


@pytest.mark.parametrize("shape", _SHAPES)
def test_what_is_lost(shape: str) -> None:
    """Requests that come again together, and those that never cease; not those that spread out."""
    away, expected = _SHAPES[shape]
    sailed = _sailed(away)
    lost = [*fleets._waves(sailed), *fleets._hammering(sailed)]  # noqa: SLF001 - the judges
    assert [each.startswith(wanted) for each, wanted in zip(lost, expected, strict=True)] == [
        True
    ] * len(expected), lost


def test_an_answer_has_to_be_right() -> None:
    """One that names somebody else is lost, as is an error."""
    ended = [Ended(1.0, "", NAME), Ended(1.0, "", "somebody"), Ended(2.0, "UNKNOWN: no", "")]
    lost = [*fleets._unanswered(Sailed(ended, []))]  # noqa: SLF001 - the judge
    assert lost == ["a wrong answer: somebody", "UNKNOWN: no (after 2.0 s)"]
