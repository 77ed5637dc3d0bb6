"""Ends: a time, never, unknown, or one that cannot be read; the strictest of several counts."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from callerid.ends import UNKNOWN, End, end_of, strictest
from callerid.platforms.csp.replies import CspRole
from callerid.platforms.m3ter.replies import M3terUserDetails

if TYPE_CHECKING:
    from callerid.model import Reply

NOW = 1_800_000_000.0
EARLY, LATE = End("2027-01-15T07:59:59Z", told=True), End("2027-01-15T08:00:01Z", told=True)
NEVER, GARBLED, SILENT = End(None, told=True), End("soon", told=True), End(None, told=False)


@pytest.mark.parametrize(
    ("end", "known", "active"),
    [
        (EARLY, True, False),
        (End("2027-01-15T08:00:00Z", told=True), True, False),
        (LATE, True, True),
        (LATE._replace(told=False), False, True),
        (NEVER, True, True),
        (SILENT, False, True),
        (GARBLED, False, False),
        (GARBLED._replace(told=False), False, False),
    ],
)
def test_what_an_end_makes_of_a_role(end: End, known: object, active: object) -> None:
    """What has ended, or ends at no time that can be read, is not active; nor is one elsewhere."""
    fields = {"expires_at": end.at, "end_known": known}
    assert end.of_role(NOW) == {**fields, "active": active}
    assert end.of_role(NOW, here=False) == {**fields, "active": False}


@pytest.mark.parametrize(
    ("ends", "counts"),
    [
        ([], SILENT),
        ([SILENT], SILENT),
        ([NEVER, SILENT], NEVER),
        ([NEVER, LATE, SILENT], LATE),
        ([NEVER, LATE, EARLY], EARLY),
        ([End("1969-12-31T23:59:58Z", told=True), EARLY], End("1969-12-31T23:59:58Z", told=True)),
        ([NEVER, GARBLED, EARLY], GARBLED),
        ([EARLY._replace(told=False), LATE], LATE),
    ],
)
def test_the_strictest_of_several_ends_counts(ends: list[End], counts: End) -> None:
    """In whatever order they are told."""
    assert {strictest(each) for each in permutations(ends)} == {counts}


@pytest.mark.parametrize(
    ("reply", "sent", "read"),
    [
        (M3terUserDetails, {}, UNKNOWN),
        (M3terUserDetails, {"dtEndAccess": None}, UNKNOWN),
        (M3terUserDetails, {"dtEndAccess": EARLY.at}, EARLY),
        (M3terUserDetails, {"dtEndAccess": "soon"}, GARBLED),
        (CspRole, {}, UNKNOWN),
        (CspRole, {"expiresAt": None}, NEVER),
        (CspRole, {"expiresAt": EARLY.at}, EARLY),
        (CspRole, {"expiresAt": "soon"}, GARBLED),
    ],
)
def test_the_end_that_a_reply_tells(reply: type[Reply], sent: dict[str, Any], read: End) -> None:
    """Null says nothing, but where the API means never by it."""
    field = "expires_at" if reply is CspRole else "dt_end_access"
    assert end_of(reply.model_validate(sent), field) == read
