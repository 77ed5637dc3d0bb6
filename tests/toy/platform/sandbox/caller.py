"""Who calls at Toy Cloud: the block `toy` of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from callerid.sandbox import bodies
from callerid.sandbox.caller import Body, Caller, Membership, Role
from callerid.sandbox.credential import Credential, MadeUp
from callerid.sandbox.fault import Fault
from callerid.sandbox.strict import Strict, Text

if TYPE_CHECKING:
    from callerid.sandbox.tokens import Tokens

SECONDS = 600


class ToyCredential(Credential):
    """How the caller signs in."""

    ways = {("api_key", "api_secret"): "key and secret"}  # noqa: RUF012 - a ClassVar by its base
    api_key: MadeUp | None = None
    """The key's id."""
    api_secret: MadeUp | None = None
    """Its secret."""

    @property
    def existing_token(self) -> None:
        """Nobody brings a token along."""


class ToyFault(Fault):
    """A fault at Toy Cloud."""

    endpoint: Literal["token", "me", "*"]
    """Where: `token`, `me`, or `*` for both."""


class ToyCaller(Caller):
    """A caller at Toy Cloud. `me: null`: the call is refused with HTTP 403."""

    platform = "toy"

    credential: ToyCredential
    """How the caller signs in."""
    subject: Text
    """The tokens' `sub`."""
    roles: list[Text] = Field(default_factory=list)
    """The roles that the tokens carry."""
    me: Body | None
    """`GET /toy/orgs/{orgId}/me`."""
    faults: list[ToyFault] = Field(default_factory=list)
    """What goes wrong."""
    behaviour: Strict = Strict()
    """Toy Cloud's documents leave nothing open."""

    @property
    def is_person(self) -> bool:
        """Whether the caller has an e-mail address."""
        return bodies.text(self.principal, "email") is not None

    @property
    def principal(self) -> dict[str, Any]:
        """The whole body is about the caller."""
        return self.me or {}

    def memberships(self) -> list[Membership]:
        """Return the one organization."""
        roles = [
            Role(str(each["name"]), each.get("until")) for each in bodies.mappings(self.me, "roles")
        ]
        name = bodies.text(self.principal, "organization")
        return [Membership(self.organization_id, name, roles if self.me else None)]

    def mint(self, tokens: Tokens, name: str) -> str:
        """Mint an access token of ten minutes."""
        claims = {"sub": self.subject, "org": self.organization_id, "roles": self.roles}
        return tokens.mint(self.holder(name), {"typ": "JWT", "alg": "HS256"}, claims, SECONDS)


CALLER = ToyCaller
