"""m3ter by itself: whole answers, the roles that come of policies and claims, and each text."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from support import bodies
from support.api import json_reply
from support.clock import START, HandClock
from support.jwt import jwt

from callerid.asking.refusals import Org
from callerid.config import load
from callerid.errors import (
    ApiError,
    ConfigurationError,
    ForbiddenError,
    UnauthorizedError,
    UnexpectedReplyError,
)
from callerid.model import MOST_ITEMS, Organization, ReportedOrganization, Role, Statement, outside
from callerid.platforms.contract import Principal, Rights, Who
from callerid.platforms.m3ter.answers import ANSWERS, principal
from callerid.platforms.m3ter.client import MAX_PAGES, M3ter
from callerid.platforms.m3ter.replies import (
    M3terCurrentUser,
    M3terOrganization,
    M3terPermissionPolicy,
    M3terPolicyStatement,
    M3terServiceUser,
    M3terUser,
    M3terUserDetails,
    M3terUserGroup,
    PolicyPage,
    one_or_more,
    read_next_token,
)
from callerid.platforms.m3ter.results import M3terUserOrgRoles
from callerid.platforms.m3ter.roles import action, of_claims, of_policies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.api import Api

    from callerid.asking.clock import Deadline
    from callerid.model import Value

OTHER = "00000000-1111-2222-3333-444444444444"
HERE = Org(bodies.ORG, "provider setting m3terOrgId")
TOKEN = {"m3terApiToken": "opaque"}
KEY = {"m3terApiKey": "key", "m3terApiSecret": "secret"}
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
REFUSED = json_reply({"message": "Forbidden"}, 403)
ALLOW = Statement(effect="ALLOW", actions=["ALL"], resources=["*"])


class _World:
    """A client that asks a scripted API, and what it warned of."""

    def __init__(self, api: Api, **settings: str) -> None:
        self.hand, self.warnings = HandClock(), list[str]()
        given = {"m3terBaseUrl": api.url, "m3terOrgId": bodies.ORG, **(settings or TOKEN)}
        chosen = load(given, {}).choose("m3ter")
        assert chosen.credential
        clock = self.hand.clock()
        self.client = M3ter(chosen, chosen.credential, clock, self.warnings.append)

    @property
    def deadline(self) -> Deadline:
        return self.client.clock.deadline(30)

    def who(self) -> Who:
        return ANSWERS.who(self.client, HERE, self.deadline)

    def rights(self) -> Rights:
        return ANSWERS.rights(self.client, HERE, self.deadline)


@pytest.fixture
def world(api: Api) -> Iterator[_World]:
    """A caller with a ready token that tells nothing."""
    made = _World(api)
    with closing(made.client):
        yield made


@pytest.fixture
def minting(api: Api) -> Iterator[_World]:
    """A caller with a key; the third token, minted after two minutes, is of another place."""
    permissions = {"CONFIG#CONFIG_CREATE#ITEM#*": True}
    tokens = [jwt(orgId=each, permissions=permissions) for each in (bodies.ORG,) * 2 + (OTHER,)]
    api.on(bodies.TOKEN, *(json_reply(bodies.token(each, 60)) for each in tokens))
    made = _World(api, **KEY)
    with closing(made.client):
        yield made


def _policy(own_id: str | None, name: str | None, *statements: Any) -> M3terPermissionPolicy:
    body = {"id": own_id, "name": name, "permissionPolicy": list(statements)}
    return M3terPermissionPolicy.model_validate(body)


def _role(name: str, statements: Any = (), **more: Any) -> Role:
    fields = {"kind": "policy", "source": "api", "active": True, "end_known": True, **more}
    fields = {"membership_type": "DIRECT", **fields}
    return Role(name=name, statements=list(statements), **fields)


def test_who_calls(api: Api, world: _World) -> None:
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
    api: Api, world: _World, organization: Any, elsewhere: str | None
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
    world = _World(api, m3terApiToken=jwt(sub=OTHER))
    with closing(world.client):
        assert world.who().principal.id == bodies.ADA
    [warning] = world.warnings
    assert warning == (
        f"m3ter answers about the caller {bodies.ADA}, and the token (provider setting "
        f"m3terApiToken) is of {OTHER}. The former counts."
    )


def test_a_token_that_is_renewed_meanwhile(api: Api, minting: _World) -> None:
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


def test_rights_of_a_token_that_is_renewed_meanwhile(api: Api, minting: _World) -> None:
    """Its permissions are read from the new one, if that is of the same organization."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, REFUSED)
    first = minting.rights()
    minting.hand.tick(60)
    assert minting.rights() == first
    assert first.end_cure == POLICIES_CURE
    asked = [each for each in api.paths() if each != bodies.TOKEN]
    assert asked == [bodies.ME, f"{bodies.MACHINE_POLICIES}?pageSize=100"]


