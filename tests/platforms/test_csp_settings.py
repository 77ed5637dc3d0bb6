"""What is known of VMware Cloud Services before anybody asks it: its roles and their names."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from support import bodies
from support.api import json_reply
from support.callers import csp
from support.guards import allowed
from support.jwt import jwt

from callerid.guard.role_names import without_prefix

if TYPE_CHECKING:
    from support.api import Api

BUILT_IN = (
    *("org_owner", "org_admin", "org_member", "developer", "support_user", "platform_operator"),
    *("service_owner", "feature_flag_manager", "billing_read_only", "software_installer"),
    "access_log_auditor",
)
"""The organization roles that the reference lists."""


def test_a_custom_role_takes_over_no_built_in_one(api: Api) -> None:
    """Whoever may make custom roles gets no right of an organization role by its name."""
    custom = [{"name": name, "expiresAt": None} for name in (*BUILT_IN, "cost_viewer")]
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(jwt(context_name=bodies.ORG))))
    api.on(bodies.INFO, json_reply(bodies.info(customRoles=custom)))
    with closing(csp(api)) as core:
        assert [name for name in BUILT_IN if allowed(core, allRoles=[name])] == []
        assert allowed(core, allRoles=["cost_viewer", *(f"custom/{name}" for name in BUILT_IN)])


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("org_owner", "org_owner"),
        ("csp:org_owner", "org_owner"),
        ("external/d-1/admin", "admin"),
        ("external/d-1/*/admin", "admin"),
        ("paid/d-1/zone-1/admin", "admin"),
        ("csp:external/d-1/admin", "admin"),
        ("csp:paid/d-1/*/admin", "admin"),
        ("internal/d-1/admin", "internal/d-1/admin"),
        ("external/admin", "external/admin"),
    ],
)
def test_a_name_is_known_as_tokens_write_it(written: str, name: str) -> None:
    """People copy it from there."""
    assert without_prefix(written) == name
