"""`make coverage` counts branches by themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import branches

if TYPE_CHECKING:
    from pathlib import Path


def _report(folder: Path, covered: int, all_there: int) -> str:
    file = folder / "report.json"
    totals = {"covered_branches": covered, "num_branches": all_there, "percent_covered": 100.0}
    file.write_text(json.dumps({"totals": totals}), encoding="utf-8")
    return str(file)


def test_enough_branches(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The share is printed."""
    branches.main(_report(tmp_path, 1960, 2000))
    assert capsys.readouterr().out == "branches: 1,960 of 2,000 are covered, 98.00 %\n"


@pytest.mark.parametrize(("covered", "all_there"), [(1959, 2000), (0, 0)])
def test_too_few_branches(tmp_path: Path, covered: int, all_there: int) -> None:
    """However many lines are covered; nor is a report without any branch a good one."""
    with pytest.raises(SystemExit, match=r"%; 98 % are to be\.$"):
        branches.main(_report(tmp_path, covered, all_there))
