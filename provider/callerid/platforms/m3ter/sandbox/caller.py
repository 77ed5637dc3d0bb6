"""Who calls at m3ter: the block `m3ter` of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, model_validator

from callerid.platforms.m3ter.sandbox.behaviour import M3terBehaviour
from callerid.sandbox import bodies
from callerid.sandbox.caller import Body, Caller, Guid, Membership, Role
from callerid.sandbox.credential import Credential, MadeUp, MadeUpOrMinted
from callerid.sandbox.fault import Fault
from callerid.sandbox.strict import Strict, Text, mistake

if TYPE_CHECKING:
    from typing_extensions import Self

    from callerid.sandbox.tokens import Tokens

SECONDS = 18000
"""Life of an access token."""
_ISSUER = "https://m3ter.com/oauth2"


class M3terCredential(Credential):
    """How the caller signs in at m3ter: a ready bearer token, or a key and its secret.

    A token that is a text is opaque and never expires; `apiToken: true` asks for a JWT minted at
    start.
    """

    ways = {  # noqa: RUF012 - a ClassVar by its base
        ("api_token",): "a ready token",
        ("api_key", "api_secret"): "key and secret",
    }
    api_token: MadeUpOrMinted | None = None
    """A ready bearer token, a person's as a rule; true: minted at start."""
    api_key: MadeUp | None = None
    """A service user's access key id."""
    api_secret: MadeUp | None = None
    """The secret of that key."""

    @property
    def existing_token(self) -> str | bool | None:
        """The bearer token that the caller brings along."""
        return self.api_token


class M3terFault(Fault):
    """A fault at m3ter."""

    endpoint: Literal[
        "token", "users/me", "permissions", "usergroups", "user", "group-permissions", "*"
    ]
    """Where: `token`, `users/me`, `permissions` (a person's or a service user's), `usergroups`,
    `user`, `group-permissions`, or `*` for all of them."""


class M3terMembership(Strict):
    """Who the caller is in one organization of m3ter.

    Null in place of a body: that call is refused with HTTP 403.
    """

    me: Body | None
    """`GET users/me`."""
    policies: list[Body] | None = Field(default_factory=list)
    """`GET users/{id}/permissions`, or a service user's: every policy, all pages together."""
    user_details: Body | None = Field(default_factory=dict)
    """What `GET users/{id}` has beyond the user in `me`: `permissionPolicy`, `dtEndAccess`."""
    user_groups: list[Body] | None = Field(default_factory=list)
    """`GET users/{id}/usergroups`."""
    inherited_groups: list[str] = Field(default_factory=list)
    """The ids of those of `userGroups` that hold another group of the caller's, not the caller:
    listed only with `inherited=true`."""
    group_policies: dict[str, list[Body] | None] = Field(default_factory=dict)
    """`GET resourcegroups/user/{groupId}/permissions`, by group id; a group left out has none."""

    @model_validator(mode="after")
    def _groups_exist(self) -> Self:
        ids = {bodies.text(group, "id") for group in self.user_groups or []}
        named = {"groupPolicies": self.group_policies, "inheritedGroups": self.inherited_groups}
        for field, groups in named.items():
            if strangers := [group for group in groups if group not in ids]:
                text = f"{field}.{strangers[0]}: expected the id of one of userGroups"
                raise mistake(text, field, strangers[0])
        return self

    def user_id(self, kind: Literal["user", "serviceUser"]) -> str | None:
        """Return the id of the user or service user in `me`, None where it has no such object."""
        return bodies.text(bodies.mapping(self.me, kind), "id")


class M3terCaller(M3terMembership, Caller):
    """A caller at m3ter. Null in place of a body: that call is refused with HTTP 403."""

    platform = "m3ter"

    organizations: dict[Guid, M3terMembership] = Field(default_factory=dict)
    """A person's further organizations by id, each with its own bodies."""
    credential: M3terCredential
    """How the caller signs in."""
    subject: Text
    """The tokens' `sub`, normally the id of the user or service user in `me`."""
    permissions: dict[str, bool] | None = None
    """The tokens' `permissions` claim; null: no such claim."""
    faults: list[M3terFault] = Field(default_factory=list)
    """What goes wrong."""
    behaviour: M3terBehaviour = M3terBehaviour()
    """How m3ter answers where its documents do not say."""

    @model_validator(mode="after")
    def _may_be_in_several(self) -> Self:
        if self.organization_id in self.organizations:
            text = f"organizations.{self.organization_id}: this is organizationId already"
            raise mistake(text, "organizations", self.organization_id)
        if self.organizations and self.credential.api_key:
            text = "organizations: expected an apiToken; a service user is in one organization"
            raise mistake(text, "organizations")
        return self

    @property
    def is_person(self) -> bool:
        """Whether `me` has a user."""
        return self.user_id("user") is not None

    @property
    def principal(self) -> dict[str, Any]:
        """The user in `me`, else the service user."""
        return bodies.mapping(self.me, "user") or bodies.mapping(self.me, "serviceUser")

    def membership(self, org_id: str) -> M3terMembership | None:
        """Return who the caller is in an organization; None where it is not in it."""
        return self if org_id == self.organization_id else self.organizations.get(org_id)

    def memberships(self) -> list[Membership]:
        """Return the main organization and the further ones."""
        further = self.organizations.items()
        return [_membership(self.organization_id, self), *(_membership(*each) for each in further)]

    def limited_as(self, org_id: str) -> str:
        """Return the organization asked about, where the caller is in it."""
        return org_id if org_id in self.organizations else self.organization_id

    def mint(self, tokens: Tokens, name: str) -> str:
        """Mint an access token; it lives for `SECONDS`.

        The token of a person in several organizations names none of them; that is an inference.
        """
        org_id = self.organization_id
        header = {"typ": "JWT", "pt": "service", "alg": "HS256", "kid": f"serviceUser_{org_id}"}
        claims = {
            "sub": self.subject,
            "permissions": self.permissions,
            "iss": _ISSUER,
            "orgId": None if self.organizations else org_id,
        }
        return tokens.mint(self.holder(name), header, claims, SECONDS)


def _membership(organization_id: str, member: M3terMembership) -> Membership:
    name = bodies.text(bodies.mapping(member.me, "organization"), "organizationName")
    if member.policies is None:
        return Membership(organization_id, name, None)
    ends = (member.user_details or {}).get("dtEndAccess")
    groups = [policy for some in member.group_policies.values() for policy in some or []]
    held = [bodies.text(policy, "name") or "?" for policy in [*member.policies, *groups]]
    return Membership(organization_id, name, [Role(each, ends) for each in sorted(held)])


CALLER = M3terCaller
