"""How m3ter answers callerid's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.config import shortest_way
from callerid.errors import ForbiddenError
from callerid.model import Organization, ReportedOrganization
from callerid.platforms.contract import (
    Answers,
    Principal,
    Rights,
    Who,
    display_name,
    tell_of_another,
)
from callerid.platforms.m3ter import roles
from callerid.platforms.m3ter.client import M3ter

if TYPE_CHECKING:
    from callerid.asking.clock import Deadline
    from callerid.asking.refusals import Org
    from callerid.platforms.m3ter.replies import M3terCurrentUser


class M3terAnswers(Answers[M3ter]):
    """The answer of `users/me`, with permission policies as roles."""

    client = M3ter

    def who(self, client: M3ter, org: Org, deadline: Deadline) -> Who:
        """Read `users/me`."""
        me = client.me(org, deadline)
        caller = _caller(client, me, org, deadline)
        reported = me.organization
        organization = Organization(
            id=org.id,
            name=reported.organization_name if reported else None,
            short_name=reported.short_name if reported else None,
            type=reported.type if reported else None,
            status=reported.status if reported else None,
        )
        return Who(caller, organization, me, _elsewhere(me, org))

    def rights(self, client: M3ter, org: Org, deadline: Deadline) -> Rights:
        """Read the caller's policies; where m3ter refuses to list them, the token's claims."""
        me = client.me(org, deadline)
        caller = _caller(client, me, org, deadline)
        reported = me.organization
        organizations = [ReportedOrganization(name=reported.organization_name)] if reported else []
        read = roles.read(client, org, caller, deadline)
        if read:
            held, own = read
            return Rights(caller, held, organizations, own, _END_CURE)
        token = client.token(deadline, org)
        here = not _elsewhere(me, org) or client.own_organization(token) is not None
        permitted = roles.of_token(client, org, caller, deadline, here=here)
        if permitted is None:
            raise ForbiddenError(_POLICIES_REFUSED)
        client.require_life(token)
        if not here:
            client.warn(_OF_NO_ORGANIZATION)
        return Rights(caller, permitted, organizations, end_cure=_TOKENS_END_CURE)


_TOKENS_END_CURE = (
    "ask an administrator of the organization for the right to list the caller's permission "
    "policies, or leave minRoleSecondsLeft out"
)
_END_CURE = (
    "ask an administrator of the organization for the right to retrieve users, with which m3ter "
    "tells when the access ends, or leave minRoleSecondsLeft out"
)
_OF_NO_ORGANIZATION = (
    "m3ter answers about another organization than the one asked about, and the access token names "
    "none, so none of its permissions counts. Use a token whose claim orgId has the organization's "
    "id."
)
_POLICIES_REFUSED = (
    "m3ter refuses to list the caller's permission policies, and the token in use names no "
    "permissions of its own.\nAsk an administrator of the organization for the right to retrieve "
    f"users' permissions, or use a service user's key: {shortest_way('m3ter')}."
)


def _elsewhere(me: M3terCurrentUser, org: Org) -> str | None:
    """Read the organization that the answer is about, where it is not the one asked about."""
    if me.unread:
        return "an organization that cannot be read"
    own = me.organization.org_id if me.organization else None
    return own if own is not None and own.lower() != org.id.lower() else None


def _caller(client: M3ter, me: M3terCurrentUser, org: Org, deadline: Deadline) -> Principal:
    """Read who acts; only a service user's token is documented to have its id as `sub`."""
    caller = principal(me)
    if caller.type == "serviceUser":
        tell_of_another(client, client.token(deadline, org), caller.id)
    return caller


def principal(me: M3terCurrentUser) -> Principal:
    """Read who acts; where m3ter names both, a person acts and the person counts."""
    if me.user:
        user = me.user
        name = display_name(user.first_name, user.last_name, user.email, user.id)
        return Principal("user", user.id, name, email=user.email)
    machine = me.service_user
    assert machine  # noqa: S101 - an answer that names neither is no M3terCurrentUser
    name = display_name(None, None, machine.name, machine.id)
    return Principal("serviceUser", machine.id, name)


ANSWERS = M3terAnswers()
