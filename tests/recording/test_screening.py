"""Screening: whatever looks like a credential is found, and what programs need is let through."""

from __future__ import annotations

from typing import Any

import pytest
from support.jwt import jwt

from callerid.recording.screening import suspicions, used
from callerid.sandbox import library

SECRET = "s3cr3t-of-ada"


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"a": {"b": [jwt(sub="x")]}}, "a.b.0"),
        ({"note": "Bearer 0123456789abcdef"}, "note"),
        ({"note": "use Basic YWRhOmxvdmVsYWNl"}, "note"),
        ({"note": f"it is {SECRET}!"}, "note"),
        ({SECRET: 1}, SECRET),
        ({"clientSecret": "harmless"}, "clientSecret"),
        ({"api_token": "harmless"}, "api_token"),
        ({"x": "Zm9vYmFyMDEyMzQ1Njc4OWFiY2RlZg"}, "x"),
        ({"x": "0123456789abcdef0123456789abcdef"}, "x"),
        ({"x": f"to-eyJ{'a' * 2000}.{'b' * 9}"}, "x"),
        ({"note": f"sandbox-{jwt(sub='x')}"}, "note"),
        ({"apiKey": "sandbox-AKIAIOSFODNN7EXAMPLE"}, "apiKey"),
        ({"tokens": ["harmless"]}, "tokens.0"),
        ({"passphrase": "harmless"}, "passphrase"),
        ({"pem": "-----BEGIN RSA PRIVATE KEY-----"}, "pem"),
    ],
)
def test_a_suspicion_names_the_place_and_not_the_text(value: Any, place: str) -> None:
    """With its place, and never with its text."""
    [found] = suspicions(value, [SECRET])
    assert found.place == place
    assert "Zm9" not in found.what
    assert SECRET not in found.what


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"a": {SECRET: 1}}, ["a.s…(13 characters)"]),
        ({"a": {SECRET: {"apiKey": "x"}}}, ["a.s…(13 characters)", "a.s…(13 characters).apiKey"]),
        (
            {"AKIAIOSFODNN7EXAMPLE": [{"x": SECRET}]},
            ["AK…(20 characters)", "AK…(20 characters).0.x"],
        ),
        ({"apiKey": "x"}, ["apiKey"]),
    ],
)
def test_a_name_that_is_suspected_is_not_shown(value: Any, shown: list[str]) -> None:
    """Nor is it in the place of what stands below it; the place itself is whole, to be allowed."""
    found = suspicions(value, [SECRET])
    assert [each.shown for each in found] == shown
    assert all((each.shown != each.place) == ("…" in each.shown) for each in found)


@pytest.mark.parametrize(
    "value",
    [
        {"id": "3f2b6a0e-6d5c-4f0e-9a51-7c2d90b1e4a8"},
        {"subject": "example.com:4b6d8f20-1a3c-4e5d-97b8-c0f2e4a6d813"},
        {"refLink": "/api/definitions/external/0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f"},
        {"name": "allow-everything-in-every-production-environment"},
        {"CONFIG#CONFIG_CREATE#ITEM#*": True},
        {"dtCreated": "2024-02-05T09:10:00.123456Z"},
        {"apiKey": "sandbox-owner-key"},
        {"perms": ["csp:aria_operations_for_logs_v2_admin"]},
        {"organizationLink": "/csp/gateway/am/api/v2/orgs/1"},
        {"name": "Basic reader"},
    ],
)
def test_harmless_texts_are_not_suspicious(value: Any) -> None:
    """Ids, names, times, and the sandbox's own made-up credentials."""
    assert suspicions(value, [SECRET, "abc"]) == []


LONG = 1024 * 1024


@pytest.mark.parametrize("text", ["eyJ", "eyJabcde-", "bearer ", "-----BEGIN ", "abcdef01-"])
def test_a_text_of_any_length_is_screened(text: str) -> None:
    """In a time that grows as the text does; as a name too."""
    long = text * (LONG // len(text))
    assert suspicions({"name": long, long: "x"}, [SECRET]) == []


def test_a_list_of_any_length_below_a_name_of_any_length_is_screened() -> None:
    """To look at that name for each text, and to write down its place, would not end."""
    value = {"k1" * (LONG // 2): [1, ""] * (LONG // 8)}
    [name] = suspicions(value, [SECRET])
    assert name.is_name


def test_only_what_was_used() -> None:
    """Anything that merely looks like a credential may be a name that is replaced."""
    value = {"a": [f"it is {SECRET}!"], "b": "AKIAIOSFODNN7EXAMPLE", "apiKey": "x"}
    assert [each.place for each in used(value, [SECRET])] == ["a.0"]
    assert len(suspicions(value, [SECRET])) == 3


def test_the_built_in_callers_are_clean() -> None:
    """They are all made up, and look like what an API answers."""
    callers = library.built_in().items()
    found = {name: suspicions(caller.model_dump(by_alias=True), []) for name, caller in callers}
    places = {each.place for suspected in found.values() for each in suspected}
    assert {place for place in places if ".credential." not in place} == {"csp.info.user.password"}
