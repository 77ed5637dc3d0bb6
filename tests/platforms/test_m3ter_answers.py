"""Whole answers of m3ter: who calls, and with which rights; the text where there is none."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import json_reply
from support.jwt import jwt
from support.m3ter import KEY, OTHER, REFUSED, World, role

from callerid.errors import ConfigurationError, ForbiddenError, UnexpectedReplyError
from callerid.model import Organization, ReportedOrganization, Role, Statement
from callerid.platforms.contract import Principal, Rights, Who
from callerid.platforms.m3ter.answers import principal
from callerid.platforms.m3ter.replies import M3terCurrentUser, M3terPermissionPolicy, M3terUserGroup
from callerid.platforms.m3ter.results import M3terUserOrgRoles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.api import Api


NO_GROUPS = (
    "m3ter refuses to tell the caller's user groups or their permission policies, so roles held "
    "through a group are missing. Ask for the right to retrieve user groups."
)
POLICIES_CURE = (
    "ask an administrator of the organization for the right to list the caller's permission "
    "policies, or leave minRoleSecondsLeft out"
)
END_CURE = (
    "ask an administrator of the organization for the right to retrieve users, with which m3ter "
    "tells when the access ends, or leave minRoleSecondsLeft out"
)
ALLOW = Statement(effect="ALLOW", actions=["ALL"], resources=["*"])


@pytest.fixture
def minting(api: Api) -> Iterator[World]:
    """A caller with a key; the third token, minted after two minutes, is of another place."""
    permissions = {"CONFIG#CONFIG_CREATE#ITEM#*": True}
    tokens = [jwt(orgId=each, permissions=permissions) for each in (bodies.ORG,) * 2 + (OTHER,)]
    api.on(bodies.TOKEN, *(json_reply(bodies.token(each, 60)) for each in tokens))
    made = World(api, **KEY)
    with closing(made.client):
        yield made


def test_who_calls(api: Api, world: World) -> None:
    """The whole answer; the organization is the one asked about, whatever its own id is."""
    told = {
        "id": "o-1",
        "orgId": bodies.ORG.upper(),
        "organizationName": "Acme",
        "shortName": "a",
        "type": "SANDBOX",
        "status": "ACTIVE",
    }
    me = {**bodies.person(), "organization": told}
    api.on(bodies.ME, json_reply(me))
    assert world.who() == Who(
        Principal("user", bodies.ADA, "Ada Lovelace", email="ada@example.com"),
        Organization(id=bodies.ORG, name="Acme", short_name="a", type="SANDBOX", status="ACTIVE"),
        M3terCurrentUser.model_validate(me),
    )


@pytest.mark.parametrize(
    ("organization", "elsewhere"),
    [
        (None, None),
        ({"id": "o-1"}, None),
        ({"id": "o-1", "orgId": OTHER}, OTHER),
        ({}, "an organization that cannot be read"),
    ],
)
def test_which_organization_an_answer_is_about(
    api: Api, world: World, organization: Any, elsewhere: str | None
) -> None:
    """Another one, or one that cannot be read, is told; none at all is the one asked about."""
    api.on(bodies.ME, json_reply({**bodies.machine(), "organization": organization}))
    found = world.who()
    assert found.elsewhere == elsewhere
    assert found.organization == Organization(id=bodies.ORG)


@pytest.mark.parametrize(
    ("me", "caller"),
    [
        (
            {"user": {"id": "u", "lastName": "L"}, "serviceUser": {"id": "s"}},
            Principal("user", "u", "L"),
        ),
        ({"user": {"id": "u", "email": "a@b"}}, Principal("user", "u", "a@b", email="a@b")),
        ({"user": {"id": "u"}}, Principal("user", "u", "u")),
        ({"serviceUser": {"id": "s", "name": "deploy"}}, Principal("serviceUser", "s", "deploy")),
        ({"serviceUser": {"id": "s", "name": " a "}}, Principal("serviceUser", "s", " a ")),
        ({"serviceUser": {"id": "s"}}, Principal("serviceUser", "s", "s")),
    ],
)
def test_who_acts(me: dict[str, Any], caller: Principal) -> None:
    """A person before a machine; each has a name, if only the id."""
    assert principal(M3terCurrentUser.model_validate(me)) == caller


def test_a_token_of_another_machine(api: Api) -> None:
    """Whoever the answer is about counts, and people are told."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    world = World(api, m3terApiToken=jwt(sub=OTHER))
    with closing(world.client):
        assert world.who().principal.id == bodies.ADA
    [warning] = world.warnings
    assert warning == (
        f"m3ter answers about the caller {bodies.ADA}, and the token (provider setting "
        f"m3terApiToken) is of {OTHER}. The former counts."
    )


