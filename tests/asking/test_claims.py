"""Claims: decoded without verification, and never a reason to fail."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.jwt import jwt

from callerid.asking import claims


def test_claims_of_a_token() -> None:
    """What the token says comes back."""
    assert claims.decode(jwt(sub="s", exp=7)) == {"sub": "s", "exp": 7}


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.bnVsbA.c", "a.W10.c", "....", "é.é.é"])
def test_an_opaque_token_has_no_claims(token: str) -> None:
    """Not three parts, not base64, not JSON, not an object."""
    assert claims.decode(token) == {}


@given(st.text())
def test_no_token_breaks_the_decoder(token: str) -> None:
    """Whatever was pasted."""
    assert claims.decode(token) == {} or token.count(".") == 2


def test_claims_of_another_type_are_absent() -> None:
    """A number is no text, and a boolean no number."""
    odd = {"sub": 7, "exp": True, "username": " "}
    assert (claims.text(odd, "sub"), claims.text(odd, "username")) == (None, None)
    assert claims.seconds(odd, "exp") is None


@pytest.mark.parametrize("value", [-1, -1e18, float("inf"), float("nan"), 10**400, 253402300800])
def test_times_outside_the_calendar_are_absent(value: float) -> None:
    """No such claim ends in a crash."""
    assert claims.seconds({"exp": value}, "exp") is None


def _token(payload: str) -> str:
    return f"e30.{base64.urlsafe_b64encode(payload.encode()).decode().rstrip('=')}.s"


@pytest.mark.parametrize(
    "payload",
    [
        *('{"c": null}', '{"c": " "}', '{"c": NaN}', '{"c": 1e999}', '{"c": []}'),
        *('{"c": "a", "c": "a"}', '{"c": ' + "9" * 5000 + "}"),
    ],
)
def test_a_claim_that_cannot_be_read_is_there(payload: str) -> None:
    """It is neither absent nor a reason to call the whole token opaque."""
    found = claims.decode(_token(payload))
    assert claims.is_unreadable(found, "c")
    assert claims.seconds(found, "c") is None
    assert not claims.is_unreadable(found, "other")


@pytest.mark.parametrize(
    "payload", [b'{"c": "a", "name": "M\xfcller"}', b'{"c": "a", "name": "\\ud800"}']
)
def test_a_character_that_cannot_be_read_hides_no_claim(payload: bytes) -> None:
    """The organization and the roles of its token are told all the same."""
    encoded = base64.urlsafe_b64encode(payload).decode()
    found = claims.decode(f"e30.{encoded}.s")
    assert claims.text(found, "c") == "a"
    assert "\ufffd" in str(claims.text(found, "name"))


DEEP = '{"c": "a", "d": ' + "[" * 50 + "]" * 50 + "}"


@pytest.mark.parametrize("payload", ["", "!", "[]", '{"c": "a"', "[" * 100_000, DEEP])
def test_a_jwt_without_claims_that_can_be_read_is_not_opaque(payload: str) -> None:
    """Its header says that there are claims: whoever relies on one is told, and nothing passes."""
    found = claims.decode(_token(payload))
    assert found
    assert claims.is_unreadable(found, "anything")
    assert (claims.text(found, "c"), claims.seconds(found, "exp")) == (None, None)
    assert claims.not_before(found) == float("inf")


def test_a_claim_that_can_be_read() -> None:
    """A text is one."""
    assert not claims.is_unreadable({"c": "a"}, "c")
