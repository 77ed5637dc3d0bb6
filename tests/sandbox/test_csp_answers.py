"""CSP's side in full: what is wrong with a request, an app's tokens, where faults happen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from support.bodies import ORG
from support.scenarios import csp_caller

from callerid.asking import claims
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.sandbox.scenario import Scenario

PREFIX = "/csp/gateway/am/api"
AUTHORIZE = f"{PREFIX}/auth/api-tokens/authorize"
APP = ("sandbox-id", "sandbox-secret")
GRANT = {"grant_type": "client_credentials"}
AS_APP = {"clientId": APP[0], "clientSecret": APP[1]}
NOW = 1_800_000_000
PATHS = ("auth/token", "auth/authorize")


@pytest.fixture(scope="module")
def served() -> Iterator[httpx.Client]:
    """Serve an app for each path of its tokens, one for both, and a person."""
    callers = {"app": csp_caller("app", credential=AS_APP)}
    callers["person"] = csp_caller("person", username="kay")
    for path in PATHS:
        credential = {"clientId": f"sandbox-{path}", "clientSecret": APP[1]}
        callers[path] = csp_caller(path, credential=credential, behaviour={"appTokenPath": path})
    with (
        Sandbox.start(callers, clock=lambda: NOW) as sandbox,
        httpx.Client(base_url=sandbox.url, trust_env=False) as client,
    ):
        yield client


@pytest.mark.parametrize("served_at", PATHS)
def test_where_an_app_gets_its_tokens(served: httpx.Client, served_at: str) -> None:
    """At one path alone; the other one is not there."""
    for path in PATHS:
        auth = (f"sandbox-{served_at}", APP[1])
        reply = served.post(f"{PREFIX}/{path}", auth=auth, data=GRANT)
        assert reply.status_code == (200 if path == served_at else 404)


def test_the_details_of_an_api_token(served: httpx.Client) -> None:
    """All that the documents name; it was made when the sandbox started."""
    details = {
        "orgId": ORG,
        "userId": "d:s",
        "username": "kay",
        "expiresAt": NOW + 182 * 24 * 3600,
        "createdAt": NOW,
        "allowedScopes": None,
    }
    sent = {"tokenValue": "sandbox-person"}
    reply = served.post(f"{PREFIX}/auth/api-tokens/details", json=sent)
    assert reply.json() == {**details, "lastUsedAt": None}
    served.post(AUTHORIZE, data={"api_token": "sandbox-person"})
    reply = served.post(f"{PREFIX}/auth/api-tokens/details", json=sent)
    assert reply.json() == {**details, "lastUsedAt": NOW}


LIFE = "accessTokenValiditySeconds must be 1 to 1800"
UNAUTHORIZED = "The user is not authorized to use the API"
EXCHANGE = "api-tokens/authorize"
NO_FORM = "The content type must be application/x-www-form-urlencoded"
IN_QUERY = "The token must not be in the query string"
BAD: list[tuple[str, dict[str, Any], int, str]] = [
    (EXCHANGE, {"params": {"api_token": "x"}}, 400, IN_QUERY),
    (EXCHANGE, {"json": {"api_token": "x"}}, 400, NO_FORM),
    (EXCHANGE, {"data": GRANT, "auth": APP}, 401, UNAUTHORIZED),
    ("api-tokens/details", {"json": {"tokenValue": "x"}}, 404, "No user with given token exists"),
    ("token", {"data": GRANT}, 401, "Missing mandatory request header: authorization"),
    ("token", {"data": GRANT, "auth": ("x", "y")}, 401, UNAUTHORIZED),
    ("token", {"json": GRANT, "auth": APP}, 400, NO_FORM),
    (
        "token",
        {"data": {"grant_type": "password"}, "auth": APP},
        400,
        "unsupported_grant_type: use client_credentials",
    ),
    ("token", {"data": {**GRANT, "accessTokenValiditySeconds": "0"}, "auth": APP}, 400, LIFE),
    ("token", {"data": {**GRANT, "accessTokenValiditySeconds": "1801"}, "auth": APP}, 400, LIFE),
    ("token", {"data": {**GRANT, "accessTokenValiditySeconds": "²"}, "auth": APP}, 400, LIFE),
]


@pytest.mark.parametrize(("path", "sent", "status", "message"), BAD)
def test_what_is_wrong_with_a_request_is_told(
    served: httpx.Client, path: str, sent: dict[str, Any], status: int, message: str
) -> None:
    """In CSP's own words where it has some."""
    reply = served.post(f"{PREFIX}/auth/{path}", **sent)
    assert (reply.status_code, reply.json()["message"]) == (status, message)


