"""The `perms` claim of an access token: what its entries carry, by their forms.

Seen in tokens and in public clients are `csp:NAME`, `external/DEFINITION/NAME` and
`external/DEFINITION/RESOURCE/NAME`, with `*` or a name for the resource; the links to definitions
have `paid/` in place of `external/` too.
"""

from __future__ import annotations

import re
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.asking import claims
from callerid.model import MOST_ITEMS
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


class Named(NamedTuple):
    """A service as an entry names it: by the id of a definition, or by what `may_be_name`."""

    service: str
    may_be_name: bool = False


class Permissions(NamedTuple):
    """What a token carries: organization roles, and service roles.

    The latter are found by their names and services; what each is limited to follows, None being
    the whole service. `unknown` are the entries of any other form. `readable` is False where the
    claim is no list, or longer than any caller's: then it carries nothing.
    """

    organization: frozenset[str] = frozenset()
    service: Mapping[str, Mapping[Named, Collection[str | None]]] = MappingProxyType({})
    unknown: frozenset[str] = frozenset()
    readable: bool = True

    @property
    def roles(self) -> list[Carried]:
        """All roles, in no order."""
        held = [
            Carried(name, each.service, resource, each.may_be_name)
            for name, named in self.service.items()
            for each, resources in named.items()
            for resource in resources
        ]
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
        named = self.service.get(name, {})
        mine = [named[each] for each in _ways(definition, own_name) if each in named]
        if definition or mine or not unique:
            return any(_holds(each, resource) for each in mine)
        few = [*islice(named, 3)]  # a service is named in two ways, and a third is another one
        of_one = len({each.service for each in few}) == 1
        open_ = [named[each] for each in few if _is_open(each, others)]
        return of_one and any(_holds(each, resource) for each in open_)


def _ways(definition: str | None, own_name: str | None) -> list[Named]:
    """List the ways to name a service."""
    by_id = [Named(definition), Named(definition, may_be_name=True)] if definition else []
    return [*by_id, Named(own_name, may_be_name=True)] if own_name else by_id


def _is_open(named: Named, others: Collection[str | None]) -> bool:
    return not named.may_be_name and named.service not in others


def _holds(resources: Collection[str | None], resource: str | None) -> bool:
    """Return whether a role holds for a `resource`; None is the whole service."""
    return any(each in resources for each in (None, _ALL, resource))


def read(token: Mapping[str, Any]) -> Permissions | None:
    """Read the claim; None where the token has none. What is no text in it carries nothing."""
    if "perms" not in token:
        return None
    entries = token["perms"]
    if not isinstance(entries, list) or len(entries) > MOST_ITEMS:
        return Permissions(readable=False)
    texts = frozenset(each for each in entries if claims.is_text(each))
    known = {each: carried for each in texts if (carried := _carried(each))}
    by_name: dict[str, dict[Named, set[str | None]]] = {}
    for name, service, resource, may_be_name in known.values():
        if service:
            named = by_name.setdefault(name, {})
            named.setdefault(Named(service, may_be_name), set()).add(resource)
    return Permissions(
        frozenset(each.name for each in known.values() if each.service is None),
        by_name,
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
