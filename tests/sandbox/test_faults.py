"""Faults: each switch over HTTP, and the mistakes that a file may have in them."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from callerid.errors import ConfigurationError
from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = 1_800_000_000.0
ORG = "00000000-0000-4000-8000-000000000002"
ME = f"/organizations/{ORG}/users/me"
PREFIX = "/csp/gateway/am/api"
FAULTS: dict[str, dict[str, Any]] = {
    "status": {"status": 502},
    "odd-status": {"status": 599},
    "json": {"body": {"a": [None]}, "status": 418},
    "null": {"body": None},
    "text": {"body": "sorry", "contentType": "application/json"},
    "seconds": {"status": 503, "retryAfter": 30},
    "date": {"status": 503, "retryAfter": "date+30"},
    "past": {"retryAfter": "date-30"},
    "slow": {"latencySeconds": 0.2},
    "drop": {"drop": True},
    "cut": {"cut": True},
    "html": {"html": True, "status": 502},
    "empty": {"empty": True, "status": 403},
    "type": {"contentType": "text/plain"},
    "huge": {"hugeBytes": 6 * 1024 * 1024},
    "redirect": {"redirect": "https://other.example/there"},
    "once": {"status": 500, "times": 1},
    "later": {"status": 500, "after": 1, "times": 2},
    "first-wins": {"status": 500, "times": 1},
}


def _scenario(platform: str, name: str, **more: Any) -> Scenario:
    known: dict[str, dict[str, Any]] = {
        "m3ter": {"me": {"user": {"id": "u"}}},
        "csp": {"info": {"user": {"userId": "u"}}, "username": "kay"},
    }
    credential = {"apiToken": f"sandbox-{platform}-{name}"}
    basis = {"organizationId": ORG, "subject": "d:s", "credential": credential}
    block = {**basis, **known[platform], **more}
    return Scenario.model_validate({"description": name, platform: block})


def _callers() -> dict[str, Scenario]:
    found = {
        name: _scenario("m3ter", name, faults=[{"endpoint": "users/me", **fault}])
        for name, fault in FAULTS.items()
    }
    second = {"endpoint": "*", "status": 504}
    first = {"endpoint": "users/me", **FAULTS["first-wins"]}
    found["first-wins"] = _scenario("m3ter", "first-wins", faults=[first, second])
    return found


@pytest.fixture(scope="module")
def faulty() -> Iterator[Sandbox]:
    """One sandbox with a caller for each fault."""
    with Sandbox.start(_callers(), clock=lambda: NOW) as running:
        yield running


@pytest.fixture
def ask(faulty: Sandbox) -> Iterator[Callable[[str], httpx.Response]]:
    """Ask for `users/me` as the caller with a name."""
    with httpx.Client(base_url=faulty.url, trust_env=False) as client:
        yield lambda name: client.get(ME, headers={"Authorization": f"Bearer sandbox-m3ter-{name}"})


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("status", 502, {"message": "Bad Gateway"}),
        ("odd-status", 599, {"message": "Server Error"}),
        ("json", 418, {"a": [None]}),
        ("null", 200, None),
    ],
)
def test_status_and_body(
    ask: Callable[[str], httpx.Response], name: str, status: int, body: object
) -> None:
    """A status has the platform's own body, unless the fault has one."""
    reply = ask(name)
    assert (reply.status_code, reply.json()) == (status, body)


