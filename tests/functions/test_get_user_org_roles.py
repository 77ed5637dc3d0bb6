"""getUserOrgRoles against scripted APIs: which roles, from where, and whether they count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import json_reply
from support.callers import csp, m3ter
from support.clock import HandClock
from support.jwt import jwt

from callerid.errors import CalleridError, UnexpectedReplyError

if TYPE_CHECKING:
    from support.api import Api

SERVICE = "d0a1c3f2-service"
LINK = f"/csp/gateway/slc/api/definitions/external/{SERVICE}"


def csp_roles(api: Api, body: dict[str, Any], *perms: str, opaque: bool = False) -> Any:
    """Ask for a person's roles at VMware Cloud Services with a token that carries `perms`."""
    access = "opaque" if opaque else jwt(context_name=bodies.ORG, perms=perms)
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(access)))
    api.on(bodies.INFO, json_reply(body))
    return csp(api, HandClock().clock()).call("getUserOrgRoles", {})


def test_a_persons_policies_at_m3ter(api: Api) -> None:
    """The whole answer, as a program gets it."""
    config = bodies.policy("Config Editor", "config:create", "CONFIG_RETRIEVE")
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": [config, bodies.policy("Administrator", "ALL")]}))
    answer = m3ter(api).call("getUserOrgRoles", {})
    fingerprint = answer.pop("fingerprint")
    assert len(fingerprint) == 64
    assert [each["name"] for each in answer["m3ter"].pop("permissionPolicies")] == [
        "Administrator",
        "Config Editor",
    ]
    assert answer == {
        "platform": "m3ter",
        "principalType": "user",
        "userId": bodies.ADA,
        "displayName": "Ada Lovelace",
        "email": "ada@example.com",
        "orgId": bodies.ORG,
        "credentialSource": "provider setting m3terApiToken",
        "roleNames": ["Administrator", "Config Editor"],
        "organizations": [{"name": "Acme"}],
        "roles": [
            {
                "name": "Administrator",
                "kind": "policy",
                "source": "api",
                "active": True,
                "endKnown": False,
                "membershipType": "DIRECT",
                "statements": [{"effect": "ALLOW", "actions": ["ALL"], "resources": ["*"]}],
            },
            {
                "name": "Config Editor",
                "kind": "policy",
                "source": "api",
                "active": True,
                "endKnown": False,
                "membershipType": "DIRECT",
                "statements": [
                    {
                        "effect": "ALLOW",
                        "actions": ["CONFIG_CREATE", "CONFIG_RETRIEVE"],
                        "resources": ["*"],
                    }
                ],
            },
        ],
        "m3ter": {},
    }


def test_a_service_users_policies_at_m3ter(api: Api) -> None:
    """A machine's policies have a path of their own."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": [bodies.policy("Deployer")]}))
    answer = m3ter(api).call("getUserOrgRoles", {})
    assert (answer["principalType"], answer["roleNames"]) == ("serviceUser", ["Deployer"])


def test_what_a_service_user_holds_at_m3ter_never_ends(api: Api) -> None:
    """m3ter knows no end of a policy, nor of a service user; a policy without a name has its id."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    nameless = {"id": "p-1", "permissionPolicy": []}
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": [bodies.policy("Deployer"), nameless]}))
    roles = m3ter(api).call("getUserOrgRoles", {})["roles"]
    assert [(each["name"], each["endKnown"]) for each in roles] == [
        ("Deployer", True),
        ("p-1", True),
    ]
    assert len(api.seen) == 2


def test_a_role_without_a_name_is_none(api: Api) -> None:
    """Wherever it stands."""
    nameless: list[Any] = [{"resource": "r"}, {"name": " "}, None]
    bare = {"name": "external/d-1/"}
    service = {"serviceName": "s", "roles": [*nameless, bare], "serviceRoles": ["", "external/d/"]}
    body = bodies.info(*nameless, customRoles=nameless, servicesDef=[service])
    assert csp_roles(api, body)["roles"] == []


def test_policies_are_read_to_the_last_page(api: Api) -> None:
    """`nextToken` leads on; absent, null and empty end it."""
    pages = [{"data": [bodies.policy("A")], "nextToken": "t&1"}, {"data": [], "nextToken": ""}]
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, *map(json_reply, pages))
    assert m3ter(api).call("getUserOrgRoles", {})["roleNames"] == ["A"]
    assert api.paths()[1:3] == [
        f"{bodies.POLICIES}?pageSize=100",
        f"{bodies.POLICIES}?pageSize=100&nextToken=t%261",
    ]


