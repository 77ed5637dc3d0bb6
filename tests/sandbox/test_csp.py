"""CSP's side, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx

    from callerid.platforms.csp.sandbox.caller import CspCaller
    from callerid.sandbox.scenario import Scenario
    from callerid.sandbox.server import Sandbox

PREFIX = "/csp/gateway/am/api"
AUTHORIZE = f"{PREFIX}/auth/api-tokens/authorize"
TOKEN = f"{PREFIX}/auth/token"
OWNER = "sandbox-csp-api-token-owner"
APP = ("sandbox-app", "sandbox-app-secret")
GRANT = {"grant_type": "client_credentials"}


def _csp(callers: dict[str, Scenario], name: str) -> CspCaller:
    caller: CspCaller | None = callers[name].csp
    assert caller
    return caller


def _bearer(client: httpx.Client, api_token: str = OWNER) -> dict[str, str]:
    reply = client.post(AUTHORIZE, data={"api_token": api_token})
    return {"Authorization": f"Bearer {reply.json()['access_token']}"}


def _info(caller: CspCaller, last: str = "info") -> str:
    return f"{PREFIX}/loggedin/user/orgs/{caller.organization_id}/{last}"


def _assert_refused(reply: httpx.Response, status: int, message: str) -> None:
    body = reply.json()
    assert reply.status_code == body["statusCode"] == status
    assert body["message"] == message
    assert body["metadata"] is None
    assert all(body[name] for name in ("traceId", "requestId", "moduleCode", "cspErrorCode"))
    assert body["errorCode"] == body["cspErrorCode"]


def _assert_unauthorized(reply: httpx.Response) -> None:
    _assert_refused(reply, 401, "The user is not authorized to use the API")


def _assert_forbidden(reply: httpx.Response) -> None:
    _assert_refused(reply, 403, "The user is forbidden to use the API")


@pytest.mark.parametrize("name", ["api_token", "refresh_token"])
def test_an_api_token_is_exchanged_under_both_names(client: httpx.Client, name: str) -> None:
    """An API token is exchanged under both names, and echoed as the refresh token."""
    form = {name: OWNER, "grant_type": "refresh_token", "passcode": "123456"}
    reply = client.post(AUTHORIZE, data=form)
    assert reply.status_code == 200
    fields = reply.json()
    assert fields.pop("access_token").count(".") == 2
    assert fields == {
        "id_token": None,
        "token_type": "bearer",
        "expires_in": 1799,
        "scope": "ALL_PERMISSIONS openid",
        "refresh_token": OWNER,
    }


@pytest.mark.parametrize(("given", "tail"), [("not-a-token-1234", "1234"), ("short", ""), ("", "")])
def test_unknown_api_token(client: httpx.Client, given: str, tail: str) -> None:
    """A bad API token is 400 with the short body, and shows no more than its tail."""
    reply = client.post(AUTHORIZE, data={"api_token": given})
    message = f"invalid_grant: Invalid refresh token: xxxxx{tail}"
    assert (reply.status_code, reply.json()) == (400, {"moduleCode": 340, "message": message})


def test_exchange_is_form_only_and_anonymous(client: httpx.Client) -> None:
    """A query string or JSON is a bad request, an Authorization header is unauthorized."""
    form = {"api_token": OWNER}
    assert client.post(AUTHORIZE, params=form).status_code == 400
    assert client.post(AUTHORIZE, json=form).status_code == 400
    assert client.post(AUTHORIZE).status_code == 400
    _assert_unauthorized(client.post(AUTHORIZE, data=form, headers={"Authorization": "Basic eA=="}))


@pytest.mark.parametrize("path", [TOKEN, f"{PREFIX}/auth/authorize"])
def test_oauth_app(client: httpx.Client, callers: dict[str, Scenario], path: str) -> None:
    """An OAuth app gets a token under both paths, for its own organization."""
    form = {**GRANT, "orgId": _csp(callers, "app").organization_id}
    fields = client.post(path, auth=APP, data=form).json()
    assert (fields["expires_in"], fields["refresh_token"]) == (1799, None)


def test_oauth_app_refused(client: httpx.Client) -> None:
    """Missing and wrong credentials are 401, another organization 403, another grant 400."""
    missing = client.post(TOKEN, data=GRANT)
    _assert_refused(missing, 401, "Missing mandatory request header: authorization")
    assert missing.json()["cspErrorCode"] == "250.100"
    _assert_unauthorized(client.post(TOKEN, auth=("sandbox-app", "wrong"), data=GRANT))
    _assert_forbidden(client.post(TOKEN, auth=APP, data={**GRANT, "orgId": "other"}))
    assert client.post(TOKEN, auth=APP, data={"grant_type": "password"}).status_code == 400
    assert client.post(TOKEN, auth=APP, json=GRANT).status_code == 400


@pytest.mark.parametrize(("asked", "status"), [("60", 200), ("1801", 400), ("0", 400), ("x", 400)])
def test_shorter_life(client: httpx.Client, asked: str, status: int) -> None:
    """A token's life may be shortened only."""
    form = {**GRANT, "accessTokenValiditySeconds": asked}
    reply = client.post(TOKEN, auth=APP, data=form)
    assert reply.status_code == status
    assert status != 200 or reply.json()["expires_in"] == 59


