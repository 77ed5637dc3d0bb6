"""The blocks of a scenario: who the caller is by them, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from callerid.asking import claims
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.tokens import Tokens

NOW = 1_800_000_000
MAIN = "9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24"
OTHER = "64b8e2d7-0c35-4f1a-9e86-a1d7c3f05b29"
APP = {"clientId": "sandbox-id", "clientSecret": "sandbox-secret"}
KEY = {"apiKey": "sandbox-key", "apiSecret": "sandbox-secret"}


def _scenario(platform: str, block: dict[str, Any], **more: Any) -> Scenario:
    basis = {"organizationId": MAIN, "subject": "a:b:c", "credential": {"apiToken": "sandbox-t"}}
    known: dict[str, Any] = {"csp": {"info": None}, "m3ter": {"me": None}}
    block = {**basis, **known[platform], **block}
    return Scenario.model_validate({"description": "a caller", platform: block, **more})


USER = {"firstName": "Kay", "lastName": "Doe", "email": "kay@example.com", "id": "u"}
READY = {"accessToken": True}


@pytest.mark.parametrize(
    ("platform", "block", "is_person", "who"),
    [
        ("csp", {"info": {"user": USER}}, True, "Kay Doe, kay@example.com"),
        ("csp", {}, True, "a:b:c"),
        ("csp", {"info": {"user": USER}, "credential": APP}, False, "a:b:c"),
        ("csp", {"info": {"user": USER}, "credential": APP, "username": "x"}, False, "a:b:c"),
        ("csp", {"info": {"user": USER}, "credential": READY}, False, "a:b:c"),
        (
            "csp",
            {"info": {"user": USER}, "credential": READY, "username": "x"},
            True,
            "Kay Doe, kay@example.com",
        ),
        ("m3ter", {"me": {"user": USER}}, True, "Kay Doe, kay@example.com"),
        ("m3ter", {"me": {"user": {"firstName": "Kay"}}}, False, "Kay"),
        ("m3ter", {"me": {"user": None, "serviceUser": {"id": "s", "name": "bot"}}}, False, "bot"),
        (
            "m3ter",
            {"me": {"user": USER, "serviceUser": {"name": "bot"}}},
            True,
            "Kay Doe, kay@exam",
        ),
        ("m3ter", {}, False, "a:b:c"),
    ],
)
def test_who_a_caller_is(platform: str, block: dict[str, Any], is_person: object, who: str) -> None:
    """A person or a machine, and the name."""
    [caller] = _scenario(platform, block).callers.values()
    assert caller.is_person is is_person
    assert caller.who().startswith(who)
    assert caller.platform == platform


WAYS = [
    ("csp", {"apiToken": "sandbox-t"}, "an API token", False),
    ("csp", APP, "an OAuth app", False),
    ("csp", READY, "a ready token", True),
    ("m3ter", {"apiToken": "sandbox-t"}, "a ready token", True),
    ("m3ter", {"apiToken": True}, "a ready token", True),
    ("m3ter", KEY, "key and secret", False),
]


@pytest.mark.parametrize(("platform", "credential", "way", "ready"), WAYS)
def test_how_a_caller_signs_in(
    platform: str,
    credential: dict[str, Any],
    way: str,
    ready: bool,  # noqa: FBT001 - a pytest parameter
) -> None:
    """By one way; some bring a token along."""
    [caller] = _scenario(platform, {"credential": credential}).callers.values()
    assert caller.credential.way == way
    token = caller.existing_token(Tokens(lambda: NOW), "x")
    assert (token is not None) is ready
    given = credential.get("apiToken")
    assert not ready or (token == given if isinstance(given, str) else claims.decode(str(token)))


def test_what_is_left_out_of_a_block() -> None:
    """Nothing is known of the caller then, and nothing goes wrong."""
    csp, m3ter = _scenario("csp", {}).csp, _scenario("m3ter", {}).m3ter
    app = _scenario("csp", {"credential": APP, "organizations": {OTHER: {}}}).csp
    assert app.organizations[OTHER].model_dump() == {"subject": None, "perms": None}
    assert (csp.username, csp.perms, csp.organizations, csp.faults) == (None, None, {}, [])
    assert csp.behaviour.model_dump(exclude_unset=True) == {}
    assert csp.credential.model_dump(exclude_none=True) == {"api_token": "sandbox-t"}
    assert m3ter.behaviour.model_dump(exclude_unset=True) == {}
    assert (m3ter.organizations, m3ter.permissions, m3ter.faults) == ({}, None, [])
    assert (m3ter.policies, m3ter.user_details, m3ter.user_groups) == ([], {}, [])
    assert (m3ter.inherited_groups, m3ter.group_policies) == ([], {})
    assert m3ter.credential.model_dump(exclude_none=True) == {"api_token": "sandbox-t"}


ALREADY = f"organizations.{MAIN}: this is organizationId already"
WRONG: list[tuple[str, dict[str, Any], str, tuple[str, ...]]] = [
    (
        "csp",
        {"organizations": {MAIN: {}}, "credential": APP},
        ALREADY,
        ("organizations", MAIN),
    ),
    (
        "csp",
        {"organizations": {OTHER: {}}},
        "organizations: expected clientId and clientSecret; a token is of one alone",
        ("organizations",),
    ),
    (
        "m3ter",
        {"organizations": {MAIN: {"me": None}}},
        ALREADY,
        ("organizations", MAIN),
    ),
    (
        "m3ter",
        {"organizations": {OTHER: {"me": None}}, "credential": KEY},
        "organizations: expected an apiToken; a service user is in one organization",
        ("organizations",),
    ),
    (
        "m3ter",
        {"userGroups": [{"id": "g"}], "groupPolicies": {"g": [], "h": [], "i": []}},
        "groupPolicies.h: expected the id of one of userGroups",
        ("groupPolicies", "h"),
    ),
    (
        "m3ter",
        {"userGroups": [{"id": "g"}], "inheritedGroups": ["g", "h"]},
        "inheritedGroups.h: expected the id of one of userGroups",
        ("inheritedGroups", "h"),
    ),
    (
        "m3ter",
        {"userGroups": None, "inheritedGroups": ["g"]},
        "inheritedGroups.g: expected the id of one of userGroups",
        ("inheritedGroups", "g"),
    ),
]


@pytest.mark.parametrize(("platform", "block", "text", "at"), WRONG)
def test_a_mistake_is_told_with_its_place(
    platform: str, block: dict[str, Any], text: str, at: tuple[str, ...]
) -> None:
    """In a whole sentence; the place leads from the block to the key."""
    with pytest.raises(ValidationError) as caught:
        _scenario(platform, block)
    [error] = caught.value.errors(include_url=False, include_input=False)
    assert error == {
        "type": "mistake",
        "loc": (platform,),
        "msg": text,
        "ctx": {"text": text, "at": at},
    }


def test_an_answer_that_nothing_marks_is_no_recording() -> None:
    """A machine with a ready token is asked nothing; any other caller may be recorded."""
    recorded = {"recordedAt": "2026-11-22T21:00:00Z"}
    for block in ({"credential": APP}, {"credential": READY, "username": "kay"}, {}):
        assert _scenario("csp", block, **recorded).recorded_at
    with pytest.raises(ValidationError) as caught:
        _scenario("csp", {"credential": READY}, **recorded)
    [error] = caught.value.errors()
    assert error["msg"] == (
        "csp.credential: expected clientId and clientSecret: a machine with a ready token is "
        "refused every answer, so nothing would tell that they are recorded"
    )
