"""The function `has_role(roles, name)`: whether a list of roles has one that counts.

Pure, and without the models: Terraform calls it in processes of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.config import BUILT_IN_ROLES
from callerid.guard.role_names import names
from callerid.role_rules import KINDS, lack

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "has_role"
_BUILT_IN = frozenset().union(*BUILT_IN_ROLES.values())
"""Organization roles of all platforms: a list of roles does not tell of which it is."""


class _Statement(NamedTuple):
    actions: Sequence[str] | None
    effect: str | None
    resources: Sequence[str] | None


class _Role(NamedTuple):
    active: bool
    in_token: bool | None
    kind: str
    name: str
    service_name: str | None
    statements: Sequence[_Statement] | None


def has_role(roles: Sequence[dict[str, Any]], name: str) -> bool:
    """Return whether one of the roles has this name and counts.

    A role that is null in part is judged by what is there: what is not there keeps nothing.
    """
    read = [_read(role) for role in roles if role and role["kind"] in KINDS and role["name"]]
    taken = _BUILT_IN | {role.name for role in read if role.kind == "organization"}
    return any(name in names(role, taken) and lack(role) is None for role in read)


def _read(role: dict[str, Any]) -> _Role:
    statements = role["statements"]
    return _Role(
        active=role["active"] is True,
        in_token=role["in_token"],
        kind=role["kind"],
        name=role["name"],
        service_name=role["service_name"],
        statements=statements and [_Statement(**each) for each in statements if each],
    )
