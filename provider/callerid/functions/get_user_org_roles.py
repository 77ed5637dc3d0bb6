"""getUserOrgRoles: what may I do there?"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from callerid.config import PlatformName, shortest_way
from callerid.errors import ForbiddenError, UnauthorizedError, printable_line
from callerid.functions import Function, principal
from callerid.functions.get_current_user import CallerArgs
from callerid.model import (
    PrincipalType,
    ReportedOrganization,
    Role,
    Value,
    epoch_seconds,
)
from callerid.platforms.csp import roles as csp_roles
from callerid.platforms.csp.client import Csp
from callerid.platforms.csp.replies import CspUser, CspUserOrgInfo
from callerid.platforms.m3ter import roles as m3ter_roles
from callerid.platforms.m3ter.roles import M3terUserOrgRoles

if TYPE_CHECKING:
    from callerid.asking.call import AnyClient, Call
    from callerid.asking.client import Org
    from callerid.asking.clock import Deadline
    from callerid.functions.principal import Principal
    from callerid.platforms.m3ter.client import M3ter


class GetUserOrgRolesArgs(CallerArgs):
    """Which platform to ask, and about which organization."""


class CspUserOrgRoles(Value):
    """VMware Cloud Services' own answer about a person's roles."""

    user: CspUser | None = None
    """The person, every field but the password."""
    user_org_info: list[CspUserOrgInfo] | None = None
    """The organizations reported, with the person's roles."""


class GetUserOrgRolesResult(Value):
    """The caller's roles in an organization."""

    platform: PlatformName
    """The platform that answered: `m3ter` or `csp`."""
    principal_type: PrincipalType
    """`user` for a person, `serviceUser` for a machine."""
    user_id: str
    """The caller's id at the platform; stable."""
    display_name: str
    """The caller's name for people, never empty."""
    org_id: str
    """The id of the organization that was asked about."""
    credential_source: str
    """Which credential decided the answer, for example `environment CSP_API_TOKEN`."""
    email: str | None = None
    """The e-mail address, where the platform has one. Personal data."""
    recorded_at: str | None = None
    """When the answer was recorded, RFC 3339 in UTC; only in answers replayed from a recording."""
    roles: list[Role]
    """All roles of the caller, expired ones included, sorted by name."""
    role_names: list[str]
    """The names of the active roles, sorted, each once."""
    organizations: list[ReportedOrganization]
    """The organizations that the API reported, sorted by name."""
    fingerprint: str
    """SHA-256 over platform, user id, organization id and role names, in hexadecimal: it changes
    when, and only when, one of them does."""
    m3ter: M3terUserOrgRoles | None = None
    """m3ter's own answer, every field of it."""
    csp: CspUserOrgRoles | None = None
    """VMware Cloud Services' own answer about a person, every field of it but the password."""


def get_user_org_roles(args: GetUserOrgRolesArgs, call: Call) -> GetUserOrgRolesResult:
    """Get the roles of whoever is calling, in one organization.

    The answer comes live from the API that issued the credential; where that API does not answer
    for the caller, from the access token's claims, and then each role says `source: token`.

    Raises:
        CalleridError: see the tree in `callerid.errors`.
    """
    client, org = call.ask(args.platform, args.org_id)
    if isinstance(client, Csp):
        return _csp(client, org, call.deadline)
    return _m3ter(client, org, call.deadline)


def _m3ter(client: M3ter, org: Org, deadline: Deadline) -> GetUserOrgRolesResult:
    me = client.me(org, deadline)
    caller = principal.of_m3ter(me)
    reported = me.organization
    organizations = [ReportedOrganization(name=reported.organization_name)] if reported else []
    read = m3ter_roles.read(client, org, caller, deadline)
    if read:
        roles, own = read
        answer = _result(client, caller, org.id, roles, organizations)
        return answer.model_copy(update={"m3ter": own})
    permitted = m3ter_roles.of_claims(client.token(deadline).claims)
    if permitted is None:
        raise ForbiddenError(_POLICIES_REFUSED)
    return _result(client, caller, org.id, permitted, organizations)


SOON_SECONDS = 7 * 86400
"""A role that ends within a week is worth a warning."""
_POLICIES_REFUSED = (
    "m3ter refuses to list the caller's permission policies, and the token in use names no "
    "permissions of its own.\nAsk an administrator of the organization for the right to retrieve "
    f"users' permissions, or use a service user's key: {shortest_way('m3ter')}."
)


def _csp(client: Csp, org: Org, deadline: Deadline) -> GetUserOrgRolesResult:
    token = client.token(deadline)
    permissions = csp_roles.read_permissions(token.claims)
    if client.is_machine(token):
        client.require_life(token)
        machine = principal.of_csp_claims(token.claims)
        if permissions is None:
            raise UnauthorizedError(_NO_PERMS.format(source=client.credential.source))
        return _result(client, machine, org.id, csp_roles.of_claims(permissions), [])
    info = client.info(org, deadline)
    caller, user = principal.of_csp(info)
    infos = info.user_org_info or []
    roles = csp_roles.of_info(infos, permissions, client.clock.time())
    organizations = [
        ReportedOrganization(name=each.name, display_name=each.display_name) for each in infos
    ]
    own = CspUserOrgRoles(user=user, user_org_info=info.user_org_info)
    return _result(client, caller, org.id, roles, organizations).model_copy(update={"csp": own})


_NO_PERMS = (
    "The access token lists no permissions, and VMware Cloud Services answers no questions of "
    "service accounts: callerid cannot tell the roles.\nGive the machine behind {source} roles in "
    "the organization."
)


def _result(
    client: AnyClient,
    caller: Principal,
    org_id: str,
    roles: list[Role],
    organizations: list[ReportedOrganization],
) -> GetUserOrgRolesResult:
    names = sorted({role.name for role in roles if role.active})
    for role in roles:
        if role.active and _ends_soon(role, client.clock.time()):
            role_name, who = printable_line(role.name), printable_line(caller.display_name)
            client.warn(f"the role {role_name} of {who} ends at {role.expires_at}.")
    return GetUserOrgRolesResult(
        platform=client.name,
        principal_type=caller.type,
        user_id=caller.id,
        display_name=caller.display_name,
        org_id=org_id,
        credential_source=client.credential.source,
        recorded_at=client.recorded_at,
        email=caller.email,
        roles=roles,
        role_names=names,
        organizations=organizations,
        fingerprint=_fingerprint(client.name, caller.id, org_id, names),
    )


def _ends_soon(role: Role, now: float) -> bool:
    ends = epoch_seconds(role.expires_at)
    return ends is not None and ends - now < SOON_SECONDS


def _fingerprint(platform: str, user_id: str, org_id: str, role_names: list[str]) -> str:
    canonical = json.dumps([platform, user_id, org_id, role_names])
    return hashlib.sha256(canonical.encode()).hexdigest()


FUNCTION = Function(
    "getUserOrgRoles", GetUserOrgRolesArgs, GetUserOrgRolesResult, get_user_org_roles
)
