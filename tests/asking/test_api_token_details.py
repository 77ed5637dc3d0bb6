"""What VMware Cloud Services tells of an API token itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from support.api import Reply, json_reply
from support.bodies import CSP, ORG

from callerid.asking.call import Clients
from callerid.config import load
from callerid.ends import UNKNOWN, End
from callerid.errors import UnexpectedReplyError
from callerid.platforms.csp.client import Csp

if TYPE_CHECKING:
    from support.api import Api

    from callerid.platforms.csp.replies import CspApiTokenDetails

ROUTE = f"POST {CSP}/auth/api-tokens/details"
TOLD = {"orgId": ORG, "userId": "acme:1", "username": "grace@example.com", "allowedScopes": None}


def details(api: Api, **settings: Any) -> CspApiTokenDetails | None:
    """Ask for the details of a credential, an API token unless told otherwise."""
    credential = settings or {"cspApiToken": "canary"}
    clients = Clients(load({"cspBaseUrl": api.url, **credential}, {}))
    client = clients.choose("csp")
    assert isinstance(client, Csp)
    try:
        return client.api_token_details(clients.call().deadline)
    finally:
        clients.close()


def test_the_token_travels_in_the_body_alone(api: Api) -> None:
    """As documented: JSON, anonymous, nothing in the URL."""
    api.on(ROUTE, json_reply(TOLD))
    details(api)
    [request] = api.seen
    assert json.loads(request.body) == {"tokenValue": "canary"}
    assert "canary" not in request.path + str(request.headers)
    assert "authorization" not in request.headers


@pytest.mark.parametrize("ends", [1_800_000_000, 1_800_000_000_000, "2027-01-15T08:00:00Z"])
def test_details_hold_the_tokens_end_and_organization(api: Api, ends: object) -> None:
    """Seconds are documented, milliseconds were seen."""
    api.on(ROUTE, json_reply({**TOLD, "expiresAt": ends}))
    told = details(api)
    assert told
    assert (told.org_id, told.end) == (ORG, End("2027-01-15T08:00:00Z", told=True))


@pytest.mark.parametrize("ends", [0, None])
def test_a_token_without_end(api: Api, ends: object) -> None:
    """0 and null say so."""
    api.on(ROUTE, json_reply({**TOLD, "expiresAt": ends}))
    told = details(api)
    assert told
    assert told.end == End(None, told=True)


def test_a_token_whose_end_is_not_told(api: Api) -> None:
    """To leave it out says nothing."""
    api.on(ROUTE, json_reply({key: value for key, value in TOLD.items() if key != "expiresAt"}))
    told = details(api)
    assert told
    assert told.end == UNKNOWN


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_refusal_gives_no_details(api: Api, status: int) -> None:
    """An API that does not tell breaks nothing."""
    api.on(ROUTE, json_reply({"message": "canary"}, status))
    assert details(api) is None


def test_an_unusable_answer_gives_no_details(api: Api) -> None:
    """An HTML page is an error, without a word of it."""
    api.on(ROUTE, Reply(body=b"<html>canary"))
    with pytest.raises(UnexpectedReplyError) as caught:
        details(api)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "settings", [{"cspAccessToken": "x"}, {"cspClientId": "x", "cspClientSecret": "y"}]
)
def test_other_credentials_have_no_details(api: Api, settings: dict[str, str]) -> None:
    """Nothing is asked for them."""
    assert details(api, **settings) is None
    assert api.seen == []
