"""Ids and page tokens that are odd: they name no other path, and errors say whose they are."""

from __future__ import annotations

import pytest
from support import bodies
from support.api import Api, json_reply
from support.callers import m3ter
from support.jwt import jwt

from callerid.config import load
from callerid.core import Core
from callerid.errors import CalleridError, ConfigurationError, UnexpectedReplyError

LONG = "a" * 16_001


def _route(*parts: str) -> str:
    return "/".join((f"GET /organizations/{bodies.ORG}", *parts))


@pytest.mark.parametrize("functions", [("getCurrentUser", "getUserOrgRoles"), ("getUserOrgRoles",)])
def test_a_user_whose_id_is_me(api: Api, functions: tuple[str, ...]) -> None:
    """Two questions have one path, and each gets the answer that it understands."""
    me = {"user": {"id": "me", "firstName": "Ada"}}
    api.on(_route("users", "me"), json_reply(me))
    api.on(_route("users", "me", "permissions"), json_reply({"data": [bodies.policy("reader")]}))
    api.on(_route("users", "me", "usergroups"), json_reply({"data": []}))
    core = m3ter(api)
    answers = [core.call(name, {}) for name in functions]
    assert {each["displayName"] for each in answers} == {"Ada"}
    assert answers[-1]["roleNames"] == ["reader"]


@pytest.mark.parametrize("person", [True, False])
@pytest.mark.parametrize(
    ("own", "sent"),
    [("%2e%2e", "%252e%252e"), ("a/../b", "a%2F..%2Fb"), ("a?b#c", "a%3Fb%23c"), ("...", "...")],
)
def test_an_odd_id_names_its_own_path(api: Api, own: str, sent: str, *, person: bool) -> None:
    """Whatever a server might read in it, it is one segment of a path."""
    body = bodies.person(id=own) if person else bodies.machine(id=own)
    holder = _route("users" if person else "serviceusers", sent)
    api.on(bodies.ME, json_reply(body))
    api.on(holder, json_reply({"id": own}))
    api.on(f"{holder}/permissions", json_reply({"data": [bodies.policy("reader")]}))
    api.on(f"{holder}/usergroups", json_reply({"data": []}))
    assert m3ter(api).call("getUserOrgRoles", {})["roleNames"] == ["reader"]


MISSING = "user.id is missing or of another type than documented."
DOTS, LENGTH = "it is dots alone.", "it is longer than an address can be."


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (bodies.person(id="."), f"The id of the user that the API gave cannot be used: {DOTS}"),
        (bodies.person(id=".."), f"The id of the user that the API gave cannot be used: {DOTS}"),
        (bodies.person(id=LONG), f"The id of the user that the API gave cannot be used: {LENGTH}"),
        (
            bodies.machine(id=".."),
            f"The id of the service user that the API gave cannot be used: {DOTS}",
        ),
        (
            bodies.person(id=""),
            f"m3ter sent an unexpected answer (HTTP 200): {MISSING}",
        ),
    ],
)
def test_an_id_that_is_none_is_told_by_its_noun(api: Api, body: object, told: str) -> None:
    """No request is sent for it, and nobody looks for an organization's id in vain."""
    api.on(bodies.ME, json_reply(body))
    with pytest.raises(UnexpectedReplyError) as caught:
        m3ter(api).call("getUserOrgRoles", {})
    assert str(caught.value) == told
    assert api.paths() == [bodies.ME]


@pytest.mark.parametrize("group", ["..", "é" * 16_000])
def test_a_group_id_that_is_none(api: Api, group: str) -> None:
    """A user group's id has its own name."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.DETAILS, json_reply({"id": bodies.ADA}))
    api.on(bodies.POLICIES, json_reply({"data": []}))
    api.on(bodies.GROUPS, json_reply({"data": [{"id": group, "name": "team"}]}))
    with pytest.raises(UnexpectedReplyError, match=r"^The id of the user group that the API gave"):
        m3ter(api).call("getUserOrgRoles", {})


@pytest.mark.parametrize("token", ["..", ".", "%2e%2e", "a/b", "a&pageSize=1", "é ?#"])
def test_any_page_token_is_sent_as_it_came(api: Api, token: str) -> None:
    """In a query nothing is a path; dots are as good as other characters."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    pages = [{"data": [bodies.policy("a")], "nextToken": token}, {"data": [bodies.policy("b")]}]
    api.on(bodies.MACHINE_POLICIES, *map(json_reply, pages))
    assert m3ter(api).call("getUserOrgRoles", {})["roleNames"] == ["a", "b"]
    assert len(api.seen) == 3


def test_a_page_token_that_is_too_long(api: Api) -> None:
    """The API's own name for it is in the sentence, not the base URL's."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": [], "nextToken": "a" * 70_000}))
    with pytest.raises(UnexpectedReplyError) as caught:
        m3ter(api).call("getUserOrgRoles", {})
    assert str(caught.value) == "The nextToken that the API gave is longer than an address can be."


@pytest.mark.parametrize("platform", ["m3ter", "csp"])
@pytest.mark.parametrize(
    ("own", "why"),
    [
        ("..", "dots alone"),
        ("a" * 70_000, "longer than an address can be"),
        ("acme\udcff", "bytes that are no UTF-8 text"),
    ],
)
def test_an_organization_that_is_none(platform: str, own: str, why: str) -> None:
    """Here it is an organization's id, and the variable that holds it is named."""
    tokens = {"m3ter": "M3TER_API_TOKEN", "csp": "CSP_ACCESS_TOKEN"}
    variable = f"{platform.upper()}_ORG_ID"
    core = Core(load({}, {tokens[platform]: "opaque", variable: own}))
    with pytest.raises(ConfigurationError) as caught:
        core.call("getCurrentUser", {})
    expected = f"An organization id cannot be {why}. Check environment {variable}."
    assert str(caught.value) == expected


def test_a_token_of_an_organization_that_is_none(api: Api) -> None:
    """The token's own is checked like any other."""
    core = m3ter(api, m3terApiToken=jwt(orgId="a" * 70_000), m3terOrgId=None)
    with pytest.raises(CalleridError, match=r"^An organization id cannot be longer"):
        core.call("getCurrentUser", {})
