"""The block that the answers of VMware Cloud Services become, all of it."""

from __future__ import annotations

from typing import Any

import pytest
from support import bodies

from callerid.config import load
from callerid.platforms.csp.recording import RECORDING
from callerid.recording.tape import Exchange

OTHER = "64b8e2d7-0c35-4f1a-9e86-a1d7c3f05b29"
INFO = bodies.INFO.removeprefix("GET ")
API_TOKEN = {"cspApiToken": "t"}
APP = {"cspClientId": "i", "cspClientSecret": "s"}
READY = {"cspAccessToken": "t"}
AS_APP = {"clientId": "sandbox-ada-id", "clientSecret": "sandbox-ada-secret"}
AS_API_TOKEN = {"apiToken": "sandbox-ada-token"}


def _block(settings: dict[str, str], *exchanges: Exchange) -> Any:
    [config] = [each for each in load(settings, {}).platforms if each.name == "csp"]
    return RECORDING.block(exchanges, "ada", config)


def _csp(claims: dict[str, Any], body: Any = None, status: int = 200, path: str = INFO) -> Exchange:
    return Exchange("csp", path, "", status, body, claims)


PERSON = {
    "sub": "acme:2",
    "context_name": OTHER,
    "username": "kay",
    "perms": ["csp:org_owner", 5],
}


@pytest.mark.parametrize(
    ("settings", "claims", "told"),
    [
        (
            API_TOKEN,
            PERSON,
            {
                "organizationId": OTHER,
                "credential": AS_API_TOKEN,
                "subject": "acme:2",
                "username": "kay",
                "perms": ["csp:org_owner"],
            },
        ),
        (
            API_TOKEN,
            {},
            {
                "organizationId": bodies.ORG,
                "credential": AS_API_TOKEN,
                "subject": "acme:1",
                "perms": None,
            },
        ),
        (
            API_TOKEN,
            {"context_name": "Default", "sub": " ", "username": 5, "perms": "p"},
            {
                "organizationId": bodies.ORG,
                "credential": AS_API_TOKEN,
                "subject": "acme:1",
                "perms": [],
            },
        ),
        (
            READY,
            PERSON,
            {
                "organizationId": OTHER,
                "credential": {"accessToken": True},
                "subject": "acme:2",
                "username": "kay",
                "perms": ["csp:org_owner"],
            },
        ),
    ],
)
def test_a_person_at_csp(
    settings: dict[str, str], claims: dict[str, Any], told: dict[str, Any]
) -> None:
    """What the token tells, and where it tells nothing the path and the answer."""
    info = bodies.info({"name": "org_owner"})
    assert _block(settings, _csp(claims, info)) == {**told, "info": info}


@pytest.mark.parametrize(
    ("settings", "claims", "credential"),
    [
        (APP, {}, AS_APP),
        (APP, {"username": "kay"}, AS_APP),
        (READY, {"sub": "s"}, AS_APP),
        (READY, {"username": "kay"}, {"accessToken": True}),
        (READY, {"username": " "}, AS_API_TOKEN),
        (READY, {"username": 5}, AS_API_TOKEN),
        (READY, {}, AS_API_TOKEN),
        (API_TOKEN, {"sub": "s"}, AS_API_TOKEN),
        (API_TOKEN, {"username": "kay"}, AS_API_TOKEN),
        ({}, {"sub": "s"}, AS_API_TOKEN),
        ({}, {"username": "kay"}, AS_API_TOKEN),
    ],
)
def test_how_a_caller_of_csp_signs_in_to_a_replay(
    settings: dict[str, str], claims: dict[str, Any], credential: dict[str, Any]
) -> None:
    """In a way that asks the sandbox something, by a made-up credential with the caller's name."""
    block = _block(settings, _csp(claims, bodies.info()))
    assert block["credential"] == credential


def _in(org_id: Any, *perms: str) -> Exchange:
    claims = {"context_name": org_id, "sub": "app", "perms": list(perms)}
    return _csp(claims, None, 403, f"{bodies.CSP}/x")


@pytest.mark.parametrize(
    ("settings", "further"),
    [(APP, {"organizations": {OTHER: {"perms": ["q"]}}}), (API_TOKEN, {}), (READY, {}), ({}, {})],
)
def test_the_organizations_of_an_app(settings: dict[str, str], further: dict[str, Any]) -> None:
    """An app alone has several: by the last token of each; none of them is the main one again."""
    asked = [_in(OTHER, "p"), _in(OTHER, "q"), _in("default"), _in(bodies.ORG.upper()), _in(5)]
    block = _block(settings, *asked, _in(bodies.ORG, "r"))
    assert {**block, "credential": None} == {
        "organizationId": bodies.ORG,
        "credential": None,
        "subject": "app",
        "perms": ["r"],
        "info": None,
        **further,
    }


@pytest.mark.parametrize(
    ("claims", "body"),
    [
        ({}, None),
        ({}, {"user": {}}),
        ({}, {"user": {"userId": "acme:1"}, "userOrgInfo": 5}),
        ({"context_name": OTHER}, None),
    ],
)
def test_nobody_is_told_at_csp(claims: dict[str, Any], body: Any) -> None:
    """Without a subject or a user there is no caller."""
    assert _block(API_TOKEN, _csp(claims, body)) is None


def test_no_organization_is_told_at_csp() -> None:
    """Nor is there one in no organization."""
    elsewhere = _csp({"sub": "s"}, bodies.info(), path=f"{bodies.CSP}/loggedin/user")
    assert _block(API_TOKEN, elsewhere) is None


def test_the_first_answer_of_csp_counts() -> None:
    """With the organization that it is about; what callerid does not read is gone."""
    first, second = bodies.info(odd=1), bodies.info({"name": "x"})
    first["user"]["password"] = "secret"
    block = _block(
        API_TOKEN, _csp({}, first), _csp({}, second, path=INFO.replace(bodies.ORG, OTHER))
    )
    assert (block["organizationId"], block["info"]) == (bodies.ORG, bodies.info())


def test_services_of_csp_in_either_shape() -> None:
    """Anywhere in the answer."""
    services = [{"serviceDefinitionLink": "/d/1", "serviceRoleNames": ["b"]}, None, "odd"]
    body = bodies.info(servicesDef=services)
    [told] = _block(API_TOKEN, _csp({}, body))["info"]["userOrgInfo"]
    one = {"serviceDefinitionLink": "/d/1", "serviceRoles": ["b"], "roles": []}
    assert told["servicesDef"] == [one, None, "odd"]
