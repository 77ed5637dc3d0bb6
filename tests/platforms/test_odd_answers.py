"""What an answer comes to where parts of a reply are odd, empty or of another type."""

from __future__ import annotations

from typing import Any

import pytest
from support import bodies
from support.api import Api, json_reply
from support.callers import csp, m3ter
from support.clock import HandClock
from support.guards import allowed, refusal
from support.jwt import jwt

from callerid.errors import UnexpectedReplyError


def test_the_answer_stands_and_one_warning_names_what_is_missing(api: Api) -> None:
    """By place, never by value; once, though two functions ask and the reply is read again."""
    body = bodies.person(version=3.5, dtCreated={"canary": 1}, lastName=["canary"])
    body["organization"]["version"] = "canary"
    api.on(bodies.ME, json_reply(body))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("Editor")]}))
    warnings: list[str] = []
    hand = HandClock()
    core = m3ter(api, hand.clock(), warnings.append)
    for _ in range(2):
        answer = core.call("getCurrentUser", {})
        assert answer["displayName"] == "Ada"
        assert answer["m3ter"]["user"] == {
            "id": bodies.ADA,
            "firstName": "Ada",
            "email": "ada@example.com",
        }
        assert core.call("getUserOrgRoles", {})["roleNames"] == ["Editor"]
        hand.tick(86400)
    [warning] = [each for each in warnings if "another type" in each]
    assert warning == (
        "m3ter sent an answer in which fields are of another type than documented. They are left "
        "out, or count against the caller: M3terOrganization.version, M3terUser.dtCreated, "
        "M3terUser.lastName, M3terUser.version."
    )


SERVICE_USER = {"id": bodies.ADA, "name": "deploy"}
EMPTY: tuple[Any, ...] = (
    *({}, {"id": None}, {"id": "", "firstName": " "}, None),
    {"id": "", "version": 0, "firstName": "", "supportUser": False, "organizations": []},
)


@pytest.mark.parametrize("empty", EMPTY, ids=str)
def test_an_empty_person_beside_a_service_user_is_none(api: Api, empty: Any) -> None:
    """And the other way round; whoever is told is the caller."""
    me: dict[str, Any] = {"user": empty, "serviceUser": SERVICE_USER}
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": [bodies.policy("Editor")]}))
    api.on(bodies.ME, json_reply(me))
    core = m3ter(api, HandClock().clock())
    answer = core.call("getCurrentUser", {})
    assert (answer["principalType"], answer["displayName"]) == ("serviceUser", "deploy")
    assert answer["m3ter"] == {"serviceUser": SERVICE_USER}
    assert allowed(core, principalTypes=["serviceUser"], anyRoles=["Editor"])
    api.on(bodies.ME, json_reply({**bodies.person(), "serviceUser": empty}))
    answer = m3ter(api, HandClock().clock()).call("getCurrentUser", {})
    assert (answer["principalType"], answer["displayName"]) == ("user", "Ada Lovelace")
    assert "serviceUser" not in answer["m3ter"]


@pytest.mark.parametrize("me", [{"user": {}}, {"user": {}, "serviceUser": {}}, {}])
def test_nobody_but_empty_objects_is_an_error(api: Api, me: Any) -> None:
    """Who calls is known or it is an error."""
    api.on(bodies.ME, json_reply(me))
    with pytest.raises(UnexpectedReplyError, match="neither a user nor a service user"):
        m3ter(api).call("getCurrentUser", {})


def test_an_empty_organization_is_absent_and_speaks_against_it(api: Api) -> None:
    """It is reported, and might be another than the one asked about."""
    api.on(bodies.ME, json_reply({**bodies.person(), "organization": {}}))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("Editor")]}))
    core = m3ter(api, HandClock().clock())
    answer = core.call("getCurrentUser", {})
    assert answer["organization"] == {"id": bodies.ORG}
    assert "organization" not in answer["m3ter"]
    assert allowed(core, anyRoles=["Editor"])
    text = refusal(core, orgIds=[bodies.ORG])
    assert "found: an answer about an organization that cannot be read" in text


def test_empty_objects_in_an_answer_of_csp(api: Api) -> None:
    """Roles, services, profile and whatever describes: the rest stands, without a warning."""
    empty: dict[str, Any] = {"createdBy": {}, "resource": {}, "visible": {}, "createdDate": {}}
    body = bodies.info({"name": "org_owner", **empty}, customRoles={}, servicesDef={})
    body["user"] |= {"userProfile": {"locale": None}, "eulaInfo": {}, "address": {}, "tnc": {}}
    body["userOrgInfo"][0]["displayName"] = {}
    answer, warnings = _csp(api, body, "csp:org_owner")
    assert answer["roleNames"] == ["org_owner"]
    assert answer["csp"] == {
        "user": {"userId": "acme:1", "firstName": "Grace", "username": "grace@example.com"},
        "userOrgInfo": [{"name": "acme", "orgRoles": [{"name": "org_owner"}]}],
    }
    assert not warnings


