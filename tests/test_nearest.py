"""Suggestions for a wrong name."""

from __future__ import annotations

from callerid.nearest import nearest


def test_nearest_name_forgives_case_and_underscores() -> None:
    """A Python programmer's spelling leads to the setting's."""
    assert nearest("ORG_ID", ["orgId", "platform"]) == " Did you mean orgId?"
    assert nearest("zebra", ["orgId", "platform"]) == ""
