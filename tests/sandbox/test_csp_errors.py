"""CSP's errors: whole bodies, by status and by switch."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

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
def _serve(**callers: Scenario) -> Iterator[httpx.Client]:
    with (
        Sandbox.start(callers) as sandbox,
        httpx.Client(base_url=sandbox.url, trust_env=False) as client,
    ):
        yield client


def _exchange(client: httpx.Client, name: str) -> tuple[int, dict[str, Any]]:
    return _told(client.post(AUTHORIZE, data={"api_token": name}))


def _told(reply: httpx.Response) -> tuple[int, dict[str, Any]]:
    """Give status and body, with `MADE_UP` in place of what is made up for each answer."""
    body: dict[str, Any] = reply.json()
    for name, pattern in MADE_UP.items():
        if name in body:
            assert pattern.fullmatch(body[name])
            body[name] = name
    return reply.status_code, body


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


@pytest.fixture(scope="module")
def faulty() -> Iterator[httpx.Client]:
    """Serve a caller for each status, named by it."""
    callers = {
        f"s{status}": _caller(str(status), faults=[{"endpoint": "authorize", "status": status}])
        for status in STATUSES
    }
    with _serve(**callers) as client:
        yield client


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_its_text_and_its_code(faulty: httpx.Client, status: int) -> None:
    """The documented text where there is one, else HTTP's; the code is the status but for 401."""
    told = _exchange(faulty, f"sandbox-{status}")
    assert told == (status, _body(status, *STATUSES[status]))


@pytest.mark.parametrize(
    ("behaviour", "status", "body"),
    [
        (
            {},
            400,
            {"moduleCode": 340, "message": "invalid_grant: Invalid refresh token: xxxxx6789"},
        ),
        (
            {"moduleCodeType": "text", "chainedCspErrorCode": True},
            400,
            {"moduleCode": "340", "message": "invalid_grant: Invalid refresh token: xxxxx6789"},
        ),
        (
            {"invalidGrantStatus": 404},
            404,
            {
                "metadata": "knull",
                "traceId": "traceId",
                "statusCode": 404,
                "message": "invalid_grant: Invalid refresh token: xxxxx6789",
                "requestId": "requestId",
                "moduleCode": "540",
                "cspErrorCode": "540.120-340.800",
            },
        ),
    ],
)
def test_a_refused_credential(behaviour: dict[str, Any], status: int, body: object) -> None:
    """The short body, with its code in either type, and the long one."""
    with _serve(x=_caller("token", behaviour=behaviour)) as client:
        assert _exchange(client, "123456789") == (status, body)


@pytest.mark.parametrize(("length", "tail"), [(1, ""), (8, ""), (9, "6789"), (12, "9abc")])
def test_the_tail_of_a_token(length: int, tail: str) -> None:
    """No half of a token is shown."""
    with _serve(x=_caller("token")) as client:
        _, body = _exchange(client, "123456789abc"[:length])
    assert body["message"] == f"invalid_grant: Invalid refresh token: xxxxx{tail}"


REFUSED = (404, "The requested resource could not be found")
SWITCHES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, _body(*REFUSED, "250.404")),
    ({"moduleCodeType": "text"}, _body(*REFUSED, "250.404", moduleCode="250")),
    ({"chainedCspErrorCode": True}, _body(*REFUSED, "250.404", cspErrorCode="250.404-340.800")),
    ({"errorCode": False}, _body(*REFUSED, "250.404", errorCode=...)),
    ({"traceAndMetadata": False}, _body(*REFUSED, "250.404", metadata=..., traceId=...)),
]
"""`...` is a field that is left out."""


