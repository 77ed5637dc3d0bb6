"""Behaviour: each switch for what the APIs' documents leave open, over HTTP."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from callerid.platforms.csp.sandbox.behaviour import CspBehaviour
from callerid.platforms.m3ter.sandbox.behaviour import M3terBehaviour
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

ORG = "00000000-0000-4000-8000-000000000003"
PREFIX = "/csp/gateway/am/api"
AUTHORIZE = f"{PREFIX}/auth/api-tokens/authorize"
INFO = f"{PREFIX}/loggedin/user/orgs/{ORG}/info"
GRANT = {"grant_type": "client_credentials"}
APP = ("sandbox-id", "sandbox-secret")
POLICIES = [{"id": "p"}, {"id": "q"}]


@contextmanager
def _serve(platform: str, behaviour: dict[str, Any], **more: Any) -> Iterator[httpx.Client]:
    block = {
        "organizationId": ORG,
        "subject": "d:s",
        "credential": {"apiToken": "sandbox-token"},
        "behaviour": behaviour,
        **more,
    }
    caller = Scenario.model_validate({"description": "a caller", platform: block})
    with (
        Sandbox.start({"x": caller}) as sandbox,
        httpx.Client(base_url=sandbox.url, trust_env=False) as client,
    ):
        yield client


@contextmanager
def _m3ter(**behaviour: Any) -> Iterator[httpx.Client]:
    caller = {
        "me": {"user": {"id": "u"}, "serviceUser": {"id": "s"}, "organization": {"id": "other"}},
        "policies": POLICIES,
        "userGroups": [{"id": "g"}],
    }
    with _serve("m3ter", behaviour, **caller) as client:
        client.headers["authorization"] = "Bearer sandbox-token"
        yield client


@contextmanager
def _csp(**behaviour: Any) -> Iterator[httpx.Client]:
    with _serve("csp", behaviour, info={"user": {}}, username="kay") as client:
        yield client


@contextmanager
def _app(**behaviour: Any) -> Iterator[httpx.Client]:
    credential = {"clientId": APP[0], "clientSecret": APP[1]}
    with _serve("csp", behaviour, info=None, credential=credential) as client:
        yield client


def _get(client: httpx.Client, path: str) -> tuple[int, Any]:
    reply = client.get(f"/organizations/{ORG}/{path}")
    return reply.status_code, reply.json()


@pytest.mark.parametrize("status", [401, 403])
def test_unauthorized_status(status: int) -> None:
    """A wrong key and an unknown token have the status chosen, and one message."""
    with _m3ter(unauthorizedStatus=status) as client:
        client.headers["authorization"] = "Bearer unknown"
        assert _get(client, "users/me") == (status, {"message": "Unauthorized"})
        assert client.post("/oauth/token", auth=("a", "b"), data=GRANT).status_code == status


@pytest.mark.parametrize(("status", "message"), [(403, "Forbidden"), (404, "Not Found")])
def test_wrong_organization_of_m3ter(status: int, message: str) -> None:
    """Another organization has the status chosen."""
    with _m3ter(wrongOrganizationStatus=status) as client:
        reply = client.get("/organizations/other/users/me")
    assert (reply.status_code, reply.json()) == (status, {"message": message})


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        (None, 403),
        ({"effect": "ALLOW", "action": ["CONFIG_RETRIEVE"]}, 403),
        ({"effect": "DENY", "action": ["ALL"]}, 403),
        ({"effect": "allow", "action": ["all"]}, 200),
    ],
)
def test_users_me_needs_permission(statement: object, status: int) -> None:
    """Only who may do all may ask; upper and lower case are one."""
    policies = [{"id": "p", "permissionPolicy": [statement]}] if statement else []
    caller = {"me": {"user": {"id": "u"}}, "policies": policies}
    with _serve("m3ter", {"usersMeNeedsPermission": True}, **caller) as client:
        client.headers["authorization"] = "Bearer sandbox-token"
        assert _get(client, "users/me")[0] == status


@pytest.mark.parametrize(
    "path", ["serviceusers/{id}/permissions", "serviceUsers/{id}/permissions", None]
)
def test_service_user_permissions_path(path: str | None) -> None:
    """A service user's policies are where the switch says, and nowhere else."""
    known = ("serviceusers/{id}/permissions", "serviceUsers/{id}/permissions")
    with _m3ter(serviceUserPermissionsPath=path) as client:
        found = [each for each in known if _get(client, each.replace("{id}", "s"))[0] == 200]
    assert found == ([path] if path else [])


