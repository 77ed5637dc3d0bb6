"""How much of everything the two forms of a trial try."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from outcome import Outcome, untried
from trial import Scale

ITEMS = list(range(10))


@pytest.mark.parametrize(
    ("scale", "wanted"), [(Scale.WHOLE, ITEMS), (Scale.SHORT, [1, 4, 7])], ids=["whole", "short"]
)
def test_the_whole_form_has_everything(scale: Scale, wanted: list[int]) -> None:
    """Wherever the short one begins, and whatever it leaves out."""
    assert scale.some(ITEMS, start=1, every=3) == wanted


def test_a_question_that_has_ended_is_not_interrupted() -> None:
    """What fails after it tries nothing; where nothing is asked, nothing can have ended."""
    ended, under_way = Future[Outcome](), Future[Outcome]()
    ended.set_result(Outcome(answered=True, said="", seconds=0.1))
    assert list(untried(ended, "then")) == ["then: nothing was tried: the question had ended"]
    assert list(untried(under_way, "then")) == []
    assert list(untried(None, "then")) == []
