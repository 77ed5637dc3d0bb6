"""Callers of a sandbox, small: a test adds what it is about."""

from __future__ import annotations

from typing import Any

from callerid.sandbox.scenario import Scenario
from support.bodies import ORG


def csp_caller(name: str, **more: Any) -> Scenario:
    """Give a caller of VMware Cloud Services who has an API token."""
    block = {
        "organizationId": ORG,
        "subject": "d:s",
        "credential": {"apiToken": f"sandbox-{name}"},
        "info": None,
        **more,
    }
    return Scenario.model_validate({"description": name, "csp": block})
