"""Who calls: one YAML file is one caller, with every body the APIs answer written out verbatim."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    JsonValue,
    PlainValidator,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel

from callerid.config import PLATFORM_TITLES
from callerid.sandbox.behaviour import CspBehaviour, M3terBehaviour
from callerid.sandbox.fault import CspFault, M3terFault  # noqa: TC001 - pydantic reads the types of fields
from callerid.sandbox.strict import Strict, Text

if TYPE_CHECKING:
    from typing_extensions import Self

Body = dict[str, JsonValue]
"""A JSON object that the sandbox answers exactly as it is written, explicit nulls included."""

_GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_MADE_UP = "sandbox-"


def _made_up(value: str) -> str:
    if not value.startswith(_MADE_UP):
        text = f"expected a made-up credential that begins with {_MADE_UP}; keep real ones out"
        raise ValueError(text)
    return value


def _true(value: Any) -> Literal[True]:
    if value is not True:
        text = "expected true: the token is minted when the sandbox starts"
        raise ValueError(text)
    return True


def _made_up_or_true(value: Any) -> str | Literal[True]:
    return _made_up(value) if isinstance(value, str) else _true(value)


Guid = Annotated[str, StringConstraints(pattern=_GUID)]
MadeUp = Annotated[str, AfterValidator(_made_up)]
Minted = Annotated[Literal[True], PlainValidator(_true)]
MadeUpOrMinted = Annotated[str | Literal[True], PlainValidator(_made_up_or_true)]


def _require_one_of(credential: Strict, *ways: tuple[str, ...]) -> None:
    if tuple(sorted(credential.model_fields_set)) not in ways:
        names = [" and ".join(to_camel(field) for field in way) for way in ways]
        text = f"expected {', or '.join(names)}"
        raise ValueError(text)


class M3terCredential(Strict):
    """How the caller signs in at m3ter: a ready bearer token, or a key and its secret.

    A token that is a text is opaque and never expires; `apiToken: true` asks for a JWT minted at
    start.
    """

    api_token: MadeUpOrMinted | None = None
    """A ready bearer token, a person's as a rule; true: minted at start."""
    api_key: MadeUp | None = None
    """A service user's access key id."""
    api_secret: MadeUp | None = None
    """The secret of that key."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        _require_one_of(self, ("api_token",), ("api_key", "api_secret"))
        return self


class CspCredential(Strict):
    """How the caller signs in at CSP: API token, OAuth app, or an access token minted at start."""

    api_token: MadeUp | None = None
    """A person's API token."""
    client_id: MadeUp | None = None
    """An OAuth app's id."""
    client_secret: MadeUp | None = None
    """The secret of that app."""
    access_token: Minted | None = None
    """true: a ready access token, minted at start."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        _require_one_of(self, ("api_token",), ("client_id", "client_secret"), ("access_token",))
        return self


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


class M3terCaller(_Caller):
    """A caller at m3ter. Null in place of a body: that call is refused with HTTP 403."""

    credential: M3terCredential
    """How the caller signs in."""
    subject: Text
    """The tokens' `sub`, normally the id of the user or service user in `me`."""
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
    permissions: dict[str, bool] | None = None
    """The tokens' `permissions` claim; null: no such claim."""
    faults: list[M3terFault] = Field(default_factory=list)
    """What goes wrong."""
    behaviour: M3terBehaviour = M3terBehaviour()
    """How m3ter answers where its documents do not say."""

    @model_validator(mode="after")
    def _groups_exist(self) -> Self:
        ids = {group.get("id") for group in self.user_groups or []}
        strangers = [group for group in self.group_policies if group not in ids]
        if strangers:
            text = f"groupPolicies.{strangers[0]}: expected the id of one of userGroups"
            raise ValueError(text)
        return self

    def user_id(self, kind: Literal["user", "serviceUser"]) -> str | None:
        """Give the id of the user or service user in `me`, None where it has no such object."""
        principal = (self.me or {}).get(kind)
        value = principal.get("id") if isinstance(principal, dict) else None
        return value if isinstance(value, str) else None


class CspCaller(_Caller):
    """A caller at CSP. `info: null`: a person is refused with HTTP 403, as a machine always is."""

    credential: CspCredential
    """How the caller signs in."""
    subject: Text
    """The tokens' `sub`: `<domain>:<uuid>` for a person."""
    username: Text | None = None
    """The tokens' `username`; null: no such claim."""
    perms: list[Text] = Field(default_factory=list)
    """The tokens' `perms`: `csp:<role>`, `external/<definition id>/<role>`."""
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


class Scenario(Strict):
    """One caller, at one or both platforms; its name is the stem of its file."""

    description: Text
    """One line for people."""
    m3ter: M3terCaller | None = Field(None, alias="m3ter")  # to_camel would make it m3Ter
    """Who the caller is at m3ter."""
    csp: CspCaller | None = None
    """Who the caller is at VMware Cloud Services."""

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if not self.platforms:
            text = f"expected one of {_PLATFORMS}, or several"
            raise ValueError(text)
        return self

    @property
    def platforms(self) -> tuple[str, ...]:
        """The platforms the caller exists at: `m3ter`, `csp` or both."""
        return tuple(name for name in PLATFORM_TITLES if getattr(self, name))
