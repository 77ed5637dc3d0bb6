"""Which of the reported organizations is the one asked about: only links to it tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.platforms.csp.replies import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.platforms.csp.replies import CspHeldRole, CspUserOrgInfo


def asked_about(infos: list[CspUserOrgInfo], org_id: str) -> CspUserOrgInfo | None:
    """Find the organization asked about; None where no one, or more than one, can be it.

    No id of an organization is documented but in the links of roles. One that is reported alone
    needs no link, but must not link to others only. Of several, just one may link to it.
    """
    if len(infos) == 1:
        named = _named(infos[0])
        return infos[0] if not named or org_id.lower() in named else None
    linked = [info for info in infos if org_id.lower() in _named(info)]
    return linked[0] if len(linked) == 1 else None


def elsewhere(infos: list[CspUserOrgInfo], org_id: str) -> str | None:
    """Name another organization that the answer is about as well, or instead; None if none."""
    asked = asked_about(infos, org_id)
    if asked is None and len(infos) > 1:
        return "several organizations that cannot be told apart"
    others = _named(asked or infos[0]) - {org_id.lower()} if infos else frozenset[str]()
    unclear = any(info.unread or UNREADABLE in _linked(info) for info in infos)
    return min(others, default="roles that cannot be read" if unclear else None)


def is_of_another(role: CspHeldRole, org_id: str) -> bool:
    """Return whether a role's own links name another organization."""
    return bool(role.organizations - {org_id.lower()})


def _named(info: CspUserOrgInfo) -> frozenset[str]:
    return _linked(info) - {UNREADABLE}


def _linked(info: CspUserOrgInfo) -> frozenset[str]:
    return info.organizations.union(*(role.organizations for role in _roles(info)))


def _roles(info: CspUserOrgInfo) -> Iterator[CspHeldRole]:
    yield from info.org_roles or []
    yield from info.custom_roles or []
    for service in info.services_def or []:
        yield from service.roles or []