@pytest.mark.parametrize("seconds", [1, 1800])
def test_the_ends_of_a_tokens_life(served: httpx.Client, seconds: int) -> None:
    """Both are good; what is told is a second less."""
    form = {**GRANT, "accessTokenValiditySeconds": str(seconds)}
    reply = served.post(f"{PREFIX}/auth/token", auth=APP, data=form)
    token = claims.decode(reply.json()["access_token"])
    assert (reply.json()["expires_in"], token["exp"]) == (seconds - 1, NOW + seconds)


READY = {"accessToken": True}
PERSON = {"info": {"user": {}}, "username": "kay"}
LOGGED_IN = {
    "user": "",
    "info": f"/orgs/{ORG}/info",
    "roles": f"/orgs/{ORG}/roles",
    "service-roles": f"/orgs/{ORG}/service-roles",
}
BY_API_TOKEN: list[tuple[str, dict[str, Any]]] = [
    ("authorize", {"data": {"api_token": "TOKEN"}}),
    ("authorize", {"data": {"refresh_token": "TOKEN"}}),
    ("authorize", {"data": {"refresh_token": "TOKEN", "api_token": "x"}}),
    ("authorize", {"params": {"api_token": "TOKEN"}, "data": {"a": "b"}}),
    ("details", {"json": {"tokenValue": "TOKEN"}}),
]


def _endpoints_that_fail(client: httpx.Client, credential: str, token: str) -> list[str]:
    """Ask everything as one caller; name what answers 418."""
    found = []
    for endpoint, sent in BY_API_TOKEN:
        own = json.loads(json.dumps(sent).replace("TOKEN", credential))
        found.append((endpoint, client.post(f"{PREFIX}/auth/api-tokens/{endpoint}", **own)))
    for path in ("token", "authorize"):
        auth = (f"{credential}-id", credential)
        found.append(("token", client.post(f"{PREFIX}/auth/{path}", auth=auth, data=GRANT)))
    for headers in ({"csp-auth-token": token}, {"authorization": f"Bearer {token}"}):
        for endpoint, path in LOGGED_IN.items():
            found.append((endpoint, client.get(f"{PREFIX}/loggedin/user{path}", headers=headers)))
    return [endpoint for endpoint, reply in found if reply.status_code == 418]


def test_a_fault_happens_at_its_endpoint_alone() -> None:
    """However the credential comes that says whose fault it is."""
    callers: dict[str, Scenario] = {}
    for each in (*LOGGED_IN, "authorize", "details", "token"):
        own = f"sandbox-{each}"
        app = {"clientId": f"{own}-id", "clientSecret": own}
        ways: dict[str, dict[str, Any]]
        ways = {"person": {}, "app": {"credential": app}, "ready": {"credential": READY, **PERSON}}
        faults = [{"endpoint": each, "status": 418}]
        callers |= {
            f"{each}-{way}": csp_caller(each, faults=faults, **x) for way, x in ways.items()
        }
    with (
        Sandbox.start(callers) as sandbox,
        httpx.Client(base_url=sandbox.url, trust_env=False) as client,
    ):
        found = {
            each: _endpoints_that_fail(
                client,
                f"sandbox-{each}",
                sandbox.environment(f"{each}-ready")["CSP_ACCESS_TOKEN"],
            )
            for each in (*LOGGED_IN, "authorize", "details", "token")
        }
    times = {"authorize": 4, "details": 1}
    assert found == {each: [each] * times.get(each, 2) for each in found}
