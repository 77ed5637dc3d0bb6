"""The function `has_role`: the guard's own verdict on a name, from a list of roles alone."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callerid.config import BUILT_IN_ROLES
from callerid.frontends.terraform.has_role import has_role
from callerid.frontends.terraform.schema import HAS_ROLE
from callerid.guard.roles import Held
from callerid.model import Role, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = st.sampled_from(["org_owner", "admin", "a/b", "csp:org_owner", "Admin", "policy/Admin"])
STATEMENTS = st.builds(
    Statement,
    effect=st.sampled_from([None, "ALLOW", "DENY"]),
    actions=st.sampled_from([None, [], ["ALL"]]),
    resources=st.sampled_from([None, [], ["*"]]),
)
ROLES = st.builds(
    Role,
    name=NAMES,
    kind=st.sampled_from(["organization", "service", "custom", "policy", "permission"]),
    source=st.just("api"),
    active=st.booleans(),
    end_known=st.just(value=True),
    service_name=st.sampled_from([None, "compute", "policy"]),
    in_token=st.sampled_from([None, True, False]),
    statements=st.none() | st.lists(STATEMENTS, max_size=2),
)
ASKED = st.one_of(
    NAMES,
    st.builds("{}/{}".format, st.sampled_from(["compute", "service", "custom", "policy"]), NAMES),
)


def _given(roles: Sequence[Role]) -> list[dict[str, Any]]:
    """Give roles as Terraform does: each attribute that the function takes, if only as null."""
    declared: Any = HAS_ROLE
    [_, [_, fields]] = json.loads(declared["parameters"][0]["type"])
    return [{name: role.model_dump()[name] for name in fields} for role in roles]


def _guards(roles: Sequence[Role], name: str, platform: str) -> bool:
    evidence: Any = SimpleNamespace(
        held=SimpleNamespace(roles=roles),
        user=SimpleNamespace(platform=platform, credential_source="x"),
        org_vouched=True,
        elsewhere=None,
        now=0.0,
        wider_token="",
    )
    return Held(evidence, None).counts(name)


@given(st.lists(ROLES, max_size=4), ASKED)
def test_it_agrees_with_the_guard(roles: list[Role], name: str) -> None:
    """On every list, of every platform that has built-in roles; elsewhere it is the stricter."""
    found = has_role(_given(roles), name)
    for platform, built_in in BUILT_IN_ROLES.items():
        if built_in:
            assert found == _guards(roles, name, platform)
        else:
            assert not found or _guards(roles, name, platform)


@pytest.mark.parametrize("gone", ["active", "kind", "name", "in_token", "statements"])
def test_what_is_null_keeps_nothing(gone: str) -> None:
    """A role that is null in part, or whole, is no reason to let somebody pass."""
    role = {
        "active": True,
        "in_token": None,
        "kind": "policy",
        "name": "Admin",
        "service_name": None,
        "statements": None,
    }
    kept = gone in {"in_token", "statements"}
    assert has_role([{**role, gone: None}], "Admin") is kept
    assert not has_role([None], "Admin")  # type: ignore[list-item] # a list of objects may have it


def test_it_needs_no_models() -> None:
    """Terraform calls it in processes of its own."""
    code = (
        "import sys; from callerid.frontends.terraform import has_role; "
        "print([each for each in ('pydantic', 'httpx', 'callerid.model') if each in sys.modules])"
    )
    ran = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"
