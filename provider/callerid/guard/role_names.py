"""How a rule names a role: bare, by its kind, or by its service."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from callerid.config import ROLE_PREFIXES
from callerid.role_rules import KINDS

if TYPE_CHECKING:
    from collections.abc import Collection

    from callerid.role_rules import NamedRole

_PREFIX = re.compile(ROLE_PREFIXES or r"(?!)")


def names(role: NamedRole, taken: Collection[str]) -> set[str]:
    """Return the names that a rule may use for a role.

    Written out is `KIND/NAME`, for a role of a service `SERVICE/NAME` too. A name without a slash
    may stand bare, but never that of a service role, nor that of a custom role if it is `taken` by
    an organization role.
    """
    found = {f"{role.kind}/{role.name}"}
    service = role.service_name
    if service and "/" not in service and service not in KINDS:
        found.add(f"{service}/{role.name}")
    if _may_stand_bare(role, taken):
        found.add(role.name)
    return found


def shown(role: NamedRole, taken: Collection[str]) -> str:
    """Return the shortest of the names, a service role's own service before any service."""
    found = names(role, taken)
    plain = (role.name, f"{role.service_name}/{role.name}", f"{role.kind}/{role.name}")
    return next(name for name in plain if name in found)


def _may_stand_bare(role: NamedRole, taken: Collection[str]) -> bool:
    if role.kind == "service" or "/" in role.name:
        return False
    return role.kind != "custom" or not {role.name, without_prefix(role.name)} & set(taken)


def without_prefix(name: str) -> str:
    """Strip what tokens put before the name of a role, which people may have copied along."""
    return _PREFIX.sub("", name)


def without_kind(name: str) -> str:
    """Strip a kind that is written out before a name."""
    kind, _, rest = name.partition("/")
    return rest if kind in KINDS and rest else name
