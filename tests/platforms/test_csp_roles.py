"""The roles of an account: one of each, whatever entries tell it, and what each entry adds."""

from __future__ import annotations

from typing import Any

import pytest
from support.bodies import ORG

from callerid.platforms.csp import roles
from callerid.platforms.csp.permissions import read
from callerid.platforms.csp.replies import CspUserOrgInfo

OTHER = "00000000-1111-2222-3333-444444444444"
LAST = "ffffffff-1111-2222-3333-444444444444"
THIRD = "00000000-1111-2222-3333-555555555555"
NOW = 1_800_000_000.0
PAST, SOON, FAR = 1_700_000_000, 1_900_000_000, 2_000_000_000
AT = {PAST: "2023-11-14T22:13:20Z", SOON: "2030-03-17T17:46:40Z", FAR: "2033-05-18T03:33:20Z"}
LINK = "/csp/gateway/slc/api/definitions/external/d-1"


def _told(*orgs: dict[str, Any], perms: Any = None, doubted: bool = False) -> list[dict[str, Any]]:
    """Make the roles of organizations, the first of which is the one asked about."""
    infos = [CspUserOrgInfo.model_validate(each) for each in orgs]
    permissions = None if perms is None else read({"perms": perms})
    asked = roles.Asked(ORG, infos[0], doubted, permissions, NOW)
    return [each.model_dump(exclude_none=True) for each in roles.of_info(infos, asked)]


def _role(kind: str, name: str, **more: Any) -> dict[str, Any]:
    usual = {"source": "api", "active": True, "end_known": False}
    return {"kind": kind, "name": name, **usual, **more}


FULL: dict[str, Any] = {
    "name": "x",
    "displayName": "X",
    "resource": "zone-1",
    "membershipType": "GROUP",
    "expiresAt": FAR,
}
ENDS = {"end_known": True, "expires_at": AT[FAR]}
HELD = {"membership_type": "GROUP", "resource": "zone-1"}
COMPUTE = {"service_name": "compute", "service_display_name": "Compute"}
SERVICE = {"refLink": LINK, "serviceName": "compute", "serviceDisplayName": "Compute"}


def test_every_field_of_an_entry_is_told() -> None:
    """Of each kind; an organization role is held in person, and has a name for people."""
    org = {
        "name": "acme",
        "orgRoles": [{**FULL, "name": "csp:x"}],
        "customRoles": [FULL],
        "servicesDef": [{**SERVICE, "roles": [FULL], "serviceRoles": ["external/d-1/zone-2/y"]}],
    }
    perms = ["csp:x", "external/d-1/zone-2/y"]
    own = {"organization": "acme"}
    assert _told(org, perms=perms) == [
        _role(
            "organization", "x", display_name="X", resource="zone-1", in_token=True, **own, **ENDS
        ),
        _role("custom", "x", **own, **HELD, **ENDS),
        _role("service", "x", in_token=False, **own, **COMPUTE, **HELD, **ENDS),
        _role("service", "y", in_token=True, resource="zone-2", **own, **COMPUTE),
    ]
    assert {each.get("in_token") for each in _told(org)} == {None}
    assert {each.get("in_token") for each in _told(org, perms=[])} == {False, None}


@pytest.mark.parametrize("empty", [{}, {"displayName": "X"}, {"name": " "}, {"name": "csp:"}])
def test_an_entry_without_a_name_is_no_role(empty: dict[str, Any]) -> None:
    """Of an organization; the others stand."""
    assert _told({"orgRoles": [empty, {"name": "x"}]}) == [_role("organization", "x")]


@pytest.mark.parametrize(
    ("links", "doubted", "more"),
    [
        ({}, False, {"active": True, "organization": "acme"}),
        ({}, True, {"active": False, "organization": "acme"}),
        ({"orgId": ORG.upper()}, False, {"active": True, "organization": "acme"}),
        ({"orgId": ORG}, True, {"active": True, "organization": "acme"}),
        ({"orgId": OTHER}, False, {"active": False, "organization": OTHER}),
        ({"orgId": OTHER}, True, {"active": False, "organization": OTHER}),
        (
            {"orgId": THIRD, "organizationLink": OTHER},
            True,
            {"active": False, "organization": OTHER},
        ),
        (
            {"orgId": ORG, "organizationLink": LAST},
            False,
            {"active": False, "organization": LAST},
        ),
    ],
)
@pytest.mark.parametrize("place", ["orgRoles", "customRoles", "services"])
def test_a_role_of_another_organization(
    place: str, links: dict[str, Any], doubted: object, more: dict[str, Any]
) -> None:
    """It is not active, and named by its id; where it is unclear, only a link makes it active."""
    entries = [{"name": "x", **links}]
    held: dict[str, Any] = (
        {"servicesDef": [{"roles": entries}]} if place == "services" else {place: entries}
    )
    [role] = _told({"name": "acme", **held}, doubted=bool(doubted))
    assert {key: role[key] for key in more} == more