def test_a_list_without_end_is_an_error(api: Api) -> None:
    """An API that never ends its list does not hold a preview."""
    api.on(bodies.ME, json_reply(bodies.person()))
    pages = [json_reply({"data": [], "nextToken": f"{number}"}) for number in range(1, 60)]
    api.on(bodies.POLICIES, *pages)
    with pytest.raises(CalleridError, match=r"does not end a list .* after 50 pages"):
        m3ter(api).call("getUserOrgRoles", {})


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (bodies.policy("Bare"), ["Bare"]),
        ([bodies.policy("Listed"), bodies.policy("Too")], ["Listed", "Too"]),
        ({"permissionPolicy": [{"effect": "ALLOW"}]}, ["inline"]),
        ({"data": None}, []),
    ],
)
def test_policies_come_as_list_or_as_one_bare_object(api: Api, body: Any, names: list[str]) -> None:
    """The documentation shows both forms; a bare array is one page."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply(body))
    assert m3ter(api).call("getUserOrgRoles", {})["roleNames"] == names


NO_LIST = "m3ter sent an unexpected answer (HTTP 200): data is missing or of another type"
NO_POLICY = "it lists a permission policy without id, name and statements"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, NO_LIST),
        ({"items": [bodies.policy("Admin")]}, NO_LIST),
        ({"message": "Internal error"}, NO_LIST),
        ({"results": []}, NO_LIST),
        ({"data": [{}]}, NO_POLICY),
        ({"data": [{"policyName": "Admin"}, bodies.policy("Admin")]}, NO_POLICY),
        ({"data": [], "nextToken": {"token": "a"}}, "nextToken is missing or of another type"),
    ],
)
@pytest.mark.parametrize("route", [bodies.POLICIES, bodies.GROUPS, bodies.group_policies("g")])
def test_what_is_no_list_of_rights_is_an_error(api: Api, route: str, body: Any, told: str) -> None:
    """Whichever list it stands for: no role comes of it, and nobody is told to have none."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("Own")]}))
    api.on(bodies.GROUPS, json_reply({"data": [{"id": "g"}]}))
    api.on(bodies.group_policies("g"), json_reply({"data": []}))
    api.on(route, json_reply(body))
    with pytest.raises(UnexpectedReplyError) as caught:
        m3ter(api).call("getUserOrgRoles", {})
    assert told in str(caught.value) or route == bodies.GROUPS
    with pytest.raises(UnexpectedReplyError):
        m3ter(api).call("requireCaller", {"anyRoles": ["Own", "inline"], "onRefusal": "warn"})


@pytest.mark.parametrize("key", ["message", "error", "errors", "code", "status"])
def test_an_error_with_a_name_is_no_bare_policy(api: Api, key: str) -> None:
    """Whatever it is called: an id or a name does not make it one."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({**bodies.policy("Admin"), key: "1"}))
    with pytest.raises(UnexpectedReplyError, match="data is missing or of another type"):
        m3ter(api).call("getUserOrgRoles", {})


@pytest.mark.parametrize(
    ("pages", "asked"),
    [
        (["again", "again"], 2),
        (["a", "b", "a"], 3),
        ([7, "7"], 2),
    ],
)
def test_pages_in_a_loop_are_an_error_at_once(api: Api, pages: list[Any], asked: int) -> None:
    """A page is asked for once; all its roles were read by then."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    replies = [{"data": [bodies.policy("A")], "nextToken": each} for each in pages]
    api.on(bodies.MACHINE_POLICIES, *map(json_reply, replies))
    with pytest.raises(UnexpectedReplyError, match=r"does not end a list .*: a nextToken leads"):
        m3ter(api).call("getUserOrgRoles", {})
    assert len(api.seen) == 1 + asked


def test_a_page_without_policies_leads_on(api: Api) -> None:
    """An empty page is not the last one; a number is as good a token as a text."""
    api.on(bodies.ME, json_reply(bodies.machine()))
    pages = [
        {"data": [], "nextToken": 7},
        {"data": None, "nextToken": "b"},
        {"data": [bodies.policy("A")], "nextToken": 0},
    ]
    api.on(bodies.MACHINE_POLICIES, *map(json_reply, pages))
    assert m3ter(api).call("getUserOrgRoles", {})["roleNames"] == ["A"]
    assert [each.rpartition("=")[2] for each in api.paths()[1:]] == ["100", "7", "b"]


