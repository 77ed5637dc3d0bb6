"""The short form of `make trust`: nothing is lost."""

from __future__ import annotations

import pytest

import trials
import trying
from trial import Scale


@pytest.mark.parametrize("name", trials.NAMES)
def test_nothing_is_lost(name: str) -> None:
    """Each trial tries something, and loses nothing."""
    results = list(trying.run([name], Scale.SHORT))
    assert results
    assert all(each.tried.times for each in results)
    assert [text for each in results for text in each.tried.lost] == []


def test_page_is_of_a_whole_run() -> None:
    """What `make trust` wrote last has every trial, in full, and lost nothing."""
    page = trying.PAGE.read_text(encoding="utf-8")
    assert trying.trials_on(page) == list(trials.NAMES)
    assert f"One {Scale.WHOLE.value} run on " in page
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| ")][2:]
    assert {row[4].strip() for row in rows} == {"0"}
    assert "0" not in {row[3].strip() for row in rows}, "not tried, for want of rights"
