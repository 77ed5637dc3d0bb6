"""CSP's errors: whole bodies, by status and by switch."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.requests import Request

from callerid.platforms.csp.sandbox import errors
from callerid.sandbox import wire
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

ORG = "00000000-0000-4000-8000-000000000004"
PREFIX = "/csp/gateway/am/api"
AUTHORIZE = f"{PREFIX}/auth/api-tokens/authorize"
MADE_UP = {
    "traceId": re.compile(r"[0-9a-f]{16}"),
    "requestId": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}


def _caller(name: str, **more: Any) -> Scenario:
    block = {
        "organizationId": ORG,
        "subject": "d:s",
        "credential": {"apiToken": f"sandbox-{name}"},
        "info": None,
        **more,
    }
    return Scenario.model_validate({"description": name, "csp": block})


@contextmanager
def _serve(callers: dict[str, Scenario]) -> Iterator[httpx.Client]:
    with (
        Sandbox.start(callers) as sandbox,
        httpx.Client(base_url=sandbox.url, trust_env=False) as client,
    ):
        yield client


def _exchange(client: httpx.Client, name: str) -> tuple[int, dict[str, Any]]:
    reply = client.post(AUTHORIZE, data={"api_token": name})
    return _told(reply.status_code, reply.content)


def _told(status: int, content: bytes | memoryview) -> tuple[int, dict[str, Any]]:
    """Give status and body, with `MADE_UP` in place of what is made up for each answer."""
    body: dict[str, Any] = json.loads(bytes(content))
    for name, pattern in MADE_UP.items():
        if name in body:
            assert pattern.fullmatch(body[name])
            body[name] = name
    return status, body


def _body(status: int, message: str, code: str, **more: Any) -> dict[str, Any]:
    return {
        "metadata": None,
        "traceId": "traceId",
        "statusCode": status,
        "message": message,
        "requestId": "requestId",
        "moduleCode": 250,
        "cspErrorCode": code,
        "errorCode": code,
        **more,
    }


STATUSES = {
    400: ("Bad Request", "250.400"),
    401: ("The user is not authorized to use the API", "250.100"),
    402: ("Payment Required", "250.402"),
    403: ("The user is forbidden to use the API", "250.403"),
    404: ("The requested resource could not be found", "250.404"),
    405: ("Method Not Allowed", "250.405"),
    429: ("The user has sent too many requests", "250.429"),
    430: ("Bad Request", "250.430"),
    500: ("An unexpected error has occurred while processing the request", "250.500"),
    501: ("Not Implemented", "250.501"),
    599: ("Server Error", "250.599"),
}


WHY = "invalid_grant: why"
GRANTS: list[tuple[dict[str, Any], int, dict[str, Any]]] = [
    ({}, 400, {"moduleCode": 340, "message": WHY}),
    (
        {"moduleCodeType": "text", "chainedCspErrorCode": True},
        400,
        {"moduleCode": "340", "message": WHY},
    ),
    (
        {"invalidGrantStatus": 404},
        404,
        {
            "metadata": "knull",
            "traceId": "traceId",
            "statusCode": 404,
            "message": WHY,
            "requestId": "requestId",
            "moduleCode": "540",
            "cspErrorCode": "540.120-340.800",
        },
    ),
]
SWITCHES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, _body(404, "why", "250.404")),
    ({"moduleCodeType": "text"}, _body(404, "why", "250.404", moduleCode="250")),
    ({"chainedCspErrorCode": True}, _body(404, "why", "250.404", cspErrorCode="250.404-340.800")),
    ({"errorCode": False}, _body(404, "why", "250.404", errorCode=...)),
    ({"traceAndMetadata": False}, _body(404, "why", "250.404", metadata=..., traceId=...)),
]
"""`...` is a field that is left out."""
APP = ("sandbox-id", "sandbox-secret")
AS_APP = {"clientId": APP[0], "clientSecret": APP[1]}


def _asked(**behaviour: Any) -> Request:
    """Ask as a caller with some switches."""
    request = Request({"type": "http", "headers": []})
    request.state.caller = _caller("asking", behaviour=behaviour).csp
    return request


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_its_text_and_its_code(status: int) -> None:
    """The documented text where there is one, else HTTP's; the code is the status but for 401."""
    for phrase in (None, wire.phrase(status)):
        told = errors.refusal(_asked(), status, phrase)
        assert _told(told.status_code, told.body) == (status, _body(status, *STATUSES[status]))


@pytest.mark.parametrize(("behaviour", "status", "body"), GRANTS)
def test_a_refused_credential(behaviour: dict[str, Any], status: int, body: object) -> None:
    """The short body, with its code in either type, and the long one."""
    told = errors.invalid_grant(_asked(**behaviour), "why")
    assert _told(told.status_code, told.body) == (status, body)


@pytest.mark.parametrize(("length", "tail"), [(0, ""), (1, ""), (8, ""), (9, "6789"), (12, "9abc")])
def test_the_tail_of_a_token(length: int, tail: str) -> None:
    """No half of a token is shown."""
    assert errors.masked("123456789abc"[:length]) == f"xxxxx{tail}"


@pytest.mark.parametrize(("behaviour", "body"), SWITCHES)
def test_each_switch_of_an_error_body(behaviour: dict[str, Any], body: dict[str, Any]) -> None:
    """Changes what it says, and nothing else."""
    told = errors.refusal(_asked(**behaviour), 404, "why")
    expected = {key: value for key, value in body.items() if value is not ...}
    assert _told(told.status_code, told.body) == (404, expected)


@pytest.fixture(scope="module")
def served() -> Iterator[httpx.Client]:
    """Serve an app."""
    with _serve({"app": _caller("app", credential=AS_APP)}) as client:
        yield client


def test_where_nobody_is_known_the_usual_switches_count() -> None:
    """A path that is not there is nobody's; nor has a caller at m3ter a say in CSP's errors."""
    usual = {"moduleCode": 340, "message": "invalid_grant: Invalid refresh token: xxxxx"}
    block = {
        "organizationId": ORG,
        "subject": "s",
        "credential": {"apiToken": "sandbox-m3ter"},
        "me": None,
    }
    elsewhere = Scenario.model_validate({"description": "elsewhere", "m3ter": block})
    with _serve({"x": elsewhere}) as client:
        assert _exchange(client, "x") == (400, usual)
    text = _caller("token", behaviour={"moduleCodeType": "text"})
    with _serve({"x": elsewhere, "y": text}) as client:
        assert _exchange(client, "x") == (400, {**usual, "moduleCode": "340"})
        reply = client.get(f"{PREFIX}/nowhere")
        assert _told(reply.status_code, reply.content) == (404, _body(404, *STATUSES[404]))


GRANT = {"grant_type": "client_credentials"}
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
    assert reply.json()["expires_in"] == seconds - 1


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
        callers |= {f"{each}-{way}": _caller(each, faults=faults, **x) for way, x in ways.items()}
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