@pytest.mark.parametrize("path", ["serviceusers/{id}/permissions", "serviceUsers/{id}/permissions"])
def test_a_fault_of_policies_is_where_they_are(path: str) -> None:
    """However the path of a service user's is written."""
    caller = {
        "me": {"serviceUser": {"id": "s"}},
        "faults": [{"endpoint": "permissions", "status": 418}],
    }
    with _serve("m3ter", {"serviceUserPermissionsPath": path}, **caller) as client:
        client.headers["authorization"] = "Bearer sandbox-token"
        assert _get(client, path.replace("{id}", "s"))[0] == 418


def test_a_path_of_no_platform_is_refused_in_m3ters_words() -> None:
    """Its paths have no prefix of their own."""
    with _m3ter() as client:
        reply = client.get("/nowhere")
    assert (reply.status_code, reply.json()) == (404, {"message": "Not Found"})


def test_service_user_permissions_under_users() -> None:
    """The third path is the one of people; a stranger's id is nobody's."""
    with _m3ter(serviceUserPermissionsPath="users/{id}/permissions") as client:
        assert _get(client, "users/s/permissions")[0] == 200
        assert _get(client, "users/stranger/permissions")[0] == 404


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ("page", {"data": POLICIES, "nextToken": None}),
        ("array", POLICIES),
        ("object", POLICIES[0]),
    ],
)
@pytest.mark.parametrize(
    ("switch", "path"),
    [("permissionsShape", "users/u"), ("serviceUserPermissionsShape", "serviceusers/s")],
)
def test_shape_of_permissions(switch: str, path: str, shape: str, body: object) -> None:
    """Page, bare array or bare object; a person's and a service user's apart."""
    with _m3ter(**{switch: shape}) as client:
        assert _get(client, f"{path}/permissions") == (200, body)
        other = "serviceusers/s" if path == "users/u" else "users/u"
        assert _get(client, f"{other}/permissions")[1]["data"] == POLICIES


def test_shape_of_lists() -> None:
    """Groups have a switch of their own, groups' policies follow the people's; none is empty."""
    with _m3ter(userGroupsShape="object", permissionsShape="object") as client:
        assert _get(client, "users/u/usergroups") == (200, {"id": "g"})
        assert _get(client, "resourcegroups/user/g/permissions") == (200, {})


@pytest.mark.parametrize(
    ("form", "end"),
    [("absent", {}), ("explicitNull", {"nextToken": None}), ("empty", {"nextToken": ""})],
)
def test_next_token_at_the_end(form: str, end: dict[str, object]) -> None:
    """A last page has no next one in each of three ways; the pages before are alike."""
    with _m3ter(nextTokenAtEnd=form) as client:
        assert _get(client, "users/u/permissions?pageSize=1")[1]["nextToken"] == "1"
        assert _get(client, "users/u/permissions?nextToken=1")[1] == {"data": POLICIES[1:], **end}


def test_bodies_stay_verbatim() -> None:
    """An organization with another id than the path's, and both casings, pass as written."""
    with _m3ter() as client:
        assert _get(client, "users/me")[1]["organization"] == {"id": "other"}
    policies = [
        {"id": "a", "permissionPolicy": [{"effect": "allow", "action": ["config:create"]}]},
        {"id": "b", "permissionPolicy": [{"effect": "ALLOW", "action": ["CONFIG_CREATE"]}]},
    ]
    with _serve("m3ter", {}, me={"user": {"id": "u"}}, policies=policies) as client:
        client.headers["authorization"] = "Bearer sandbox-token"
        assert _get(client, "users/u/permissions")[1]["data"] == policies


