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
    assert bool(soak.grown([Used(each, 10, 12, 1.0) for each in memory], LEVEL)) is told


@pytest.mark.parametrize(("what", "most"), [("threads", 1), ("descriptors", 0)])
def test_threads_and_descriptors_that_stay_are_growth(what: str, most: int) -> None:
    """One more thread may wait for calls."""
    usual = Used(LEVEL, 10, 12, 1.0)
    warm, before = [usual] * 14, usual._asdict()[what]
    assert soak.grown([*warm, *[usual._replace(**{what: before + most})] * 2], LEVEL) == []
    more = [*warm, *[usual._replace(**{what: before + most + 1})] * 2]
    assert soak.grown(more, LEVEL) == [what]
    assert soak.settled(lambda: more, soak.ROUNDS) == (1, more, [what])


@pytest.mark.parametrize(
    ("steps", "done", "told"),
    [
        ([0], 1, []),
        ([6, 0], 2, []),
        ([6, 6, 6, 0], 4, []),
        ([6] * 9, 4, ["memory"]),
        ([2.6, 2.6, 2.6, 2.6], 4, ["memory"]),
    ],
    ids=["warm", "one step", "slow to warm up", "a leak", "a leak of as much in each round"],
)
def test_a_round_in_which_memory_grew_is_followed_by_another(
    steps: list[float], done: int, told: list[str]
) -> None:
    """What is only getting warm settles; a leak goes on, and is held to what was used at first."""
    levels, rest = itertools.accumulate(steps, initial=LEVEL), iter(steps)

    def read() -> list[Used]:
        begin = next(levels)
        end = begin + next(rest)
        return [Used(memory, 10, 12, 1.0) for memory in [begin] * 8 + [end] * 8]

    rounds, _, names = soak.settled(read, soak.ROUNDS)
    assert (rounds, names) == (done, told)
