"""getCurrentUser: who am I?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from callerid.config import PlatformName
from callerid.functions import Function, principal
from callerid.model import Arguments, Organization, PrincipalType, Value
from callerid.platforms.csp.client import Csp
from callerid.platforms.csp.replies import CspUser, CspUserOrgInfo
from callerid.platforms.m3ter.replies import M3terCurrentUser

if TYPE_CHECKING:
    from callerid.asking.call import AnyClient, Call
    from callerid.asking.client import Org
    from callerid.asking.clock import Deadline
    from callerid.functions.principal import Principal
    from callerid.platforms.m3ter.client import M3ter


class CallerArgs(Arguments):
    """Which platform to ask, and about which organization."""

    platform: PlatformName | None = None
    """`m3ter` or `csp`. Defaults to the provider's `platform`, else to the only platform with a
    credential."""
    org_id: str | None = Field(None, min_length=1, max_length=256)
    """The organization to ask about, a UUID. Defaults to the provider's setting, else to the
    token's own organization."""


class GetCurrentUserArgs(CallerArgs):
    """Which platform to ask, and about which organization."""


class GetCurrentUserResult(Value):
    """Who calls, as the platform that issued the credential answers."""

    platform: PlatformName
    """The platform that answered: `m3ter` or `csp`."""
    principal_type: PrincipalType
    """`user` for a person, `serviceUser` for a machine."""
    id: str
    """The caller's id at the platform; stable."""
    display_name: str
    """The caller's name for people, never empty: a person's first and last name, else e-mail
    address, else user name, else id; a machine's name, else id."""
    username: str | None = None
    """The user name, where the platform has one."""
    email: str | None = None
    """The e-mail address, where the platform has one. Personal data."""
    org_id: str
    """The id of the organization that was asked about."""
    organization: Organization | None = None
    """The organization that was asked about."""
    credential_source: str
    """Which credential decided the answer, for example `environment CSP_API_TOKEN`."""
    recorded_at: str | None = None
    """When the answer was recorded, RFC 3339 in UTC; only in answers replayed from a recording."""
    m3ter: M3terCurrentUser | None = None
    """m3ter's own answer, every field of it."""
    csp: CspUser | None = None
    """VMware Cloud Services' own answer about a person, every field of it but the password."""


def get_current_user(args: GetCurrentUserArgs, call: Call) -> GetCurrentUserResult:
    """Get who is calling: the person or machine behind the credential in use.

    The answer comes live from the API that issued the credential. Nothing in it is a secret.

    Raises:
        CalleridError: see the tree in `callerid.errors`.
    """
    client, org = call.ask(args.platform, args.org_id)
    if isinstance(client, Csp):
        return _csp(client, org, call.deadline)
    return _m3ter(client, org, call.deadline)


def _m3ter(client: M3ter, org: Org, deadline: Deadline) -> GetCurrentUserResult:
    me = client.me(org, deadline)
    reported = me.organization
    organization = Organization(
        id=org.id,
        name=reported.organization_name if reported else None,
        short_name=reported.short_name if reported else None,
        type=reported.type if reported else None,
        status=reported.status if reported else None,
    )
    caller = principal.of_m3ter(me)
    return _result(client, caller, organization).model_copy(update={"m3ter": me})


def _csp(client: Csp, org: Org, deadline: Deadline) -> GetCurrentUserResult:
    token = client.token(deadline)
    if client.is_machine(token):
        client.require_life(token)
        machine = principal.of_csp_claims(token.claims)
        return _result(client, machine, Organization(id=org.id))
    info = client.info(org, deadline)
    caller, user = principal.of_csp(info)
    reported = _reported(info.user_org_info or [], org.id)
    organization = Organization(
        id=org.id,
        name=reported.name if reported else None,
        display_name=reported.display_name if reported else None,
    )
    return _result(client, caller, organization).model_copy(update={"csp": user})


def _result(
    client: AnyClient, caller: Principal, organization: Organization
) -> GetCurrentUserResult:
    return GetCurrentUserResult(
        platform=client.name,
        principal_type=caller.type,
        id=caller.id,
        display_name=caller.display_name,
        username=caller.username,
        email=caller.email,
        org_id=organization.id,
        organization=organization,
        credential_source=client.credential.source,
        recorded_at=client.recorded_at,
    )


def _reported(infos: list[CspUserOrgInfo], org_id: str) -> CspUserOrgInfo | None:
    """Find the organization asked about: the API gives its id in the links of its roles alone."""
    if len(infos) == 1:
        return infos[0]
    return next((info for info in infos if _links_to(info, org_id)), None)


def _links_to(info: CspUserOrgInfo, org_id: str) -> bool:
    links = [role.organization_link or "" for role in info.org_roles or []]
    return any(link.rstrip("/").lower().endswith(f"/{org_id.lower()}") for link in links)


FUNCTION = Function("getCurrentUser", GetCurrentUserArgs, GetCurrentUserResult, get_current_user)