def _minted(client: httpx.Client, **form: str) -> httpx.Response:
    return client.post(AUTHORIZE, data=form or {"api_token": "sandbox-token"})


@pytest.mark.parametrize("status", [403, 404])
def test_wrong_organization_of_csp(status: int) -> None:
    """Another organization has the status chosen."""
    with _csp(wrongOrganizationStatus=status) as client:
        headers = {"csp-auth-token": _minted(client).json()["access_token"]}
        reply = client.get(INFO.replace(ORG, "other"), headers=headers)
    assert reply.status_code == reply.json()["statusCode"] == status


@pytest.mark.parametrize(
    ("behaviour", "status", "kind", "content"),
    [
        ({"serviceAccountBody": {"error": "no"}}, 403, "application/json", b'{"error":"no"}'),
        ({"serviceAccountBody": ""}, 403, "text/plain; charset=utf-8", b""),
        ({"serviceAccountStatus": 400, "serviceAccountBody": "no"}, 400, "text/plain; ", b"no"),
    ],
)
def test_service_account_refusal(
    behaviour: dict[str, Any], status: int, kind: str, content: bytes
) -> None:
    """A machine that asks who is logged in gets the status and the body chosen."""
    with _app(**behaviour) as client:
        token = client.post(f"{PREFIX}/auth/token", auth=APP, data=GRANT).json()["access_token"]
        reply = client.get(INFO, headers={"Authorization": f"Bearer {token}"})
    assert (reply.status_code, reply.content) == (status, content)
    assert reply.headers["content-type"].startswith(kind)


@pytest.mark.parametrize(("accepted", "status"), [(True, 200), (False, 400)])
def test_query_string_token(accepted: bool, status: int) -> None:  # noqa: FBT001 - a pytest parameter
    """A token in the query string is taken by switch, under both names."""
    with _csp(queryStringToken=accepted) as client:
        for name in ("api_token", "refresh_token"):
            assert client.post(AUTHORIZE, params={name: "sandbox-token"}).status_code == status


@pytest.mark.parametrize(("refuses", "status"), [(True, 401), (False, 200)])
def test_authorization_header_at_the_exchange(refuses: bool, status: int) -> None:  # noqa: FBT001 - as above
    """An Authorization header is refused or ignored."""
    with _csp(authorizeRefusesHeader=refuses) as client:
        client.headers["authorization"] = "Bearer x"
        assert _minted(client).status_code == status


@pytest.mark.parametrize(
    ("known", "other"), [("api_token", "refresh_token"), ("refresh_token", "api_token")]
)
def test_one_parameter_alone(known: str, other: str) -> None:
    """A server that knows one name says which it misses."""
    with _csp(apiTokenParameter=known) as client:
        assert _minted(client, **{known: "sandbox-token"}).status_code == 200
        reply = _minted(client, **{other: "sandbox-token"})
    assert reply.status_code == 400
    assert reply.json()["message"] == f"Missing mandatory parameter: {known}"


def test_invalid_grant_as_404() -> None:
    """The other status has the long body, with a module code in text."""
    with _csp(invalidGrantStatus=404) as client:
        reply = _minted(client, api_token="unknown-token-1234")
    body = reply.json()
    assert (reply.status_code, body["moduleCode"], body["metadata"]) == (404, "540", "knull")
    assert body["message"] == "invalid_grant: Invalid refresh token: xxxxx1234"
    assert body["cspErrorCode"] == "540.120-340.800"


