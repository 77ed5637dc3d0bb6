"""The replies that are made up are for every platform."""

from __future__ import annotations

import pytest

import made_up


def test_a_platform_that_nobody_calls_is_told() -> None:
    """By its name, with the place where a caller of it is missing."""
    assert made_up.unknown() == []
    [told] = made_up.unknown(["m3ter", "csp", "toy"])
    assert told.startswith("nobody calls toy: ")
    assert "trust/made_up.py" in told


@pytest.mark.parametrize("who", made_up.CREDENTIALS)
def test_whoever_asks_is_answered_by_good_replies(who: str) -> None:
    """Else what is made up in their place tries nothing: GOOD in trust/made_up.py lacks one."""
    with made_up.judging() as judge:
        judge.judge(made_up.Made(who, {}))
        assert judge.lost == []
        assert judge.answered >= len(made_up.RULES) - 1, "requireCaller alone may refuse"
        assert set(made_up.ROUTES[who]) <= made_up.GOOD.keys()


@pytest.mark.parametrize(
    ("allowed", "held", "reasons", "is_right"),
    [
        (True, ["reader"], [], True),
        (False, ["reader"], ["no"], True),
        (True, [], [], False),
        (True, ["reader"], ["no"], False),
        (False, [], [], False),
    ],
)
def test_a_guard_allows_nobody_without_a_role(
    allowed: object, held: list[str], reasons: list[str], is_right: object
) -> None:
    """Whatever the API sends: an answer of the promised form may be a wrong yes."""
    answer = {"allowed": allowed, "roleNames": held, "reasons": reasons}
    assert (made_up._unfounded(answer) == []) is is_right  # noqa: SLF001 - the judge


def test_a_refusal_shows_nothing_of_the_inside() -> None:
    """It has a line for each rule; each is read by people."""
    assert made_up._refused("one\ntwo") == []  # noqa: SLF001 - the judge
    assert made_up._refused("Traceback: KeyError")  # noqa: SLF001 - as above
