"""The `perms` claim of an access token: what its entries carry, by their forms.

Seen in tokens and in public clients are `csp:NAME`, `external/DEFINITION/NAME` and
`external/DEFINITION/RESOURCE/NAME`, with `*` or a name for the resource; the links to definitions
have `paid/` in place of `external/` too.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.asking import claims
from callerid.platforms.csp.settings import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

ORGANIZATION = "csp:"
"""What stands before the name of an organization role."""
_ALL = "*"
_DEFINITION = re.compile(rf"(?:{'|'.join(DEFINITIONS)})([^/]+)/(?:([^/]+)/)?([^/]+)")
"""`external/DEFINITION/NAME`, or with a resource before the name."""
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
    """What a token carries: organization roles, and service roles by their names.

    `unknown` are the entries of any other form. `readable` is False where the claim is no list:
    then it carries nothing.
    """

    organization: frozenset[str] = frozenset()
    service: Mapping[str, frozenset[Carried]] = MappingProxyType({})
    unknown: frozenset[str] = frozenset()
    readable: bool = True

    @property
    def roles(self) -> list[Carried]:
        """All roles, in no order."""
        held = [each for named in self.service.values() for each in named]
        return [*map(Carried, self.organization), *held]

    def has_service_role(
        self,
        name: str,
        resource: str | None,
        service: tuple[str | None, str | None],
        others: Collection[str | None],
        *,
        unique: bool,
    ) -> bool:
        """Return whether the token carries a service role.

        Args:
            name: its name, without any prefix.
            resource: what it is limited to.
            service: the id of its service's definition, and the service's name. Without an id the
                role's name alone decides, if it is `unique` and the token has it of one service.
            others: the ids of the account's other services.
            unique: whether no other service of the account has a role of this name.
        """
        definition, own_name = service
        named = self.service.get(name, frozenset())
        mine = [each for each in named if _is_meant(each, definition, own_name)]
        if definition or mine or not unique:
            return any(each.is_of(resource) for each in mine)
        of_one = len({each.service for each in named}) == 1
        open_ = [each for each in named if not each.may_be_name and each.service not in others]
        return of_one and any(each.is_of(resource) for each in open_)


def _is_meant(carried: Carried, definition: str | None, own_name: str | None) -> bool:
    known = (definition, own_name) if carried.may_be_name else (definition,)
    return carried.service in known


def read(token: Mapping[str, Any]) -> Permissions | None:
    """Read the claim; None where the token has none. What is no text in it carries nothing."""
    if "perms" not in token:
        return None
    entries = token["perms"]
    if not isinstance(entries, list):
        return Permissions(readable=False)
    texts = frozenset(each for each in entries if claims.is_text(each))
    known = {each: carried for each in texts if (carried := _carried(each))}
    by_name: dict[str, set[Carried]] = {}
    for each in known.values():
        by_name.setdefault(each.name, set()).add(each)
    return Permissions(
        frozenset(each.name for each in known.values() if each.service is None),
        {
            name: frozenset(each for each in found if each.service)
            for name, found in by_name.items()
        },
        texts - known.keys(),
    )


def without_prefix(text: str) -> tuple[str, str | None]:
    """Split the name of an account's service role, which may be written as tokens do.

    Returns:
        The name alone, and the resource in front of it.
    """
    if not text.startswith((*DEFINITIONS, ORGANIZATION)):
        return text, None
    found = _carried(text)
    return (found.name, found.resource) if found else ("", None)


def _carried(text: str) -> Carried | None:
    rest = text.removeprefix(ORGANIZATION)
    by_definition = rest == text or rest.startswith(DEFINITIONS)
    if not by_definition and "/" not in rest:
        return Carried(rest) if rest.strip() else None
    found = (_DEFINITION if by_definition else _SERVICE).fullmatch(rest)
    if not found or not all(each is None or each.strip() for each in found.groups()):
        return None
    service, resource, name = found.groups()
    return Carried(name, service, resource, may_be_name=not by_definition)
