"""The roles of a VMware Cloud Services caller, and whether the access token carries them too."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.ends import strictest
from callerid.model import Role
from callerid.platforms.csp.organizations import is_of_another
from callerid.platforms.csp.permissions import ORGANIZATION, without_prefix
from callerid.platforms.csp.replies import CspRole

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

    from callerid.ends import End
    from callerid.platforms.csp.permissions import Carried, Permissions
    from callerid.platforms.csp.replies import CspOrgRole, CspServiceDefinition, CspUserOrgInfo
    from callerid.role_rules import RoleKind


def of_claims(permissions: Permissions, *, here: bool) -> list[Role]:
    """Make a role of each permission of a token that answers alone.

    They are active if the token is of the organization asked about: `here`. The token knows a
    service by the id of its definition only. What has an unknown form becomes a role of kind
    `permission`, named as it came, that does not count.
    """
    held = [
        _of_token(each.name, "service" if each.service else "organization", here, each)
        for each in permissions.roles
    ]
    return held + [_of_token(each, "permission", False) for each in permissions.unknown]  # noqa: FBT003 - not active


def _of_token(name: str, kind: RoleKind, here: bool, carried: Carried | None = None) -> Role:  # noqa: FBT001 - as of_claims'
    return Role(
        name=name,
        kind=kind,
        source="token",
        active=here,
        end_known=False,
        service_name=carried.service if carried else None,
        resource=carried.resource if carried else None,
    )


class Asked(NamedTuple):
    """What an account's roles are read by.

    `info` is the organization asked about, None if it is unknown which of those reported is;
    `doubted` says that the answer names another organization too, so that only roles that link to
    this one are of it;
    `permissions` are the token's, None for a token that does not list them; `now` is in seconds
    since 1970.
    """

    org_id: str
    info: CspUserOrgInfo | None
    doubted: bool
    permissions: Permissions | None
    now: float


def of_info(infos: list[CspUserOrgInfo], asked: Asked) -> list[Role]:
    """Make the roles of an account, each once, active or not.

    Roles of other organizations than the one asked about are none here, so they are not active.
    """
    found = [each for info in infos for each in _organization_and_custom(info, asked)]
    services = [service for info in infos for service in info.services_def or []]
    known = _Known(
        Counter(name for service in services for name in _names(service)),
        frozenset(_last_part(service.ref_link) for service in services if service.ref_link),
    )
    same = _same_services(services)
    for info in infos:
        for service in info.services_def or []:
            told = _in_service(info, service, asked, known)
            found += [each._replace(service=same(service)) for each in told]
    return _each_once(found, asked.now)


def _same_services(
    services: list[CspServiceDefinition],
) -> Callable[[CspServiceDefinition], str | None]:
    """Return how services are told apart: by name, and by definition where one has two names."""
    known_as = {
        _last_part(each.ref_link): each.service_name
        for each in reversed(services)
        if each.ref_link and each.service_name
    }

    def tell(service: CspServiceDefinition) -> str | None:
        definition = _last_part(service.ref_link)
        return known_as.get(definition) or service.service_name or definition

    return tell


class _Told(NamedTuple):
    """A role as one entry tells it.

    `here` is whether it is one of the organization asked about; `service` tells services apart.
    """

    role: Role
    end: End
    here: bool
    service: str | None = None


def _each_once(told: Iterable[_Told], now: float) -> list[Role]:
    """Make one role of the entries that tell the same one, with the strictest of their ends.

    Direct membership and membership through a group are two roles, unless an entry of the same
    name leaves open which of them it tells.
    """
    entries: dict[Hashable, list[_Told]] = {}
    for each in told:
        role = each.role
        key = (each.here, each.service, role.kind, role.name, role.organization, role.resource)
        entries.setdefault(key, []).append(each)
    return [_one(same, now) for alike in entries.values() for same in _by_membership(alike)]


def _by_membership(alike: list[_Told]) -> list[list[_Told]]:
    kinds: dict[str | None, list[_Told]] = {}
    for each in alike:
        kinds.setdefault(each.role.membership_type, []).append(each)
    return [alike] if None in kinds else list(kinds.values())


def _one(same: list[_Told], now: float) -> Role:
    known = [each for each in same if each.role.membership_type] or same
    ending = strictest(each.end for each in same).of_role(now, here=known[0].here)
    carried = {each.role.in_token for each in same}
    in_token = False if False in carried else None if None in carried else True
    return known[0].role.model_copy(update={**ending, "in_token": in_token})


def _organization_and_custom(info: CspUserOrgInfo, asked: Asked) -> Iterator[_Told]:
    permissions = asked.permissions
    for role in info.org_roles or []:
        name = (role.name or "").removeprefix(ORGANIZATION)
        if name:
            in_token = None if permissions is None else name in permissions.organization
            more = {
                "display_name": role.display_name,
                "resource": role.resource,
                "in_token": in_token,
            }
            yield _told(info, role, asked, name=name, kind="organization", **more)
    for custom in info.custom_roles or []:
        if custom.name:
            more = {"membership_type": custom.membership_type, "resource": custom.resource}
            yield _told(info, custom, asked, name=custom.name, kind="custom", **more)


class _Known(NamedTuple):
    """What all services of an account have: how many have a role of a name, and their ids."""

    names: Mapping[str, int]
    definitions: frozenset[str | None]


def _in_service(
    info: CspUserOrgInfo, service: CspServiceDefinition, asked: Asked, known: _Known
) -> Iterator[_Told]:
    permissions = asked.permissions
    known_as = (_last_part(service.ref_link), service.service_name)
    for role in _roles_in(service):
        name, resource = _plain(role), _resource(role)
        in_token = None
        if permissions is not None:
            in_token = permissions.has_service_role(
                name, resource, known_as, known.definitions, unique=known.names[name] == 1
            )
        more = {
            "resource": resource,
            "membership_type": role.membership_type,
            "service_name": service.service_name,
            "service_display_name": service.service_display_name,
            "in_token": in_token,
        }
        yield _told(info, role, asked, name=name, kind="service", **more)


def _told(info: CspUserOrgInfo, role: CspRole | CspOrgRole, asked: Asked, **more: Any) -> _Told:
    """Make a role of an entry; its end is still to be compared with those of others."""
    stray = is_of_another(role, asked.org_id)
    sure = not asked.doubted or bool(role.organizations)
    organization = min(role.organizations - {asked.org_id.lower()}) if stray else info.name
    unread = {"source": "api", "active": False, "end_known": False}
    made = Role(organization=organization, **unread, **more)
    return _Told(made, role.end, info is asked.info and sure and not stray)


def _roles_in(service: CspServiceDefinition) -> list[CspRole]:
    """List a service's roles; the API names each again in `serviceRoles`, and some only there."""
    detailed = [role for role in service.roles or [] if _plain(role).strip()]
    known = {(_plain(role), each) for role in detailed for each in (_resource(role), None)}
    if len(detailed) < len(service.roles or []):
        return detailed  # one without a name may be any of those that stand by name alone
    named = [CspRole(name=name) for name in service.service_roles or []]
    return detailed + [
        role
        for role in named
        if _plain(role).strip() and (_plain(role), _resource(role)) not in known
    ]


def _names(service: CspServiceDefinition) -> set[str]:
    return {_plain(role) for role in _roles_in(service)}


def _plain(role: CspRole) -> str:
    return without_prefix(role.name or "")[0]


def _resource(role: CspRole) -> str | None:
    return role.resource or without_prefix(role.name or "")[1]


def _last_part(link: str | None) -> str | None:
    return link.rstrip("/").rpartition("/")[2] or None if link else None
