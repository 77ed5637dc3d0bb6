"""What VMware Cloud Services answers: every field of its reference, but never `password`.

Source: the IAM reference, "Get Logged In User Info Using GET". Nothing in it is marked as always
present, and deployments differ; so every field may be absent. What is `Described` or a `Moment` may
be of any type and is left out then; everything else is identity or evidence: it is strict, or
counts against the caller, which is noted there.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic_core import ValidationError

from callerid import times
from callerid.ends import End, end_of
from callerid.model import (
    Described,
    EndTime,
    Instead,
    Moment,
    Reply,
    is_empty,
    leave_out,
    with_blanks,
)
from callerid.modelling import (
    AliasChoices,
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from pydantic import ValidationInfo, ValidatorFunctionWrapHandler
    from typing_extensions import Self

_ROLE_NAME = AliasChoices("name", "roleName")
_SERVICES = ("servicesDef", "serviceDef")


class CspUserProfile(Reply):
    """The profile of a person at VMware Cloud Services."""

    alternative_email: Described[str] = None
    """A second e-mail address."""
    customer_number: Described[str] = None
    """Customer number."""
    default_org_id: Described[str] = None
    """The id of the organization that the person starts in."""
    is_federated: Described[bool] = None
    """Whether the person signs in through their own identity provider."""
    language: Described[str] = None
    """Preferred language."""
    linked_user_id_account: Described[str] = None
    """The account that this one is linked to."""
    locale: Described[str] = None
    """Preferred regional format."""


class CspUser(Reply):
    """A person at VMware Cloud Services. Many fields are personal data."""

    acct: Described[str] = None
    """The login id at the identity provider; may differ from the e-mail address."""
    address: Described[str] = None
    """Street address."""
    city: Described[str] = None
    """City."""
    company: Described[str] = None
    """Company."""
    country: Described[str] = None
    """Country."""
    country_code: Described[str] = None
    """Country as a code."""
    country_name: Described[str] = None
    """Country as a name."""
    customer_number: Described[str] = None
    """Customer number."""
    email: Described[str] = None
    """E-mail address."""
    email_verified: Annotated[bool | None, Instead(False)] = None  # noqa: FBT003 - counts against
    """Whether the e-mail address was verified."""
    eula_info: Described[str] = None
    """What is known of the accepted licence agreement."""
    first_name: Described[str] = None
    """First name."""
    last_name: Described[str] = None
    """Last name."""
    ref_link: Described[str] = None
    """Where the API keeps this user, a path."""
    state: Described[str] = None
    """State or province."""
    state_code: Described[str] = None
    """State or province as a code."""
    state_name: Described[str] = None
    """State or province as a name."""
    tnc: Described[bool] = None
    """Whether the terms and conditions were accepted."""
    trade_id: Described[str] = None
    """Trade id."""
    user_id: str | None = Field(None, validation_alias=AliasChoices("userId", "id"))
    """The user's id, `DOMAIN:UUID`."""
    user_profile: Described[CspUserProfile] = None
    """The user's profile."""
    username: Described[str] = None
    """The user name, equal to the e-mail address; the API calls it deprecated."""
    website: Described[str] = None
    """Website."""
    work_phone: Described[str] = None
    """Telephone number at work."""
    zipcode: Described[str] = None
    """Postal code."""

    no_blanks = frozenset({"emailVerified"})


class CspEnding(Reply):
    """What may end.

    Null, 0 and the largest long mean never; where the API leaves the end out it is unknown.
    """

    null_means_never = frozenset({"expiresAt"})
    expires_at: EndTime = None
    """When it ends, RFC 3339 in UTC; absent where the API says never, or says nothing."""

    @field_validator("expires_at", mode="before")
    @classmethod
    def _some_numbers_mean_never(cls, value: object) -> object:
        return None if times.is_never(value) else value

    @property
    def end(self) -> End:
        """The end, with what its absence means."""
        return end_of(self, "expires_at")


UNREADABLE = "unreadable"
"""In place of a link that is there and is no text."""


