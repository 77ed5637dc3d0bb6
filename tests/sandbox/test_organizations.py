"""A person in several organizations of m3ter."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from callerid.asking import claims
from callerid.config import load
from callerid.core import Core
from callerid.errors import ApiError, UnauthorizedError
from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

FIRST = "3f2b6a0e-6d5c-4f0e-9a51-7c2d90b1e4a8"
SECOND = "64b8e2d7-0c35-4f1a-9e86-a1d7c3f05b29"
THIRD = "00000000-0000-4000-8000-000000000001"


def _both(**m3ter: Any) -> dict[str, Any]:
    written = library.built_in()["both"].model_dump(by_alias=True, exclude_unset=True)
    return {**written, "m3ter": {**written["m3ter"], **m3ter}}


@pytest.mark.parametrize("credential", ["sandbox-token", True])
def test_each_organization_has_its_own_answers(credential: str | bool) -> None:  # noqa: FBT001 - as the file has it
    """One token, two organizations, two sets of roles; a stranger's is refused as ever."""
    caller = Scenario.model_validate(_both(credential={"apiToken": credential}))
    with Sandbox.start({"me": caller}) as sandbox:
        core = Core(load({}, sandbox.environment("me")))
        answers = {
            each: core.call("getUserOrgRoles", {"platform": "m3ter", "orgId": each})["roleNames"]
            for each in (FIRST, SECOND)
        }
        core.close()
        token = {"Authorization": f"Bearer {sandbox.environment('me')['M3TER_API_TOKEN']}"}
        url = f"{sandbox.url}/organizations/{THIRD}/users/me"
        assert httpx.get(url, headers=token, trust_env=False).status_code == 403
    assert answers == {
        FIRST: ["Administrator", "Analytics Reader", "Read Audit"],
        SECOND: ["Read Config"],
    }


def test_null_is_refused_there_alone() -> None:
    """A null in one organization refuses that call there, and nowhere else."""
    member = {"me": {"user": {"id": "u"}}, "policies": None}
    caller = Scenario.model_validate(_both(organizations={THIRD: member}))
    user = caller.m3ter.user_id("user") if caller.m3ter else None
    with Sandbox.start({"me": caller}) as sandbox:
        token = {"Authorization": f"Bearer {sandbox.environment('me')['M3TER_API_TOKEN']}"}
        with httpx.Client(
            base_url=f"{sandbox.url}/organizations", headers=token, trust_env=False
        ) as http:
            assert http.get(f"/{THIRD}/users/u/permissions").status_code == 403
            assert http.get(f"/{THIRD}/users/{user}/permissions").status_code == 404
            assert http.get(f"/{FIRST}/users/{user}/permissions").status_code == 200


def test_each_organization_has_its_own_limit() -> None:
    """Requests to one organization do not use up the second of another."""
    caller = Scenario.model_validate(_both(requestsPerSecond=1))
    with Sandbox.start({"me": caller}, clock=lambda: 1_800_000_000.0) as sandbox:
        token = {"Authorization": f"Bearer {sandbox.environment('me')['M3TER_API_TOKEN']}"}
        with httpx.Client(
            base_url=f"{sandbox.url}/organizations", headers=token, trust_env=False
        ) as http:
            asked = [FIRST, SECOND, SECOND, THIRD]
            found = [http.get(f"/{each}/users/me").status_code for each in asked]
    assert found == [200, 200, 429, 429]


@pytest.mark.parametrize(
    ("m3ter", "told"),
    [
        ({"organizations": {FIRST: {"me": {}}}}, "this is organizationId already"),
        ({"organizations": {"acme": {"me": {}}}}, "String should match pattern"),
        ({"organizations": {THIRD: {}}}, "Field required"),
        ({"organizations": {THIRD: {"me": {}, "groupPolicies": {"g": []}}}}, "id of one of userG"),
        (
            {"credential": {"apiKey": "sandbox-k", "apiSecret": "sandbox-s"}},
            "organizations: expected an apiToken; a service user is in one organization",
        ),
    ],
)
def test_invalid_further_organizations_are_refused(m3ter: dict[str, Any], told: str) -> None:
    """Further organizations are others, have bodies, and are a person's."""
    with pytest.raises(ValueError, match=told):
        Scenario.model_validate(_both(**m3ter))


def test_equal_callers_have_tokens_of_their_own() -> None:
    """Two callers whose tokens say the same, minted in the same second, stay two."""
    me = {"m3ter": {**_both()["m3ter"], "credential": {"apiToken": True}}, "description": "one"}
    callers = {name: Scenario.model_validate(me) for name in ("one", "two")}
    with Sandbox.start(callers, clock=lambda: 1_800_000_000.0) as sandbox:
        tokens = {sandbox.environment(name)["M3TER_API_TOKEN"] for name in callers}
    assert len(tokens) == 2


MAIN = "9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24"
APP = {"clientId": "sandbox-id", "clientSecret": "sandbox-secret"}


def _app(**csp: Any) -> Scenario:
    block = {
        "organizationId": MAIN,
        "credential": APP,
        "subject": "example.com:app",
        "perms": ["csp:org_member"],
        "organizations": {
            SECOND: {"perms": ["csp:org_owner"]},
            THIRD: {"perms": None, "subject": "example.com:another"},
        },
        "info": None,
    }
    return Scenario.model_validate({"description": "an app", "csp": {**block, **csp}})