@pytest.mark.parametrize(("behaviour", "body"), SWITCHES)
def test_each_switch_of_an_error_body(behaviour: dict[str, Any], body: dict[str, Any]) -> None:
    """Changes what it says, and nothing else."""
    fault = {"endpoint": "authorize", "status": 404}
    with _serve(x=_caller("token", behaviour=behaviour, faults=[fault])) as client:
        found = _exchange(client, "sandbox-token")
    assert found == (404, {key: value for key, value in body.items() if value is not ...})


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
    with _serve(x=elsewhere) as client:
        assert _exchange(client, "x") == (400, usual)
    text = _caller("token", behaviour={"moduleCodeType": "text"})
    with _serve(x=elsewhere, y=text) as client:
        assert _exchange(client, "x") == (400, {**usual, "moduleCode": "340"})
        assert _told(client.get(f"{PREFIX}/nowhere")) == (404, _body(*REFUSED, "250.404"))


APP = ("sandbox-id", "sandbox-secret")
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
    path: str, sent: dict[str, Any], status: int, message: str
) -> None:
    """In CSP's own words where it has some."""
    app = _caller("app", credential={"clientId": APP[0], "clientSecret": APP[1]})
    with _serve(app=app) as client:
        reply = client.post(f"{PREFIX}/auth/{path}", **sent)
    assert (reply.status_code, reply.json()["message"]) == (status, message)


@pytest.mark.parametrize("seconds", [1, 1800])
def test_the_ends_of_a_tokens_life(seconds: int) -> None:
    """Both are good; what is told is a second less."""
    app = _caller("app", credential={"clientId": APP[0], "clientSecret": APP[1]})
    form = {**GRANT, "accessTokenValiditySeconds": str(seconds)}
    with _serve(app=app) as client:
        reply = client.post(f"{PREFIX}/auth/token", auth=APP, data=form)
    assert reply.json()["expires_in"] == seconds - 1


PERSON = {"info": {"user": {}}, "username": "kay"}
LOGGED_IN = {
    "user": "",
    "info": f"/orgs/{ORG}/info",
    "roles": f"/orgs/{ORG}/roles",
    "service-roles": f"/orgs/{ORG}/service-roles",
}
BY_API_TOKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "form": ("authorize", {"data": {"api_token": "sandbox-token"}}),
    "older": ("authorize", {"data": {"refresh_token": "sandbox-token"}}),
    "both": ("authorize", {"data": {"refresh_token": "sandbox-token", "api_token": "x"}}),
    "query": ("authorize", {"params": {"api_token": "sandbox-token"}, "data": {"a": "b"}}),
    "details": ("details", {"json": {"tokenValue": "sandbox-token"}}),
}


@pytest.mark.parametrize("endpoint", ["authorize", "details"])
def test_faults_of_an_api_token(endpoint: str) -> None:
    """A fault happens at its endpoint alone, however the credential comes."""
    fault = {"endpoint": endpoint, "status": 418}
    with _serve(other=_caller("other"), x=_caller("token", faults=[fault])) as client:
        found = {
            name
            for name, (path, sent) in BY_API_TOKEN.items()
            if client.post(f"{PREFIX}/auth/api-tokens/{path}", **sent).status_code == 418
        }
    assert found == {name for name, (path, _) in BY_API_TOKEN.items() if path == endpoint}


@pytest.mark.parametrize("endpoint", [*LOGGED_IN, "token"])
def test_faults_of_an_access_token(endpoint: str) -> None:
    """A fault happens at its endpoint alone; an app's at both paths of its tokens."""
    faults = [{"endpoint": endpoint, "status": 418}]
    app = _caller("app", credential={"clientId": APP[0], "clientSecret": APP[1]}, faults=faults)
    person = _caller("x", credential={"accessToken": True}, faults=faults, **PERSON)
    with (
        Sandbox.start({"app": app, "person": person}) as sandbox,
        httpx.Client(base_url=sandbox.url, trust_env=False) as client,
    ):
        token = sandbox.environment("person")["CSP_ACCESS_TOKEN"]
        found = [
            name
            for headers in ({"csp-auth-token": token}, {"authorization": f"Bearer {token}"})
            for name, path in LOGGED_IN.items()
            if client.get(f"{PREFIX}/loggedin/user{path}", headers=headers).status_code == 418
        ]
        found += [
            "token"
            for path in ("token", "authorize")
            if client.post(f"{PREFIX}/auth/{path}", auth=APP, data=GRANT).status_code == 418
        ]
    assert found == [endpoint] * 2