def _read_link(value: object) -> object:
    readable = value is None or (isinstance(value, str) and value.strip())
    return value if readable else UNREADABLE


Link = Annotated[str | None, BeforeValidator(_read_link)]
"""A link. What is there and no text links to nothing that anybody asks about."""
_ORGS = "/orgs/"


class CspLinked(Reply):
    """What may link to organizations; documented for some roles, seen in others."""

    organization_link: Link = Field(None, exclude=True)
    org_id: Link = Field(None, exclude=True)
    ref_link: Link = Field(None, exclude=True)

    no_blanks = frozenset({"organizationLink", "orgId"})

    @property
    def organizations(self) -> frozenset[str]:
        """The ids of all organizations that it names itself, in lower case."""
        of_organizations = [each for each in (self.organization_link, self.org_id) if each]
        through_one = [each for each in [self.ref_link] if each and _may_lead_to_one(each)]
        return frozenset(map(_organization_in, of_organizations + through_one))


def _may_lead_to_one(link: str) -> bool:
    return link == UNREADABLE or _ORGS in link.lower()


def _organization_in(link: str) -> str:
    """Read the id of an organization: what follows `/orgs/`, else the last part."""
    path = re.split(r"[?#]", link)[0].rstrip("/").lower()
    _, *after = path.split(_ORGS)
    if len(after) > 1:
        return UNREADABLE
    return after[0].partition("/")[0] if after else path.rpartition("/")[2]


class CspHeldRole(CspEnding, CspLinked):
    """What any role may have."""


class CspRole(CspHeldRole):
    """A custom role or a role in a service."""

    created_by: Described[str] = None
    """Who granted the role."""
    created_date: Moment = None
    """When the role was granted, RFC 3339 in UTC."""
    expires_at: EndTime = None
    """When the role ends, RFC 3339 in UTC; absent where the API says never, or says nothing."""
    last_updated_by: Described[str] = None
    """Who last changed the role."""
    last_updated_date: Moment = None
    """When the role was last changed, RFC 3339 in UTC."""
    membership_type: Described[str] = None
    """How the role is held: `DIRECT`, `GROUP` or `NESTED`; other values may come."""
    name: Described[str] = Field(None, validation_alias=_ROLE_NAME)
    """The role's name."""
    resource: Described[str] = None
    """What the role is limited to."""


class CspOrgRole(CspHeldRole):
    """A role in an organization."""

    created_by: Described[str] = None
    """Who granted the role."""
    created_date: Moment = None
    """When the role was granted, RFC 3339 in UTC."""
    display_name: Described[str] = None
    """The role's name for people."""
    expires_at: EndTime = None
    """When the role ends, RFC 3339 in UTC; absent where the API says never, or says nothing."""
    last_updated_by: Described[str] = None
    """Who last changed the role."""
    last_updated_date: Moment = None
    """When the role was last changed, RFC 3339 in UTC."""
    name: Described[str] = Field(None, validation_alias=_ROLE_NAME)
    """The role's name."""
    organization_link: Link = None
    """Where the API keeps the organization, a path that ends in its id."""
    resource: Described[str] = None
    """What the role is limited to."""
    visible: Described[bool] = None
    """Whether the console shows the role."""


def in_one_shape(service: Any) -> Any:
    """Write a service the way `/info` does, where it came in the way `/service-roles` does.

    There `serviceRoles` has objects, which belong among `roles`, and the names are
    `serviceRoleNames`. Anything else comes back as it is.
    """
    if not isinstance(service, dict):
        return service
    keys = ("serviceRoles", "roles", "serviceRoleNames")
    listed, roles, names = ([] if service.get(key) in (None, "") else service[key] for key in keys)
    rest = _without(service, ["serviceRoleNames"])
    if not isinstance(names, list):
        return {**rest, "serviceRoles": names}  # where it is no list either
    if not isinstance(listed, list) or not isinstance(roles, list):
        return service
    objects = [each for each in listed if isinstance(each, dict)]
    if not objects and not names:
        return service
    named = [each for each in (*listed, *names) if not isinstance(each, dict)]
    return {**rest, "serviceRoles": _once(named), "roles": _once([*roles, *objects])}