def test_other_kinds_of_body(ask: Callable[[str], httpx.Response]) -> None:
    """Text, HTML, nothing at all, and a wrong content type."""
    text, html, empty, typed = (ask(name) for name in ("text", "html", "empty", "type"))
    assert (text.text, text.headers["content-type"]) == ("sorry", "application/json")
    assert (html.status_code, html.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert html.text.startswith("<!DOCTYPE html>")
    assert (empty.status_code, empty.content, empty.headers["content-length"]) == (403, b"", "0")
    assert (typed.headers["content-type"], typed.json()) == ("text/plain", {"user": {"id": "u"}})


def test_retry_after_is_seconds_or_a_date(ask: Callable[[str], httpx.Response]) -> None:
    """Seconds, a date ahead, a date behind; by the sandbox's clock."""
    assert ask("seconds").headers["retry-after"] == "30"
    for name, moment in (("date", NOW + 30), ("past", NOW - 30)):
        header = ask(name).headers["retry-after"]
        assert parsedate_to_datetime(header).timestamp() == moment


def test_a_fault_delays_the_answer(ask: Callable[[str], httpx.Response]) -> None:
    """The usual answer comes late."""
    began = time.perf_counter()
    assert ask("slow").status_code == 200
    assert time.perf_counter() - began >= 0.2


def test_dropped_and_cut_connections(
    ask: Callable[[str], httpx.Response], faulty: Sandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    """The client sees the connection close, and nothing is printed about it."""
    faulty.requests.clear()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        ask("drop")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        ask("cut")
    assert ask("type").status_code == 200
    assert [request.status for request in faulty.requests] == [0, 200, 200]
    assert capfd.readouterr() == ("", "")


def test_huge_body(ask: Callable[[str], httpx.Response]) -> None:
    """A valid JSON text of exactly so many bytes."""
    reply = ask("huge")
    assert len(reply.content) == 6 * 1024 * 1024
    assert set(reply.json()) == {"x"}


def test_a_redirect_fault_points_to_the_given_address(ask: Callable[[str], httpx.Response]) -> None:
    """A redirect points to the address given, and keeps the method."""
    reply = ask("redirect")
    assert (reply.status_code, reply.headers["location"]) == (307, "https://other.example/there")


def test_times_and_after(ask: Callable[[str], httpx.Response]) -> None:
    """A fault ends after its times, begins after its first requests, and the first of two wins."""
    assert [ask("once").status_code for _ in range(3)] == [500, 200, 200]
    assert [ask("later").status_code for _ in range(4)] == [200, 500, 500, 200]
    assert [ask("first-wins").status_code for _ in range(2)] == [500, 504]


def test_latency_does_not_hold_up_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    """A sandbox that stops lets no client wait, and prints nothing."""
    faults = [{"endpoint": "users/me", "latencySeconds": 60}]
    with Sandbox.start({"x": _scenario("m3ter", "x", faults=faults)}) as sandbox:
        headers = {"Authorization": "Bearer sandbox-m3ter-x"}
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(sandbox.url + ME, headers=headers, timeout=0.1, trust_env=False)
        began = time.perf_counter()
    assert time.perf_counter() - began < 3  # some 0.2 s; a busy machine may wait
    assert capfd.readouterr() == ("", "")


M3TER_ENDPOINTS = {
    "token": ("POST", "/oauth/token"),
    "users/me": ("GET", ME),
    "permissions": ("GET", f"/organizations/{ORG}/serviceusers/u/permissions"),
    "usergroups": ("GET", f"/organizations/{ORG}/users/u/usergroups"),
    "user": ("GET", f"/organizations/{ORG}/users/u"),
    "group-permissions": ("GET", f"/organizations/{ORG}/resourcegroups/user/g/permissions"),
}
CSP_ENDPOINTS = {
    "authorize": ("POST", f"{PREFIX}/auth/api-tokens/authorize"),
    "details": ("POST", f"{PREFIX}/auth/api-tokens/details"),
    "info": ("GET", f"{PREFIX}/loggedin/user/orgs/{ORG}/info"),
    "roles": ("GET", f"{PREFIX}/loggedin/user/orgs/{ORG}/roles"),
    "service-roles": ("GET", f"{PREFIX}/loggedin/user/orgs/{ORG}/service-roles"),
    "user": ("GET", f"{PREFIX}/loggedin/user"),
}


@pytest.mark.parametrize("endpoint", M3TER_ENDPOINTS)
def test_every_endpoint_of_m3ter(endpoint: str) -> None:
    """Each name is an endpoint of its own."""
    credential = {"apiKey": "sandbox-key", "apiSecret": "sandbox-secret"}
    caller = _scenario(
        "m3ter", "x", credential=credential, faults=[{"endpoint": endpoint, "status": 418}]
    )
    with Sandbox.start({"x": caller}) as sandbox, httpx.Client(base_url=sandbox.url) as client:
        grant = {"grant_type": "client_credentials"}
        key = ("sandbox-key", "sandbox-secret")
        minted = client.post("/oauth/token", auth=key, data=grant)
        headers = {"Authorization": f"Bearer {minted.json().get('access_token')}"}
        found = {"token": minted.status_code} | {
            name: client.request(method, path, headers=headers).status_code
            for name, (method, path) in M3TER_ENDPOINTS.items()
            if name != "token"
        }
    assert [name for name, status in found.items() if status == 418] == [endpoint]


@pytest.mark.parametrize("endpoint", CSP_ENDPOINTS)
def test_every_endpoint_of_csp(endpoint: str) -> None:
    """Each name is an endpoint of its own."""
    caller = _scenario("csp", "x", faults=[{"endpoint": endpoint, "status": 429}])
    with Sandbox.start({"x": caller}) as sandbox, httpx.Client(base_url=sandbox.url) as client:
        form = {"api_token": "sandbox-csp-x"}
        minted = client.post(CSP_ENDPOINTS["authorize"][1], data=form)
        told = client.post(CSP_ENDPOINTS["details"][1], json={"tokenValue": "sandbox-csp-x"})
        headers = {"csp-auth-token": minted.json().get("access_token", "x")}
        found = {"authorize": minted, "details": told} | {
            name: client.request(method, path, headers=headers)
            for name, (method, path) in CSP_ENDPOINTS.items()
            if method == "GET"
        }
    assert [name for name, reply in found.items() if reply.status_code == 429] == [endpoint]
    assert found[endpoint].json()["message"] == "The user has sent too many requests"


def test_the_token_endpoint_of_csp() -> None:
    """Both paths of an OAuth app are one endpoint."""
    credential = {"clientId": "sandbox-id", "clientSecret": "sandbox-secret"}
    faults = [{"endpoint": "token", "status": 500}]
    caller = _scenario("csp", "x", credential=credential, faults=faults)
    with Sandbox.start({"x": caller}) as sandbox:
        for path in ("/auth/token", "/auth/authorize"):
            key = ("sandbox-id", "sandbox-secret")
            reply = httpx.post(sandbox.url + PREFIX + path, auth=key, trust_env=False)
            assert reply.json()["message"].startswith("An unexpected error has occurred")


@pytest.mark.parametrize(("platform", "status"), [("m3ter", 403), ("csp", 401)])
def test_a_token_expires_after_its_calls(platform: str, status: int) -> None:
    """Each token is good for so many calls, and is then refused as an expired one is."""
    caller = _scenario(platform, "x", tokenExpiresAfterCalls=2)
    with Sandbox.start({"x": caller}) as sandbox, httpx.Client(base_url=sandbox.url) as client:
        for _ in range(2 if platform == "csp" else 1):
            token, path = "sandbox-m3ter-x", ME
            if platform == "csp":
                form = {"api_token": "sandbox-csp-x"}
                token = client.post(CSP_ENDPOINTS["authorize"][1], data=form).json()["access_token"]
                path = CSP_ENDPOINTS["info"][1]
            headers = {"Authorization": f"Bearer {token}"}
            replies = [client.get(path, headers=headers).status_code for _ in range(4)]
            assert replies == [200, 200, status, status]


@pytest.mark.parametrize("retry_after", [None, "1"])
def test_requests_per_second(retry_after: str | None) -> None:
    """The limit is the organization's, and over when the second is; Retry-After comes by switch."""
    now = [NOW]
    limits = {"requestsPerSecond": 2, "retryAfterOn429": bool(retry_after)}
    names = ("a", "b")
    callers = {name: _scenario("m3ter", name, **limits) for name in names}
    with Sandbox.start(callers, clock=lambda: now[0]) as sandbox:
        url = sandbox.url + ME
        found = []
        for name in ("a", "b", "a", "b", "a"):
            headers = {"Authorization": f"Bearer sandbox-m3ter-{name}"}
            found.append(httpx.get(url, headers=headers, trust_env=False))
            now[0] += len(found) == 4
    assert [reply.status_code for reply in found] == [200, 200, 429, 429, 200]
    assert found[2].json() == {"message": "Too Many Requests"}
    assert found[2].headers.get("retry-after") == retry_after


FILE = """\
description: a person
m3ter:
  organizationId: 00000000-0000-4000-8000-000000000001
  credential: {apiToken: sandbox-token}
  subject: s
  me: null
  faults:
    - %s
"""


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("{status: 500}", "0.endpoint: missing"),
        ("{endpoint: token}", "0: expected what goes wrong: one of body, contentType, cut, drop"),
        ("{endpoint: tokn, status: 500}", "0.endpoint: expected 'token', 'users/me', 'permiss"),
        ("{endpoint: token, statuss: 5}", "0: unknown key statuss. Did you mean status?"),
        (
            "{endpoint: tokens, drop: true}",
            (
                "0.endpoint: expected 'token', 'users/me', 'permissions', 'usergroups', 'user', "
                "'group-permissions' or '*'. Did you mean token?"
            ),
        ),
        ("{endpoint: token, status: 200}", "0.status: expected greater than or equal to 400"),
        ("{endpoint: token, status: '500'}", "0.status: expected a whole number"),
        ("{endpoint: token, drop: false}", "0.drop: expected true; leave the key out for no"),
        ("{endpoint: token, drop: true, status: 500}", "0: drop does not go with status"),
        ("{endpoint: token, html: true, body: x}", "0: body does not go with html"),
        ("{endpoint: token, empty: true, cut: true}", "0: empty does not go with cut"),
        ("{endpoint: token, redirect: x, status: 500}", "0: redirect does not go with status"),
        ("{endpoint: token, retryAfter: soon}", "0.retryAfter: expected seconds such as 30, or da"),
        ("{endpoint: token, retryAfter: true}", "0.retryAfter: expected seconds such as 30, or da"),
        ("{endpoint: token, latencySeconds: x}", "0.latencySeconds: expected a"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, fault: str, told: str) -> None:
    """A mistake in a fault is told in a line: file, line, place, what was expected."""
    path = tmp_path / "me.yaml"
    path.write_text(FILE % fault, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        library.read([path])
    assert str(caught.value).startswith(f"{path}:8: m3ter.faults.{told}")
    assert "\n" not in str(caught.value)
