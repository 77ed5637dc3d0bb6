"""What an answer is about: the organization asked about or others; and services in one shape."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from support.bodies import ORG

from callerid.platforms.csp import replies
from callerid.platforms.csp.organizations import asked_about, elsewhere, is_of_another
from callerid.platforms.csp.replies import CspOrgRole, CspUserInfo, CspUserOrgInfo, in_one_shape

OTHER = "00000000-1111-2222-3333-444444444444"
THIRD = "00000000-1111-2222-3333-555555555555"
SEVERAL = "several organizations that cannot be told apart"
UNREAD = "roles that cannot be read"


def _role(*organizations: Any) -> dict[str, Any]:
    links = dict(zip(("organizationLink", "orgId"), organizations, strict=False))
    return {"name": "x", **links}


def _infos(*orgs: list[Any]) -> list[CspUserOrgInfo]:
    return [CspUserOrgInfo.model_validate({"orgRoles": roles}) for roles in orgs]


MINE, OPEN = _role(ORG.upper()), _role()


@pytest.mark.parametrize(
    ("orgs", "asked", "other"),
    [
        ([], None, None),
        ([[]], 0, None),
        ([[OPEN]], 0, None),
        ([[MINE, OPEN]], 0, None),
        ([[OPEN], [MINE], []], 1, None),
        ([[MINE], [_role(OTHER)]], 0, None),
        ([[MINE, _role(OTHER)]], 0, OTHER),
        ([[_role(ORG, OTHER)]], 0, OTHER),
        ([[_role(THIRD), MINE, _role(OTHER)]], 0, OTHER),
        ([[], [MINE, _role(THIRD)]], 1, THIRD),
        ([[_role(OTHER)]], None, OTHER),
        ([[_role(OTHER), OPEN]], None, OTHER),
        ([[MINE], [MINE]], None, SEVERAL),
        ([[OPEN], []], None, SEVERAL),
        ([[_role(OTHER)], [_role(THIRD)]], None, SEVERAL),
        ([[_role({})]], 0, UNREAD),
        ([[MINE, _role(7)]], 0, UNREAD),
        ([[MINE, "x"]], 0, UNREAD),
        ([[MINE], ["x"]], 0, UNREAD),
        ([[MINE], [_role({})]], 0, UNREAD),
        ([[MINE, _role({}), _role(OTHER)]], 0, OTHER),
        ([[_role({}), _role(OTHER)]], None, OTHER),
    ],
)
def test_which_one_is_asked_about(orgs: list[Any], asked: int | None, other: str | None) -> None:
    """By links alone; whatever is unclear is named."""
    infos = _infos(*orgs)
    found = asked_about(infos, ORG)
    assert found is (None if asked is None else infos[asked])
    assert elsewhere(infos, ORG.upper()) == other


@pytest.mark.parametrize("place", ["orgRoles", "customRoles", "servicesDef", "orgId"])
def test_every_link_tells(place: str) -> None:
    """Of a role of each kind, and of the organization itself."""
    roles: list[Any] = [_role(OTHER)]
    told: Any = [{"roles": roles}] if place == "servicesDef" else roles
    if place == "orgId":
        told = OTHER
    infos = [CspUserOrgInfo.model_validate({place: told})]
    assert asked_about(infos, ORG) is None
    assert asked_about(infos, OTHER.upper()) is infos[0]
    assert elsewhere(infos, ORG) == OTHER


API = "/csp/gateway/am/api"


@pytest.mark.parametrize(
    ("links", "organizations"),
    [
        ({}, set()),
        ({"organizationLink": None, "orgId": None, "refLink": None}, set()),
        ({"organizationLink": f"{API}/orgs/{OTHER}"}, {OTHER}),
        ({"organizationLink": f"{API}/orgs/{ORG.upper()}/"}, {ORG}),
        ({"organizationLink": f"{API}/orgs/{OTHER}/roles/x?a=/b#c/d"}, {OTHER}),
        ({"organizationLink": f"{API}/ORGS/{OTHER}#x"}, {OTHER}),
        ({"organizationLink": OTHER}, {OTHER}),
        ({"organizationLink": f"a/{OTHER}//"}, {OTHER}),
        ({"organizationLink": f"/orgs/{ORG}/orgs/{OTHER}"}, {"unreadable"}),
        ({"organizationLink": "a/bX"}, {"bx"}),
        ({"organizationLink": [OTHER]}, {"unreadable"}),
        ({"organizationLink": " "}, {"unreadable"}),
        ({"orgId": OTHER}, {OTHER}),
        ({"orgId": 7}, {"unreadable"}),
        ({"orgId": ""}, {"unreadable"}),
        ({"organizationLink": f"/orgs/{ORG}", "orgId": OTHER}, {ORG, OTHER}),
        ({"refLink": f"{API}/Orgs/{OTHER}/roles/x"}, {OTHER}),
        ({"refLink": f"{API}/orgs/{OTHER}", "orgId": ORG}, {OTHER, ORG}),
        ({"refLink": "/csp/gateway/slc/api/definitions/external/d-1"}, set()),
        ({"refLink": ""}, set()),
        ({"refLink": 7}, {"unreadable"}),
        ({"refLink": {"href": f"{API}/orgs/{OTHER}"}}, {"unreadable"}),
    ],
)
def test_the_organizations_that_a_role_names(
    links: dict[str, Any], organizations: set[str]
) -> None:
    """In lower case; what is there and cannot be read is one that nobody asks about."""
    role = CspOrgRole.model_validate({"name": "x", **links})
    assert role.organizations == organizations
    assert is_of_another(role, ORG.upper()) is bool(organizations - {ORG})


A, B = {"name": "a", "resource": "z"}, {"name": "b"}


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (7, 7),
        ({"k": 1}, {"k": 1}),
        ({"serviceRoles": ["a"], "roles": [B]}, {"serviceRoles": ["a"], "roles": [B]}),
        ({"serviceRoleNames": ["a", "a"]}, {"serviceRoles": ["a"], "roles": []}),
        (
            {"serviceRoles": [A, "c"], "roles": [B, A], "serviceRoleNames": ["c", "d"]},
            {"serviceRoles": ["c", "d"], "roles": [B, A]},
        ),
        (
            {"serviceRoles": [dict(reversed(A.items()))], "roles": [A]},
            {"serviceRoles": [], "roles": [A]},
        ),
        (
            {"k": 1, "serviceRoles": "", "roles": "", "serviceRoleNames": ["b"]},
            {"k": 1, "serviceRoles": ["b"], "roles": []},
        ),
        (
            {"k": 1, "serviceRoles": None, "roles": [B]},
            {"k": 1, "serviceRoles": None, "roles": [B]},
        ),
        ({"k": 1, "serviceRoles": ["a"], "serviceRoleNames": "b"}, {"k": 1, "serviceRoles": "b"}),
        ({"serviceRoleNames": ["b"], "roles": {}}, {"serviceRoleNames": ["b"], "roles": {}}),
        (
            {"serviceRoleNames": ["b"], "serviceRoles": 7},
            {"serviceRoleNames": ["b"], "serviceRoles": 7},
        ),
    ],
)
def test_a_service_is_written_in_one_shape(sent: Any, read: Any) -> None:
    """Names as names, objects as roles, each once; what is none of both stays as it is."""
    assert in_one_shape(sent) == read


NONE: tuple[Any, ...] = (None, [], [None], [{}], {}, {"name": ""}, "", " ")
UNREADABLE: tuple[Any, ...] = ("x", 7, False, ["x"], [{"name": "x"}, 7], {"name": "x"})


@pytest.mark.parametrize(
    ("sent", "unread"),
    [
        *((each, False) for each in NONE),
        *((each, True) for each in UNREADABLE),
    ],
)
@pytest.mark.parametrize("place", ["orgRoles", "customRoles", "servicesDef", "serviceDef"])
def test_roles_that_cannot_be_read_are_noted(place: str, sent: Any, unread: object) -> None:
    """Their links might speak against the others."""
    body = {"user": {"userId": "acme:1"}, "userOrgInfo": [{"name": "acme", place: sent}]}
    [info] = CspUserInfo.model_validate(body).user_org_info or []
    assert info.unread is unread
    assert info.name == "acme"


def test_services_are_left_out_together() -> None:
    """Of all organizations, where those of one cannot be read; another fault stays an error."""
    good, bad = {"servicesDef": [{"serviceName": "a"}]}, {"servicesDef": [{"serviceName": [7]}]}
    body: dict[str, Any] = {"user": {"userId": "acme:1"}, "userOrgInfo": [good, bad]}
    left_out = set[str]()
    infos = CspUserInfo.model_validate(body, context=left_out).user_org_info or []
    assert [(info.services_def, info.unread) for info in infos] == [(None, True)] * 2
    assert left_out == {"CspUserOrgInfo.servicesDef"}
    with pytest.raises(ValidationError):
        CspUserInfo.model_validate({**body, "userOrgInfo": [{**bad, "name": [7]}]})


@pytest.mark.parametrize("user", [None, {}, {"userId": None}, {"id": " "}, {"username": "grace"}])
def test_an_answer_about_nobody_is_none(user: Any) -> None:
    """Without an id it names no caller."""
    with pytest.raises(ValidationError, match="Value error, it names no user with an id"):
        CspUserInfo.model_validate({"user": user, "userOrgInfo": []})


@pytest.mark.parametrize(
    ("model", "sent", "told"),
    [
        ("CspUser", {"userId": "a", "id": "b"}, {"user_id": "a"}),
        ("CspUser", {"id": "b"}, {"user_id": "b"}),
        ("CspUser", {"id": "b", "emailVerified": " "}, {"user_id": "b", "email_verified": False}),
        ("CspRole", {"name": "a", "roleName": "b"}, {"name": "a"}),
        ("CspRole", {"roleName": "b", "expiresAt": 0}, {"name": "b"}),
        ("CspOrgRole", {"name": "a", "roleName": "b"}, {"name": "a"}),
        ("CspOrgRole", {"roleName": "b", "orgId": ORG, "refLink": "/orgs/b"}, {"name": "b"}),
        ("CspRole", {"name": "a", "organizationLink": "/orgs/b", "orgId": ORG}, {"name": "a"}),
        ("CspServiceDefinition", {"refLink": "a", "serviceDefinitionLink": "b"}, {"ref_link": "a"}),
        ("CspServiceDefinition", {"serviceDefinitionLink": "b"}, {"ref_link": "b"}),
        ("CspUserOrgInfo", {"servicesDef": [], "orgRoles": 7}, {"services_def": []}),
        ("CspUserOrgInfo", {"serviceDef": []}, {"services_def": []}),
        ("CspUserOrgInfo", {"servicesDef": [], "serviceDef": [{}]}, {"services_def": []}),
        ("CspApiTokenDetails", {"expiresAt": 2**63 - 1, "orgId": ORG}, {"org_id": ORG}),
    ],
)
def test_what_is_told_of_a_reply(model: str, sent: dict[str, Any], told: dict[str, Any]) -> None:
    """Under whichever name it comes; links and notes of our own are for us alone."""
    assert getattr(replies, model).model_validate(sent).model_dump(exclude_none=True) == told


@pytest.mark.parametrize("sent", ["", " ", {}, "x", 7, False])
def test_a_list_of_organizations_that_is_none_is_not_absent(sent: Any) -> None:
    """Only null leaves it out."""
    with pytest.raises(ValidationError):
        CspUserInfo.model_validate({"user": {"userId": "acme:1"}, "userOrgInfo": sent})