def test_policies_held_in_person_and_through_groups(api: Api) -> None:
    """Inline statements are the role `inline`; a group's policies say `GROUP`, each once."""
    inline = {"effect": "deny", "action": ["config:delete"], "resource": ["config:*"]}
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("Own")]}))
    api.on(bodies.DETAILS, json_reply({"id": bodies.ADA, "permissionPolicy": [inline]}))
    api.on(
        bodies.GROUPS,
        json_reply({"data": [{"id": "g-1", "name": "Team"}], "nextToken": "2"}),
        json_reply({"data": [{"id": "g-2"}]}),
    )
    for group in ("g-1", "g-2"):
        api.on(bodies.group_policies(group), json_reply({"data": [bodies.policy("Shared")]}))
    answer = m3ter(api).call("getUserOrgRoles", {})
    assert [(r["name"], r["membershipType"]) for r in answer["roles"]] == [
        ("Own", "DIRECT"),
        ("Shared", "GROUP"),
        ("inline", "DIRECT"),
    ]
    assert answer["roles"][2]["statements"] == [
        {"effect": "DENY", "actions": ["CONFIG_DELETE"], "resources": ["config:*"]}
    ]
    assert answer["m3ter"]["userGroups"] == [{"id": "g-1", "name": "Team"}, {"id": "g-2"}]
    asked = [each for each in api.paths() if "/usergroups" in each]
    assert all("&inherited=true" in each for each in asked)
    assert len(asked) == 2
    assert [each["name"] for each in answer["m3ter"]["permissionPolicies"]] == ["Own"]


@pytest.mark.parametrize("status", [403, 404])
def test_where_groups_are_refused_the_rest_stands_with_a_warning(api: Api, status: int) -> None:
    """The warning is shown once, however often the roles are asked for."""
    warnings: list[str] = []
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("Own")]}))
    api.on(bodies.GROUPS, json_reply({"message": "Forbidden"}, status))
    core = m3ter(api, warn=warnings.append)
    for _ in range(2):
        assert core.call("getUserOrgRoles", {})["roleNames"] == ["Own"]
    [warning] = warnings
    assert warning.startswith("m3ter refuses to tell the caller's user groups")


def test_where_a_groups_policies_are_refused_the_rest_stands_with_a_warning(api: Api) -> None:
    """One closed group does not hide the others."""
    warnings: list[str] = []
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": []}))
    api.on(bodies.GROUPS, json_reply({"data": [{"id": "closed"}, {"id": "open"}]}))
    api.on(bodies.group_policies("open"), json_reply({"data": [bodies.policy("Shared")]}))
    answer = m3ter(api, warn=warnings.append).call("getUserOrgRoles", {})
    assert (answer["roleNames"], len(warnings)) == (["Shared"], 1)


def test_a_persons_access_may_end(api: Api) -> None:
    """Then every role ends with it."""
    hand = HandClock()
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("Own")]}))
    api.on(bodies.DETAILS, json_reply({"dtEndAccess": "2027-01-15T08:01:00.000Z"}))
    core = m3ter(api, hand.clock())
    assert core.call("getUserOrgRoles", {})["roleNames"] == ["Own"]
    hand.tick(60)
    answer = core.call("getUserOrgRoles", {})
    assert (answer["roleNames"], answer["roles"][0]["active"]) == ([], False)
    assert answer["roles"][0]["expiresAt"] == "2027-01-15T08:01:00Z"


