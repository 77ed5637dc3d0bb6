"""How rules name roles: what a bare name means, and what has to be written out."""

from __future__ import annotations

from typing import Any

import pytest

from callerid.guard.role_names import names, shown
from callerid.model import Role

TAKEN = {"org_owner", "org_member"}


def _role(kind: Any, name: str, service: str | None = None) -> Role:
    return Role(
        name=name, kind=kind, source="api", active=True, end_known=True, service_name=service
    )


@pytest.mark.parametrize(
    ("role", "meant", "form"),
    [
        (_role("organization", "org_owner"), {"org_owner", "organization/org_owner"}, "org_owner"),
        (_role("policy", "Admin"), {"Admin", "policy/Admin"}, "Admin"),
        (_role("policy", "Read/Write"), {"policy/Read/Write"}, "policy/Read/Write"),
        (_role("permission", "UPLOAD"), {"UPLOAD", "permission/UPLOAD"}, "UPLOAD"),
        (
            _role("permission", "UPLOAD", "M"),
            {"UPLOAD", "permission/UPLOAD", "M/UPLOAD"},
            "UPLOAD",
        ),
        (_role("custom", "cost"), {"cost", "custom/cost"}, "cost"),
        (_role("custom", "org_owner"), {"custom/org_owner"}, "custom/org_owner"),
        (_role("custom", "csp:org_owner"), {"custom/csp:org_owner"}, "custom/csp:org_owner"),
        (
            _role("custom", "organization/org_owner"),
            {"custom/organization/org_owner"},
            "custom/organization/org_owner",
        ),
        (_role("custom", "compute/admin"), {"custom/compute/admin"}, "custom/compute/admin"),
        (
            _role("service", "admin", "compute"),
            {"service/admin", "compute/admin"},
            "compute/admin",
        ),
        (_role("service", "org_owner"), {"service/org_owner"}, "service/org_owner"),
        (_role("service", "org_owner", "organization"), {"service/org_owner"}, "service/org_owner"),
        (_role("service", "x", "policy/Admin"), {"service/x"}, "service/x"),
        (_role("service", "a/b", "s"), {"service/a/b", "s/a/b"}, "s/a/b"),
    ],
)
def test_what_a_rule_may_call_a_role(role: Role, meant: set[str], form: str) -> None:
    """No name means a role of another kind; a refusal shows the shortest that means this one."""
    assert (names(role, TAKEN), shown(role, TAKEN)) == (meant, form)
