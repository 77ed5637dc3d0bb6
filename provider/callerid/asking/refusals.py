"""Messages for refusals by an API: which credential or organization, and what to check."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callerid.errors import (
    ApiError,
    ArgumentError,
    ForbiddenError,
    NotFoundError,
    UnauthorizedError,
    UnexpectedReplyError,
)
from callerid.shown import shown_id

if TYPE_CHECKING:
    from callerid.config import Credential
    from callerid.errors import Answered

FORBIDDEN, NOT_FOUND = 403, 404
ERRORS = {FORBIDDEN: ForbiddenError, NOT_FOUND: NotFoundError}
"""The statuses that deny a request though the credential is valid."""
ARGUMENT = "the argument orgId"
"""What a call's own organization is called; see `Org.source`."""


class Org(NamedTuple):
    """The organization asked about: its id, and where that was found.

    `source` is `the argument orgId`, else that of the setting (see `PlatformConfig`); None is the
    token.
    """

    id: str
    source: str | None

    @property
    def about(self) -> str | None:
        """The argument that it is from, by its name in the schema; None if it is from none."""
        return "orgId" if self.source == ARGUMENT else None


def of_credential(
    title: str, credential: Credential, answered: Answered, hint: str, org: Org | None = None
) -> UnauthorizedError:
    """Make the error for a credential that the platform does not accept; `hint` ends the text.

    Where a token was asked for `org`, that may be why: how a platform words it is not documented.
    """
    text = f"{title} refused {credential.flow.title} ({answered}).\nCheck {credential.whole}.{hint}"
    if org:
        text += (
            f" Or {credential.flow.title} is not known in organization {shown_id(org.id)}: "
            f"check {org.source}."
        )
    return UnauthorizedError(text, answered)


def of_token_endpoint(
    title: str, where: str, answered: Answered, check: str, org: Org | None
) -> UnexpectedReplyError:
    """Make the error for an answer that is none of a token endpoint.

    Args:
        title: the platform's.
        where: the host that was asked.
        answered: what came.
        check: the sentence that says what to check about the base URL.
        org: the organization that a token was asked for. One that is not known may be 404, too.
    """
    text = f"{title} has no token endpoint at {where} ({answered}).\n{check}"
    if org and answered.status == NOT_FOUND:
        text += f" Or organization {shown_id(org.id)} is not known there: check {org.source}."
    return UnexpectedReplyError(text, answered)


def of_question(title: str, credential: Credential, answered: Answered, org: Org) -> ApiError:
    """Return the error for a request about an organization that gets no 2xx."""
    if answered.status not in ERRORS:
        text = f"{title} does not understand the request ({answered}). "
        return ApiError(f"{text}Check {place(org, credential)}.", answered)
    if org.source:
        why = (
            f"The credential ({credential.source}) may belong to another organization or lack the "
            f"right. Check {org.source}, and the caller's roles."
        )
    else:
        why = (
            f"The credential ({credential.source}) may lack the right: the organization is its "
            "own. Check the caller's roles."
        )
    text = f"{title} refuses this question to the caller ({answered}).\n{why}"
    return ERRORS[answered.status](text, answered)


def of_method(title: str, answered: Answered, check: str) -> UnexpectedReplyError:
    """Make the error for an address that knows no such question: `check` is about the base URL."""
    text = f"{title} does not understand the request ({answered}). {check}"
    return UnexpectedReplyError(text, answered)


def no_organization() -> ArgumentError:
    """Return the error for an argument in which there is no organization."""
    text = f"{ARGUMENT[0].upper()}{ARGUMENT[1:]} holds quotation marks or blanks, and no id."
    return ArgumentError(text, about="orgId")


def place(org: Org, credential: Credential) -> str:
    """Name what to check about an organization's id."""
    return org.source or f"{credential.whole}, whose own organization was asked about"
