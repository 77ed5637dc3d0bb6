"""The block that the answers of m3ter become, all of it."""

from __future__ import annotations

from typing import Any

import pytest
from support import bodies

from callerid.config import load
from callerid.platforms.m3ter.recording import RECORDING
from callerid.recording.tape import Exchange

OTHER = "64b8e2d7-0c35-4f1a-9e86-a1d7c3f05b29"
TOKEN = {"m3terApiToken": "t"}
KEY = {"m3terApiKey": "k", "m3terApiSecret": "s"}
ME = bodies.ME.removeprefix("GET ")
CLAIMS = {"sub": "s", "orgId": bodies.ORG, "permissions": {"A": True, "B": False, "C": "yes"}}
AS_API_TOKEN = {"apiToken": "sandbox-ada-token"}


def _block(settings: dict[str, str], *exchanges: Exchange) -> Any:
    [config] = [each for each in load(settings, {}).platforms if each.name == "m3ter"]
    return RECORDING.block(exchanges, "ada", config)


def _m3ter(claims: dict[str, Any], path: str, body: Any, status: int = 200) -> Exchange:
    return Exchange("m3ter", path.removeprefix("GET "), "", status, body, claims)


def test_a_machine_at_m3ter() -> None:
    """Its policies are at a path of their own; it has no groups and no details."""
    policy = bodies.policy("Read")
    assert _block(
        KEY,
        _m3ter(CLAIMS, ME, bodies.machine(odd=1) | {"odd": 2}),
        _m3ter(CLAIMS, bodies.MACHINE_POLICIES, {"data": [policy | {"odd": 3}]}),
    ) == {
        "organizationId": bodies.ORG,
        "credential": {"apiKey": "sandbox-ada-key", "apiSecret": "sandbox-ada-secret"},
        "subject": "s",
        "me": bodies.machine(),
        "policies": [policy],
        "permissions": {"A": True, "B": False},
    }


def test_a_person_at_m3ter() -> None:
    """What was refused or not asked is null; what is refused live is refused in a replay."""
    groups = {"data": [{"id": "g", "name": "G"}, {"name": "H"}], "nextToken": ""}
    assert _block(
        TOKEN,
        _m3ter({}, ME, bodies.person()),
        _m3ter({}, bodies.POLICIES, None, 403),
        _m3ter({}, bodies.DETAILS, {"id": bodies.ADA, "dtEndAccess": "2030", "phone": "5"}),
        _m3ter({}, bodies.GROUPS, [{"id": 7, "odd": 1}, {"id": "g"}]),
        _m3ter({}, bodies.group_policies("7"), bodies.policy("Read")),
        _m3ter({}, f"/organizations/{OTHER}/users/me", bodies.person()),
        _m3ter({}, f"/organizations/{OTHER}/users/{bodies.ADA}/usergroups", groups),
    ) == {
        "organizationId": bodies.ORG,
        "credential": AS_API_TOKEN,
        "subject": bodies.ADA,
        "me": bodies.person(),
        "policies": None,
        "userDetails": {"id": bodies.ADA, "dtEndAccess": "2030"},
        "userGroups": [{"id": "7"}, {"id": "g"}],
        "groupPolicies": {"7": [bodies.policy("Read")], "g": None},
        "organizations": {
            OTHER: {
                "me": bodies.person(),
                "policies": None,
                "userDetails": None,
                "userGroups": [{}],
                "groupPolicies": {},
            }
        },
    }


@pytest.mark.parametrize(
    ("token", "settings", "main"),
    [
        ({}, {}, OTHER),
        ({}, {"m3terOrgId": bodies.ORG}, bodies.ORG),
        ({}, {"m3terOrgId": "00000000-0000-4000-8000-000000000001"}, OTHER),
        ({"orgId": bodies.ORG}, {}, bodies.ORG),
        ({"orgId": bodies.ORG}, {"m3terOrgId": OTHER}, bodies.ORG),
        ({"orgId": "third"}, {}, OTHER),
    ],
)
def test_the_main_organization_at_m3ter(
    token: dict[str, Any], settings: dict[str, str], main: str
) -> None:
    """That of the token, else the one that is set, else the first; the others stand below."""
    first = _m3ter(token, f"/organizations/{OTHER}/users/me", bodies.machine(name="there"))
    block = _block(TOKEN | settings, first, _m3ter(token, ME, bodies.machine(name="here")))
    [further] = block["organizations"].items()
    names = {OTHER: "there", bodies.ORG: "here"}
    assert (block["organizationId"], block["me"]["serviceUser"]["name"]) == (main, names.pop(main))
    assert (further[0], further[1]["me"]["serviceUser"]["name"]) == names.popitem()