def test_api_token_details_hold_organization_owner_and_times(
    client: httpx.Client, callers: dict[str, Scenario]
) -> None:
    """An API token tells its organization, its owner and its times; an unknown one is 404."""
    _bearer(client)
    path, owner = f"{PREFIX}/auth/api-tokens/details", _csp(callers, "owner")
    fields = client.post(path, json={"tokenValue": OWNER}).json()
    assert fields["orgId"] == owner.organization_id
    assert (fields["userId"], fields["username"]) == (owner.subject, owner.username)
    assert fields["createdAt"] <= fields["lastUsedAt"] < fields["expiresAt"] < 1e11
    for body in ({"tokenValue": "x"}, {}, [1]):
        reply = client.post(path, json=body)
        _assert_refused(reply, 404, "No user with given token exists")


def test_info_is_verbatim(client: httpx.Client, callers: dict[str, Scenario]) -> None:
    """`/info` answers each person's body as it is written, explicit nulls included."""
    for name in ("owner", "member", "csp-sample"):
        caller = _csp(callers, name)
        token = caller.credential.api_token
        assert token
        reply = client.get(_info(caller), headers=_bearer(client, token))
        assert (reply.status_code, reply.json()) == (200, caller.info)


def test_siblings_of_info(client: httpx.Client, callers: dict[str, Scenario]) -> None:
    """`/roles` is an array, `/service-roles` an object, `/loggedin/user` the user of `/info`."""
    owner, headers = _csp(callers, "owner"), _bearer(client)
    names = [role["name"] for role in client.get(_info(owner, "roles"), headers=headers).json()]
    assert names == ["org_owner", "org_member", "developer"]
    path = _info(owner, "service-roles")
    (service,) = client.get(path, headers=headers).json()["serviceRoles"]
    assert service["serviceRoleNames"] == ["compute:admin", "compute:viewer"]
    assert [role["name"] for role in service["serviceRoles"]] == service["serviceRoleNames"]
    for link, count in ((service["serviceDefinitionLink"], 1), ("other", 0)):
        query = {"serviceDefinitionLink": link}
        found = client.get(path, headers=headers, params=query).json()["serviceRoles"]
        assert len(found) == count
    user = client.get(f"{PREFIX}/loggedin/user", headers=headers).json()
    assert user["userId"] == owner.subject


def test_siblings_without_roles(
    client: httpx.Client, sandbox: Sandbox, callers: dict[str, Scenario]
) -> None:
    """Null organizations and services are no roles, not an error."""
    empty: list[tuple[CspCaller, dict[str, str]]] = [
        (_csp(callers, "member"), _bearer(client, "sandbox-csp-api-token-member")),
        (_csp(callers, "ready-person"), _ready(sandbox, "ready-person")),
    ]
    for caller, headers in empty:
        reply = client.get(_info(caller, "service-roles"), headers=headers)
        assert reply.json() == {"serviceRoles": []}
    assert client.get(_info(empty[1][0], "roles"), headers=empty[1][1]).json() == []


def _ready(sandbox: Sandbox, name: str) -> dict[str, str]:
    return {"csp-auth-token": sandbox.environment(name)["CSP_ACCESS_TOKEN"]}


def test_both_token_headers(
    client: httpx.Client, sandbox: Sandbox, callers: dict[str, Scenario]
) -> None:
    """A token is good in `csp-auth-token` as it is in `Authorization`."""
    caller, old = _csp(callers, "ready-person"), _ready(sandbox, "ready-person")
    new = {"Authorization": f"bearer {old['csp-auth-token']}"}
    assert [client.get(_info(caller), headers=each).status_code for each in (old, new)] == [200] * 2


def test_machines_are_refused(
    client: httpx.Client, sandbox: Sandbox, callers: dict[str, Scenario]
) -> None:
    """OAuth apps, and ready tokens without a user name, may not ask who is logged in."""
    token = client.post(TOKEN, auth=APP, data=GRANT).json()["access_token"]
    app = {"Authorization": f"Bearer {token}"}
    for name, headers in (("app", app), ("ready-machine", _ready(sandbox, "ready-machine"))):
        for last in ("info", "roles", "service-roles"):
            _assert_forbidden(client.get(_info(_csp(callers, name), last), headers=headers))
        _assert_forbidden(client.get(f"{PREFIX}/loggedin/user", headers=headers))


def test_foreign_organization(client: httpx.Client, callers: dict[str, Scenario]) -> None:
    """Another organization is forbidden."""
    path = _info(_csp(callers, "csp-sample"))
    _assert_forbidden(client.get(path, headers=_bearer(client)))


@pytest.mark.parametrize("headers", [{}, {"csp-auth-token": "x"}, {"Authorization": "Bearer x"}])
def test_unknown_token(client: httpx.Client, headers: dict[str, str]) -> None:
    """No token and an unknown one are unauthorized."""
    _assert_unauthorized(client.get(f"{PREFIX}/loggedin/user", headers=headers))


def test_tokens_of_m3ter_are_unknown(client: httpx.Client) -> None:
    """A token is good at its own platform only."""
    headers: dict[str, Any] = {"Authorization": "Bearer sandbox-m3ter-token-person"}
    _assert_unauthorized(client.get(f"{PREFIX}/loggedin/user", headers=headers))


@pytest.mark.parametrize("path", ["/nothing", "/auth/token", "/loggedin/user/"])
def test_unknown_route(client: httpx.Client, path: str) -> None:
    """What is not there is CSP's 404, a wrong method and a slash too many included."""
    reply = client.get(PREFIX + path)
    _assert_refused(reply, 404, "The requested resource could not be found")