def test_another_host() -> None:
    """A credential of another host is good for nothing here."""
    with _csp(otherHost=True) as client:
        reply = _minted(client)
        assert (reply.status_code, reply.json()["moduleCode"]) == (400, 340)
    with _app(otherHost=True) as client:
        reply = client.post(f"{PREFIX}/auth/token", auth=APP, data=GRANT)
        assert reply.json()["message"] == "invalid_grant: Invalid client id"
    behaviour, credential = {"otherHost": True}, {"accessToken": True}
    block = {"info": {}, "username": "kay", "credential": credential, "behaviour": behaviour}
    block |= {"organizationId": ORG, "subject": "d:s"}
    caller = Scenario.model_validate({"description": "ready", "csp": block})
    with Sandbox.start({"x": caller}) as sandbox:
        headers = {"csp-auth-token": sandbox.environment("x")["CSP_ACCESS_TOKEN"]}
        reply = httpx.get(sandbox.url + INFO, headers=headers, trust_env=False)
    assert reply.status_code == 401


@pytest.mark.parametrize("present", [True, False])
def test_username_claim(present: bool) -> None:  # noqa: FBT001 - as above
    """A person's token names the user by switch; the API knows a person either way."""
    with _csp(usernameClaim=present) as client:
        token = _minted(client).json()["access_token"]
        assert client.get(INFO, headers={"csp-auth-token": token}).status_code == 200
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert ("username" in claims) is present


@pytest.mark.parametrize("key", ["servicesDef", "serviceDef"])
def test_service_roles_as_objects(key: str) -> None:
    """By switch a service of `/info` has the form of its neighbour, and its other fields."""
    role = {"name": "admin", "membershipType": "GROUP"}
    service = {"refLink": "/d/1", "serviceName": "s", "serviceRoles": ["admin"], "roles": [role]}
    info = {"user": {"userId": "d:s"}, "userOrgInfo": [{"name": "acme", key: [service]}]}
    for switch in ("names", "objects"):
        with _serve("csp", {"serviceRoles": switch}, username="kay", info=info) as client:
            token = {"csp-auth-token": _minted(client).json()["access_token"]}
            [org] = client.get(INFO, headers=token).json()["userOrgInfo"]
            path = INFO.replace("/info", "/service-roles")
            [neighbour] = client.get(path, headers=token).json()["serviceRoles"]
        [told] = org[key]
        assert told == (service if switch == "names" else {"serviceName": "s", **neighbour})
        assert neighbour == {
            "serviceDefinitionLink": "/d/1",
            "serviceRoleNames": ["admin"],
            "serviceRoles": [role],
        }


def test_no_services_as_objects() -> None:
    """Null services and organizations stay null."""
    for orgs, told in ((None, []), ([{"serviceDef": None}], [{"serviceDef": None}])):
        info = {"user": {"userId": "d:s"}, "userOrgInfo": orgs}
        with _serve("csp", {"serviceRoles": "objects"}, username="kay", info=info) as client:
            token = {"csp-auth-token": _minted(client).json()["access_token"]}
            assert (client.get(INFO, headers=token).json()["userOrgInfo"] or []) == told


def test_form_of_error_bodies() -> None:
    """Codes in text, no errorCode, no trace, a chained code; the short body follows too."""
    behaviour = {
        "moduleCodeType": "text",
        "errorCode": False,
        "traceAndMetadata": False,
        "chainedCspErrorCode": True,
    }
    with _csp(**behaviour) as client:
        reply = client.get(INFO, headers={"csp-auth-token": "unknown"}).json()
        short = _minted(client, api_token="unknown").json()
    assert set(reply) == {"statusCode", "message", "requestId", "moduleCode", "cspErrorCode"}
    assert (reply["moduleCode"], reply["cspErrorCode"]) == ("250", "250.100-340.800")
    assert short["moduleCode"] == "340"


@pytest.mark.parametrize("model", [M3terBehaviour, CspBehaviour])
def test_the_defaults_change_nothing(model: type[M3terBehaviour | CspBehaviour]) -> None:
    """A block that is left out and an empty one are the same."""
    assert model.model_validate({}) == model()
