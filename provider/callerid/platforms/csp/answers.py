"""How VMware Cloud Services answers callerid's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.asking import claims
from callerid.errors import UnauthorizedError, UnexpectedReplyError, printable_line
from callerid.model import Organization, ReportedOrganization
from callerid.platforms.contract import (
    Answers,
    CredentialDetails,
    Principal,
    Rights,
    Who,
    display_name,
    tell_of_another,
)
from callerid.platforms.csp import permissions as carried
from callerid.platforms.csp import roles
from callerid.platforms.csp.client import Csp
from callerid.platforms.csp.organizations import asked_about, elsewhere
from callerid.platforms.csp.results import CspUserOrgRoles
from callerid.platforms.csp.settings import API_TOKEN
from callerid.shown import shown_name

if TYPE_CHECKING:
    from callerid.asking.clock import Deadline
    from callerid.asking.refusals import Org
    from callerid.asking.tokens import Token
    from callerid.platforms.csp.replies import CspUser, CspUserInfo


class CspAnswers(Answers[Csp]):
    """One answer of the API for a person; for a machine, whom it refuses, the token's claims."""

    client = Csp
    type_cure = (
        "let callerid use the OAuth app itself: set cspClientId and cspClientSecret "
        "(CSP_CLIENT_ID, CSP_CLIENT_SECRET)"
    )
    wider_token = "make an API token whose scopes include it, and use it in place of"  # noqa: S105 - advice

    def who(self, client: Csp, org: Org, deadline: Deadline) -> Who:
        """Read a person from the API, a machine from its token."""
        info = client.info(org, deadline)
        token = client.token(deadline, org)
        if info is None:
            return Who(machine(client, token), Organization(id=org.id))
        caller, user = person(info)
        tell_of_another(client, token, caller.id)
        infos = info.user_org_info or []
        reported = asked_about(infos, org.id)
        organization = Organization(
            id=org.id,
            name=reported.name if reported else None,
            display_name=reported.display_name if reported else None,
        )
        return Who(caller, organization, user, elsewhere(infos, org.id))

    def rights(self, client: Csp, org: Org, deadline: Deadline) -> Rights:
        """Read a person's roles from the API, a machine's from its token."""
        info = client.info(org, deadline)
        token = client.token(deadline, org)
        permissions = carried.read(token.claims)
        if permissions and permissions.unknown:
            client.warn(_PERMS_UNKNOWN.format(entry=shown_name(min(permissions.unknown))))
        if info is None:
            caller = machine(client, token)
            if permissions is None or not permissions.readable:
                raise UnauthorizedError(_NO_PERMS.format(source=client.credential.source))
            here = client.own_organization(token) is not None
            if not here:
                client.warn(_OF_NO_ORGANIZATION)
            held = roles.of_claims(permissions, here=here)
            return Rights(caller, held, [], end_cure=_TOKENS_END_CURE)
        if permissions and not permissions.readable:
            client.warn(_PERMS_UNREADABLE)
        caller, user = person(info)
        tell_of_another(client, token, caller.id)
        infos = info.user_org_info or []
        organizations = [
            ReportedOrganization(name=each.name, display_name=each.display_name) for each in infos
        ]
        other, now = elsewhere(infos, org.id), client.clock.time()
        if other:
            client.warn(_ELSEWHERE.format(other=printable_line(other)))
        info_asked = asked_about(infos, org.id)
        asked = roles.Asked(org.id, info_asked, other is not None, permissions, now)
        own = CspUserOrgRoles(user=user, user_org_info=info.user_org_info)
        return Rights(caller, roles.of_info(infos, asked), organizations, own, _END_CURE)

    def credential(self, client: Csp, deadline: Deadline) -> CredentialDetails | None:
        """Ask until when an API token is good, and where."""
        if client.credential.flow is not API_TOKEN:
            return None
        details = client.api_token_details(deadline)
        if details is None:
            return CredentialDetails(told=False)
        return CredentialDetails(True, details.org_id, details.end, _NEW_TOKEN)  # noqa: FBT003 - `told`


_NEW_TOKEN = "Make a new API token in the console (My Account, API Tokens) and set CSP_API_TOKEN."  # noqa: S105 - advice
_ELSEWHERE = (
    "VMware Cloud Services answers about {other}, not only about the organization asked about. "
    "Roles count where they are surely of the latter."
)
_END_CURE = (
    "leave minRoleSecondsLeft out for this role, whose end VMware Cloud Services does not tell, or "
    "require another one"
)
_TOKENS_END_CURE = (
    "leave minRoleSecondsLeft out for a caller whose roles only the token tells, or use a person's "
    "credential"
)
_PERMS_UNREADABLE = (
    "the access token's claim perms cannot be read, so no role counts as one that the token "
    "carries."
)
_PERMS_UNKNOWN = (
    "the access token's claim perms has entries of a form that callerid does not know, such as "
    "{entry}. None of them counts as a role."
)
_OF_NO_ORGANIZATION = (
    "the access token names no organization, so none of its roles counts in the one asked about. "
    "Use a token whose claim context_name has the organization's id."
)
_NO_PERMS = (
    "The access token lists no permissions, and VMware Cloud Services answers no questions of "
    "service accounts: callerid cannot tell the roles.\nGive the machine behind {source} roles in "
    "the organization."
)


def person(info: CspUserInfo) -> tuple[Principal, CspUser]:
    """Read a person from the API's answer."""
    user = info.user
    assert user  # noqa: S101 - an answer without a caller is no CspUserInfo
    assert user.user_id  # noqa: S101 - as above
    name = display_name(user.first_name, user.last_name, user.email, user.username, user.user_id)
    refuted = user.email_verified is False
    return Principal("user", user.user_id, name, user.email, user.username, refuted), user


def machine(client: Csp, token: Token) -> Principal:
    """Read a service account from its access token's claims.

    Raises:
        UnauthorizedError: the token is not good any more.
        UnexpectedReplyError: it cannot be decoded or names no subject.
    """
    client.require_life(token)
    subject = claims.text(token.claims, "sub")
    if subject is None:
        message = (
            "The access token names no subject, and VMware Cloud Services answers no questions of "
            "service accounts: callerid cannot tell who calls."
        )
        raise UnexpectedReplyError(message)
    inferred = not client.is_app
    return Principal("serviceUser", subject, subject, by_token=True, type_inferred=inferred)


ANSWERS = CspAnswers()