def test_what_describes_may_be_of_any_type_in_one_answer_of_csp(api: Api) -> None:
    """The caller and the roles stand, and one warning names the rest."""
    role = {"name": "org_owner", "createdBy": {"id": "u"}, "createdDate": {"seconds": 1}}
    body = bodies.info({**role, "visible": "perhaps"}, customRoles=[{"name": "cost"}])
    body["user"] |= {"address": {"street": "x"}, "eulaInfo": ["v1"], "userProfile": [{"locale": 1}]}
    answer, [warning] = _csp(api, body, "csp:org_owner")
    assert answer["roleNames"] == ["cost", "org_owner"]
    assert answer["csp"]["userOrgInfo"][0]["orgRoles"] == [{"name": "org_owner"}]
    named = [
        *("CspOrgRole.createdBy", "CspOrgRole.createdDate", "CspOrgRole.visible"),
        *("CspUser.address", "CspUser.eulaInfo", "CspUser.userProfile"),
    ]
    assert warning.endswith(f": {', '.join(named)}.")


@pytest.mark.parametrize("empty", [{}, None, ""], ids=str)
def test_a_second_organization_of_which_nothing_is_told_counts(api: Api, empty: Any) -> None:
    """Beside it the other is not alone, and no link says that it is the one asked about."""
    body = bodies.info({"name": "org_owner"})
    body["userOrgInfo"].append(empty)
    assert _csp(api, body)[0]["roleNames"] == []


@pytest.mark.parametrize("empty", [{}, None, ""], ids=str)
@pytest.mark.parametrize("names", ["serviceRoles", "serviceRoleNames"])
def test_a_service_role_of_which_nothing_is_told_counts(api: Api, names: str, empty: Any) -> None:
    """It may be any of those that are named alone, and have ended."""
    service = {"refLink": LINK, "roles": [empty], names: ["admin"]}
    answer, _ = _csp(api, bodies.info(servicesDef=[service]), "external/d-1/admin")
    assert answer["roles"] == []


@pytest.mark.parametrize("roles", [{}, False, 0], ids=str)
@pytest.mark.parametrize("names", ["serviceRoles", "serviceRoleNames"])
def test_a_list_of_service_roles_that_is_none_is_not_absent(
    api: Api, names: str, roles: Any
) -> None:
    """An end that stands there cannot be read; no role of a service counts then."""
    service = {"refLink": LINK, "roles": roles, names: ["admin"]}
    answer, [warning] = _csp(api, bodies.info(servicesDef=[service]), "external/d-1/admin")
    assert answer["roles"] == []
    assert "CspUserOrgInfo.servicesDef" in warning


HALF = "Love\ud83dlace"


def test_half_a_character_of_a_name_is_shown_as_such_at_m3ter(api: Api) -> None:
    """Through the whole client: it is JSON, and nothing else of the answer is lost."""
    api.on(bodies.ME, json_reply(bodies.person(lastName=HALF)))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy(HALF), bodies.policy("Editor")]}))
    core = m3ter(api, HandClock().clock())
    assert core.call("getCurrentUser", {})["displayName"] == "Ada Love\ufffdlace"
    assert core.call("getUserOrgRoles", {})["roleNames"] == ["Editor", "Love\ufffdlace"]
    assert allowed(core, allRoles=["Editor"])


def test_half_a_character_of_a_name_is_shown_as_such_at_csp(api: Api) -> None:
    """In the answer and in the token; a role is none of another name for it."""
    body = bodies.info({"name": "org_owner"}, {"name": "org_\udc00"}, displayName=HALF)
    answer, warnings = _csp(api, body, "csp:org_owner", "csp:org_\udc00")
    assert answer["organizations"] == [{"name": "acme", "displayName": "Love\ufffdlace"}]
    assert set(answer["roleNames"]) == {"org_owner", "org_\ufffd"}
    assert all(role["inToken"] for role in answer["roles"])
    assert not warnings


@pytest.mark.parametrize(
    "body",
    [
        {"user": {"id": {}}},
        {"user": "ada"},
        {"user": {"id": "u"}, "organization": "acme"},
        {"user": {"id": "u"}, "organization": {"id": []}},
    ],
)
def test_identity_and_organization_are_strict(api: Api, body: Any) -> None:
    """Who calls, and where, is known or it is an error."""
    api.on(bodies.ME, json_reply(body))
    with pytest.raises(UnexpectedReplyError, match="another type than documented"):
        m3ter(api).call("getCurrentUser", {})


