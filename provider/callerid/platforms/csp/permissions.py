"""The `perms` claim of an access token: what its entries carry, by their forms.

Seen in tokens and in public clients are `csp:NAME`, `external/DEFINITION/NAME` and
`external/DEFINITION/RESOURCE/NAME`, with `*` or a name for the resource; the links to definitions
have `paid/` in place of `external/` too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.asking import claims
from callerid.platforms.csp.settings import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

ORGANIZATION = "csp:"
"""What stands before the name of an organization role."""
_ALL = "*"
_DEFINITION = re.compile(r"[A-Za-z][\w-]*/([^/]+)/(?:([^/]+)/)?([^/]+)")
"""`PREFIX/DEFINITION/NAME`, or with a resource before the name."""
_SERVICE = re.compile(r"([^/]+)/(?:([^/]+)/)?([^/]+)")
"""The same behind `csp:`: `SERVICE/NAME`, by definition or by the service's own name."""


class Carried(NamedTuple):
    """A role that a token carries; in the organization itself, if it names no `service`.

    `service` is the id of a definition, or the service's own name where it `may_be_name`.
    """

    name: str
    service: str | None = None
    resource: str | None = None
    may_be_name: bool = False

    def is_of(self, resource: str | None) -> bool:
        """Return whether it holds for a `resource`; None is the whole service."""
        return self.resource in (None, _ALL, resource)


class Permissions(NamedTuple):
    """What a token carries.

    `unknown` are the entries of any other form. `readable` is False where the claim is no list:
    then it carries nothing.
    """

    roles: frozenset[Carried]
    unknown: frozenset[str] = frozenset()
    readable: bool = True

    def has_organization_role(self, name: str) -> bool:
        """Return whether the token carries an organization role."""
        return Carried(name) in self.roles

    def has_service_role(
        self,
        name: str,
        resource: str | None,
        service: tuple[str | None, str | None],
        *,
        unique: bool,
    ) -> bool:
        """Return whether the token carries a service role.

        Args:
            name: its name, without any prefix.
            resource: what it is limited to.
            service: the id of its service's definition, and the service's name. Without an id the
                role's name alone decides, if it is `unique` and the token has it of one service.
            unique: whether no other service of the account has a role of this name.
        """
        definition, own_name = service
        named = [each for each in self.roles if each.service and each.name == name]
        mine = [each for each in named if _is_meant(each, definition, own_name)]
        if not definition and not mine and unique and len({each.service for each in named}) == 1:
            mine = named
        return any(each.is_of(resource) for each in mine)


def _is_meant(carried: Carried, definition: str | None, own_name: str | None) -> bool:
    known = (definition, own_name) if carried.may_be_name else (definition,)
    return carried.service in known


def read(token: Mapping[str, Any]) -> Permissions | None:
    """Read the claim; None where the token has none. What is no text in it carries nothing."""
    if "perms" not in token:
        return None
    entries = token["perms"]
    if not isinstance(entries, list):
        return Permissions(frozenset(), readable=False)
    texts = frozenset(each for each in entries if claims.is_text(each))
    known = {each: carried for each in texts if (carried := _carried(each))}
    return Permissions(frozenset(known.values()), texts - known.keys())


def without_prefix(text: str) -> tuple[str, str | None]:
    """Split the name of an account's service role, which may be written as tokens do.

    Returns:
        The name alone, and the resource in front of it.
    """
    if not text.startswith(tuple(DEFINITIONS)):
        return text, None
    found = _carried(text)
    return (found.name, found.resource) if found else ("", None)


def _carried(text: str) -> Carried | None:
    rest = text.removeprefix(ORGANIZATION)
    by_definition = rest == text or rest.startswith(tuple(DEFINITIONS))
    if not by_definition and "/" not in rest:
        return Carried(rest) if rest.strip() else None
    found = (_DEFINITION if by_definition else _SERVICE).fullmatch(rest)
    if not found or not all(each is None or each.strip() for each in found.groups()):
        return None
    service, resource, name = found.groups()
    return Carried(name, service, resource, may_be_name=not by_definition)