def test_a_token_that_is_renewed_meanwhile(api: Api, minting: World) -> None:
    """It is looked at again: one of another organization is not answered for."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": []}))
    first = minting.who(), minting.rights()
    minting.hand.tick(60)
    assert (minting.who(), minting.rights()) == first
    minting.hand.tick(60)
    for asked in (minting.who, minting.rights):
        with pytest.raises(ConfigurationError, match=f"organization {OTHER}, and"):
            asked()


def test_rights_of_a_token_that_is_renewed_meanwhile(api: Api, minting: World) -> None:
    """Its permissions are read from the new one, if that is of the same organization."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, REFUSED)
    first = minting.rights()
    minting.hand.tick(60)
    assert minting.rights() == first
    assert first.end_cure == POLICIES_CURE
    asked = [each for each in api.paths() if each != bodies.TOKEN]
    assert asked == [bodies.ME, f"{bodies.MACHINE_POLICIES}?pageSize=100"]


def test_a_persons_token_that_is_renewed_meanwhile(api: Api, minting: World) -> None:
    """Of a person no claim is read before the roles are."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, REFUSED)
    first = minting.rights()
    minting.hand.tick(60)
    assert minting.rights() == first
    minting.hand.tick(60)
    with pytest.raises(ConfigurationError, match=f"organization {OTHER}, and"):
        minting.rights()


def test_a_machines_rights(api: Api, world: World) -> None:
    """The whole answer; of a machine nothing else is asked."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": [bodies.policy("Deployer")]}))
    policy = M3terPermissionPolicy.model_validate(bodies.policy("Deployer"))
    assert world.rights() == Rights(
        Principal("serviceUser", bodies.ADA, "deploy"),
        [role("Deployer", [ALLOW])],
        [],
        M3terUserOrgRoles(permission_policies=[policy]),
        END_CURE,
    )
    assert api.paths() == [bodies.ME, f"{bodies.MACHINE_POLICIES}?pageSize=100"]


STATEMENT = bodies.policy("x")["permissionPolicy"]
ENDS = "2027-01-15T08:00:00Z"


@pytest.mark.parametrize(
    ("details", "inline", "ending"),
    [
        (None, False, {"end_known": False}),
        ({"id": bodies.ADA}, False, {}),
        ({"id": bodies.ADA, "permissionPolicy": STATEMENT}, True, {}),
        ({"id": OTHER, "permissionPolicy": STATEMENT}, False, {"end_known": False}),
        ({"permissionPolicy": STATEMENT}, False, {"end_known": False}),
        (
            {"id": OTHER, "dtEndAccess": ENDS},
            False,
            {"end_known": False, "expires_at": ENDS, "active": False},
        ),
        (
            {"id": bodies.ADA, "dtEndAccess": "2027-01-15T08:00:01Z"},
            False,
            {"expires_at": "2027-01-15T08:00:01Z"},
        ),
    ],
)
def test_a_persons_rights(
    api: Api, world: World, details: Any, inline: object, ending: dict[str, Any]
) -> None:
    """The whole answer; what is told of somebody else ends the access, and gives no right."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("Own")]}))
    api.on(bodies.DETAILS, REFUSED if details is None else json_reply(details))
    api.on(bodies.GROUPS, json_reply({"data": [{"id": "g"}, {"id": "h"}]}))
    api.on(bodies.group_policies("g"), json_reply({"data": [bodies.policy("Shared")]}))
    api.on(bodies.group_policies("h"), json_reply({"data": [bodies.policy("Too")]}))
    roles = [
        role("Own", [ALLOW], **ending),
        *([role("inline", [ALLOW], **ending)] if inline else []),
        role("Shared", [ALLOW], membership_type="GROUP", **ending),
        role("Too", [ALLOW], membership_type="GROUP", **ending),
    ]
    own = M3terUserOrgRoles(
        permission_policies=[M3terPermissionPolicy.model_validate(bodies.policy("Own"))],
        user_groups=[M3terUserGroup(id="g"), M3terUserGroup(id="h")],
    )
    caller = Principal("user", bodies.ADA, "Ada Lovelace", email="ada@example.com")
    reported = [ReportedOrganization(name="Acme")]
    assert world.rights() == Rights(caller, roles, reported, own, END_CURE)
    assert world.warnings == []
    assert f"{bodies.GROUPS}?pageSize=100&inherited=true" in api.paths()


@pytest.mark.parametrize("closed", [bodies.GROUPS, bodies.group_policies("g")])
def test_groups_that_are_refused(api: Api, world: World, closed: str) -> None:
    """What is missing is said, and the rest stands."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": []}))
    api.on(bodies.GROUPS, json_reply({"data": [{"id": "g"}, {"id": "open"}]}))
    api.on(bodies.group_policies("open"), json_reply({"data": [bodies.policy("Shared")]}))
    api.on(closed, REFUSED)
    found = world.rights()
    assert [each.name for each in found.roles] == ([] if closed == bodies.GROUPS else ["Shared"])
    assert isinstance(found.own, M3terUserOrgRoles)
    assert (found.own.user_groups is None) == (closed == bodies.GROUPS)
    assert world.warnings == [NO_GROUPS]