@pytest.mark.parametrize("status", [403, 404])
def test_where_m3ter_refuses_the_policies_the_token_answers(api: Api, status: int) -> None:
    """Each true permission is a role; false ones are none; the refusal is kept like an answer."""
    permissions = {
        "CONFIG#CONFIG_CREATE#ITEM#*": True,
        "EXPORTS#EXPORTS_DOWNLOAD#ITEM#*": False,
        "MEASUREMENTS#MEASUREMENTS_UPLOAD#GROUP#g-1": True,
    }
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({"message": "Unauthorized"}, status))
    core = m3ter(api, m3terApiToken=jwt(orgId=bodies.ORG, permissions=permissions))
    answer = core.call("getUserOrgRoles", {})
    assert answer["roles"] == [
        {
            "name": "CONFIG_CREATE",
            "kind": "permission",
            "source": "token",
            "active": True,
            "endKnown": False,
            "serviceName": "CONFIG",
            "resource": "ITEM#*",
        },
        {
            "name": "MEASUREMENTS_UPLOAD",
            "kind": "permission",
            "source": "token",
            "active": True,
            "endKnown": False,
            "serviceName": "MEASUREMENTS",
            "resource": "GROUP#g-1",
        },
    ]
    assert core.call("getUserOrgRoles", {}) == answer
    assert len(api.seen) == 2


def test_a_credential_revoked_meanwhile_is_no_refusal_of_the_policies(api: Api) -> None:
    """A 403 of the token endpoint is told of the key, not taken for a narrow policy."""
    claims = jwt(orgId=bodies.ORG, permissions={"CONFIG#CONFIG_CREATE#ITEM#*": True})
    minted, revoked = json_reply(bodies.token(claims)), json_reply({"message": "Forbidden"}, 403)
    api.on(bodies.TOKEN, minted, revoked, minted)
    api.on(bodies.ME, json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({}, 401), json_reply({"data": []}))
    core = m3ter(api, m3terApiKey="k", m3terApiSecret="s")
    with pytest.raises(CalleridError, match=r"m3ter refused the API key \(HTTP 403\)"):
        core.call("getUserOrgRoles", {})
    assert core.call("getUserOrgRoles", {})["roles"] == []


def test_refused_policies_and_an_opaque_token_are_an_error(api: Api) -> None:
    """Roles are never guessed; the sentence says what to ask for."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"message": "Forbidden"}, 403))
    with pytest.raises(CalleridError, match="refuses to list the caller's permission policies"):
        m3ter(api).call("getUserOrgRoles", {})


def test_roles_of_the_account_that_the_token_carries_too(api: Api) -> None:
    """One role each, with `inToken`; the token's own are not listed beside them."""
    roles = [
        {"name": "org_owner", "displayName": "Organization Owner", "expiresAt": None},
        {"name": "org_member", "resource": None},
    ]
    answer = csp_roles(api, bodies.info(*roles), "csp:org_owner", "csp:support_user")
    assert answer["roles"] == [
        {
            "name": "org_member",
            "kind": "organization",
            "source": "api",
            "active": True,
            "endKnown": False,
            "organization": "acme",
            "inToken": False,
        },
        {
            "name": "org_owner",
            "kind": "organization",
            "source": "api",
            "active": True,
            "endKnown": True,
            "displayName": "Organization Owner",
            "organization": "acme",
            "inToken": True,
        },
    ]
    assert answer["organizations"] == [{"name": "acme", "displayName": "Acme"}]


def test_service_and_custom_roles(api: Api) -> None:
    """Service roles are matched by definition and name; of custom roles the token cannot tell."""
    service = {
        "refLink": LINK,
        "serviceName": "vmc",
        "serviceDisplayName": "VMware Cloud",
        "roles": [
            {"name": "vmc:admin", "membershipType": "GROUP", "expiresAt": 3609941597},
            {"name": "vmc:viewer"},
        ],
        "serviceRoles": ["vmc:admin", "vmc:auditor"],
    }
    body = bodies.info(customRoles=[{"name": "cost"}], servicesDef=[service])
    perms = (f"external/{SERVICE}/vmc:admin", "external/other/vmc:viewer")
    found = {role["name"]: role for role in csp_roles(api, body, *perms)["roles"]}
    assert {name: role.get("inToken") for name, role in found.items()} == {
        "cost": None,
        "vmc:admin": True,
        "vmc:auditor": False,
        "vmc:viewer": False,
    }
    assert found["cost"]["kind"] == "custom"
    assert found["vmc:admin"] == {
        "name": "vmc:admin",
        "kind": "service",
        "source": "api",
        "active": True,
        "endKnown": True,
        "organization": "acme",
        "serviceName": "vmc",
        "serviceDisplayName": "VMware Cloud",
        "membershipType": "GROUP",
        "expiresAt": "2084-05-23T17:33:17Z",
        "inToken": True,
    }


