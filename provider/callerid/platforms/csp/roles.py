"""The roles of a VMware Cloud Services caller, and whether the access token carries them too."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.model import Role, is_past
from callerid.platforms.csp.replies import CspRole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.model import RoleKind
    from callerid.platforms.csp.replies import CspOrgRole, CspServiceDefinition, CspUserOrgInfo

_ORGANIZATION = "csp:"
_SERVICE = "external/"


class Permissions(NamedTuple):
    """The `perms` claim of an access token.

    `csp:NAME` is an organization role; `external/DEFINITION/NAME` a role in the service with that
    definition.
    """

    organization: frozenset[str]
    service: frozenset[tuple[str, str]]

    def has_service_role(self, definition: str | None, name: str, *, unique: bool) -> bool:
        """Return whether the token carries a service role.

        Without a `definition` the name alone decides, if it is `unique` among the account's
        services and in the token.
        """
        if definition:
            return (definition, name) in self.service
        return unique and sum(each == name for _, each in self.service) == 1


def read_permissions(token: Mapping[str, Any]) -> Permissions | None:
    """Read the `perms` claim; None where the token has none that can be read."""
    perms = token.get("perms")
    if not isinstance(perms, list):
        return None
    texts = [each for each in perms if isinstance(each, str)]
    return Permissions(
        frozenset(
            each.removeprefix(_ORGANIZATION) for each in texts if each.startswith(_ORGANIZATION)
        ),
        frozenset(_service_role(each) for each in texts if each.startswith(_SERVICE)),
    )


def of_claims(permissions: Permissions) -> list[Role]:
    """Make a role of each permission of a token that answers alone.

    The token knows a service by the id of its definition only.
    """
    organization = [
        Role(name=name, kind="organization", source="token", active=True)
        for name in permissions.organization
    ]
    service = [
        Role(name=name, kind="service", source="token", active=True, service_name=definition)
        for definition, name in permissions.service
    ]
    return organization + service


def of_info(infos: list[CspUserOrgInfo], permissions: Permissions | None, now: float) -> list[Role]:
    """Make the roles of an account, active or not at `now` (seconds since 1970).

    `permissions` are the token's, None for a token that does not list them.
    """
    roles = [role for info in infos for role in _organization_and_custom(info, permissions)]
    services = [service for info in infos for service in info.services_def or []]
    names = Counter(name for service in services for name in _names(service))
    for info in infos:
        for service in info.services_def or []:
            roles += _in_service(info, service, permissions, names)
    return [
        role.model_copy(update={"active": False}) if is_past(role.expires_at, now) else role
        for role in roles
    ]


def _organization_and_custom(
    info: CspUserOrgInfo, permissions: Permissions | None
) -> Iterator[Role]:
    for role in info.org_roles or []:
        name = (role.name or "").removeprefix(_ORGANIZATION)
        if name:
            yield Role(
                **_common(info, role, name, "organization"),
                display_name=role.display_name,
                in_token=None if permissions is None else name in permissions.organization,
            )
    for custom in info.custom_roles or []:
        if custom.name:
            yield Role(
                **_common(info, custom, custom.name, "custom"),
                membership_type=custom.membership_type,
            )


def _in_service(
    info: CspUserOrgInfo,
    service: CspServiceDefinition,
    permissions: Permissions | None,
    names: Mapping[str, int],
) -> Iterator[Role]:
    definition = _last_part(service.ref_link)
    for role in _roles_in(service):
        name = _plain(role)
        yield Role(
            **_common(info, role, name, "service"),
            membership_type=role.membership_type,
            service_name=service.service_name,
            service_display_name=service.service_display_name,
            in_token=None
            if permissions is None
            else permissions.has_service_role(definition, name, unique=names[name] == 1),
        )


def _common(
    info: CspUserOrgInfo, role: CspRole | CspOrgRole, name: str, kind: RoleKind
) -> dict[str, Any]:
    return {
        "name": name,
        "kind": kind,
        "source": "api",
        "active": True,
        "organization": info.name,
        "resource": role.resource,
        "expires_at": role.expires_at,
    }


def _roles_in(service: CspServiceDefinition) -> list[CspRole]:
    """List a service's roles; the API names each again in `serviceRoles`, and some only there."""
    detailed = [role for role in service.roles or [] if role.name]
    known = {_plain(role) for role in detailed}
    named = [CspRole(name=name) for name in service.service_roles or []]
    return detailed + [role for role in named if _plain(role) not in known]


def _names(service: CspServiceDefinition) -> set[str]:
    return {_plain(role) for role in _roles_in(service)}


def _plain(role: CspRole) -> str:
    name = role.name or ""
    return _service_role(name)[1] if name.startswith(_SERVICE) else name


def _service_role(text: str) -> tuple[str, str]:
    definition, _, name = text.removeprefix(_SERVICE).partition("/")
    return definition, name


def _last_part(link: str | None) -> str | None:
    return link.rstrip("/").rpartition("/")[2] or None if link else None
