"""What a core tells while it asks: for whoever waits at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support import bodies
from support.api import Reply, json_reply
from support.clock import HandClock

from callerid.asking.call import Clients
from callerid.config import load
from callerid.core import Core

if TYPE_CHECKING:
    from support.api import Api


def test_each_request_and_each_wait_is_reported(api: Api) -> None:
    """Method and path, ids left out; no query, no secret; an answer that is kept is not asked."""
    api.on(bodies.TOKEN, json_reply(bodies.token("canary-token")))
    api.on(bodies.ME, Reply(503), json_reply(bodies.machine()))
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": [bodies.policy("p")]}))
    settings = {
        "m3terBaseUrl": api.url,
        "m3terOrgId": bodies.ORG,
        "m3terApiKey": "canary-key",
        "m3terApiSecret": "canary-secret",
    }
    told: list[str] = []
    core = Core(load(settings, {}), HandClock().clock(), tell=told.append)
    core.call("getUserOrgRoles", {})
    core.call("getUserOrgRoles", {})
    core.close()
    assert told == [
        "asking m3ter (POST /oauth/token)",
        "asking m3ter (GET /organizations/…/users/me)",
        "m3ter is failing (HTTP 503): try 2 of 4 in 1 s",
        "asking m3ter (GET /organizations/…/users/me)",
        "asking m3ter (GET /organizations/…/serviceusers/…/permissions)",
    ]


def test_a_sentence_is_shown_once_and_few_are_remembered() -> None:
    """One that holds a number which goes on counting would fill the memory."""
    shown = list[str]()
    clients = Clients(load({}, {}), HandClock().clock(), shown.append)
    for number in range(3000):
        clients.warn("the same")
        clients.warn(f"{number} s left")
    assert shown.count("the same") <= 4
    assert len(clients._warned) <= 1000  # noqa: SLF001 - nothing else shows it