APPS: list[tuple[str | None, tuple[str, str, list[str] | None] | int]] = [
    (None, (MAIN, "example.com:app", ["csp:org_member"])),
    ("", (MAIN, "example.com:app", ["csp:org_member"])),
    (MAIN, (MAIN, "example.com:app", ["csp:org_member"])),
    (MAIN.upper(), (MAIN, "example.com:app", ["csp:org_member"])),
    (SECOND, (SECOND, "example.com:app", ["csp:org_owner"])),
    (SECOND.upper(), (SECOND, "example.com:app", ["csp:org_owner"])),
    (THIRD, (THIRD, "example.com:another", None)),
    (FIRST, 403),
    ("no-id", 403),
]
"""The `orgId` of the request, and what the token tells: organization, subject, `perms`; or 403."""


@pytest.mark.parametrize(("org_id", "told"), APPS)
@pytest.mark.parametrize("path", ["token", "authorize"])
def test_an_app_gets_a_token_of_each_organization(
    org_id: str | None, told: tuple[str, str, list[str] | None] | int, path: str
) -> None:
    """By `orgId`; without one it is of the main organization."""
    form = {"grant_type": "client_credentials", **({} if org_id is None else {"orgId": org_id})}
    with Sandbox.start({"app": _app()}) as sandbox:
        reply = httpx.post(
            f"{sandbox.url}/csp/gateway/am/api/auth/{path}",
            data=form,
            auth=("sandbox-id", "sandbox-secret"),
            trust_env=False,
        )
    if isinstance(told, int):
        assert reply.status_code == told
        return
    found = claims.decode(reply.json()["access_token"])
    assert (found["context_name"], found["sub"], found.get("perms")) == told


def test_callerid_is_an_app_in_each_organization() -> None:
    """One process, a guard for each; where the app is not, the organization is named."""
    with Sandbox.start({"app": _app()}) as sandbox:
        core = Core(load({}, sandbox.environment("app")))
        names = {
            each: core.call("getUserOrgRoles", {"orgId": each} if each else {})["roleNames"]
            for each in (None, SECOND, MAIN)
        }
        with pytest.raises(UnauthorizedError, match=f"organization {FIRST}: check the argument"):
            core.call("getUserOrgRoles", {"orgId": FIRST})
        core.close()
        asked = [each.path.rpartition("/")[2] for each in sandbox.requests]
    assert names == {None: ["org_member"], SECOND: ["org_owner"], MAIN: ["org_member"]}
    assert asked == ["token"] * 3


@pytest.mark.parametrize(
    ("behaviour", "statuses"),
    [
        ({}, [200]),
        ({"appTokenPath": "auth/token"}, [200]),
        ({"appTokenPath": "auth/authorize"}, [404, 200]),
    ],
)
def test_where_an_app_gets_its_tokens(behaviour: dict[str, Any], statuses: list[int]) -> None:
    """By switch at one path alone; callerid finds it, and stays there."""
    with Sandbox.start({"app": _app(behaviour=behaviour)}) as sandbox:
        core = Core(load({}, sandbox.environment("app")))
        core.call("getCurrentUser", {})
        core.call("getCurrentUser", {"orgId": SECOND})
        core.close()
        assert [each.status for each in sandbox.requests] == [*statuses, 200]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_how_a_stranger_is_refused(status: int) -> None:
    """By switch, as nobody documents it; whatever it is, the organization is named."""
    behaviour = {"appOrganizationStatus": status}
    with Sandbox.start({"app": _app(behaviour=behaviour)}) as sandbox:
        core = Core(load({}, sandbox.environment("app")))
        with pytest.raises(ApiError, match=f"organization {FIRST} ?") as caught:
            core.call("getCurrentUser", {"orgId": FIRST})
        core.close()
    assert str(caught.value).endswith("check the argument orgId.")
    assert ("refused the OAuth app" in str(caught.value)) == (status != 404)


@pytest.mark.parametrize(
    ("csp", "text"),
    [
        ({"organizations": {MAIN.upper(): {}}}, "this is organizationId already"),
        ({"credential": {"apiToken": "sandbox-token"}}, "expected clientId and clientSecret"),
        ({"credential": {"accessToken": True}}, "expected clientId and clientSecret"),
        ({"organizations": {"no-id": {}}}, "should match pattern"),
        ({"organizations": {SECOND: {"info": None}}}, "unknown key info"),
    ],
)
def test_further_organizations_are_an_apps(csp: dict[str, Any], text: str) -> None:
    """Other tokens are of one organization."""
    with pytest.raises(ValidationError, match=text):
        _app(**csp)


def test_the_organizations_of_an_app_are_told() -> None:
    """With the roles of each, as `--describe` lists them."""
    [main, second, third] = _app().callers["csp"].memberships()
    assert [each.organization_id for each in (main, second, third)] == [MAIN, SECOND, THIRD]
    assert [[role.name for role in each.roles or []] for each in (main, second, third)] == [
        ["csp:org_member"],
        ["csp:org_owner"],
        [],
    ]
