"""What is known of m3ter before anybody asks it: its words in settings and errors."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import json_reply
from support.callers import m3ter

from callerid.config import organization_id
from callerid.errors import UnauthorizedError

if TYPE_CHECKING:
    from support.api import Api

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    bodies.TOKEN: ({"m3terApiKey": "k", "m3terApiSecret": "s"}, "the API key"),
    bodies.ME: ({"m3terApiToken": "opaque"}, "the bearer token"),
}
"""Where each way to authenticate is refused, its settings, and what it is called."""


@pytest.mark.parametrize("route", REFUSED)
def test_a_credential_is_called_what_it_is(api: Api, route: str) -> None:
    """In the first line of the error, which is all that some logs show."""
    settings, title = REFUSED[route]
    api.on(route, json_reply({}, 401))
    with closing(m3ter(api, **settings)) as core, pytest.raises(UnauthorizedError) as caught:
        core.call("getCurrentUser", {})
    assert str(caught.value).splitlines()[0] == f"m3ter refused {title} (HTTP 401)."


@pytest.mark.parametrize(
    "link",
    [
        "/organizations/{}",
        "https://api.m3ter.com/organizations/{}/",
        "https://api.m3ter.com/organizations/{}/users/me?x=1",
    ],
)
def test_an_organization_is_known_by_its_link(link: str) -> None:
    """As people copy it; what stands below another path is no link to one."""
    assert organization_id("m3ter", link.format(bodies.ORG)) == bodies.ORG
    other = link.format(bodies.ORG).replace("/organizations/", "/organisations/")
    assert organization_id("m3ter", other) == other
