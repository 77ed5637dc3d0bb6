"""What a platform has to be: what counts where it tells nothing, and how it names a person."""

from __future__ import annotations

import pytest

from callerid.ends import UNKNOWN
from callerid.model import Organization
from callerid.platforms.contract import (
    Answers,
    CredentialDetails,
    Principal,
    Rights,
    Who,
    display_name,
)

HERE = Organization(id="o")
ANY_END = "leave minRoleSecondsLeft out, or require a role whose end is told"
ANY_CURES = (
    "use a credential whose tokens carry it, in place of",
    "use a credential that tells it",
)


def test_what_a_platform_does_not_tell() -> None:
    """It is not there, or unknown; nothing is refuted or inferred, and the cures fit any."""
    ada = Principal("user", "1", display_name("Ada", None, "1"))
    assert tuple(ada) == ("user", "1", "Ada", None, None, False, False, False)
    assert tuple(Who(ada, HERE)) == (ada, HERE, None, None)
    assert tuple(Rights(ada, [], [])) == (ada, [], [], None, ANY_END)
    assert tuple(CredentialDetails(told=False)) == (False, None, UNKNOWN, "")
    assert (Answers.wider_token, Answers.type_cure) == ANY_CURES


@pytest.mark.parametrize(
    ("first", "last", "others", "name"),
    [
        ("Ada", "Lovelace", ("1",), "Ada Lovelace"),
        (" Ada\t", "\u00a0Lovelace ", ("1",), "Ada Lovelace"),
        ("Ada", " ", ("a@example.com", "1"), "Ada"),
        (None, "Lovelace", ("1",), "Lovelace"),
        ("", None, ("a@example.com", "ada", "1"), "a@example.com"),
        (None, None, (None, "ada", "1"), "ada"),
        (None, None, (None, "\u200b", "1"), "1"),
        (None, None, ("", None, "\u200b"), "\u200b"),
        ("X", None, ("1",), "X"),
        ("M", None, ("1",), "M"),
        ("e\u0301", None, ("1",), "e\u0301"),
        *((filler, filler, ("1",), "1") for filler in "\u0301\u115f\u1160\u2800\u3164\uffa0"),
        *((f"{filler}a", None, ("1",), f"{filler}a") for filler in "\u0301\u2800\u3164"),
    ],
)
def test_a_person_is_named_by_what_can_be_seen(
    first: str | None, last: str | None, others: tuple[str | None, ...], name: str
) -> None:
    """First and last name, else the first other name; the id, the last, whatever it looks like."""
    assert display_name(first, last, *others) == name
