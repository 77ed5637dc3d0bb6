"""Base URLs as people paste them: with the path of the API, slashes, capitals, a gateway's path."""

from __future__ import annotations

import pytest
from support import bodies
from support.api import Api, json_reply
from support.callers import core
from support.jwt import jwt

from callerid.config import load

CSP, M3TER = "https://console.cloud.vmware.com", "https://api.m3ter.com"
PREM = "https://vra.example.com:8443"
READ: list[tuple[str, str, str]] = [
    ("csp", CSP, CSP),
    ("csp", f"{CSP}///", CSP),
    ("csp", f"{CSP}/csp/gateway", CSP),
    ("csp", f"{CSP}/csp/gateway/", CSP),
    ("csp", f"{CSP}//csp//gateway//", CSP),
    ("csp", f"{CSP}/csp/gateway/am/api", CSP),
    ("csp", f"{CSP}/csp/gateway/am/api//", CSP),
    ("csp", f"{CSP}/csp/gateway/am/api/auth/api-tokens/authorize", CSP),
    ("csp", f"{CSP}/csp/gateway/am/api/loggedin/user/orgs/{bodies.ORG}/info", CSP),
    ("csp", f"{CSP}/csp/gateway/portal/", CSP),
    ("csp", f"{CSP}/CSP/Gateway/am/api", CSP),
    ("csp", "https://Console.Cloud.VMware.com/csp/gateway", "https://Console.Cloud.VMware.com"),
    ("csp", f"{PREM}/csp/gateway/am/api", PREM),
    ("csp", f"{PREM}/tenant/a/csp/gateway/am/api/", f"{PREM}/tenant/a"),
    ("csp", f"{PREM}/tenant/a", f"{PREM}/tenant/a"),
    ("csp", f"{PREM}/csp", f"{PREM}/csp"),
    ("csp", f"{PREM}/csp/gateway-proxy", f"{PREM}/csp/gateway-proxy"),
    ("csp", f"{PREM}/mycsp/gateway", f"{PREM}/mycsp/gateway"),
    ("csp", "https://csp/gateway", "https://csp/gateway"),
    ("csp", "https://csp/csp/gateway", "https://csp"),
    ("csp", f"{PREM}/organizations", f"{PREM}/organizations"),
    ("m3ter", f"{M3TER}/organizations", M3TER),
    ("m3ter", f"{M3TER}/organizations/{bodies.ORG}/users/me", M3TER),
    ("m3ter", f"{M3TER}/oauth/token/", M3TER),
    ("m3ter", "https://gate.example/m3ter/organizations/", "https://gate.example/m3ter"),
    ("m3ter", "https://gate.example/X/", "https://gate.example/X"),
    ("m3ter", "https://organizations", "https://organizations"),
    ("m3ter", f"{PREM}/organizations/acme/m3ter", f"{PREM}/organizations/acme/m3ter"),
    ("m3ter", f"{PREM}/oauth/m3ter-proxy", f"{PREM}/oauth/m3ter-proxy"),
    ("m3ter", "https://oauth/x", "https://oauth/x"),
    ("m3ter", f"{M3TER}/csp/gateway", f"{M3TER}/csp/gateway"),
]
"""Platform, what is set, and what is asked below."""


@pytest.mark.parametrize(("platform", "given", "read"), READ)
@pytest.mark.parametrize("source", ["setting", "variable"])
def test_the_path_of_the_api_is_left_out(platform: str, given: str, read: str, source: str) -> None:
    """What stands before it is a gateway's, and is kept; other paths may be right."""
    setting, variable = f"{platform}BaseUrl", f"{platform.upper()}_BASE_URL"
    settings, environ = {setting: given}, {variable: given}
    config = load(settings, {}) if source == "setting" else load({}, environ)
    [found] = [each for each in config.platforms if each.name == platform]
    assert found.base_url == read
    assert found.base_url_source
    assert found.problem is None


def test_many_slashes_are_read_at_once() -> None:
    """However long the text, one look at it is enough."""
    given = f"https://a.example{'/csp' * 20_000}{'/' * 50_000}x"
    assert load({"cspBaseUrl": given}, {}).platforms


@pytest.mark.parametrize(
    "path", ["", "/csp/gateway", "/csp/gateway/am/api/", "/tenant/csp/gateway/am/api"]
)
def test_each_form_is_answered(api: Api, path: str) -> None:
    """The same request, below what is before the API's path."""
    prefix = path.partition("/csp")[0]
    route = bodies.APP_TOKEN.replace(" ", f" {prefix}")
    claims = {"sub": "app:1", "context_name": bodies.ORG}
    api.on(route, json_reply(bodies.token(jwt(**claims))))
    asking = core(
        {"cspBaseUrl": f"{api.url}{path}", "cspClientId": "id", "cspClientSecret": "secret"}
    )
    assert asking.call("getCurrentUser", {})["id"] == "app:1"
    assert api.paths() == [route]
