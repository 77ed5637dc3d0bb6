"""How much of everything the two forms of a trial try."""

from __future__ import annotations

import pytest

from trial import Scale

ITEMS = list(range(10))


@pytest.mark.parametrize(
    ("scale", "wanted"), [(Scale.WHOLE, ITEMS), (Scale.SHORT, [1, 4, 7])], ids=["whole", "short"]
)
def test_the_whole_form_has_everything(scale: Scale, wanted: list[int]) -> None:
    """Wherever the short one begins, and whatever it leaves out."""
    assert scale.some(ITEMS, start=1, every=3) == wanted
