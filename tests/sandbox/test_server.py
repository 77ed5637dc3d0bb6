"""The running sandbox: where it listens, what it notes, how it is pointed at."""

from __future__ import annotations

import json
import re
import socket
import time
from itertools import combinations
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from callerid.config import SETTINGS, load
from callerid.errors import ConfigurationError
from callerid.platforms import part
from callerid.registry import PLATFORMS
from callerid.sandbox.environment import ALL_CALLERS, of_all
from callerid.sandbox.server import Request, Sandbox, as_caller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.sandbox.scenario import Scenario


def test_the_sandbox_starts_and_stops_quickly() -> None:
    """Start and stop take a moment, and nothing listens afterwards."""
    began = time.perf_counter()
    with Sandbox.start() as sandbox:
        started = time.perf_counter()
        httpx.get(sandbox.url, trust_env=False)
        asked = time.perf_counter()
    stopped = time.perf_counter()
    assert max(started - began, stopped - asked) < 2  # some 0.1 s each; a busy machine may wait
    sandbox.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(sandbox.url, trust_env=False)


def test_no_two_platforms_have_a_path_in_common() -> None:
    """They are served at one address, where one of them would answer for the other."""
    paths = {
        name: {path for each in part(name, "sandbox.routes").STAND_IN.routes for path in _of(each)}
        for name in PLATFORMS
    }
    for one, other in combinations(paths, 2):
        assert paths[one] & paths[other] == set(), f"{one} and {other}"


def _of(route: Any) -> Iterator[str]:
    """Give the paths of a route with their methods, whatever their parameters are called."""
    for method in route.methods or ():
        yield f"{method} {re.sub('{[^}]*}', '{}', route.path)}"


def test_requests_are_noted_without_secrets() -> None:
    """Method, path and status of every request are noted in order, but no query."""
    with Sandbox.start({}) as sandbox, httpx.Client(base_url=sandbox.url, trust_env=False) as http:
        http.get("/a", params={"secret": "x"})
        http.post("/csp/gateway/am/api/auth/api-tokens/authorize", params={"api_token": "x"})
        assert sandbox.requests == [
            Request("GET", "/a", 404),
            Request("POST", "/csp/gateway/am/api/auth/api-tokens/authorize", 400),
        ]


def test_who_leaves_before_the_question_is_whole_is_no_bug(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A client that is killed while it sends leaves no traceback, and others are served."""
    port, path = urlsplit(sandbox.url).port or 0, "/csp/gateway/am/api/auth/api-tokens/authorize"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port)) as leaving:
        leaving.sendall(head.encode() + b"{")
    left = Request("POST", path, 0)
    give_up = time.monotonic() + 5
    while left not in sandbox.requests and time.monotonic() < give_up:
        time.sleep(0.01)
    assert left in sandbox.requests
    assert httpx.get(sandbox.url, trust_env=False).status_code == 404
    assert caplog.text == ""


def test_loopback_only(sandbox: Sandbox) -> None:
    """It listens on 127.0.0.1, and answers to no other name."""
    assert sandbox.url.startswith("http://127.0.0.1:")
    reply = httpx.get(sandbox.url, headers={"Host": "attacker.example"}, trust_env=False)
    assert reply.status_code == 400


def test_a_taken_port_is_reported() -> None:
    """A port that is taken is an error that says which, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"cannot listen on port {port} of 127.0.0.1"):
            Sandbox.start({}, port)


def test_tokens_follow_the_clock() -> None:
    """The injected clock decides when a token has expired."""
    now = [1_800_000_000.0]
    with Sandbox.start(clock=lambda: now[0]) as sandbox:
        environ = sandbox.environment("service-user")
        key = (environ["M3TER_API_KEY"], environ["M3TER_API_SECRET"])
        form = {"grant_type": "client_credentials"}
        url = f"{sandbox.url}/organizations/{environ['M3TER_ORG_ID']}/users/me"
        with httpx.Client(trust_env=False) as http:
            token = http.post(f"{sandbox.url}/oauth/token", auth=key, data=form).json()
            headers = {"Authorization": f"Bearer {token['access_token']}"}
            assert http.get(url, headers=headers).status_code == 200
            now[0] += token["expires_in"]
            late = http.get(url, headers=headers)
    assert (late.status_code, late.json()) == (403, {"message": "Unauthorized"})


