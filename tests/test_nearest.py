"""Suggestions for a wrong name."""

from __future__ import annotations

from pathlib import Path

import callerid
from callerid.nearest import nearest, nearest_expected


def test_nearest_name_forgives_case_and_underscores() -> None:
    """A Python programmer's spelling leads to the setting's."""
    assert nearest("ORG_ID", ["orgId", "platform"]) == " Did you mean orgId?"
    assert nearest("zebra", ["orgId", "platform"]) == ""


def test_nearest_takes_what_pydantic_expects() -> None:
    """The words of a Literal; what is no text is near to none of them."""
    assert nearest_expected("M3ter", "'m3ter' or 'csp'") == " Did you mean m3ter?"
    assert nearest_expected(["m3ter"], "'m3ter' or 'csp'") == ""
    assert nearest_expected("401", "401 or 403") == ""


def test_one_place_knows_what_is_near() -> None:
    """Whoever looks a name up among known ones asks `nearest`: there is no second measure."""
    files = [
        file.name
        for file in Path(callerid.__file__).parent.rglob("*.py")
        if "difflib" in file.read_text(encoding="utf-8")
    ]
    assert files == ["nearest.py"]
