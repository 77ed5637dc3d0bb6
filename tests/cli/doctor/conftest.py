"""Callers to examine, and nothing of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support.bodies import ORG, person
from support.doctor import CANARIES, OTHER

from callerid.cli.doctor_settings import CERTIFICATE_VARIABLES, PROXY_VARIABLES
from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The built-in callers, and some with secrets that a test looks for."""
    org = {"organizationId": ORG, "subject": "acme:1"}
    key = {
        "apiKey": CANARIES["M3TER_API_KEY"],
        "apiSecret": CANARIES["M3TER_API_SECRET"],
    }
    m3ter = {**org, "credential": key, "me": person()}
    grace = {"user": {"userId": "acme:1"}}
    mine: dict[str, dict[str, Any]] = {
        "canary": {"m3ter": m3ter},
        "canary-csp": {
            "csp": {
                **org,
                "credential": {"apiToken": CANARIES["CSP_API_TOKEN"]},
                "info": grace,
            }
        },
        "two-apps": {
            "csp": {
                **org,
                "credential": {"clientId": "sandbox-app", "clientSecret": "sandbox-app-secret"},
                "perms": ["csp:org_member"],
                "organizations": {OTHER: {"perms": []}},
                "info": None,
            }
        },
        "ready": {
            "csp": {**org, "credential": {"accessToken": True}, "username": "grace", "info": grace}
        },
    }
    callers = {
        name: Scenario.model_validate({"description": "a caller of the tests", **fields})
        for name, fields in mine.items()
    }
    with Sandbox.start({**library.built_in(), **callers}) as running:
        yield running


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's Pulumi, proxies and programs out of the tests."""
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for name in (*PROXY_VARIABLES, "HTTP_PROXY", *CERTIFICATE_VARIABLES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
