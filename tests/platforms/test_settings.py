"""What is known of a platform before anybody asks it: its words in settings and errors."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import json_reply
from support.callers import csp, m3ter

from callerid.config import PLATFORM_TITLES, organization_id
from callerid.errors import UnauthorizedError

if TYPE_CHECKING:
    from support.api import Api

    from callerid.registry import PlatformName

CORES = {"m3ter": m3ter, "csp": csp}
REFUSED: dict[str, tuple[PlatformName, dict[str, Any], str]] = {
    bodies.TOKEN: ("m3ter", {"m3terApiKey": "k", "m3terApiSecret": "s"}, "the API key"),
    bodies.ME: ("m3ter", {"m3terApiToken": "opaque"}, "the bearer token"),
    bodies.AUTHORIZE: ("csp", {"cspApiToken": "a"}, "the API token"),
    bodies.APP_TOKEN: ("csp", {"cspClientId": "i", "cspClientSecret": "s"}, "the OAuth app"),
    bodies.INFO: ("csp", {"cspAccessToken": "opaque"}, "the access token"),
}
"""Where each way to authenticate is refused, its settings, and what it is called."""
LINKS: dict[str, tuple[PlatformName, str]] = {
    "/organizations/{}": ("m3ter", "/organisations/{}"),
    "https://api.m3ter.com/organizations/{}/": ("m3ter", "https://api.m3ter.com/orgs/{}/"),
    "https://api.m3ter.com/organizations/{}/users/me?x=1": ("m3ter", "/users/{}"),
    "/csp/gateway/am/api/orgs/{}": ("csp", "/cspx/gateway/am/api/orgs/{}"),
    "https://console.cloud.vmware.com/csp/gateway/am/api/v2/orgs/{}/": (
        "csp",
        "https://console.cloud.vmware.com/cspx/gateway/am/api/v2/orgs/{}/",
    ),
    "/csp/gateway/am/api/loggedin/user/orgs/{}/info": (
        "csp",
        "/cspx/gateway/am/api/loggedin/user/orgs/{}/info",
    ),
}
"""Links to an organization, each with a platform, and with a text that is none to it."""


@pytest.mark.parametrize("route", REFUSED)
def test_a_credential_is_called_what_it_is(api: Api, route: str) -> None:
    """In the first line of the error, which is all that some logs show."""
    platform, settings, title = REFUSED[route]
    api.on(route, json_reply({}, 401))
    core = CORES[platform](api, **settings)
    with closing(core), pytest.raises(UnauthorizedError) as caught:
        core.call("getCurrentUser", {})
    expected = f"{PLATFORM_TITLES[platform]} refused {title} (HTTP 401)."
    assert str(caught.value).splitlines()[0] == expected


@pytest.mark.parametrize("link", LINKS)
def test_an_organization_is_known_by_its_link(link: str) -> None:
    """As the API writes it, or people copy it; what stands below another path is no link to one."""
    platform, other = LINKS[link]
    assert organization_id(platform, link.format(bodies.ORG)) == bodies.ORG
    assert organization_id(platform, other.format(bodies.ORG)) == other.format(bodies.ORG)
