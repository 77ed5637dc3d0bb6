"""What a soak calls growth: a leak, and no peak."""

from __future__ import annotations

import itertools

import pytest
from support.proc import Used

import soak

LEVEL = 50.0


@pytest.mark.parametrize(
    ("memory", "told"),
    [
        ([LEVEL] * 16, False),
        ([*[LEVEL] * 15, 60.0], False),
        ([LEVEL, LEVEL, LEVEL, 52.0, *[LEVEL] * 10, 54.0, 55.0], False),
        ([*[LEVEL] * 14, 53.0, 53.0], True),
        ([LEVEL + each * 0.3 for each in range(16)], True),
    ],
    ids=["level", "a peak at the end", "a peak in the warm-up", "a step", "a leak"],
)
def test_memory_that_stays_is_growth(memory: list[float], told: object) -> None:
    """More than 5 % above what the warm process used, and not given back."""
    assert bool(list(soak.grown([Used(each, 10, 12, 1.0) for each in memory]))) is told


@pytest.mark.parametrize("what", ["threads", "descriptors"])
def test_threads_and_descriptors_that_stay_are_growth(what: str) -> None:
    """Two more may be just ending."""
    usual = Used(LEVEL, 10, 12, 1.0)
    warm, before = [usual] * 14, usual._asdict()[what]
    assert list(soak.grown([*warm, *[usual._replace(**{what: before + 2})] * 2])) == []
    [told] = soak.grown([*warm, *[usual._replace(**{what: before + 3})] * 2])
    assert told.startswith(f"{what} grew: ")


@pytest.mark.parametrize(
    ("steps", "done", "told"),
    [([0], 1, False), ([6, 0], 2, False), ([6, 6, 6, 0], 4, False), ([6] * 9, 4, True)],
    ids=["warm", "one step", "slow to warm up", "a leak"],
)
def test_a_round_that_grew_is_read_anew(steps: list[float], done: int, told: object) -> None:
    """What is only getting warm settles; a leak goes on in each round."""
    levels, rest = itertools.accumulate(steps), iter(steps)

    def read() -> list[Used]:
        end = LEVEL + next(levels)
        return [Used(memory, 10, 12, 1.0) for memory in [end - next(rest)] * 8 + [end] * 8]

    rounds, seen = soak.settled(read, soak.ROUNDS)
    assert (rounds, bool(list(soak.grown(seen)))) == (done, told)