def _csp(api: Api, body: Any, *perms: str) -> Any:
    """Ask about a person at VMware Cloud Services; give the answer and the warnings."""
    access = jwt(context_name=bodies.ORG, perms=perms)
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(access)))
    api.on(bodies.INFO, json_reply(body))
    warnings: list[str] = []
    core = csp(api, HandClock().clock(), warnings.append)
    core.call("getCurrentUser", {})
    return core.call("getUserOrgRoles", {}), [each for each in warnings if "another" in each]


def test_one_unreadable_service_takes_all_services_roles_along(api: Api) -> None:
    """A name that two services have would seem to be of one alone, and the token's to be its."""
    services = [{"serviceRoles": ["admin"]}, {"serviceName": [], "serviceRoles": ["admin"]}]
    body = bodies.info({"name": "org_member", "orgId": bodies.ORG}, servicesDef=services)
    answer, warnings = _csp(api, body, "external/some-id/admin", "csp:org_member")
    assert answer["roleNames"] == ["org_member"]
    assert "CspUserOrgInfo.servicesDef" in warnings[0]
    assert len(warnings) == 1


def test_an_unreadable_organization_is_an_error(api: Api) -> None:
    """With one of two left out, the other would be taken for the one asked about."""
    body = bodies.info({"name": "org_owner"})
    body["userOrgInfo"].append("another")
    with pytest.raises(UnexpectedReplyError):
        _csp(api, body)


def test_an_unreadable_link_of_a_role_counts_against_it(api: Api) -> None:
    """It may lead to another organization, so the role is none in this one."""
    here = {"name": "org_member", "organizationLink": f"/orgs/{bodies.ORG}"}
    body = bodies.info({"name": "org_owner", "organizationLink": {}}, here, {"name": "x"})
    answer, _ = _csp(api, body, "csp:org_owner", "csp:org_member")
    assert answer["roleNames"] == ["org_member"]


NAMED = [{"name": "vmc:admin", "membershipType": "GROUP"}, {"roleName": "vmc:viewer"}]
LINK = "/csp/gateway/slc/api/definitions/external/d-1"


@pytest.mark.parametrize(
    "service",
    [
        {"refLink": LINK, "serviceRoles": NAMED},
        {"refLink": LINK, "serviceRoles": ["vmc:viewer", NAMED[0], None]},
        {"serviceDefinitionLink": LINK, "serviceRoleNames": ["vmc:viewer"], "roles": NAMED[:1]},
        {
            "serviceDefinitionLink": LINK,
            "serviceRoleNames": ["vmc:admin", "vmc:viewer"],
            "serviceRoles": NAMED,
        },
        {"refLink": LINK, "serviceRoles": ["vmc:admin", "vmc:viewer"], "roles": NAMED},
        {"refLink": LINK, "serviceRoles": NAMED, "roles": NAMED, "serviceRoleNames": None},
    ],
)
@pytest.mark.parametrize("key", ["servicesDef", "serviceDef"])
def test_service_roles_come_in_two_shapes(api: Api, key: str, service: Any) -> None:
    """As names, as objects, and as a mix; with the names of `/info` and of `/service-roles`."""
    body = bodies.info(**{key: [service]})
    answer, warnings = _csp(api, body, "external/d-1/vmc:admin", "external/d-1/vmc:viewer")
    found = {role["name"]: role for role in answer["roles"]}
    assert len(answer["roles"]) == 2
    assert all(role["inToken"] and role["kind"] == "service" for role in found.values())
    assert set(found) == {"vmc:admin", "vmc:viewer"}
    assert found["vmc:admin"]["membershipType"] == "GROUP"
    assert not warnings
    [told] = answer["csp"]["userOrgInfo"][0]["servicesDef"]
    assert told["refLink"] == LINK
    assert set(told) <= {"refLink", "roles", "serviceRoles"}
    assert all(isinstance(each, str) for each in told.get("serviceRoles", []))


def test_the_end_of_a_role_among_service_roles_counts(api: Api) -> None:
    """An object's `expiresAt` is that of its role."""
    ended = {"name": "admin", "expiresAt": 1}
    body = bodies.info(servicesDef=[{"refLink": LINK, "serviceRoles": [ended]}])
    answer, _ = _csp(api, body, "external/d-1/admin")
    assert answer["roleNames"] == []
    assert [role["active"] for role in answer["roles"]] == [False]


@pytest.mark.parametrize("sent", ["admin", {"name": "admin"}, 7, [7.5, ["admin"]]])
@pytest.mark.parametrize("field", ["serviceRoles", "serviceRoleNames"])
def test_service_roles_that_cannot_be_read(api: Api, field: str, sent: Any) -> None:
    """What is no list of names or objects: no service's roles, and the rest stands."""
    body = bodies.info(servicesDef=[{"refLink": LINK, field: sent}])
    answer, warnings = _csp(api, body, "external/d-1/admin")
    assert answer["roleNames"] == []
    assert len(warnings) == 1
