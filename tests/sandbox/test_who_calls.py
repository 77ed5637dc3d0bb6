"""The blocks of a scenario: where the caller is by them, and what its tokens tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from callerid.asking import claims
from callerid.sandbox.caller import Membership, Role
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.tokens import Holder, Tokens

if TYPE_CHECKING:
    from callerid.platforms.csp.sandbox.caller import CspCaller
    from callerid.platforms.m3ter.sandbox.caller import M3terCaller

NOW = 1_800_000_000
MAIN = "9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24"
OTHER = "64b8e2d7-0c35-4f1a-9e86-a1d7c3f05b29"
APP = {"clientId": "sandbox-id", "clientSecret": "sandbox-secret"}


def _scenario(platform: str, block: dict[str, Any], **more: Any) -> Scenario:
    basis = {"organizationId": MAIN, "subject": "a:b:c", "credential": {"apiToken": "sandbox-t"}}
    known: dict[str, Any] = {"csp": {"info": None}, "m3ter": {"me": None}}
    block = {**basis, **known[platform], **block}
    return Scenario.model_validate({"description": "a caller", platform: block, **more})


def _csp(**block: Any) -> CspCaller:
    caller: CspCaller = _scenario("csp", block).csp
    return caller


def _m3ter(**block: Any) -> M3terCaller:
    caller: M3terCaller = _scenario("m3ter", block).m3ter
    return caller


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({}, {"azp": "sandbox-csp-console", "sub": "a:b:c", "domain": "a:b"}),
        ({"subject": "s"}, {"azp": "sandbox-csp-console", "sub": "s"}),
        (
            {"username": "kay", "perms": ["p"]},
            {
                "azp": "sandbox-csp-console",
                "sub": "a:b:c",
                "domain": "a:b",
                "username": "kay",
                "perms": ["p"],
            },
        ),
        (
            {"username": "kay", "behaviour": {"usernameClaim": False}},
            {"azp": "sandbox-csp-console", "sub": "a:b:c", "domain": "a:b"},
        ),
        ({"credential": APP}, {"azp": "sandbox-id", "sub": "a:b:c", "domain": "a:b"}),
    ],
)
def test_what_a_token_of_csp_tells(block: dict[str, Any], told: dict[str, Any]) -> None:
    """All of its claims; those that the caller lacks are not there."""
    tokens = Tokens(lambda: NOW)
    token = _csp(**block).mint(tokens, "x")
    assert claims.decode(token) == {
        "context": str(uuid5(NAMESPACE_URL, MAIN)),
        "context_name": MAIN,
        "iss": "https://gaz.csp-vidm-prod.com",
        "iat": NOW,
        "exp": NOW + 1800,
        **told,
    }
    assert tokens.holder(token, "csp") == "x"
    assert tokens.last_minted(Holder("csp", "x")) == NOW


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({}, {"orgId": MAIN}),
        ({"permissions": {"A": True}}, {"orgId": MAIN, "permissions": {"A": True}}),
        ({"organizations": {OTHER: {"me": None}}}, {}),
    ],
)
def test_what_a_token_of_m3ter_tells(block: dict[str, Any], told: dict[str, Any]) -> None:
    """All of its claims; that of a person in several organizations names none."""
    tokens = Tokens(lambda: NOW)
    token = _m3ter(**block).mint(tokens, "x")
    assert claims.decode(token) == {
        "sub": "a:b:c",
        "iss": "https://m3ter.com/oauth2",
        "iat": NOW,
        "exp": NOW + 18000,
        **told,
    }
    assert tokens.holder(token, "m3ter") == "x"


def test_what_an_app_is_elsewhere() -> None:
    """Its token of another organization is of that one, in whatever case it is asked for."""
    app = _csp(
        credential=APP,
        perms=["p"],
        organizations={OTHER.upper(): {"perms": ["q"]}, OTHER[:-1] + "0": {"subject": "s"}},
    )
    there, third = app.in_organization(OTHER), app.in_organization(OTHER[:-1] + "0")
    assert there
    assert third
    assert (there.organization_id, there.subject, there.perms) == (OTHER.upper(), "a:b:c", ["q"])
    assert (third.organization_id, third.subject, third.perms) == (OTHER[:-1] + "0", "s", None)
    assert app.in_organization(MAIN.upper()) is app
    assert app.in_organization("other") is None


def _role(name: str, ends: Any = None) -> dict[str, Any]:
    return {"name": name, "expiresAt": ends}


HELD = {
    "name": "acme",
    "displayName": "Acme",
    "orgRoles": [_role("owner", "2030"), _role("owner", 17), {"name": 5}, _role("x", 0), "odd"],
    "customRoles": [_role("custom")],
    "servicesDef": [{"roles": [_role("admin", 9)]}, {"roles": [_role("viewer")]}, {}],
    "serviceDef": [{"roles": [_role("unseen")]}],
}
PERMS = ["csp:owner", "x", "external/d/admin", "external/d/r/viewer"]
ALL = [
    ("?", None),
    ("admin", 9),
    ("custom", None),
    ("owner", "2030"),
    ("owner", 17),
    ("viewer", None),
    ("x", None),
]


@pytest.mark.parametrize(
    ("perms", "lacking"),
    [
        (None, set()),
        ([], {"?", "admin", "owner", "viewer", "x"}),
        (PERMS, {"?"}),
        (["external/d/owner", "r/viewer/x", "csp:custom"], {"?", "admin", "viewer"}),
    ],
)
def test_the_roles_of_a_person_at_csp(perms: list[str] | None, lacking: set[str]) -> None:
    """With their ends as they are written, by name; custom ones are in no token."""
    info = {"user": {}, "userOrgInfo": [HELD]}
    assert _csp(info=info, perms=perms).memberships() == [
        Membership(MAIN, "Acme", [Role(*each, not_in_token=each[0] in lacking) for each in ALL])
    ]


@pytest.mark.parametrize(
    ("info", "told"),
    [
        (None, (None, None)),
        ({}, (None, [])),
        ({"userOrgInfo": [{"name": "acme"}]}, ("acme", [])),
        ({"userOrgInfo": [{"displayName": 5, "name": "acme"}]}, ("acme", [])),
        ({"userOrgInfo": [{"serviceDef": [{"roles": [_role("a")]}]}]}, (None, [Role("a")])),
        (
            {"userOrgInfo": [{"name": "a", "orgRoles": [_role("z")]}, HELD | {"servicesDef": []}]},
            (
                "a",
                [
                    *(Role("?"), Role("custom"), Role("owner", "2030"), Role("owner", 17)),
                    *(Role("unseen"), Role("x"), Role("z")),
                ],
            ),
        ),
    ],
)
def test_where_a_person_is_at_csp(
    info: dict[str, Any] | None, told: tuple[str | None, list[Role] | None]
) -> None:
    """In the one organization of the token, by its first name; the roles of all that is told."""
    assert _csp(info=info).memberships() == [Membership(MAIN, *told)]


def test_the_roles_of_an_app() -> None:
    """In each of its organizations those of its token there, by name."""
    app = _csp(credential=APP, perms=["b", "a"], organizations={OTHER: {}}, info={"user": {}})
    assert app.memberships() == [
        Membership(MAIN, None, [Role("a", from_token=True), Role("b", from_token=True)]),
        Membership(OTHER, None, []),
    ]


POLICIES = [{"name": "Read"}, {"name": "Audit"}, {"id": "1"}]


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ({"me": None, "policies": None}, (None, None)),
        (
            {"me": {"organization": {"organizationName": "Acme"}}, "policies": None},
            ("Acme", None),
        ),
        ({"me": {"organization": {"organizationName": "Acme"}}}, ("Acme", [])),
        (
            {"me": {}, "policies": POLICIES, "userDetails": None},
            (None, [Role("?"), Role("Audit"), Role("Read")]),
        ),
        (
            {
                "me": {},
                "policies": [{"name": "Read"}],
                "userDetails": {"dtEndAccess": "2030"},
                "userGroups": [{"id": "g"}, {"id": "h"}],
                "groupPolicies": {"g": [{"name": "All"}, {"name": "Write"}], "h": None},
            },
            (None, [Role("All", "2030"), Role("Read", "2030"), Role("Write", "2030")]),
        ),
    ],
)
def test_where_a_caller_is_at_m3ter(
    block: dict[str, Any], told: tuple[str | None, list[Role] | None]
) -> None:
    """With the policies of the caller and of the groups; all end with the access."""
    elsewhere = {"me": {"organization": {"organizationName": "Elsewhere"}}}
    caller = _m3ter(**block, organizations={OTHER: elsewhere})
    main, further = Membership(MAIN, *told), Membership(OTHER, "Elsewhere", [])
    assert caller.memberships() == [main, further]
    assert caller.membership(MAIN) is caller
    assert caller.membership(OTHER) is caller.organizations[OTHER]
    assert caller.membership("third") is None
    assert [caller.limited_as(each) for each in (MAIN, OTHER, "third")] == [MAIN, OTHER, MAIN]