def test_policies_that_are_refused(api: Api, world: World) -> None:
    """An opaque token does not answer in their place."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, REFUSED)
    with pytest.raises(ForbiddenError) as caught:
        world.rights()
    assert str(caught.value) == (
        "m3ter refuses to list the caller's permission policies, and the token in use names no "
        "permissions of its own.\nAsk an administrator of the organization for the right to "
        "retrieve users' permissions, or use a service user's key: m3terApiKey and m3terApiSecret "
        "(M3TER_API_KEY, M3TER_API_SECRET)."
    )


@pytest.mark.parametrize(
    ("details", "ending"),
    [
        (REFUSED, {}),
        (json_reply({"id": bodies.ADA}), {}),
        (json_reply({"dtEndAccess": ENDS}), {"expires_at": ENDS, "active": False}),
    ],
)
def test_what_a_persons_token_permits(api: Api, details: Any, ending: dict[str, Any]) -> None:
    """It tells no end; that of the person's access counts all the same."""
    api.on(bodies.ME, json_reply({"user": {"id": bodies.ADA}}))
    api.on(bodies.POLICIES, REFUSED)
    api.on(bodies.DETAILS, details)
    world = World(api, m3terApiToken=jwt(permissions={"A": True}))
    with closing(world.client):
        found = world.rights()
    fields = {"kind": "permission", "source": "token", "active": True, "end_known": False}
    role = Role.model_validate({"name": "A", **fields, **ending})
    caller = Principal("user", bodies.ADA, bodies.ADA)
    assert found == Rights(caller, [role], [], end_cure=POLICIES_CURE)


@pytest.mark.parametrize(
    ("reported", "claimed", "counts"),
    [
        (None, {}, True),
        (bodies.ORG.upper(), {}, True),
        (OTHER, {}, False),
        (OTHER, {"orgId": bodies.ORG}, True),
        (7, {}, False),
    ],
)
@pytest.mark.parametrize("who", [{"user": {"id": "a"}}, {"serviceUser": {"id": "a"}}])
def test_a_token_permits_nothing_where_it_is_of_nobody_knows_what(
    api: Api, who: Any, reported: Any, claimed: dict[str, str], *, counts: bool
) -> None:
    """The answer is about another organization, and the token names none; else it is of this."""
    organization = {"organization": {"id": "o", "orgId": reported}} if reported else {}
    api.on(bodies.ME, json_reply({**who, **organization}))
    world = World(api, m3terApiToken=jwt(permissions={"A": True}, **claimed))
    with closing(world.client):
        assert [each.active for each in world.rights().roles] == [counts]
    told = [each for each in world.warnings if "none of its permissions counts" in each]
    assert bool(told) is not counts


@pytest.mark.parametrize(
    ("route", "body", "text"),
    [
        (bodies.ME, {}, "it names neither a user nor a service user."),
        (
            bodies.MACHINE_POLICIES,
            [{}],
            "it lists a permission policy without id, name and statements.",
        ),
        (
            bodies.MACHINE_POLICIES,
            {"message": "ok"},
            "data is missing or of another type than documented.",
        ),
    ],
)
def test_an_answer_that_is_none(api: Api, world: World, route: str, body: Any, text: str) -> None:
    """The whole sentence."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(route, json_reply(body))
    with pytest.raises(UnexpectedReplyError) as caught:
        world.rights()
    assert str(caught.value) == f"m3ter sent an unexpected answer (HTTP 200): {text}"
