"""A running sandbox for the tests of it: the built-in callers and some awkward ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

_ORG = "00000000-0000-4000-8000-000000000001"


def _caller(platform: str, **fields: Any) -> Scenario:
    block = {"organizationId": _ORG, "subject": "example.com:sub", **fields}
    return Scenario.model_validate({"description": "a caller of the tests", platform: block})


_POLICIES = [{"id": f"policy-{number}"} for number in range(5)]
_AWKWARD = {
    "app": _caller(
        "csp",
        credential={"clientId": "sandbox-app", "clientSecret": "sandbox-app-secret"},
        perms=["csp:org_member"],
        info={"user": {}},
    ),
    "ready-person": _caller(
        "csp",
        credential={"accessToken": True},
        username="kay@example.com",
        info={"user": {}, "userOrgInfo": None},
    ),
    "ready-machine": _caller("csp", credential={"accessToken": True}, info={"user": {}}),
    "refused": _caller(
        "m3ter",
        credential={"apiToken": "sandbox-refused"},
        me={"user": {"id": "u"}},
        policies=None,
        userDetails=None,
        userGroups=None,
    ),
    "paged": _caller(
        "m3ter",
        credential={"apiToken": True},
        me={"user": {"id": "u"}, "serviceUser": {"id": "s"}},
        policies=_POLICIES,
        userDetails={"permissionPolicy": [{"effect": "ALLOW"}]},
        userGroups=[{"id": "g"}, {"id": "h"}, {"id": "i"}],
        inheritedGroups=["i"],
        groupPolicies={"g": _POLICIES[:2], "i": None},
        permissions={"CONFIG#CONFIG_CREATE#ITEM#*": True},
    ),
}


@pytest.fixture(scope="session")
def callers() -> dict[str, Scenario]:
    """Every caller of these tests."""
    return {**library.built_in(), **_AWKWARD}


@pytest.fixture(scope="session")
def sandbox(callers: dict[str, Scenario]) -> Iterator[Sandbox]:
    """One sandbox for all tests that change nothing in it."""
    with Sandbox.start(callers) as running:
        yield running


@pytest.fixture(scope="session")
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A client of that sandbox."""
    with httpx.Client(base_url=sandbox.url, trust_env=False) as session:
        yield session
