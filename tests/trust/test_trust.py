"""The short form of `make trust`: nothing is lost."""

from __future__ import annotations

import pytest

import trials
import trying
from trial import Scale

PAGE = trying.PAGE.read_text(encoding="utf-8")
ROWS = trying.rows_on(PAGE)


@pytest.mark.parametrize("name", trials.NAMES)
def test_nothing_is_lost(name: str) -> None:
    """Each trial tries something, and loses nothing; the page has it, tried no less often."""
    results = list(trying.run([name], Scale.SHORT))
    assert results
    assert all(each.tried.times for each in results)
    assert [text for each in results for text in each.tried.lost] == []
    often = {each.tried.what: each.tried.times for each in results}
    told = {each.what: each.times for each in ROWS if each.trial == name}
    assert [what for what, times in often.items() if told.get(what, 0) < times] == []


def test_page_lists_what_may_come_out() -> None:
    """Each canary that is no leak, with the reason."""
    assert trying.allowed() in PAGE


def test_page_is_of_a_whole_run() -> None:
    """What `make trust` wrote last has every trial, in full, and lost nothing."""
    assert list(dict.fromkeys(each.trial for each in ROWS)) == list(trials.NAMES)
    assert f"One {Scale.WHOLE.value} run on " in PAGE
    assert {each.lost for each in ROWS} == {0}
    assert [each.what for each in ROWS if not each.times] == [], "not tried, for want of rights"
