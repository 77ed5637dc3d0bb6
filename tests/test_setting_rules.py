"""The rules of settings at their edges: what a host, a number and a pasted text may be."""

from __future__ import annotations

import pytest

from callerid.setting_rules import is_loopback, plain, problem

LABEL = "a" * 63


@pytest.mark.parametrize(
    ("url", "is_right"),
    [
        ("https://bücher.example", True),
        (f"https://{LABEL}.example", True),
        (f"https://{LABEL}a.example", False),
        (f"https://{'ü' * 60}.example", False),
        ("https://api.example.", True),
        (f"https://{'a.' * 126}a", True),
        (f"https://{'a.' * 127}a", False),
        ("https://.api.example", False),
        ("https://api..example", False),
        ("https://api.example..", False),
        ("http://[::ffff:127.0.0.1]", True),
        ("http://[::ffff:192.0.2.1]", False),
    ],
)
def test_a_base_url_has_a_host_that_can_be_one(url: str, is_right: object) -> None:
    """Its parts have up to 63 characters, as they are sent; a last point is no part."""
    found = problem("m3terBaseUrl", url, "string", "environment M3TER_BASE_URL")
    assert (found is None) is is_right


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "localhost"])
def test_a_loopback_address_in_any_form(host: str) -> None:
    """One of IPv4 that is written as one of IPv6 is the same."""
    assert is_loopback(host)
    assert not is_loopback("192.0.2.1")


@pytest.mark.parametrize(
    ("value", "is_right"),
    [(86400, True), (86400.5, False), ("86400", True), (0.5, True), (0, False), (-1, False)],
)
def test_how_long_an_answer_may_take(value: object, is_right: object) -> None:
    """Up to a day, the whole of it; typed or as text."""
    found = problem("requestTimeoutSeconds", value, "number", "it")
    assert (found is None) is is_right


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (60.0, "60"),
        (60.5, "60.5"),
        (60, "60"),
        ('"60"', "60"),
        ('60"', '60"'),
        ('"', '"'),
        ("„x“", "x"),
        ("“x”", "x"),
        ("«x»", "x"),
        ("`x`", "x"),
        ('"\u200bx\u2003"', "x"),
        ("\u200bnull\ufeff", ""),
        ("''''x''''", "x"),
        ("'''''x'''''", "'x'"),
        (None, ""),
    ],
)
def test_a_setting_is_read_without_what_was_copied_along(value: object, read: str) -> None:
    """Quotation marks of many kinds, four layers of them, and characters that nobody sees."""
    assert plain("m3terOrgId", value) == read


@pytest.mark.parametrize("value", ["Bearer x", "bearer: x", "Authorization: Bearer x", "X-Auth: x"])
def test_a_token_is_read_without_its_header(value: str) -> None:
    """A token alone: whatever else a text begins with is part of it."""
    assert plain("m3terApiToken", value) == "x"
    assert plain("m3terOrgId", value) == value


@pytest.mark.parametrize("mark", ["“", "»", "`", '"'])
def test_a_mark_that_is_left_is_told(mark: str) -> None:
    """At one end alone it is a slip."""
    told = "it begins or ends with a quotation mark. Leave it out."
    assert problem("m3terOrgId", f"{mark}x", "string", "it") == told
    assert problem("m3terOrgId", "x", "string", "it") is None


def test_a_wrong_shape_ends_as_it_is_told_to() -> None:
    """With a point, where nobody says how to give one plain value."""
    told = "it must be a string, and is a list. Give it one plain value"
    assert problem("m3terOrgId", [], "string", "it") == f"{told}."
    assert problem("m3terOrgId", [], "string", "it", " by hand.") == f"{told} by hand."
