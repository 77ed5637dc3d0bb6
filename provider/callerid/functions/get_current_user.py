"""getCurrentUser: who am I?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from callerid.config import PlatformName
from callerid.config.table import EITHER
from callerid.functions import Function
from callerid.model import Arguments, Organization, PrincipalType, Value
from callerid.modelling import Field
from callerid.platforms import part
from callerid.platforms.csp.replies import CspUser
from callerid.platforms.m3ter.replies import M3terCurrentUser

if TYPE_CHECKING:
    from callerid.asking.call import Call
    from callerid.asking.client import Client
    from callerid.platforms.contract import Who


Answering = Annotated[PlatformName, Field(description=f"The platform that answered: {EITHER}.")]


class CallerArgs(Arguments):
    """Which platform to ask, and about which organization."""

    platform: PlatformName | None = Field(
        None,
        description=f"{EITHER}. Defaults to the provider's `platform`, else to the only platform "
        "with a credential.",
    )
    org_id: str | None = Field(None, min_length=1, max_length=256)
    """The organization to ask about, a UUID. Defaults to the provider's setting, else to the
    token's own organization."""


class GetCurrentUserArgs(CallerArgs):
    """Which platform to ask, and about which organization."""


class GetCurrentUserResult(Value):
    """Who calls, as the platform that issued the credential answers."""

    platform: Answering
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
    """When the answer was recorded, RFC 3339 in UTC, or `an unknown time`; only in answers replayed
    from a recording."""
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
    answers = part(client.name, "answers").ANSWERS
    return result(client, answers.who(client, org, call.deadline))


def result(client: Client, found: Who) -> GetCurrentUserResult:
    """Write what a platform found out as the answer of the function."""
    caller = found.principal
    answer = GetCurrentUserResult(
        platform=client.name,
        principal_type=caller.type,
        id=caller.id,
        display_name=caller.display_name,
        username=caller.username,
        email=caller.email,
        org_id=found.organization.id,
        organization=found.organization,
        credential_source=client.credential.source,
        recorded_at=client.recorded_at,
    )
    return answer.model_copy(update={client.name: found.own})


FUNCTION = Function("getCurrentUser", GetCurrentUserArgs, GetCurrentUserResult, get_current_user)
