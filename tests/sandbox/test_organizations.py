"""A person in several organizations of m3ter."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from callerid.config import load
from callerid.core import Core
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
