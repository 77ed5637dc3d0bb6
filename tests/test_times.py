"""Times in all forms: the size of a number tells its unit, and what is not sure is no time."""

from __future__ import annotations

import os
import time
from datetime import date, datetime, timezone
from math import nextafter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callerid.model import epoch_seconds, read_time, rfc3339
from callerid.times import is_never, is_number, read

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 2**63 - 1
CALENDARS_END = 253_402_300_799


def _read(value: object) -> str | None:
    moment = read(value)
    assert moment is None or moment.tzinfo is timezone.utc
    return rfc3339(moment) if moment else None


NUMBERS: list[tuple[Any, str | None]] = [
    (1, "1970-01-01T00:00:01Z"),
    (1_700_000_000, "2023-11-14T22:13:20Z"),
    (3_609_941_597, "2084-05-23T17:33:17Z"),
    (10**11 - 1, "5138-11-16T09:46:39Z"),
    (10**11, "1973-03-03T09:46:40Z"),
    (1_700_000_000_500, "2023-11-14T22:13:20.5Z"),
    (10**14 - 1, "5138-11-16T09:46:39.999Z"),
    (10**14, "1973-03-03T09:46:40Z"),
    (1_700_000_000_123_456, "2023-11-14T22:13:20.123456Z"),
    (10**17, "1973-03-03T09:46:40Z"),
    (1_700_000_000_123_456_000, "2023-11-14T22:13:20.123456Z"),
    (4_000_000_000 * 10**9, "2096-10-02T07:06:40Z"),
    (LARGEST - 1, "2262-04-11T23:47:16.854776Z"),
    (LARGEST + 1, None),
    (LARGEST, None),
    (float(LARGEST), None),
    (2**64 - 1, None),
    (10**400, None),
    (1.7e9, "2023-11-14T22:13:20Z"),
    (1.7e12, "2023-11-14T22:13:20Z"),
    (1.7e15, "2023-11-14T22:13:20Z"),
    (1.7e18, "2023-11-14T22:13:20Z"),
    (float("inf"), None),
    (float("-inf"), None),
    (float("nan"), None),
    # An end far away is one in whatever unit.
    (CALENDARS_END, "9999-12-31T23:59:59Z"),
    (CALENDARS_END * 10**3 + 999, "9999-12-31T23:59:59.999Z"),
    (CALENDARS_END * 10**6, "9999-12-31T23:59:59Z"),
    (nextafter(CALENDARS_END + 1, 0), "9999-12-31T23:59:59.999969Z"),
    (nextafter((CALENDARS_END + 1) * 10**3, 0), "9999-12-31T23:59:59.999969Z"),
    (CALENDARS_END + 1, "1978-01-11T21:31:40.8Z"),
    (253_370_764_800_000, "9999-01-01T00:00:00Z"),
    # The digits of a date are no milliseconds of the year 2611.
    (20240501120000, None),
    (20240501120000.0, None),
    (20240501120000123, None),
    (19991231235959, None),
    (20241301120000, "2611-06-04T07:38:40Z"),
    (202405011200, "1976-05-31T15:36:51.2Z"),
    (20240501, "1970-08-23T06:21:41Z"),
    # The past is the past.
    (-1, "1969-12-31T23:59:59Z"),
    (-1_700_000_000_000, "1916-02-18T01:46:40Z"),
    (-(10**11) + 1, "0001-01-01T00:00:00Z"),
    (-LARGEST, "0001-01-01T00:00:00Z"),
    (-(2**63), "0001-01-01T00:00:00Z"),
    (-1e300, "0001-01-01T00:00:00Z"),
    (True, None),
    (False, None),
]


@pytest.mark.parametrize(("sent", "told"), NUMBERS)
def test_the_size_of_a_number_tells_its_unit(sent: Any, told: str | None) -> None:
    """Seconds, milliseconds, microseconds or nanoseconds; as text it is the same time."""
    assert _read(sent) == told
    if isinstance(sent, int) and not isinstance(sent, bool):
        assert _read(f"{sent}") == told
        assert _read(f" {sent} ") == told


@pytest.mark.parametrize(
    ("value", "never"),
    [
        (0, True),
        ("0", True),
        (" 0 ", True),
        (0.0, True),
        (LARGEST, True),
        (f"{LARGEST}", True),
        (float(LARGEST), False),
        (f"{LARGEST}.0", False),
        (LARGEST - 1, False),
        (LARGEST + 1, False),
        (2**31 - 1, False),
        (2**64 - 1, False),
        (-1, False),
        (-(2**63), False),
        ("00", False),
        ("-0", False),
        ("0.0", False),
        ("never", False),
        ("infinity", False),
        ("null", False),
        ("", False),
        (None, False),
        (False, False),
        ([], False),
        ({}, False),
    ],
)
def test_only_clear_sentinels_mean_never(value: object, never: object) -> None:
    """Zero and the largest long, as a number or as text; nothing that only looks like them."""
    assert is_never(value) is never
    if never:
        assert read_time(value) is None