def _once(items: list[Any]) -> list[Any]:
    return list({json.dumps(each, sort_keys=True): each for each in items}.values())


def _without(item: dict[str, Any], keys: Collection[str]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in keys}


class CspServiceDefinition(Reply):
    """A service and the caller's roles in it."""

    ref_link: str | None = Field(
        None, validation_alias=AliasChoices("refLink", "serviceDefinitionLink")
    )
    """Where the API keeps the service's definition, a path that ends in its id."""
    roles: list[CspRole] | None = None
    """The caller's roles in the service."""
    service_display_name: Described[str] = None
    """The service's name for people."""
    service_name: str | None = None
    """The service's name."""
    service_roles: list[str] | None = None
    """The names of the caller's roles in the service."""

    @model_validator(mode="before")
    @classmethod
    def _read_either_shape(cls, service: Any) -> Any:
        """Keep a role of which nothing is told: it may be any of those that are named alone."""
        return with_blanks(in_one_shape(service), "roles")


class CspUserOrgInfo(CspLinked):
    """An organization and the caller's roles in it. No organization id is documented here."""

    custom_roles: Described[list[CspRole]] = None
    """The caller's custom roles."""
    display_name: Described[str] = None
    """The organization's name for people."""
    name: str | None = None
    """The organization's name or short unique identifier."""
    org_roles: Described[list[CspOrgRole]] = None
    """The caller's roles in the organization itself."""
    services_def: list[CspServiceDefinition] | None = Field(
        None, validation_alias=AliasChoices(*_SERVICES)
    )
    """The services of the organization and the caller's roles in them."""
    unread: bool = Field(False, exclude=True)  # noqa: FBT003 - a default
    """Whether roles were left out that cannot be read: their links might speak against others."""

    may_be_empty = frozenset(_SERVICES)

    @model_validator(mode="before")
    @classmethod
    def _note_what_cannot_be_read(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        lists = [data.get(key) for key in ("orgRoles", "customRoles", *_SERVICES)]
        return data if all(map(_has_objects_alone, lists)) else {**data, "unread": True}


def _has_objects_alone(value: Any) -> bool:
    if isinstance(value, list):
        return all(each is None or isinstance(each, dict) for each in value)
    return value is None or is_empty(value) or (isinstance(value, str) and not value.strip())


class CspUserInfo(Reply):
    """The answer of `GET /loggedin/user/orgs/{orgId}/info` of VMware Cloud Services."""

    user: CspUser | None = None
    """The person."""
    user_org_info: list[CspUserOrgInfo] | None = None
    """The organizations reported, with the person's roles."""

    no_blanks = frozenset({"userOrgInfo"})

    @model_validator(mode="before")
    @classmethod
    def _keep_each_organization(cls, data: Any) -> Any:
        """Keep one of which nothing is told: the others are not alone with it."""
        return with_blanks(data, "userOrgInfo")

    @field_validator("user_org_info", mode="wrap")
    @classmethod
    def _leave_out_services_together(
        cls, value: Any, read: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> Any:
        """Take no service's roles where those of one cannot be read.

        A role without its service's id is looked up by its name, if no other service has that
        name; with one service left out, a name that two have would seem to be of one alone.
        """
        try:
            return read(value)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False)
            if not all(set(_SERVICES) & set(each["loc"]) for each in problems):
                raise
            leave_out(info, CspUserOrgInfo, _SERVICES[0])
            return read([{**_without(each, _SERVICES), "unread": True} for each in value])

    @model_validator(mode="after")
    def _name_somebody(self) -> Self:
        if not (self.user and self.user.user_id):
            message = "it names no user with an id"
            raise ValueError(message)
        return self


class CspApiTokenDetails(CspEnding):
    """The answer of `POST /auth/api-tokens/details`, as far as its holder needs it."""

    org_id: str | None = None
    """The organization that the API token is bound to."""
    created_at: Moment = None
    """When the API token was made, RFC 3339 in UTC."""
    last_used_at: Moment = None
    """When the API token was last exchanged, RFC 3339 in UTC."""