@pytest.mark.parametrize(
    ("services", "in_token"),
    [(["a"], [True]), (["a", "b"], [False, False])],
)
def test_a_service_without_id_is_matched_by_name_where_it_is_alone(
    api: Api, services: list[str], in_token: list[bool]
) -> None:
    """Two services with a role of that name: the token's could be either's, so it is neither's."""
    definitions = [{"serviceName": name, "serviceRoles": ["admin"]} for name in services]
    answer = csp_roles(api, bodies.info(servicesDef=definitions), f"external/{SERVICE}/admin")
    assert [role["inToken"] for role in answer["roles"]] == in_token


@pytest.mark.parametrize(
    "perms", [[], ["external/d-1/other"], ["external/d-1/admin", "external/d-2/admin"]]
)
def test_a_service_without_id_is_not_matched_with_what_the_token_lacks(
    api: Api, perms: list[str]
) -> None:
    """Nor with a name that the token has of two services."""
    definition = {"serviceName": "a", "serviceRoles": ["admin"]}
    [role] = csp_roles(api, bodies.info(servicesDef=[definition]), *perms)["roles"]
    assert role["inToken"] is False


def test_names_are_given_without_what_tokens_put_before_them(api: Api) -> None:
    """Wherever the API writes them so; what is left of a role is compared with the token."""
    service = {"refLink": LINK, "serviceRoles": [f"external/{SERVICE}/admin"]}
    body = bodies.info({"name": "csp:org_owner"}, {"name": "csp:"}, servicesDef=[service])
    roles = csp_roles(api, body, "csp:org_owner", f"external/{SERVICE}/admin")["roles"]
    assert [(role["name"], role["inToken"]) for role in roles] == [
        ("admin", True),
        ("org_owner", True),
    ]


@pytest.mark.parametrize(
    ("expires_at", "active", "written"),
    [
        (None, True, None),
        (0, True, None),
        (1_700_000_000, False, "2023-11-14T22:13:20Z"),
        ("1700000000000", False, "2023-11-14T22:13:20Z"),
        (3609941597, True, "2084-05-23T17:33:17Z"),
        ("2026-03-01T00:00:00Z", False, "2026-03-01T00:00:00Z"),
    ],
)
def test_an_expired_role_is_listed_and_not_active(
    api: Api, expires_at: Any, active: object, written: str | None
) -> None:
    """Only active roles are among the names that a program branches on."""
    answer = csp_roles(api, bodies.info({"name": "org_owner", "expiresAt": expires_at}))
    [role] = answer["roles"]
    assert (role["active"], role.get("expiresAt")) == (active, written)
    assert answer["roleNames"] == (["org_owner"] if active else [])


def test_a_role_that_ends_within_a_week_is_warned_of(api: Api) -> None:
    """Once, and not of those that ended, or end later, or never."""
    hand, warnings = HandClock(), list[str]()
    days = {"soon": 6, "later": 8, "over": -1}
    roles = [{"name": n, "expiresAt": int(hand.now) + d * 86400} for n, d in days.items()]
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque", 10**6)))
    api.on(bodies.INFO, json_reply(bodies.info(*roles, {"name": "ever"})))
    core = csp(api, hand.clock(), warnings.append)
    for _ in range(2):
        core.call("getUserOrgRoles", {})
    assert warnings == ["the role soon of Grace ends at 2027-01-21T08:00:00Z."]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1, []),
        (1, ["the role soon of Grace ends at 2027-01-15T08:00:01Z."]),
        (7 * 86400 - 1, ["the role soon of Grace ends at 2027-01-22T07:59:59Z."]),
        (7 * 86400, []),
        (
            "some day",
            ["the role soon of Grace has an end that cannot be read, so it does not count."],
        ),
    ],
)
def test_an_end_within_a_week_to_the_second(api: Api, seconds: Any, said: list[str]) -> None:
    """A week is more than enough; an end that cannot be read is worth a warning, too."""
    warnings = list[str]()
    hand = HandClock()
    ends = seconds if isinstance(seconds, str) else int(hand.now) + seconds
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque")))
    api.on(bodies.INFO, json_reply(bodies.info({"name": "soon", "expiresAt": ends})))
    csp(api, hand.clock(), warnings.append).call("getUserOrgRoles", {})
    assert warnings == said