TEXTS = [
    # ISO 8601 and RFC 3339.
    ("2024-05-01T12:00:00Z", "2024-05-01T12:00:00Z"),
    ("2024-05-01t12:00:00z", "2024-05-01T12:00:00Z"),
    ("2024-05-01 12:00:00Z", "2024-05-01T12:00:00Z"),
    ("2024-05-01T12:00Z", "2024-05-01T12:00:00Z"),
    ("2024-05-01T14:00:00+02:00", "2024-05-01T12:00:00Z"),
    ("2024-05-01T14:00:00+0200", "2024-05-01T12:00:00Z"),
    ("2024-05-01T12:00:00-00:00", "2024-05-01T12:00:00Z"),
    ("2024-05-01T12:00:00,5Z", "2024-05-01T12:00:00.5Z"),
    ("2024-05-01T12:00:00.123456789Z", "2024-05-01T12:00:00.123456Z"),
    (" 2024-05-01T12:00:00Z\n", "2024-05-01T12:00:00Z"),
    ("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z"),
    ("0001-01-01T00:00:00+05:00", "0001-01-01T00:00:00Z"),
    # Without a zone it is in UTC, and a date alone is its first moment.
    ("2024-05-01T12:00:00", "2024-05-01T12:00:00Z"),
    ("20240501T120000", "2024-05-01T12:00:00Z"),
    ("2024-05-01", "2024-05-01T00:00:00Z"),
    # Without hyphens and colons.
    ("20240501T120000Z", "2024-05-01T12:00:00Z"),
    ("20240501T120000.250Z", "2024-05-01T12:00:00.25Z"),
    ("20240501T140000+0200", "2024-05-01T12:00:00Z"),
    ("20240501T120000Z[UTC]", "2024-05-01T12:00:00Z"),
    ("20241301T120000Z", None),
    ("20240501T120000 GMT", None),
    ("20240501T1200Z", None),
    ("20240501120000Z", None),
    # RFC 9557: the offset decides.
    ("2024-05-01T12:00:00Z[UTC]", "2024-05-01T12:00:00Z"),
    ("2024-05-01T12:00Z[Etc/UTC]", "2024-05-01T12:00:00Z"),
    ("2024-05-01T14:00:00+02:00[Europe/Paris]", "2024-05-01T12:00:00Z"),
    ("2024-05-01T14:00:00.5+02:00[Europe/Paris][u-ca=gregory]", "2024-05-01T12:00:00.5Z"),
    ("2024-05-01T17:00:00+05:00[America/Argentina/Buenos_Aires]", "2024-05-01T12:00:00Z"),
    ("2024-05-01T12:00:00+00:00[+00:00]", "2024-05-01T12:00:00Z"),
    ("2024-05-01T14:00:00[Europe/Paris]", None),
    ("2024-05-01T12:00:00[UTC]", None),
    ("2024-05-01[UTC]", None),
    ("2024-05-01T12:00:00Z[!u-ca=hebrew]", None),
    ("2024-05-01T12:00:00Z[]", None),
    ("2024-05-01T12:00:00Z[UTC", None),
    ("2024-05-01T12:00:00Z[UTC] or so", None),
    # RFC 1123 and RFC 2822.
    ("Wed, 01 May 2024 12:00:00 GMT", "2024-05-01T12:00:00Z"),
    ("Wed, 1 May 2024 12:00:00 GMT", "2024-05-01T12:00:00Z"),
    ("Wed, 01 May 2024 14:00:00 +0200", "2024-05-01T12:00:00Z"),
    ("01 May 2024 12:00 UT", "2024-05-01T12:00:00Z"),
    ("Wed, 01 May 2024 12:00:00 UTC", "2024-05-01T12:00:00Z"),
    ("Wed, 01 May 2024 12:00:00 -0000", "2024-05-01T12:00:00Z"),
    ("Wed, 01 May 2024 12:00:00 +0000 (UTC)", "2024-05-01T12:00:00Z"),
    ("Thu, 01 May 2024 12:00:00 GMT", None),
    ("Wed, 31 Feb 2024 12:00:00 GMT", None),
    ("Wed, 01 Mai 2024 12:00:00 GMT", None),
    ("Wed, 01 May 2024 12:00:00", None),
    ("Wed, 01 May 2024 12:00:00 CEST", None),
    ("Wed, 01 May 2024 12:00:00 EST", None),
    ("Wed, 01 May 2024 12:00:00 +9900", None),
    ("Wed, 01 May 24 12:00:00 GMT", None),
    ("Wed, 01 May 2024", None),
    ("Fri, 31 Dec 9999 23:59:59 -0500", "9999-12-31T23:59:59Z"),
    ("Wednesday, 01-May-24 12:00:00 GMT", None),
    ("Wed May  1 12:00:00 2024", None),
    ("Wed May 01 12:00:00 UTC 2024", None),
    ("Wed May 01 2024 12:00:00 GMT+0000 (Coordinated Universal Time)", None),
    # Looked at, and left alone: each could be another time, or is no whole one.
    ("2024-05-01T12:00:00+02", None),
    ("2024-05-01T12:00:00 +02:00", None),
    ("2024-05-01 12:00:00 UTC", None),
    ("2024-05-01 12:00:00 +0000 UTC", None),
    ("2024-05-01T12:00:00 Europe/Paris", None),
    ("2024-05-01T24:00:00Z", None),
    ("2016-12-31T23:59:60Z", None),
    ("2024-05-01T12Z", None),
    ("2024-05-01Z", None),
    ("2024-05-01+02:00", None),
    ("2024-05", None),
    ("2024", "1970-01-01T00:33:44Z"),
    ("1714564800.5", "2024-05-01T12:00:00.5Z"),
    ("1714564800500.25", "2024-05-01T12:00:00.50025Z"),
    ("-1.5", "1969-12-31T23:59:58.5Z"),
    ("2024-122", None),
    ("2024-W18-3", None),
    ("2024-W18-3T12:00:00Z", None),
    ("12:00:00", None),
    ("T12:00:00Z", None),
    ("01/05/2024", None),
    ("05/01/2024 12:00:00", None),
    ("2024/05/01", None),
    ("01.05.2024", None),
    ("/Date(1714564800000)/", None),
    ("P30D", None),
    ("+2024-05-01T12:00:00Z", None),
    ("+1714564800", None),
    ("1714564800Z", None),
    ("1714564800s", None),
    ("1.7e9", None),
    ("1,714,564,800", None),
    ("1_714_564_800", None),
    ("0x66323AC0", None),
    ("\uff12\uff10\uff12\uff14-05-01T12:00:00Z", None),
    ("\uff12\uff10\uff12\uff14\uff10\uff15\uff10\uff11T120000Z", None),
    ("00", None),
    ("-0", None),
    ("0.0", None),
    ("9" * 5000, None),
    ("T" * 500_000 + "]", None),
    ("never", None),
    ("tomorrow", None),
    ("", None),
]


