"""Shapes: how times, absent values and odd types are read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callerid.model import Moment, Reply, epoch_seconds, is_past, read_time
from callerid.platforms.csp.replies import CspUserInfo, CspUserOrgInfo


class Sample(Reply):
    """A reply with one field of each kind."""

    name: str | None = None
    version: int | None = None
    flag: bool | None = None
    tags: list[str] | None = None
    expires_at: Moment = None


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (None, None),
        (0, None),
        ("0", None),
        (3609941597, "2084-05-23T17:33:17Z"),
        ("3609941597", "2084-05-23T17:33:17Z"),
        (1700000000000, "2023-11-14T22:13:20Z"),
        ("1700000000500", "2023-11-14T22:13:20.5Z"),
        ("2023-11-07T05:31:56Z", "2023-11-07T05:31:56Z"),
        ("2023-11-07T05:31:56.000Z", "2023-11-07T05:31:56Z"),
        ("2023-11-07T05:31:56.120+02:00", "2023-11-07T03:31:56.12Z"),
        ("2023-11-07T05:31:56", "2023-11-07T05:31:56Z"),
        ("2023-11-07T05:31:56.123456789Z", "2023-11-07T05:31:56.123456Z"),
        (9223372036854775807, None),
        (9223372036854775808, "9223372036854775808"),
        (1_700_000_000_000_000, "2023-11-14T22:13:20Z"),
        ("1700000000000000000", "2023-11-14T22:13:20Z"),
        ("Tue, 14 Nov 2023 22:13:20 GMT", "2023-11-14T22:13:20Z"),
        ("20231114T221320Z", "2023-11-14T22:13:20Z"),
        ("2023-11-14T23:13:20+01:00[Europe/Paris]", "2023-11-14T22:13:20Z"),
        ("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59Z"),
        ("string", "string"),
    ],
)
def test_times_in_all_their_forms(sent: object, read: str | None) -> None:
    """Numbers and texts become RFC 3339; never is absent; a text that is no time stays."""
    assert Sample.model_validate({"expiresAt": sent}).expires_at == read


@settings(deadline=None)
@given(st.integers() | st.floats() | st.text() | st.none() | st.booleans())
def test_no_time_breaks_the_reader(value: object) -> None:
    """Whatever comes, reading it does not fail, and what it gives reads as itself."""
    once = read_time(value)
    if isinstance(once, str) and epoch_seconds(once) is not None:
        assert read_time(once) in {once, read_time(read_time(once))}


@pytest.mark.parametrize(
    ("time", "past"),
    [
        (None, False),
        ("1970-01-01T00:01:40Z", True),
        ("1970-01-01T00:01:41Z", False),
        ("when I say so", False),
    ],
)
def test_a_time_is_past_once_it_is_reached(time: str | None, past: object) -> None:
    """At its second a role has expired; never, and what is no time, do not pass."""
    assert is_past(time, 100.0) is past


def test_null_empty_text_and_unknown_fields_are_absent() -> None:
    """An answer never carries an empty text or a null."""
    read = Sample.model_validate(
        {"name": "", "version": None, "tags": ["a", None, ""], "surprise": 1}
    )
    assert read.model_dump(exclude_none=True) == {"tags": ["a"]}


def test_numbers_as_text_and_text_as_numbers() -> None:
    """APIs differ in what they quote."""
    read = Sample.model_validate({"name": 7, "version": "12", "flag": "true"})
    assert (read.name, read.version, read.flag) == ("7", 12, True)


def test_the_password_is_dropped_while_parsing() -> None:
    """No object that callerid makes of a reply holds the password."""
    info = CspUserInfo.model_validate({"user": {"userId": "u", "password": "canary"}})
    assert "canary" not in repr(info)
    assert "canary" not in info.model_dump_json()


def test_the_old_name_of_services_def_is_read() -> None:
    """Deployments on premises say `serviceDef`; null under the new name does not hide it."""
    body = {"servicesDef": None, "serviceDef": [{"serviceName": "s"}]}
    info = CspUserOrgInfo.model_validate(body)
    assert info.model_dump(by_alias=True, exclude_none=True) == {
        "servicesDef": [{"serviceName": "s"}]
    }
