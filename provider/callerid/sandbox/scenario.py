"""Who calls: one YAML file is one caller, with every body the APIs answer written out verbatim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, JsonValue, StringConstraints, model_validator

from callerid.config import PLATFORM_TITLES
from callerid.sandbox.behaviour import CspBehaviour, M3terBehaviour
from callerid.sandbox.credential import CspCredential, M3terCredential  # noqa: TC001 - pydantic reads the types of fields
from callerid.sandbox.fault import CspFault, M3terFault  # noqa: TC001 - as above
from callerid.sandbox.moments import Instant, Timed
from callerid.sandbox.strict import Strict, Text, mistake

if TYPE_CHECKING:
    from typing_extensions import Self

    from callerid.config import PlatformName

Body = Annotated[dict[str, JsonValue], Timed]
"""A JSON object that the sandbox answers exactly as it is written, explicit nulls included, but for
the texts that are relative times (`moments.Relative`)."""

_GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
Guid = Annotated[str, StringConstraints(pattern=_GUID)]


class _Caller(Strict):
    """What the callers of both platforms have."""

    organization_id: Guid
    """The organization that the caller belongs to, a UUID."""
    token_expires_after_calls: Annotated[int, Field(ge=1)] | None = None
    """Each access token is refused as expired after so many calls; null: it lives its time."""
    requests_per_second: Annotated[int, Field(ge=1)] | None = None
    """More of the caller's organization within a second are answered with HTTP 429; null: any."""
    retry_after_on_429: bool = False
    """Whether every HTTP 429 that says nothing else has `Retry-After: 1`."""


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
    group_policies: dict[str, list[Body] | None] = Field(default_factory=dict)
    """`GET resourcegroups/user/{groupId}/permissions`, by group id; a group left out has none."""

    @model_validator(mode="after")
    def _groups_exist(self) -> Self:
        ids = {group.get("id") for group in self.user_groups or []}
        strangers = [group for group in self.group_policies if group not in ids]
        if strangers:
            text = f"groupPolicies.{strangers[0]}: expected the id of one of userGroups"
            raise mistake(text, "groupPolicies", strangers[0])
        return self

    def user_id(self, kind: Literal["user", "serviceUser"]) -> str | None:
        """Give the id of the user or service user in `me`, None where it has no such object."""
        principal = (self.me or {}).get(kind)
        value = principal.get("id") if isinstance(principal, dict) else None
        return value if isinstance(value, str) else None


class M3terCaller(M3terMembership, _Caller):
    """A caller at m3ter. Null in place of a body: that call is refused with HTTP 403."""

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

    def membership(self, org_id: str) -> M3terMembership | None:
        """Give who the caller is in an organization; None where it is not in it."""
        return self if org_id == self.organization_id else self.organizations.get(org_id)


class CspCaller(_Caller):
    """A caller at CSP. `info: null`: a person is refused with HTTP 403, as a machine always is."""

    credential: CspCredential
    """How the caller signs in."""
    subject: Text
    """The tokens' `sub`: `<domain>:<uuid>` for a person."""
    username: Text | None = None
    """The tokens' `username`; null: no such claim."""
    perms: list[Text] | None = None
    """The tokens' `perms`: `csp:<role>`, `external/<definition id>/<role>`; null: no such claim."""
    info: Body | None
    """`GET /loggedin/user/orgs/{orgId}/info`; `/roles`, `/service-roles` and the user follow it."""
    faults: list[CspFault] = Field(default_factory=list)
    """What goes wrong."""
    behaviour: CspBehaviour = CspBehaviour()
    """How VMware Cloud Services answers where its documents do not say."""

    @property
    def is_machine(self) -> bool:
        """Whether this is an OAuth app, or the holder of a ready token without a user name."""
        if self.credential.client_id:
            return True
        return bool(self.credential.access_token) and self.username is None


_PLATFORMS = ", ".join(PLATFORM_TITLES)


_UNMARKED = (
    "csp.credential: expected clientId and clientSecret: a machine with a ready token asks "
    "nothing, so nothing would tell that its answers are recorded"
)


class Scenario(Strict):
    """One caller, at one or both platforms; its name is the stem of its file."""

    description: Text
    """One line for people."""
    recorded_at: Instant | None = None
    """When the bodies were recorded, RFC 3339: every answer to the caller has it as the header
    `x-callerid-recorded-at`."""
    m3ter: M3terCaller | None = Field(None, alias="m3ter")  # to_camel would make it m3Ter
    """Who the caller is at m3ter."""
    csp: CspCaller | None = None
    """Who the caller is at VMware Cloud Services."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not self.platforms:
            text = f"expected one of {_PLATFORMS}, or several"
            raise ValueError(text)
        csp = self.csp
        if self.recorded_at and csp and csp.is_machine and csp.credential.access_token:
            raise mistake(_UNMARKED, "csp", "credential")
        return self

    @property
    def platforms(self) -> tuple[PlatformName, ...]:
        """The platforms the caller exists at: `m3ter`, `csp` or both."""
        return tuple(name for name in PLATFORM_TITLES if getattr(self, name, None))


class ScenarioFile(Scenario):
    """A scenario as a file has it: it may build upon another."""

    extends: Text | None = None
    """The caller to start from: the name of a file beside this one or of a built-in caller, or the
    path of a file, which ends in `.yaml`. What this file says comes on top."""
