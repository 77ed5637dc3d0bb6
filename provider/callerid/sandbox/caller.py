"""What a platform's `sandbox/caller.py` has to be: a `Caller`, found there as `CALLER`."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

from pydantic import Field, JsonValue, StringConstraints

from callerid.registry import PlatformName  # noqa: TC001 - pydantic reads the types of fields
from callerid.sandbox import bodies
from callerid.sandbox.moments import Timed
from callerid.sandbox.strict import Strict
from callerid.sandbox.tokens import Holder, Tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callerid.sandbox.credential import Credential
    from callerid.sandbox.fault import Fault

Body = Annotated[dict[str, JsonValue], Timed]
"""A JSON object that the sandbox answers exactly as it is written, explicit nulls included, but for
the texts that are relative times (`moments.Relative`)."""

_GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
Guid = Annotated[str, StringConstraints(pattern=_GUID)]


class Role(NamedTuple):
    """A role as the bodies write it; `ends` is whatever stands there, None for never.

    Nobody knows when a role `from_token` ends; one that is `not_in_token` is held by the account,
    and the token lacks it.
    """

    name: str
    ends: Any = None
    from_token: bool = False
    not_in_token: bool = False


class Membership(NamedTuple):
    """The caller in one organization; `roles` is None where the API refuses to list them."""

    organization_id: str
    organization: str | None
    roles: list[Role] | None


class Caller(Strict):
    """One platform's block of a scenario: who the caller is there, and what the API answers."""

    platform: ClassVar[PlatformName]
    """Whose block it is."""

    organization_id: Guid
    """The organization that the caller belongs to, a UUID."""
    token_expires_after_calls: Annotated[int, Field(ge=1)] | None = None
    """Each access token is refused as expired after so many calls; null: it lives its time."""
    requests_per_second: Annotated[int, Field(ge=1)] | None = None
    """More of the caller's organization within a second are answered with HTTP 429; null: any."""
    retry_after_on_429: bool = False
    """Whether every HTTP 429 that says nothing else has `Retry-After: 1`."""

    if TYPE_CHECKING:  # every platform declares these, with types of its own
        credential: Credential
        subject: str
        faults: Sequence[Fault]
        behaviour: Strict

    @property
    @abstractmethod
    def is_person(self) -> bool:
        """Whether this is a person; else it is a machine."""

    @property
    @abstractmethod
    def principal(self) -> dict[str, Any]:
        """The object about the caller in the bodies; empty where there is none."""

    @abstractmethod
    def memberships(self) -> list[Membership]:
        """Return the organizations that the caller belongs to, the main one first."""

    @abstractmethod
    def mint(self, tokens: Tokens, name: str) -> str:
        """Mint an access token for this caller, whose name in the sandbox is `name`."""

    @property
    def unmarked(self) -> str | None:
        """Why answers recorded of this caller could not be told from live ones; None: they can."""
        return None

    def limited_as(self, org_id: str) -> str:  # noqa: ARG002 - some platforms' need it
        """Return the organization whose rate limit a request about `org_id` counts for."""
        return self.organization_id

    def who(self) -> str:
        """Name the caller: name and e-mail address in the bodies, else the tokens' subject."""
        found = self.principal
        full = [bodies.text(found, "firstName"), bodies.text(found, "lastName")]
        known = [" ".join(filter(None, full))]
        known += filter(None, [bodies.text(found, "name"), bodies.text(found, "email")])
        return ", ".join(filter(None, known)) or self.subject

    def existing_token(self, tokens: Tokens, name: str) -> str | None:
        """Return the token that the caller brings along; None for one that exchanges something."""
        given = self.credential.existing_token
        if isinstance(given, str):
            tokens.remember(given, self.holder(name))
            return given
        return self.mint(tokens, name) if given else None

    @classmethod
    def holder(cls, name: str) -> Holder:
        """Return the holder of tokens that caller `name` is at this platform."""
        return Holder(cls.platform, name)
