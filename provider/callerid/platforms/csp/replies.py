"""What VMware Cloud Services answers: every field of its reference, but never `password`.

Source: the IAM reference, "Get Logged In User Info Using GET". Nothing in it is marked as always
present, and deployments differ; so every field may be absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import AliasChoices, Field, model_validator

from callerid.model import Reply, Time, epoch_seconds

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


class CspRole(Reply):
    """A custom role or a role in a service."""

    created_by: str | None = None
    """Who granted the role."""
    created_date: Time = None
    """When the role was granted, RFC 3339 in UTC."""
    expires_at: Time = None
    """When the role ends, RFC 3339 in UTC; absent means never."""
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


class CspOrgRole(Reply):
    """A role in an organization."""

    created_by: str | None = None
    """Who granted the role."""
    created_date: Time = None
    """When the role was granted, RFC 3339 in UTC."""
    display_name: str | None = None
    """The role's name for people."""
    expires_at: Time = None
    """When the role ends, RFC 3339 in UTC; absent means never."""
    last_updated_by: str | None = None
    """Who last changed the role."""
    last_updated_date: Time = None
    """When the role was last changed, RFC 3339 in UTC."""
    name: str | None = None
    """The role's name."""
    organization_link: str | None = None
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


class CspApiTokenDetails(Reply):
    """The answer of `POST /auth/api-tokens/details`, as far as its holder needs it."""

    org_id: str | None = None
    """The organization that the API token is bound to."""
    created_at: Time = None
    """When the API token was made, RFC 3339 in UTC."""
    expires_at: Time = None
    """When the API token ends, RFC 3339 in UTC; absent means never, or not told."""
    last_used_at: Time = None
    """When the API token was last exchanged, RFC 3339 in UTC."""

    @property
    def ends_at(self) -> float | None:
        """Give the end as seconds since 1970, None where it is never, or not told."""
        return epoch_seconds(self.expires_at)