@pytest.mark.parametrize(("sent", "told"), TEXTS, ids=lambda each: str(each)[:70])
def test_the_shape_of_a_text_tells_its_form(sent: str, told: str | None) -> None:
    """What is read is a time without a doubt; all else passes through, and is none."""
    assert _read(sent) == told
    if told is None:
        assert read_time(sent) == sent
        assert epoch_seconds(sent) is None


@pytest.mark.parametrize("number", range(7))
def test_the_day_of_the_week_is_its_own(number: int) -> None:
    """The seven days from Monday on; under the name of any other one it is no time."""
    for name in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        told = read(f"{name}, {number + 1:02} Apr 2024 12:00:00 GMT")
        own = f"{date(2024, 4, number + 1):%a}" == name
        assert told == (datetime(2024, 4, number + 1, 12, tzinfo=timezone.utc) if own else None)


@pytest.mark.parametrize("length", [200, 201])
def test_how_long_a_text_may_be(length: int) -> None:
    """A longer one is no time, whatever is in it."""
    text = "2024-05-01T12:00:00Z[{}]"
    text = text.format("a" * (length - len(text) + 2))
    assert (len(text), read(text) is None) == (length, length > 200)


@pytest.fixture
def far_east() -> Iterator[None]:
    """A machine whose own zone is not UTC."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = "UTC-9"
    time.tzset()
    yield
    del os.environ["TZ"]
    os.environ.update({} if before is None else {"TZ": before})
    time.tzset()


@pytest.mark.usefixtures("far_east")
@pytest.mark.parametrize(
    "sent",
    [
        *(1_714_564_800, "1714564800", "2024-05-01T12:00:00", "20240501T120000"),
        *("2024-05-01T14:00:00+02:00", "Wed, 01 May 2024 12:00:00 -0000"),
    ],
)
def test_the_zone_of_the_machine_does_not_matter(sent: object) -> None:
    """A time is in UTC, and says so."""
    told = read(sent)
    assert told
    assert told.isoformat() == "2024-05-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *((0, True), (1, True), (-1.5, True), (float("inf"), True), (10**400, True)),
        *((True, False), (False, False), (None, False), ("1", False), ([], False)),
    ],
)
def test_what_a_number_is(value: object, number: object) -> None:
    """No text of one, and neither true nor false."""
    assert is_number(value) is number


@pytest.mark.parametrize(
    "sent", [None, True, [], ["2024-05-01"], {}, {"seconds": 1}, b"1", object()]
)
def test_what_is_neither_number_nor_text_is_no_time(sent: object) -> None:
    """It comes back as it is."""
    assert read(sent) is None
    assert read_time(sent) is sent


@settings(deadline=None)
@given(st.floats(1.2e9, 9.2e9), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_every_plausible_time_is_read_in_each_unit(seconds: float, per_second: int) -> None:
    """From 2008 to 2261 no time is taken for another, whatever unit it is written in."""
    told = read(int(seconds * per_second))
    assert told
    assert abs(told.timestamp() - seconds) < 1.001
