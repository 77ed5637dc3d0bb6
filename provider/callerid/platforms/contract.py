"""What a platform has to be: an `Answers`, found as `ANSWERS` in its folder's `answers.py`.

Beside it are, in files of the same names for every platform, its `settings`, its `client` with the
questions it can be asked, and its `replies`, the models of what comes back.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar
from unicodedata import category

from callerid.asking import claims
from callerid.asking.client import Client
from callerid.ends import UNKNOWN, End
from callerid.shown import shown_principal

if TYPE_CHECKING:
    from callerid.asking.clock import Deadline
    from callerid.asking.refusals import Org
    from callerid.asking.tokens import Token
    from callerid.model import Organization, PrincipalType, ReportedOrganization, Role, Value

C = TypeVar("C", bound=Client)


class Principal(NamedTuple):
    """A person or a machine; `display_name` is never empty.

    `email_refuted` says that the platform itself calls the address unverified; `by_token` that no
    API vouched for the caller, but the token's claims alone; `type_inferred` that the type is told
    by nothing but what the claims do not have, which keeps no rule.
    """

    type: PrincipalType
    id: str
    display_name: str
    email: str | None = None
    username: str | None = None
    email_refuted: bool = False
    by_token: bool = False
    type_inferred: bool = False


class Who(NamedTuple):
    """Who calls, in which organization; `own` is the platform's own answer, where it gave one.

    `elsewhere` is what the answer names in place of, or beside, the organization asked about: the
    id of another one, or why it cannot be told. It keeps no rule `orgIds`; whether the roles count
    is for `rights` to say, with `Role.active`.
    """

    principal: Principal
    organization: Organization
    own: Value | None = None
    elsewhere: str | None = None


class Rights(NamedTuple):
    """What the caller may do: roles, and the organizations that were reported.

    A role of another organization, or of one that is not told, is listed as not `active`.
    `end_cure` is how to get to know the end of a role that the platform did not tell.
    """

    principal: Principal
    roles: list[Role]
    organizations: list[ReportedOrganization]
    own: Value | None = None
    end_cure: str = "leave minRoleSecondsLeft out, or require a role whose end is told"


class CredentialDetails(NamedTuple):
    """What an API reports of the credential itself, not of the access tokens made with it.

    `told` is False if the API does not report it; then the rest is empty. `cure` says how to get
    a new one.
    """

    told: bool
    org_id: str | None = None
    end: End = UNKNOWN
    cure: str = ""


class Answers(ABC, Generic[C]):
    """How one platform answers callerid's questions. It has no state: the client has."""

    client: type[C]
    """How the platform is asked."""
    wider_token: str = "use a credential whose tokens carry it, in place of"  # noqa: S105 - advice
    """How to get a token that carries a role of the account; the credential in use follows."""
    type_cure: str = "use a credential that tells it"
    """How to let a caller be known as a machine."""

    @abstractmethod
    def who(self, client: C, org: Org, deadline: Deadline) -> Who:
        """Return who the caller is.

        Raises:
            CalleridError: the API refuses, or cannot be understood; see `callerid.errors`.
        """

    @abstractmethod
    def rights(self, client: C, org: Org, deadline: Deadline) -> Rights:
        """Return the caller's roles, expired ones included.

        Raises:
            CalleridError: as `who`; what is refused is never taken for no roles.
        """

    def credential(self, client: C, deadline: Deadline) -> CredentialDetails | None:  # noqa: ARG002 - some platforms' need it
        """Return what the API knows of the credential in use; None if there is nothing to ask.

        Raises:
            ApiError: no usable answer came.
        """
        return None


def display_name(first: str | None, last: str | None, *others: str | None) -> str:
    """Name a person: first and last name, else the first of `others`, the last of which is an id.

    A text of invisible characters alone counts as not there.
    """
    full = " ".join(part.strip() for part in (first, last) if part and _is_visible(part))
    found = full or next(filter(_is_visible, others), others[-1])
    assert found  # noqa: S101 - nobody is without an id
    return found


_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and a symbol that Unicode shows as blanks."""


def _is_visible(text: str | None) -> bool:
    """Return whether there is a character to be seen; a mark is only seen on another one."""
    return any(
        each.isprintable() and each != " " and each not in _FILLERS and category(each)[0] != "M"
        for each in text or ""
    )


def tell_of_another(client: Client, token: Token, caller_id: str) -> None:
    """Warn where an API answers about somebody else than the token is of, by its claim `sub`.

    For platforms whose claim is documented to be the id that the API answers with. The API's answer
    counts all the same: it is about whoever called. What stands before a colon may be missing.
    """
    subject = claims.text(token.claims, "sub")
    if subject is None or _is_same(subject.lower(), caller_id.lower()):
        return
    client.warn(
        f"{client.title} answers about the caller {shown_principal(caller_id)}, and the token "
        f"({client.credential.source}) is of {shown_principal(subject)}. The former counts."
    )


def _is_same(one: str, other: str) -> bool:
    return one == other or one.endswith(f":{other}") or other.endswith(f":{one}")