def test_a_persons_token_that_is_renewed_meanwhile(api: Api, minting: _World) -> None:
    """Of a person no claim is read before the roles are."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, REFUSED)
    first = minting.rights()
    minting.hand.tick(60)
    assert minting.rights() == first
    minting.hand.tick(60)
    with pytest.raises(ConfigurationError, match=f"organization {OTHER}, and"):
        minting.rights()


def test_a_machines_rights(api: Api, world: _World) -> None:
    """The whole answer; of a machine nothing else is asked."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": [bodies.policy("Deployer")]}))
    policy = M3terPermissionPolicy.model_validate(bodies.policy("Deployer"))
    assert world.rights() == Rights(
        Principal("serviceUser", bodies.ADA, "deploy"),
        [_role("Deployer", [ALLOW])],
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
    api: Api, world: _World, details: Any, inline: object, ending: dict[str, Any]
) -> None:
    """The whole answer; what is told of somebody else ends the access, and gives no right."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("Own")]}))
    api.on(bodies.DETAILS, REFUSED if details is None else json_reply(details))
    api.on(bodies.GROUPS, json_reply({"data": [{"id": "g"}, {"id": "h"}]}))
    api.on(bodies.group_policies("g"), json_reply({"data": [bodies.policy("Shared")]}))
    api.on(bodies.group_policies("h"), json_reply({"data": [bodies.policy("Too")]}))
    roles = [
        _role("Own", [ALLOW], **ending),
        *([_role("inline", [ALLOW], **ending)] if inline else []),
        _role("Shared", [ALLOW], membership_type="GROUP", **ending),
        _role("Too", [ALLOW], membership_type="GROUP", **ending),
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
def test_groups_that_are_refused(api: Api, world: _World, closed: str) -> None:
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


def test_policies_that_are_refused(api: Api, world: _World) -> None:
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
    world = _World(api, m3terApiToken=jwt(permissions={"A": True}))
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
    world = _World(api, m3terApiToken=jwt(permissions={"A": True}, **claimed))
    with closing(world.client):
        assert [each.active for each in world.rights().roles] == [counts]
    told = [each for each in world.warnings if "none of its permissions counts" in each]
    assert bool(told) is not counts


def _permission(name: str, service: str | None = None, resource: str | None = None) -> Role:
    return Role(
        name=name,
        kind="permission",
        source="token",
        active=True,
        end_known=False,
        service_name=service,
        resource=resource,
    )


@pytest.mark.parametrize(
    ("claims", "permissions"),
    [
        ({}, None),
        ({"permissions": None}, None),
        ({"permissions": ["A"]}, None),
        ({"permissions": {f"{number}": True for number in range(MOST_ITEMS + 1)}}, None),
        ({"permissions": {}}, []),
        ({"permissions": {"A#B#C": 1, "D#E#F": "true", "G#H#I": False, "": True, " ": True}}, []),
        ({"permissions": {" #b:c": True}}, [_permission("B_C")]),
        ({"permissions": {"a:b": True}}, [_permission("A_B")]),
        ({"permissions": {"S#x:y": True}}, [_permission("X_Y", "S")]),
        ({"permissions": {"S##r": True}}, [_permission("S", None, "r")]),
        ({"permissions": {"S#z#ITEM#*": True}}, [_permission("Z", "S", "ITEM#*")]),
    ],
)
def test_what_a_tokens_claim_permits(claims: dict[str, Any], permissions: Any) -> None:
    """`SERVICE#ACTION#RESOURCE` in all its forms, where it is true and nothing else."""
    assert of_claims(claims) == permissions


READ, WRITE = ({"effect": "allow", "action": [each], "resource": "r"} for each in ("read", "write"))
DENY = {**READ, "effect": "Deny"}
SAID_READ, SAID_WRITE = (
    Statement(effect="ALLOW", actions=[each], resources=["r"]) for each in ("READ", "WRITE")
)
SAID_DENY = SAID_READ.model_copy(update={"effect": "DENY"})
NOTHING = {"action": [], "resource": "r"}
SAID_NOTHING = Statement(resources=["r"])
BARE = M3terPermissionPolicy(id="1")


@pytest.mark.parametrize(
    ("own", "groups", "roles"),
    [
        ([], [], []),
        ([_policy("1", "A", READ)], [], [_role("A", [SAID_READ])]),
        ([_policy("1", "A", NOTHING)], [], [_role("A", [SAID_NOTHING])]),
        ([_policy("1", "A", {"effect": "deny"})], [], [_role("A", [Statement(effect="DENY")])]),
        ([BARE], [], [_role("1").model_copy(update={"statements": None})]),
        ([_policy(None, None, READ)], [], [_role("inline", [SAID_READ])]),
        # One policy, told several times: the strictest telling, the name that all agree on.
        ([_policy("1", "A", READ, WRITE), _policy("1", "A", READ)], [], [_role("A", [SAID_READ])]),
        ([_policy("1", "A", READ), _policy("1", "A", WRITE)], [], [_role("A")]),
        ([_policy("1", "A", READ), _policy("1", "A", {**READ, "resource": "x"})], [], [_role("A")]),
        (
            [_policy("1", "A", READ), _policy("1", "A", DENY)],
            [],
            [_role("A", [SAID_DENY])],
        ),
        ([BARE, _policy("1", "A", READ)], [], [_role("A", [SAID_READ])]),
        ([_policy("1", "A", READ), BARE], [], [_role("A", [SAID_READ])]),
        ([_policy("1", "A", READ), _policy("1", "B", READ)], [], [_role("1", [SAID_READ])]),
        ([_policy("1", "A", READ), _policy("2", "A", WRITE)], [], "A"),
        # Without an id it is the only one of its name, if there is one only.
        ([_policy("1", "A", READ), _policy(None, "A", WRITE)], [], [_role("A")]),
        ([_policy(None, "A", READ), _policy(None, "A", WRITE)], [], [_role("A")]),
        ([_policy(None, "A", READ), _policy(None, "B", READ)], [], "B"),
        ([_policy("1", "A"), _policy("2", "A"), _policy(None, "A", READ)], [], "A A"),
        ([_policy(None, None, READ), _policy(None, None, WRITE)], [], "inline"),
        ([_policy(None, None, READ)] * 2, [], [_role("inline", [SAID_READ])]),
        ([_policy("x", None, READ), _policy(None, "x", READ)], [], "x"),
        # Held in person and through a group: two roles, and the strictest telling for both.
        (
            [_policy("1", "A", READ)],
            [_policy("1", "A", READ, WRITE), _policy("1", "A", READ, WRITE)],
            [_role("A", [SAID_READ]), _role("A", [SAID_READ], membership_type="GROUP")],
        ),
        (
            [_policy(None, "A", READ)],
            [_policy("1", "A", WRITE)],
            [_role("A"), _role("A", membership_type="GROUP")],
        ),
    ],
)
def test_the_roles_that_come_of_policies(
    own: list[M3terPermissionPolicy], groups: list[M3terPermissionPolicy], roles: Any
) -> None:
    """One for each policy and each way of holding it; a text has the names behind the first."""
    found = of_policies(own, groups)
    if isinstance(roles, str):
        assert [each.name for each in found[1:]] == roles.split()
    else:
        assert found == roles


def test_statements_are_the_same_in_any_order() -> None:
    """Of actions and resources; each is told once, as it was told last."""
    some = {"effect": "ALLOW", "action": ["a:b", "C"], "resource": ["x", "y"]}
    other = {"effect": "ALLOW", "action": ["C", "a_B", "c"], "resource": ["y", "x"]}
    [role] = of_policies([_policy("1", "A", some), _policy("1", "A", other)], [])
    assert role.statements == [
        Statement(effect="ALLOW", actions=["C", "A_B", "C"], resources=["y", "x"])
    ]
    assert action("a:b:c_D") == "A_B_C_D"


@pytest.mark.parametrize(
    ("pages", "text"),
    [
        (
            ["a", "b", "a"],
            "m3ter does not end a list of the caller's rights: a nextToken leads to itself.",
        ),
        (
            [f"{each}" for each in range(1, MAX_PAGES + 1)],
            "m3ter does not end a list of the caller's rights after 50 pages.",
        ),
    ],
)
def test_a_list_that_does_not_end(api: Api, world: _World, pages: list[str], text: str) -> None:
    """What of it was read is no answer."""
    api.on(bodies.POLICIES, *(json_reply({"data": [], "nextToken": each}) for each in pages))
    with pytest.raises(UnexpectedReplyError) as caught:
        world.client.policies(HERE, "users", bodies.ADA, world.deadline)
    assert str(caught.value) == text
    assert len(api.seen) == len(pages)


def test_a_list_is_as_long_on_many_pages_as_on_one(api: Api, world: _World) -> None:
    """Half of what is allowed, twice, and one more."""
    half = {"data": [{"id": "a"}] * (MOST_ITEMS // 2)}
    pages = [{**half, "nextToken": "1"}, {**half, "nextToken": "2"}, {"data": [{"id": "a"}]}]
    api.on(bodies.POLICIES, *map(json_reply, pages))
    with pytest.raises(UnexpectedReplyError) as caught:
        world.client.policies(HERE, "users", bodies.ADA, world.deadline)
    assert str(caught.value) == "m3ter lists more than 10,000 rights of the caller."


def test_the_longest_list_that_is_read(api: Api, world: _World) -> None:
    """As many pages as are followed; a refusal in the middle refuses the whole list."""
    names = [f"{each}" for each in range(1, MAX_PAGES + 1)]
    following = [*names[1:], None]
    pages = [
        {"data": [{"id": each}], "nextToken": next_one}
        for each, next_one in zip(names, following, strict=True)
    ]
    api.on(bodies.POLICIES, *map(json_reply, pages))
    found = world.client.policies(HERE, "users", bodies.ADA, world.deadline)
    assert [each.id for each in found or []] == names
    first, *others = api.paths()
    assert first == f"{bodies.POLICIES}?pageSize=100"
    assert others == [f"{first}&nextToken={each}" for each in names[1:]]
    api.on(bodies.GROUPS, json_reply({"data": [{"id": "g"}], "nextToken": "2"}), REFUSED)
    assert world.client.user_groups(HERE, bodies.ADA, world.deadline) is None


QUESTIONS: dict[str, Callable[[M3ter, Deadline], object]] = {
    "me": lambda client, deadline: client.me(HERE, deadline),
    "policies": lambda client, deadline: client.policies(HERE, "users", bodies.ADA, deadline),
    "groups": lambda client, deadline: client.user_groups(HERE, bodies.ADA, deadline),
    "details": lambda client, deadline: client.user_details(HERE, bodies.ADA, deadline),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_question_is_asked_with_a_token_of_another_organization(api: Api, question: str) -> None:
    """Whichever comes first."""
    world = _World(api, m3terApiToken=jwt(orgId=OTHER))
    with closing(world.client), pytest.raises(ConfigurationError, match=f"organization {OTHER}"):
        QUESTIONS[question](world.client, world.deadline)
    assert api.seen == []


@pytest.mark.parametrize(("settings", "title"), [(TOKEN, "the bearer token"), (KEY, "the API key")])
def test_a_credential_is_called_what_it_is(api: Api, settings: dict[str, str], title: str) -> None:
    """In the first line of the error, which is all that some logs show."""
    api.on(bodies.TOKEN, json_reply({}, 401))
    api.on(bodies.ME, json_reply({}, 401))
    world = _World(api, **settings)
    with closing(world.client), pytest.raises(UnauthorizedError) as caught:
        world.who()
    assert str(caught.value).splitlines()[0] == f"m3ter refused {title} (HTTP 401)."


@pytest.mark.parametrize(
    ("status", "body", "tokens"),
    [
        (403, {"message": "Unauthorized"}, 2),
        (403, {"message": "The token EXPIRED"}, 2),
        (403, {"message": "Forbidden"}, 1),
        (403, {}, 1),
        (404, {"message": "Unauthorized"}, 1),
    ],
)
def test_which_refusals_are_of_the_token(api: Api, status: int, body: Any, tokens: int) -> None:
    """Then another one is minted, once; if it is refused too, the question is."""
    api.on(bodies.TOKEN, json_reply(bodies.token("t", 3600)))
    api.on(bodies.POLICIES, json_reply(body, status))
    world = _World(api, **KEY)
    with closing(world.client):
        assert world.client.policies(HERE, "users", bodies.ADA, world.deadline) is None
    assert api.paths().count(bodies.TOKEN) == tokens


@pytest.mark.parametrize(("ends_in", "kind"), [(0, UnauthorizedError), (1, ForbiddenError)])
def test_whether_a_ready_token_is_refused(api: Api, ends_in: int, kind: type[ApiError]) -> None:
    """Where m3ter does not say why, it is if it has ended."""
    api.on(bodies.ME, REFUSED)
    world = _World(api, m3terApiToken=jwt(orgId=bodies.ORG, exp=START + ends_in))
    with closing(world.client), pytest.raises(kind):
        world.who()


@pytest.mark.parametrize("sent", ["", " ", None, 7, [], ["a"], {}])
def test_what_is_no_plain_text_is_no_list_of_one(sent: object) -> None:
    """It stays what it is."""
    assert one_or_more(sent) is sent
    assert one_or_more(" a ") == [" a "]


@pytest.mark.parametrize("sent", ["0.0", " 0.0 ", "False", "NULL", 0, 0.0, False, None, "", "0"])
def test_what_ends_a_list(sent: object) -> None:
    """None in all forms."""
    assert read_next_token(sent) is None


@pytest.mark.parametrize(
    ("model", "sent"),
    [
        *((each, {"id": "i"}) for each in (M3terUser, M3terServiceUser, M3terOrganization)),
        *((each, {"id": "i"}) for each in (M3terPermissionPolicy, M3terUserGroup)),
        *((each, {}) for each in (M3terPolicyStatement, M3terUserDetails, M3terUserOrgRoles)),
        (PolicyPage, {"data": []}),
    ],
)
def test_what_is_not_sent_is_absent(model: type[Value], sent: dict[str, Any]) -> None:
    """No field has a value of its own."""
    read = model.model_validate(sent)
    others = model.model_fields.keys() - sent.keys()
    assert {name: getattr(read, name) for name in others} == dict.fromkeys(others)


@pytest.mark.parametrize("blank", ["", " "])
def test_what_decides_is_not_left_out_by_a_blank(blank: str) -> None:
    """It is no way to say nothing; no answer has a blank text."""
    me = {"user": {"id": "a"}, "organization": {"id": "o", "orgId": blank}}
    read = M3terCurrentUser.model_validate(me)
    assert read.unread
    assert outside(read)["organization"] == {"id": "o"}
    assert M3terUserDetails.model_validate({"dtEndAccess": blank}).dt_end_access == "unreadable"
    policies = (M3terUserDetails, M3terPermissionPolicy)
    for model, name in (*((each, "permissionPolicy") for each in policies), (PolicyPage, "data")):
        with pytest.raises(ValidationError):
            model.model_validate({"id": "i", name: blank})


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
def test_an_answer_that_is_none(api: Api, world: _World, route: str, body: Any, text: str) -> None:
    """The whole sentence."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(route, json_reply(body))
    with pytest.raises(UnexpectedReplyError) as caught:
        world.rights()
    assert str(caught.value) == f"m3ter sent an unexpected answer (HTTP 200): {text}"


def test_a_page_may_have_a_name(api: Api, world: _World) -> None:
    """What has `data` is a page, and no entry."""
    page = {"id": "p", "name": "page", "data": [{"id": "1"}, {"id": "2"}]}
    api.on(bodies.POLICIES, json_reply(page))
    found = world.client.policies(HERE, "users", bodies.ADA, world.deadline)
    assert [each.id for each in found or []] == ["1", "2"]