def test_the_fingerprint_is_of_what_the_schema_says(api: Api) -> None:
    """SHA-256 over platform, user, organization and role names, written as JSON in ASCII."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("B"), bodies.policy("A\u00e9")]}))
    assert m3ter(api).call("getUserOrgRoles", {})["fingerprint"] == (
        "23e8b70494a122aa5e36000020ef9a0ffb1b11188f6ed9a7d0b5e84d7bcdb983"
    )


def test_arguments_choose_platform_and_organization(api: Api) -> None:
    """Of two platforms that are set, and in place of the setting's organization."""
    other = "00000000-1111-2222-3333-444444444444"
    route = f"GET /organizations/{other}/users"
    api.on(f"{route}/me", json_reply(bodies.person()))
    api.on(f"{route}/{bodies.ADA}/permissions", json_reply({"data": [bodies.policy("A")]}))
    core = m3ter(api, m3terApiToken="opaque", cspApiToken="t", platform="csp")
    answer = core.call("getUserOrgRoles", {"platform": "m3ter", "orgId": other})
    assert (answer["platform"], answer["orgId"], answer["roleNames"]) == ("m3ter", other, ["A"])


def test_an_ended_organization_role_keeps_its_name_from_others(api: Api) -> None:
    """A custom role that is called so does not count under it; one of another name does."""
    roles = [{"name": "own", "expiresAt": 1}, {"name": "held"}]
    custom = [{"name": "own"}, {"name": "cost"}, {"name": "held"}, {"name": "org_owner"}]
    answer = csp_roles(api, bodies.info(*roles, customRoles=custom), opaque=True)
    assert answer["roleNames"] == ["cost", "held"]


def test_an_opaque_token_cannot_tell(api: Api) -> None:
    """Then `inToken` is absent, not false."""
    answer = csp_roles(api, bodies.info({"name": "org_owner"}), opaque=True)
    assert "inToken" not in answer["roles"][0]


@pytest.mark.parametrize("infos", [None, []])
def test_no_organization_means_no_roles(api: Api, infos: Any) -> None:
    """Null and empty lists are answers."""
    answer = csp_roles(api, {**bodies.info(), "userOrgInfo": infos})
    assert (answer["roles"], answer["roleNames"], answer["organizations"]) == ([], [], [])


def test_a_machines_roles_come_from_its_token(api: Api) -> None:
    """`source: token`, names without prefix, services by the id of their definition.

    The API is asked whether it is one after all, as the token names no user, and refuses it.
    """
    perms = ["csp:org_member", f"external/{SERVICE}/vmc:admin", 7]
    access = jwt(sub="acme:app", context_name=bodies.ORG, perms=perms)
    core = csp(api, cspAccessToken=access)
    answer = core.call("getUserOrgRoles", {})
    assert answer["roles"] == [
        {
            "name": "org_member",
            "kind": "organization",
            "source": "token",
            "active": True,
            "endKnown": False,
        },
        {
            "name": "vmc:admin",
            "kind": "service",
            "source": "token",
            "active": True,
            "endKnown": False,
            "serviceName": SERVICE,
        },
    ]
    assert api.paths() == [bodies.INFO]


def test_a_machine_whose_token_lists_nothing_is_an_error(api: Api) -> None:
    """No permissions claim is not the same as no permissions."""
    core = csp(api, cspAccessToken=jwt(sub="acme:app", context_name=bodies.ORG))
    with pytest.raises(CalleridError, match="lists no permissions"):
        core.call("getUserOrgRoles", {})


def test_both_functions_share_one_token_and_one_answer(api: Api) -> None:
    """Two requests in all, in whatever order and number they are asked."""
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("opaque")))
    api.on(bodies.INFO, json_reply(bodies.info({"name": "org_owner"})))
    core = csp(api)
    for function in ("getCurrentUser", "getUserOrgRoles") * 3:
        core.call(function, {})
    assert api.paths() == [bodies.AUTHORIZE, bodies.INFO]


def test_fingerprint_changes_with_the_active_roles_alone(api: Api) -> None:
    """Order, expired roles and display names do not count."""
    owner, member = {"name": "org_owner"}, {"name": "org_member", "displayName": "Member"}
    expired = {"name": "old", "expiresAt": 1}
    prints = [
        csp_roles(api, bodies.info(*roles))["fingerprint"]
        for roles in ([owner, member], [expired, member, owner, owner], [owner])
    ]
    assert prints[0] == prints[1] != prints[2]