@pytest.mark.parametrize(
    ("token", "me", "subject"),
    [
        ({"sub": "s"}, bodies.person(), "s"),
        ({"sub": " "}, bodies.person(), bodies.ADA),
        ({}, {"user": {"id": 7}, "serviceUser": {"id": "x"}}, "7"),
        ({}, {"serviceUser": {"id": 8}}, "8"),
        ({}, {"user": {}}, "ada"),
        ({}, {"user": {"id": None}}, "ada"),
        ({}, {"user": {"id": None}, "serviceUser": {"id": "x"}}, "ada"),
        ({}, {"user": "odd", "serviceUser": "odd"}, "ada"),
        ({}, [], "ada"),
        ({}, None, "ada"),
    ],
)
def test_the_subject_at_m3ter(token: dict[str, Any], me: Any, subject: str) -> None:
    """That of the token, else the caller's own id, else the name in the sandbox."""
    assert _block(TOKEN, _m3ter(token, ME, me))["subject"] == subject


@pytest.mark.parametrize(
    ("settings", "token", "credential"),
    [
        (KEY, {}, {"apiKey": "sandbox-ada-key", "apiSecret": "sandbox-ada-secret"}),
        (TOKEN, {"sub": "s"}, {"apiToken": True}),
        (TOKEN, {}, AS_API_TOKEN),
        ({}, {}, AS_API_TOKEN),
    ],
)
def test_how_a_caller_of_m3ter_signs_in_to_a_replay(
    settings: dict[str, str], token: dict[str, Any], credential: dict[str, Any]
) -> None:
    """As live: by a key, by a token with claims, or by one without."""
    assert _block(settings, _m3ter(token, ME, None))["credential"] == credential


@pytest.mark.parametrize(
    ("claim", "told"), [({"A": True, "B": 1, "C": None}, {"A": True}), ([], None), (None, None)]
)
def test_permissions_at_m3ter(claim: Any, told: dict[str, bool] | None) -> None:
    """What is no claim of permissions is none, and what is no yes or no is left out."""
    block = _block(TOKEN, _m3ter({"permissions": claim}, ME, None))
    assert block.get("permissions") == told


def test_nobody_is_told_at_m3ter() -> None:
    """Where nobody asked who calls."""
    assert _block(TOKEN, _m3ter(CLAIMS, bodies.POLICIES, {"data": []})) is None


@pytest.mark.parametrize("own", [["7"], {"id": "7"}, True])
def test_an_id_of_another_type_than_documented(own: Any) -> None:
    """It stays what it is: as a text it would be answered in a replay, and was refused live."""
    block = _block(TOKEN, _m3ter({}, ME, {"user": {"id": own, "firstName": "Ada"}}))
    assert (block["me"]["user"]["id"], block["subject"]) == (own, "ada")


@pytest.mark.parametrize("own", [None, ".."])
def test_an_id_that_can_be_in_no_path(own: Any) -> None:
    """It stays what it is; nothing can be asked by it, so what is asked is refused."""
    me, page = {"user": {"id": own}}, {"data": [{"id": own or "..", "name": "G"}]}
    at = f"/organizations/{bodies.ORG}/users/{own}"
    block = _block(TOKEN, _m3ter({}, ME, me), _m3ter({}, f"{at}/permissions", {"data": []}))
    assert (block["me"], block["policies"], block["userGroups"]) == (me, None, None)
    listed = _m3ter({}, bodies.GROUPS, page)
    refused = _m3ter({}, bodies.group_policies(".."), {"data": []})
    block = _block(TOKEN, _m3ter({}, ME, bodies.person()), listed, refused)
    assert (block["userGroups"], block["groupPolicies"]) == (page["data"], {"..": None})