def test_roles_of_other_organizations_in_the_answer() -> None:
    """They are listed beside those of the one asked about, and never active."""
    orgs: list[dict[str, Any]] = [
        {"name": each, "orgRoles": [{"name": "x"}]} for each in ("acme", "other")
    ]
    orgs[1]["servicesDef"] = [{"serviceRoles": ["y"]}]
    assert _told(*orgs) == [
        _role("organization", "x", organization="acme"),
        _role("organization", "x", organization="other", active=False),
        _role("service", "y", organization="other", active=False),
    ]


def _entries(*entries: tuple[str | None, Any]) -> dict[str, Any]:
    """List the same custom role with memberships and ends."""
    ends = [{} if end is ... else {"expiresAt": end} for _, end in entries]
    return {
        "customRoles": [
            {"name": "x", "membershipType": kind, **end}
            for (kind, _), end in zip(entries, ends, strict=True)
        ]
    }


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([("DIRECT", FAR), ("DIRECT", SOON)], [("DIRECT", AT[SOON], True, True)]),
        (
            [("DIRECT", FAR), ("GROUP", SOON)],
            [("DIRECT", AT[FAR], True, True), ("GROUP", AT[SOON], True, True)],
        ),
        (
            [("GROUP", PAST), ("DIRECT", FAR)],
            [("GROUP", AT[PAST], True, False), ("DIRECT", AT[FAR], True, True)],
        ),
        ([(None, PAST), ("DIRECT", FAR)], [("DIRECT", AT[PAST], True, False)]),
        ([("GROUP", FAR), (None, ...), ("DIRECT", SOON)], [("GROUP", AT[SOON], True, True)]),
        ([(None, ...), (None, None)], [(None, None, True, True)]),
        ([(None, ...), (None, ...)], [(None, None, False, True)]),
        ([("DIRECT", "?"), ("DIRECT", PAST)], [("DIRECT", "?", False, False)]),
    ],
)
def test_entries_of_the_same_role(
    entries: list[tuple[str | None, Any]], told: list[tuple[Any, ...]]
) -> None:
    """One role with the strictest end; by membership where every entry tells it."""
    assert [
        (each.get("membership_type"), each.get("expires_at"), each["end_known"], each["active"])
        for each in _told(_entries(*entries))
    ] == told


@pytest.mark.parametrize(
    "apart",
    [
        [{"name": "x"}, {"name": "y"}],
        [{"name": "x"}, {"name": "x", "resource": "zone-1"}],
        [{"name": "x", "resource": "zone-1"}, {"name": "x", "resource": "zone-2"}],
        [{"name": "x"}, {"name": "x", "orgId": OTHER}],
        [{"name": "x", "orgId": THIRD}, {"name": "x", "orgId": OTHER}],
    ],
)
@pytest.mark.parametrize("place", ["orgRoles", "customRoles", "services"])
def test_roles_that_differ_are_not_one(place: str, apart: list[dict[str, Any]]) -> None:
    """By name, resource, organization; the same entries twice add none."""
    twice = [*apart, *apart]
    org = {"servicesDef": [{**SERVICE, "roles": twice}]} if place == "services" else {place: twice}
    assert len(_told(org)) == len(apart)


@pytest.mark.parametrize(
    ("services", "count"),
    [
        ([{"refLink": LINK, "serviceName": "a"}, {"refLink": f"{LINK}/", "serviceName": "b"}], 1),
        ([{"refLink": LINK, "serviceName": "a"}, {"refLink": LINK}, {"serviceName": "a"}], 1),
        ([{"refLink": LINK, "serviceName": "a"}, {"refLink": "/d-1"}], 1),
        ([{"refLink": "d-1"}, {"refLink": LINK}], 1),
        ([{"serviceName": "a"}, {"serviceName": "b"}], 2),
        ([{"serviceName": "a"}, {}], 2),
        ([{"refLink": LINK}, {"refLink": f"{LINK}2"}], 2),
        ([{"refLink": LINK}, {"refLink": f"{LINK}X"}], 2),
        ([{"refLink": LINK, "serviceName": "a"}, {"refLink": f"{LINK}2", "serviceName": "b"}], 2),
        ([{"refLink": LINK, "serviceName": "a"}, {"refLink": f"{LINK}2", "serviceName": "a"}], 1),
        ([{"refLink": LINK, "serviceName": "a"}, {"serviceName": "d-1"}], 2),
        ([{"refLink": "/"}, {}], 1),
    ],
)
def test_which_services_are_the_same(services: list[dict[str, Any]], count: int) -> None:
    """By name, and by definition where one has two names, or none."""
    told = _told({"servicesDef": [{**each, "serviceRoles": ["admin"]} for each in services]})
    assert len(told) == count


