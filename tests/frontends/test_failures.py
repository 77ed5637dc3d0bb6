"""The message of an error: safe to show, short enough to send."""

from __future__ import annotations

import pytest

from callerid.errors import ArgumentError, CalleridError, RefusedError
from callerid.frontends import failures


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ArgumentError("One line.\nAnother."), "One line.\nAnother."),
        (ArgumentError("Ada\x1b[2J"), "Ada\\x1b[2J"),
        (RefusedError("Ada may not."), "callerid: Ada may not."),
        (ArgumentError("x" * 3000), "x" * 3000),
        (ArgumentError("x" * 3001), "x" * 3000 + " …"),
    ],
)
def test_an_error_of_ours_is_its_own_text(error: CalleridError, shown: str) -> None:
    """With control characters shown, and cut where it would be lost on its way."""
    assert failures.text(error) == shown


def test_a_bug_says_that_it_is_one_and_where() -> None:
    """Its text may hold a value, so only kind, file and line are told."""
    missing = "canary"
    try:
        dict[str, str]()[missing]
    except KeyError as error:
        first, second = failures.text(error).splitlines()
    assert first.startswith(
        "callerid internal error (KeyError at frontends/test_failures.py:",
    )
    assert first.endswith("). This is a bug in callerid, not in your program.")
    assert second == "Please report this line on callerid's issue tracker."
    assert "canary" not in first


def test_a_bug_that_was_never_raised_has_no_place() -> None:
    """The sentence stands without it."""
    assert failures.text(ValueError()).startswith("callerid internal error (ValueError). ")
