"""CSP's errors: whole bodies, by status and by switch."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.requests import Request
from support.bodies import ORG
from support.scenarios import csp_caller

from callerid.platforms.csp.sandbox import errors
from callerid.sandbox import wire
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from starlette.responses import Response

PREFIX = "/csp/gateway/am/api"
AUTHORIZE = f"{PREFIX}/auth/api-tokens/authorize"
MADE_UP = {
    "traceId": re.compile(r"[0-9a-f]{16}"),
    "requestId": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
}


def _told(reply: Response | httpx.Response) -> tuple[int, dict[str, Any]]:
    """Give status and body, with `MADE_UP` in place of what is made up for each answer."""
    content = reply.content if isinstance(reply, httpx.Response) else bytes(reply.body)
    body: dict[str, Any] = json.loads(content)
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


def _asked(**behaviour: Any) -> Request:
    """Ask as a caller with some switches."""
    request = Request({"type": "http", "headers": []})
    request.state.caller = csp_caller("asking", behaviour=behaviour).csp
    return request


@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_its_text_and_its_code(status: int) -> None:
    """The documented text where there is one, else HTTP's; the code is the status but for 401."""
    for phrase in (None, wire.phrase(status)):
        told = errors.refusal(_asked(), status, phrase)
        assert _told(told) == (status, _body(status, *STATUSES[status]))


@pytest.mark.parametrize(("behaviour", "status", "body"), GRANTS)
def test_a_refused_credential(behaviour: dict[str, Any], status: int, body: object) -> None:
    """The short body, with its code in either type, and the long one."""
    told = errors.invalid_grant(_asked(**behaviour), "why")
    assert _told(told) == (status, body)


@pytest.mark.parametrize(("length", "tail"), [(0, ""), (1, ""), (8, ""), (9, "6789"), (12, "9abc")])
def test_the_tail_of_a_token(length: int, tail: str) -> None:
    """No half of a token is shown."""
    assert errors.masked("123456789abc"[:length]) == f"xxxxx{tail}"


@pytest.mark.parametrize(("behaviour", "body"), SWITCHES)
def test_each_switch_of_an_error_body(behaviour: dict[str, Any], body: dict[str, Any]) -> None:
    """Changes what it says, and nothing else."""
    told = errors.refusal(_asked(**behaviour), 404, "why")
    expected = {key: value for key, value in body.items() if value is not ...}
    assert _told(told) == (404, expected)


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
    form = {"api_token": "x"}
    with Sandbox.start({"x": elsewhere}) as sandbox:
        reply = httpx.post(sandbox.url + AUTHORIZE, data=form, trust_env=False)
        assert _told(reply) == (400, usual)
    text = csp_caller("token", behaviour={"moduleCodeType": "text"})
    with Sandbox.start({"x": elsewhere, "y": text}) as sandbox:
        reply = httpx.post(sandbox.url + AUTHORIZE, data=form, trust_env=False)
        assert _told(reply) == (400, {**usual, "moduleCode": "340"})
        reply = httpx.get(f"{sandbox.url}{PREFIX}/nowhere", trust_env=False)
        assert _told(reply) == (404, _body(404, *STATUSES[404]))
