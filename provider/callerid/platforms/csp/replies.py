"""What VMware Cloud Services answers: every field of its reference, but never `password`.

Source: the IAM reference, "Get Logged In User Info Using GET". Nothing in it is marked as always
present, and deployments differ; so every field may be absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from callerid.ends import End, end_of
from callerid.model import EndTime, Reply, Time

if TYPE_CHECKING:
    from typing_extensions import Self


class CspUserProfile(Reply):
    """The profile of a person at VMware Cloud Services."""

    alternative_email: str | None = None
    """A second e-mail address."""
    customer_number: str | None = None
    """Customer number."""
    default_org_id: str | None = None
    """The id of the organization that the person starts in."""
    is_federated: bool | None = None
    """Whether the person signs in through their own identity provider."""
    language: str | None = None
    """Preferred language."""
    linked_user_id_account: str | None = None
    """The account that this one is linked to."""
    locale: str | None = None
    """Preferred regional format."""


class CspUser(Reply):
    """A person at VMware Cloud Services. Many fields are personal data."""

    acct: str | None = None
    """The login id at the identity provider; may differ from the e-mail address."""
    address: str | None = None
    """Street address."""
    city: str | None = None
    """City."""
    company: str | None = None
    """Company."""
    country: str | None = None
    """Country."""
    country_code: str | None = None
    """Country as a code."""
    country_name: str | None = None
    """Country as a name."""
    customer_number: str | None = None
    """Customer number."""
    email: str | None = None
    """E-mail address."""
    email_verified: bool | None = None
    """Whether the e-mail address was verified."""
    eula_info: str | None = None
    """What is known of the accepted licence agreement."""
    first_name: str | None = None
    """First name."""
    last_name: str | None = None
    """Last name."""
    ref_link: str | None = None
    """Where the API keeps this user, a path."""
    state: str | None = None
    """State or province."""
    state_code: str | None = None
    """State or province as a code."""
    state_name: str | None = None
    """State or province as a name."""
    tnc: bool | None = None
    """Whether the terms and conditions were accepted."""
    trade_id: str | None = None
    """Trade id."""
    user_id: str | None = Field(None, validation_alias=AliasChoices("userId", "id"))
    """The user's id, `DOMAIN:UUID`."""
    user_profile: CspUserProfile | None = None
    """The user's profile."""
    username: str | None = None
    """The user name, equal to the e-mail address; the API calls it deprecated."""
    website: str | None = None
    """Website."""
    work_phone: str | None = None
    """Telephone number at work."""
    zipcode: str | None = None
    """Postal code."""


class CspEnding(Reply):
    """What may end: null and 0 mean never, and where the API leaves the end out it is unknown."""

    null_means_never = frozenset({"expiresAt"})
    expires_at: EndTime = None
    """When it ends, RFC 3339 in UTC; absent where the API says never, or says nothing."""

    @property
    def end(self) -> End:
        """The end, with what its absence means."""
        return end_of(self, "expires_at")


def _read_link(value: object) -> object:
    return value if value is None or isinstance(value, str) else "unreadable"


Link = Annotated[str | None, BeforeValidator(_read_link)]
"""A link. What is there and no text links to nothing that anybody asks about."""
_ORGS = "/orgs/"


class CspHeldRole(CspEnding):
    """What any role may have; the links are documented for some, and seen in others."""

    organization_link: Link = Field(None, exclude=True)
    org_id: Link = Field(None, exclude=True)
    ref_link: Link = Field(None, exclude=True)

    @property
    def organizations(self) -> frozenset[str]:
        """The ids of all organizations that the role itself names, in lower case."""
        of_organizations = [each for each in (self.organization_link, self.org_id) if each]
        through_one = [self.ref_link] if self.ref_link and _ORGS in self.ref_link else []
        return frozenset(map(_organization_in, of_organizations + through_one))


def _organization_in(link: str) -> str:
    """Read the id of an organization: what follows `/orgs/`, else the last part."""
    path = link.partition("?")[0].rstrip("/")
    _, found, after = path.rpartition(_ORGS)
    return (after.partition("/")[0] if found else path.rpartition("/")[2]).lower()


class CspRole(CspHeldRole):
    """A custom role or a role in a service."""

    created_by: str | None = None
    """Who granted the role."""
    created_date: Time = None
    """When the role was granted, RFC 3339 in UTC."""
    expires_at: EndTime = None
    """When the role ends, RFC 3339 in UTC; absent where the API says never, or says nothing."""
    last_updated_by: str | None = None
    """Who last changed the role."""
    last_updated_date: Time = None
    """When the role was last changed, RFC 3339 in UTC."""
    membership_type: str | None = None
    """How the role is held: `DIRECT`, `GROUP` or `NESTED`; other values may come."""
    name: str | None = None
    """The role's name."""
    resource: str | None = None
    """What the role is limited to."""


class CspOrgRole(CspHeldRole):
    """A role in an organization."""

    created_by: str | None = None
    """Who granted the role."""
    created_date: Time = None
    """When the role was granted, RFC 3339 in UTC."""
    display_name: str | None = None
    """The role's name for people."""
    expires_at: EndTime = None
    """When the role ends, RFC 3339 in UTC; absent where the API says never, or says nothing."""
    last_updated_by: str | None = None
    """Who last changed the role."""
    last_updated_date: Time = None
    """When the role was last changed, RFC 3339 in UTC."""
    name: str | None = None
    """The role's name."""
    organization_link: Link = None
    """Where the API keeps the organization, a path that ends in its id."""
    resource: str | None = None
    """What the role is limited to."""
    visible: bool | None = None
    """Whether the console shows the role."""


class CspServiceDefinition(Reply):
    """A service and the caller's roles in it."""

    ref_link: str | None = None
    """Where the API keeps the service's definition, a path that ends in its id."""
    roles: list[CspRole] | None = None
    """The caller's roles in the service."""
    service_display_name: str | None = None
    """The service's name for people."""
    service_name: str | None = None
    """The service's name."""
    service_roles: list[str] | None = None
    """The names of the caller's roles in the service."""


class CspUserOrgInfo(Reply):
    """An organization and the caller's roles in it. The API gives no organization id here."""

    custom_roles: list[CspRole] | None = None
    """The caller's custom roles."""
    display_name: str | None = None
    """The organization's name for people."""
    name: str | None = None
    """The organization's name or short unique identifier."""
    org_roles: list[CspOrgRole] | None = None
    """The caller's roles in the organization itself."""
    services_def: list[CspServiceDefinition] | None = Field(
        None, validation_alias=AliasChoices("servicesDef", "serviceDef")
    )
    """The services of the organization and the caller's roles in them."""


class CspUserInfo(Reply):
    """The answer of `GET /loggedin/user/orgs/{orgId}/info` of VMware Cloud Services."""

    user: CspUser | None = None
    """The person."""
    user_org_info: list[CspUserOrgInfo] | None = None
    """The organizations reported, with the person's roles."""

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
    created_at: Time = None
    """When the API token was made, RFC 3339 in UTC."""
    last_used_at: Time = None
    """When the API token was last exchanged, RFC 3339 in UTC."""