def test_environment_is_exactly_the_callers(sandbox: Sandbox) -> None:
    """A caller's environment is its platform's address, organization and credential."""
    names = {
        "owner": {"CSP_BASE_URL", "CSP_ORG_ID", "CSP_API_TOKEN"},
        "app": {"CSP_BASE_URL", "CSP_ORG_ID", "CSP_CLIENT_ID", "CSP_CLIENT_SECRET"},
        "ready-person": {"CSP_BASE_URL", "CSP_ORG_ID", "CSP_ACCESS_TOKEN"},
        "person": {"M3TER_BASE_URL", "M3TER_ORG_ID", "M3TER_API_TOKEN"},
        "service-user": {"M3TER_BASE_URL", "M3TER_ORG_ID", "M3TER_API_KEY", "M3TER_API_SECRET"},
    }
    assert {name: set(sandbox.environment(name)) for name in names} == names


def test_every_environment_is_a_configuration(
    sandbox: Sandbox, callers: dict[str, Scenario]
) -> None:
    """Each caller's environment is accepted: its platforms, no warning, this address."""
    for name, caller in callers.items():
        config = load({}, sandbox.environment(name))
        assert config.warnings == ()
        several = len(caller.platforms) > 1
        for platform in caller.platforms if several else [None]:
            assert config.choose(platform).base_url == sandbox.url


def test_an_unknown_caller_is_reported(sandbox: Sandbox) -> None:
    """An unknown caller is an error that lists those there are."""
    with pytest.raises(ConfigurationError, match=r"no caller ownr\. Did you mean owner\? It has:"):
        sandbox.environment("ownr")


def test_credentials_are_nobody_elses(callers: dict[str, Scenario]) -> None:
    """Two callers with one credential are refused by name."""
    twins = {"one": callers["owner"], "two": callers["owner"]}
    with pytest.raises(ConfigurationError, match="The callers one and two share one apiToken"):
        Sandbox.start(twins)


def test_a_caller_of_both_platforms(callers: dict[str, Scenario]) -> None:
    """A caller may exist at both platforms at once."""
    both = callers["owner"].model_copy(update={"m3ter": callers["person"].m3ter})
    with Sandbox.start({"both": both}) as sandbox:
        environ = sandbox.environment("both")
    assert environ["CSP_BASE_URL"] == environ["M3TER_BASE_URL"] == sandbox.url


def test_as_caller_leaves_nothing_that_interferes(sandbox: Sandbox) -> None:
    """Of the old environment every setting is removed, and everything else is kept."""
    old = {name: "old" for setting in SETTINGS for name in setting.variables}
    kept = {"PATH": "/bin", "PULUMI_STACK": "dev"}
    environ = sandbox.environment("owner")
    assert as_caller({**old, **kept, "PULUMI_CONFIG": "{}"}, environ) == {**kept, **environ}


def test_the_settings_of_all_callers_are_plain_text_in_terraform() -> None:
    """What Terraform would take for a template is written so that it and JSON read the same."""
    token = "sandbox-${abc}-%{ if x }"
    variables = of_all({"me": {"CSP_API_TOKEN": token}}, "http://127.0.0.1:1")
    text = variables.pop(ALL_CALLERS)
    assert json.loads(text) == {"me": {"csp_api_token": token}}
    assert "${" not in text
    assert "%{" not in text
    assert variables == dict.fromkeys(("CSP_BASE_URL", "M3TER_BASE_URL"), "http://127.0.0.1:1")