@pytest.mark.parametrize(
    ("perms", "services", "in_token"),
    [
        (["external/d-1/admin"], [{"refLink": LINK}], [True]),
        (["external/d-1/admin"], [{"refLink": f"{LINK}/"}], [True]),
        (["external/d-1/admin"], [{"refLink": "/external/d-2"}], [False]),
        (["csp:compute/admin"], [{"serviceName": "compute"}], [True]),
        (["csp:compute/admin"], [{"serviceName": "network"}], [False]),
        (["csp:compute/admin"], [{"serviceName": "network", "refLink": LINK}], [False]),
        (["external/d-9/admin"], [{"serviceName": "compute"}], [True]),
        (["external/d-9/admin"], [{"serviceName": "a"}, {"serviceName": "b"}], [False, False]),
        (["csp:a/admin"], [{"serviceName": "a"}, {"serviceName": "b"}], [True, False]),
        (["csp:a/admin", "external/d-9/admin"], [{"serviceName": "b"}], [False]),
        (
            ["external/d-1/*/admin"],
            [{"refLink": LINK, "serviceName": "a"}, {"serviceName": "a"}],
            [False],
        ),
    ],
)
def test_a_service_role_in_the_token(
    perms: list[str], services: list[dict[str, Any]], in_token: list[bool]
) -> None:
    """Where entries of one role differ in it, the token is not known to carry it."""
    org = {"servicesDef": [{**each, "serviceRoles": ["admin"]} for each in services]}
    assert [each["in_token"] for each in _told(org, perms=perms)] == in_token


@pytest.mark.parametrize(
    ("service", "told"),
    [
        ({"roles": [{"name": "a"}], "serviceRoles": ["a", "b"]}, [("a", None), ("b", None)]),
        ({"serviceRoles": ["external/d/z/a", "paid/d/a"]}, [("a", "z"), ("a", None)]),
        ({"roles": [{"name": "a", "resource": "z"}], "serviceRoles": ["a"]}, [("a", "z")]),
        ({"roles": [{"name": "external/d/z/a"}], "serviceRoles": ["external/d/z/a"]}, [("a", "z")]),
        (
            {"roles": [{"name": "a", "resource": "z"}], "serviceRoles": ["external/d/y/a"]},
            [("a", "z"), ("a", "y")],
        ),
        ({"roles": [{"name": "external/d/y/a", "resource": "z"}]}, [("a", "z")]),
        ({"roles": [{"name": "a"}, {}], "serviceRoles": ["b"]}, [("a", None)]),
        ({"roles": [{"name": "a"}, {"name": "external/d/"}], "serviceRoles": ["b"]}, [("a", None)]),
        ({"serviceRoles": ["external/d/", " ", "b"]}, [("b", None)]),
        ({"roles": [{"name": "a"}]}, [("a", None)]),
        ({}, []),
    ],
)
def test_the_roles_in_a_service(
    service: dict[str, Any], told: list[tuple[str, str | None]]
) -> None:
    """Those told at length, and the others by name; not if one of the former has none."""
    found = _told({"servicesDef": [service]})
    assert [(each["name"], each.get("resource")) for each in found] == told


def test_a_service_without_id_gets_no_role_of_another() -> None:
    """The token has a role of that name, of a service which the account has beside it."""
    services = [
        {"serviceName": "a", "serviceRoles": ["x"]},
        {"refLink": LINK, "serviceRoles": ["y"]},
    ]
    for perms, in_token in ((["external/d-1/x"], False), (["external/d-2/x"], True)):
        told = _told({"servicesDef": services}, perms=perms)
        assert [each["in_token"] for each in told] == [in_token, False]


@pytest.mark.parametrize("here", [True, False])
def test_the_roles_of_a_token_that_answers_alone(*, here: bool) -> None:
    """It knows a service by its definition and tells no end; an unknown form never counts."""
    permissions = read({"perms": ["csp:a", "external/d-1/zone-1/b", "?"]})
    assert permissions
    found = roles.of_claims(permissions, here=here)
    told = [each.model_dump(exclude_none=True) for each in found]
    assert sorted(told, key=lambda each: str(each["name"])) == [
        _role("permission", "?", source="token", active=False),
        _role("organization", "a", source="token", active=here),
        _role("service", "b", source="token", active=here, service_name="d-1", resource="zone-1"),
    ]
