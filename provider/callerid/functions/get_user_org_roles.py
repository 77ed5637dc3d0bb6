"""getUserOrgRoles: what may I do there?"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from callerid.config import BUILT_IN_ROLES
from callerid.errors import printable_line
from callerid.functions import Function
from callerid.functions.get_current_user import Answering, CallerArgs
from callerid.model import PrincipalType, ReportedOrganization, Role, Value, epoch_seconds
from callerid.platforms import part
from callerid.platforms.csp.results import CspUserOrgRoles
from callerid.platforms.m3ter.results import M3terUserOrgRoles

if TYPE_CHECKING:
    from callerid.asking.call import Call
    from callerid.asking.client import Client
    from callerid.asking.refusals import Org
    from callerid.platforms.contract import Rights


class GetUserOrgRolesArgs(CallerArgs):
    """Which platform to ask, and about which organization."""


class GetUserOrgRolesResult(Value):
    """The caller's roles in an organization."""

    platform: Answering
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
    """When the answer was recorded, RFC 3339 in UTC, or `an unknown time`; only in answers replayed
    from a recording."""
    roles: list[Role]
    """All roles of the caller, expired ones included, sorted by name."""
    role_names: list[str]
    """The names of the active roles, sorted, each once. The name of an organization role stands
    here for that role only, never for a custom or service role of the same name."""
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
    answers = part(client.name, "answers").ANSWERS
    return result(client, org, answers.rights(client, org, call.deadline))


SOON_SECONDS = 7 * 86400
"""A role that ends within a week is worth a warning."""


def result(client: Client, org: Org, found: Rights) -> GetUserOrgRolesResult:
    """Write what a platform found out as the answer of the function; warn of ends within a week."""
    caller, roles = found.principal, found.roles
    names = _active_names(roles, BUILT_IN_ROLES[client.name])
    for role in roles:
        if text := _to_warn_of(role, client.clock.time()):
            role_name, who = printable_line(role.name), printable_line(caller.display_name)
            client.warn(f"the role {role_name} of {who} {text}.")
    answer = GetUserOrgRolesResult(
        platform=client.name,
        principal_type=caller.type,
        user_id=caller.id,
        display_name=caller.display_name,
        org_id=org.id,
        credential_source=client.credential.source,
        recorded_at=client.recorded_at,
        email=caller.email,
        roles=roles,
        role_names=names,
        organizations=found.organizations,
        fingerprint=_fingerprint(client.name, caller.id, org.id, names),
    )
    return answer.model_copy(update={client.name: found.own})


def _active_names(roles: list[Role], built_in: frozenset[str]) -> list[str]:
    """List the names of active roles, each once.

    One of an organization role is not given for a custom or service role, which anybody may call
    so: programs look for it here.
    """
    taken = built_in | {role.name for role in roles if role.kind == "organization"}
    return sorted(
        {
            role.name
            for role in roles
            if role.active and not (role.kind in {"custom", "service"} and role.name in taken)
        }
    )


def _to_warn_of(role: Role, now: float) -> str | None:
    ends = epoch_seconds(role.expires_at)
    if role.expires_at and ends is None:
        return "has an end that cannot be read, so it does not count"
    soon = role.active and ends is not None and ends - now < SOON_SECONDS
    return f"ends at {role.expires_at}" if soon else None


def _fingerprint(platform: str, user_id: str, org_id: str, role_names: list[str]) -> str:
    canonical = json.dumps([platform, user_id, org_id, role_names])
    return hashlib.sha256(canonical.encode()).hexdigest()


FUNCTION = Function(
    "getUserOrgRoles", GetUserOrgRolesArgs, GetUserOrgRolesResult, get_user_org_roles
)
