"""Who the caller is, in the terms that both platforms share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callerid.asking import claims
from callerid.errors import UnexpectedReplyError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.model import PrincipalType
    from callerid.platforms.csp.replies import CspUser, CspUserInfo
    from callerid.platforms.m3ter.replies import M3terCurrentUser


class Principal(NamedTuple):
    """A person or a machine; `display_name` is never empty."""

    type: PrincipalType
    id: str
    display_name: str
    email: str | None = None
    username: str | None = None


def of_m3ter(me: M3terCurrentUser) -> Principal:
    """Read m3ter's answer; where it names both, a person acts and the person counts."""
    if me.user:
        user = me.user
        name = _display_name(user.first_name, user.last_name, user.email, user.id)
        return Principal("user", user.id, name, email=user.email)
    machine = me.service_user
    assert machine  # noqa: S101 - an answer that names neither is no M3terCurrentUser
    return Principal("serviceUser", machine.id, machine.name or machine.id)


def of_csp(info: CspUserInfo) -> tuple[Principal, CspUser]:
    """Read VMware Cloud Services' answer about a person."""
    user = info.user
    assert user  # noqa: S101 - an answer that names nobody is no CspUserInfo
    assert user.user_id  # noqa: S101 - as above
    name = _display_name(user.first_name, user.last_name, user.email, user.username, user.user_id)
    return Principal("user", user.user_id, name, user.email, user.username), user


def of_csp_claims(token: Mapping[str, Any]) -> Principal:
    """Read a service account of VMware Cloud Services from its access token.

    Raises:
        UnexpectedReplyError: the token cannot be decoded or names no subject.
    """
    subject = claims.text(token, "sub")
    if subject is None:
        message = (
            "The access token names no subject, and VMware Cloud Services answers no questions of "
            "service accounts: callerid cannot tell who calls."
        )
        raise UnexpectedReplyError(message)
    return Principal("serviceUser", subject, subject)


def _display_name(first: str | None, last: str | None, *others: str | None) -> str:
    full = " ".join(part.strip() for part in (first, last) if part)
    return full or next(other for other in others if other)
