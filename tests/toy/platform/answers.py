"""How Toy Cloud answers callerid's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callerid.platforms.toy.client import Toy

from callerid.model import Organization, ReportedOrganization, Role
from callerid.platforms.contract import (
    Answers,
    CredentialDetails,
    Principal,
    Rights,
    Who,
    display_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.platforms.toy.replies import ToyMe, ToyRole

    from callerid.asking.clock import Deadline
    from callerid.asking.refusals import Org


class ToyAnswers(Answers[Toy]):
    """One answer of the API serves both questions."""

    client = Toy

    def who(self, client: Toy, org: Org, deadline: Deadline) -> Who:
        """Return who calls, person or machine."""
        me = client.me(org, deadline)
        return Who(_principal(me), Organization(id=org.id, name=me.organization), me)

    def rights(self, client: Toy, org: Org, deadline: Deadline) -> Rights:
        """Return the roles of the account, each compared with those of the token."""
        me, token = client.me(org, deadline), client.token(deadline, org)
        now = client.clock.time()
        roles = [_role(each, token.claims, now) for each in me.roles or []]
        reported = [ReportedOrganization(name=me.organization)] if me.organization else []
        return Rights(_principal(me), roles, reported, me)

    def credential(self, client: Toy, deadline: Deadline) -> CredentialDetails:
        """Return that keys do not end, as everybody at Toy Cloud knows."""
        return CredentialDetails(True, client.own_organization(client.token(deadline)))  # noqa: FBT003 - `told`


def _principal(me: ToyMe) -> Principal:
    name = display_name(me.first_name, me.last_name, me.email, me.id)
    return Principal("user" if me.email else "serviceUser", me.id, name, me.email)


def _role(role: ToyRole, token: Mapping[str, Any], now: float) -> Role:
    return Role(
        name=role.name,
        kind="organization",
        source="api",
        **role.end.of_role(now),
        in_token=_carries(token, role.name),
    )


def _carries(token: Mapping[str, Any], name: str) -> bool | None:
    """Tell whether a token carries a role; an opaque one cannot tell."""
    if "roles" not in token:
        return None
    return isinstance(token["roles"], list) and name in token["roles"]


ANSWERS = ToyAnswers()
