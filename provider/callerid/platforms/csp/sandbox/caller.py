"""Who calls at VMware Cloud Services: the block `csp` of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal
from uuid import NAMESPACE_URL, uuid5

from pydantic import Field, model_validator

from callerid.platforms.csp.sandbox.behaviour import CspBehaviour
from callerid.sandbox import bodies
from callerid.sandbox.caller import Body, Caller, Guid, Membership, Role
from callerid.sandbox.credential import Credential, MadeUp, Minted
from callerid.sandbox.fault import Fault
from callerid.sandbox.strict import Strict, Text, mistake

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

    from callerid.sandbox.tokens import Tokens

SECONDS = 1800
"""Life of an access token; the reply's `expires_in` is one second less."""
_ISSUER = "https://gaz.csp-vidm-prod.com"
_PERSONS_CLIENT = "sandbox-csp-console"
_UNMARKED = (
    "expected clientId and clientSecret: a machine with a ready token is refused every answer, "
    "so nothing would tell that they are recorded"
)


class CspCredential(Credential):
    """How the caller signs in at CSP: API token, OAuth app, or an access token minted at start."""

    ways = {  # noqa: RUF012 - a ClassVar by its base
        ("api_token",): "an API token",
        ("client_id", "client_secret"): "an OAuth app",
        ("access_token",): "a ready token",
    }
    api_token: MadeUp | None = None
    """A person's API token."""
    client_id: MadeUp | None = None
    """An OAuth app's id."""
    client_secret: MadeUp | None = None
    """The secret of that app."""
    access_token: Minted | None = None
    """true: a ready access token, minted at start."""

    @property
    def existing_token(self) -> bool | None:
        """Whether the caller brings an access token along."""
        return self.access_token


class CspFault(Fault):
    """A fault at VMware Cloud Services."""

    endpoint: Literal[
        "authorize", "token", "details", "info", "roles", "service-roles", "user", "*"
    ]
    """Where: `authorize` (API tokens), `token` (OAuth apps), `details` (of an API token), `info`,
    `roles`, `service-roles`, `user`, or `*` for all of them."""


class CspMembership(Strict):
    """What an OAuth app is in a further organization, as its token of that organization tells."""

    subject: Text | None = None
    """The token's `sub`; null: the same as in the main organization, which is an inference."""
    perms: list[Text] | None = None
    """The token's `perms`; null: no such claim."""


class CspCaller(Caller):
    """A caller at CSP. `info: null`: a person is refused with HTTP 403, as a machine always is."""

    platform = "csp"

    credential: CspCredential
    """How the caller signs in."""
    subject: Text
    """The tokens' `sub`: `<domain>:<uuid>` for a person."""
    username: Text | None = None
    """The tokens' `username`; null: no such claim."""
    perms: list[Text] | None = None
    """The tokens' `perms`: `csp:<role>`, `external/<definition id>/<role>`, with a resource also
    `external/<definition id>/<resource>/<role>`; null: no such claim."""
    organizations: dict[Guid, CspMembership] = Field(default_factory=dict)
    """An OAuth app's further organizations by id: a token is asked for with the id as `orgId`."""
    info: Body | None
    """`GET /loggedin/user/orgs/{orgId}/info`; `/roles`, `/service-roles` and the user follow it."""
    faults: list[CspFault] = Field(default_factory=list)
    """What goes wrong."""
    behaviour: CspBehaviour = CspBehaviour()
    """How VMware Cloud Services answers where its documents do not say."""

    @model_validator(mode="after")
    def _may_be_in_several(self) -> Self:
        if self.organization_id.lower() in map(str.lower, self.organizations):
            text = f"organizations.{self.organization_id}: this is organizationId already"
            raise mistake(text, "organizations", self.organization_id)
        if self.organizations and not self.credential.client_id:
            text = "organizations: expected clientId and clientSecret; a token is of one alone"
            raise mistake(text, "organizations")
        return self

    @property
    def is_person(self) -> bool:
        """Whether this is neither an OAuth app nor an existing token without a user name."""
        if self.credential.client_id:
            return False
        return not self.credential.access_token or self.username is not None

    @property
    def principal(self) -> dict[str, Any]:
        """The user in `info`."""
        return bodies.mapping(self.info, "user") if self.is_person else {}

    @property
    def unmarked(self) -> str | None:
        """A machine with an existing token is refused each answer, so none has the mark."""
        silent = self.credential.access_token and not self.is_person
        return _UNMARKED if silent else None

    def memberships(self) -> list[Membership]:
        """Return the one organization of the token, or all of an OAuth app's."""
        if not self.is_person:
            main = (self.organization_id, self.perms)
            further = ((org_id, each.perms) for org_id, each in self.organizations.items())
            return [_of_token(*each) for each in (main, *further)]
        reported = bodies.mappings(self.info, "userOrgInfo")
        names = [bodies.text(each, "displayName") or bodies.text(each, "name") for each in reported]
        roles = [role for each in reported for role in _roles(each, self.perms)]
        found = None if self.info is None else sorted(roles, key=lambda role: role.name)
        return [Membership(self.organization_id, next(iter(names), None), found)]

    def in_organization(self, org_id: str) -> CspCaller | None:
        """Return the caller as a token for an organization tells; None where it is not in it."""
        if org_id.lower() == self.organization_id.lower():
            return self
        found = {each.lower(): each for each in self.organizations}.get(org_id.lower())
        if found is None:
            return None
        there = self.organizations[found]
        told = {"subject": there.subject or self.subject, "perms": there.perms}
        return self.model_copy(update={"organization_id": found, **told})

    def mint(self, tokens: Tokens, name: str, seconds: int = SECONDS) -> str:
        """Mint an access token; `seconds` may only shorten its life."""
        domain, colon, _ = self.subject.rpartition(":")
        header = {"typ": "JWT", "alg": "HS256", "kid": "signing_3"}
        claims = {
            "sub": self.subject,
            "azp": self.credential.client_id or _PERSONS_CLIENT,
            "domain": domain if colon else None,
            "context": str(uuid5(NAMESPACE_URL, self.organization_id)),
            "context_name": self.organization_id,
            "username": self.username if self.behaviour.username_claim else None,
            "perms": self.perms,
            "iss": _ISSUER,
        }
        return tokens.mint(self.holder(name), header, claims, min(seconds, SECONDS))


def _of_token(org_id: str, perms: list[str] | None) -> Membership:
    held = [Role(name, from_token=True) for name in sorted(perms or [])]
    return Membership(org_id, None, held)


def _roles(reported: Any, perms: list[str] | None) -> Iterator[Role]:
    """Return the roles of one organization; the token lists those of organization and services."""
    services = bodies.mappings(reported, "servicesDef") or bodies.mappings(reported, "serviceDef")
    in_token = None if perms is None else {each.rpartition("/")[2] for each in perms}
    for holder, key, listed in (
        (reported, "orgRoles", in_token),
        (reported, "customRoles", None),
        *((each, "roles", in_token) for each in services),
    ):
        for role in bodies.mappings(holder, key):
            name = bodies.text(role, "name") or "?"
            lacking = listed is not None and not {name, f"csp:{name}"} & listed
            yield Role(name, role.get("expiresAt") or None, not_in_token=lacking)


CALLER = CspCaller
