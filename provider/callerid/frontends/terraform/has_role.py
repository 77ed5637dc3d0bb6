"""The function `has_role(roles, name)`: whether a list of roles has one that counts.

Pure, and without the models: Terraform calls it in processes of its own.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.config import BUILT_IN_ROLES
from callerid.frontends.terraform.messages import MARKDOWN
from callerid.guard.role_names import names
from callerid.role_rules import KINDS, lack

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "has_role"
_STATEMENT = {"actions": ["list", "string"], "effect": "string", "resources": ["list", "string"]}
_ROLE = {
    "active": "bool",
    "in_token": "bool",
    "kind": "string",
    "name": "string",
    "service_name": "string",
    "statements": ["list", ["object", _STATEMENT]],
}
DECLARED = {
    "parameters": [
        {
            "name": "roles",
            "type": json.dumps(["list", ["object", _ROLE]], separators=(",", ":")),
            "description": "The `roles` of `callerid_user_org_roles`.",
            "description_kind": MARKDOWN,
        },
        {
            "name": "name",
            "type": '"string"',
            "description": "A role's exact name, bare or written out, as in `all_roles` of "
            "`callerid_require_caller`: `org_owner`, `policy/NAME`, `SERVICE/NAME`.",
            "description_kind": MARKDOWN,
        },
    ],
    "return": {"type": '"bool"'},
    "summary": "Whether a role of this name is held, and counts",
    "description": "Returns true if one of the roles has this name and counts: it is active, the "
    "access token carries it, and a policy allows something. Roles are named as in the rules of "
    "`callerid_require_caller`: a service role is never meant by a bare name, nor a custom role by "
    "that of an organization role.",
    "description_kind": MARKDOWN,
}
"""The function, with the fields of the message `Function`."""
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
    read = [_read(role) for role in roles if role and role["kind"] in KINDS]
    taken = _BUILT_IN | {role.name for role in read if role.kind == "organization"}
    return any(name in names(role, taken) and lack(role) is None for role in read)


def _read(role: dict[str, Any]) -> _Role:
    statements = role["statements"]
    return _Role(
        active=role["active"] is True,
        in_token=role["in_token"],
        kind=role["kind"],
        name=role["name"] or "",
        service_name=role["service_name"],
        statements=statements and [_Statement(**each) for each in statements if each],
    )
