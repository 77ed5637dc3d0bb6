# Generated from schema.json by sdk/generate.py; edit those.
"""What the functions' answers are made of. Every value is a dictionary too."""

from collections.abc import Sequence
from typing import Any

import pulumi

from pulumi_callerid import _calls

__all__ = [
    "CspOrgRole",
    "CspRole",
    "CspServiceDefinition",
    "CspUser",
    "CspUserOrgInfo",
    "CspUserOrgRoles",
    "CspUserProfile",
    "M3terCurrentUser",
    "M3terOrganization",
    "M3terPermissionPolicy",
    "M3terPolicyStatement",
    "M3terServiceUser",
    "M3terUser",
    "M3terUserGroup",
    "M3terUserOrgRoles",
    "Organization",
    "ReportedOrganization",
    "Role",
    "Statement",
]


@_calls.output_type
class CspOrgRole(dict[str, Any]):
    """A role in an organization."""

    created_by: str | None = pulumi.property("createdBy", default=None)
    """Who granted the role."""
    created_date: str | None = pulumi.property("createdDate", default=None)
    """When the role was granted, RFC 3339 in UTC."""
    display_name: str | None = pulumi.property("displayName", default=None)
    """The role's name for people."""
    expires_at: str | None = pulumi.property("expiresAt", default=None)
    """When the role ends, RFC 3339 in UTC; absent where the API says never, or says nothing."""
    last_updated_by: str | None = pulumi.property("lastUpdatedBy", default=None)
    """Who last changed the role."""
    last_updated_date: str | None = pulumi.property("lastUpdatedDate", default=None)
    """When the role was last changed, RFC 3339 in UTC."""
    name: str | None = pulumi.property("name", default=None)
    """The role's name."""
    organization_link: str | None = pulumi.property("organizationLink", default=None)
    """Where the API keeps the organization, a path that ends in its id."""
    resource: str | None = pulumi.property("resource", default=None)
    """What the role is limited to."""
    visible: bool | None = pulumi.property("visible", default=None)
    """Whether the console shows the role."""


@_calls.output_type
class CspRole(dict[str, Any]):
    """A custom role or a role in a service."""

    created_by: str | None = pulumi.property("createdBy", default=None)
    """Who granted the role."""
    created_date: str | None = pulumi.property("createdDate", default=None)
    """When the role was granted, RFC 3339 in UTC."""
    expires_at: str | None = pulumi.property("expiresAt", default=None)
    """When the role ends, RFC 3339 in UTC; absent where the API says never, or says nothing."""
    last_updated_by: str | None = pulumi.property("lastUpdatedBy", default=None)
    """Who last changed the role."""
    last_updated_date: str | None = pulumi.property("lastUpdatedDate", default=None)
    """When the role was last changed, RFC 3339 in UTC."""
    membership_type: str | None = pulumi.property("membershipType", default=None)
    """How the role is held: `DIRECT`, `GROUP` or `NESTED`; other values may come."""
    name: str | None = pulumi.property("name", default=None)
    """The role's name."""
    resource: str | None = pulumi.property("resource", default=None)
    """What the role is limited to."""


@_calls.output_type
class CspServiceDefinition(dict[str, Any]):
    """A service and the caller's roles in it."""

    ref_link: str | None = pulumi.property("refLink", default=None)
    """Where the API keeps the service's definition, a path that ends in its id."""
    roles: Sequence[CspRole] | None = pulumi.property("roles", default=None)
    """The caller's roles in the service."""
    service_display_name: str | None = pulumi.property("serviceDisplayName", default=None)
    """The service's name for people."""
    service_name: str | None = pulumi.property("serviceName", default=None)
    """The service's name."""
    service_roles: Sequence[str] | None = pulumi.property("serviceRoles", default=None)
    """The names of the caller's roles in the service."""


@_calls.output_type
class CspUserOrgInfo(dict[str, Any]):
    """An organization and the caller's roles in it. No organization id is documented here."""

    custom_roles: Sequence[CspRole] | None = pulumi.property("customRoles", default=None)
    """The caller's custom roles."""
    display_name: str | None = pulumi.property("displayName", default=None)
    """The organization's name for people."""
    name: str | None = pulumi.property("name", default=None)
    """The organization's name or short unique identifier."""
    org_roles: Sequence[CspOrgRole] | None = pulumi.property("orgRoles", default=None)
    """The caller's roles in the organization itself."""
    services_def: Sequence[CspServiceDefinition] | None = pulumi.property(
        "servicesDef", default=None
    )
    """The services of the organization and the caller's roles in them."""


@_calls.output_type
class CspUserProfile(dict[str, Any]):
    """The profile of a person at VMware Cloud Services."""

    alternative_email: str | None = pulumi.property("alternativeEmail", default=None)
    """A second e-mail address."""
    customer_number: str | None = pulumi.property("customerNumber", default=None)
    """Customer number."""
    default_org_id: str | None = pulumi.property("defaultOrgId", default=None)
    """The id of the organization that the person starts in."""
    is_federated: bool | None = pulumi.property("isFederated", default=None)
    """Whether the person signs in through their own identity provider."""
    language: str | None = pulumi.property("language", default=None)
    """Preferred language."""
    linked_user_id_account: str | None = pulumi.property("linkedUserIdAccount", default=None)
    """The account that this one is linked to."""
    locale: str | None = pulumi.property("locale", default=None)
    """Preferred regional format."""


@_calls.output_type
class CspUser(dict[str, Any]):
    """A person at VMware Cloud Services. Many fields are personal data."""

    acct: str | None = pulumi.property("acct", default=None)
    """The login id at the identity provider; may differ from the e-mail address."""
    address: str | None = pulumi.property("address", default=None)
    """Street address."""
    city: str | None = pulumi.property("city", default=None)
    """City."""
    company: str | None = pulumi.property("company", default=None)
    """Company."""
    country: str | None = pulumi.property("country", default=None)
    """Country."""
    country_code: str | None = pulumi.property("countryCode", default=None)
    """Country as a code."""
    country_name: str | None = pulumi.property("countryName", default=None)
    """Country as a name."""
    customer_number: str | None = pulumi.property("customerNumber", default=None)
    """Customer number."""
    email: str | None = pulumi.property("email", default=None)
    """E-mail address."""
    email_verified: bool | None = pulumi.property("emailVerified", default=None)
    """Whether the e-mail address was verified."""
    eula_info: str | None = pulumi.property("eulaInfo", default=None)
    """What is known of the accepted licence agreement."""
    first_name: str | None = pulumi.property("firstName", default=None)
    """First name."""
    last_name: str | None = pulumi.property("lastName", default=None)
    """Last name."""
    ref_link: str | None = pulumi.property("refLink", default=None)
    """Where the API keeps this user, a path."""
    state: str | None = pulumi.property("state", default=None)
    """State or province."""
    state_code: str | None = pulumi.property("stateCode", default=None)
    """State or province as a code."""
    state_name: str | None = pulumi.property("stateName", default=None)
    """State or province as a name."""
    tnc: bool | None = pulumi.property("tnc", default=None)
    """Whether the terms and conditions were accepted."""
    trade_id: str | None = pulumi.property("tradeId", default=None)
    """Trade id."""
    user_id: str | None = pulumi.property("userId", default=None)
    """The user's id, `DOMAIN:UUID`."""
    user_profile: CspUserProfile | None = pulumi.property("userProfile", default=None)
    """The user's profile."""
    username: str | None = pulumi.property("username", default=None)
    """The user name, equal to the e-mail address; the API calls it deprecated."""
    website: str | None = pulumi.property("website", default=None)
    """Website."""
    work_phone: str | None = pulumi.property("workPhone", default=None)
    """Telephone number at work."""
    zipcode: str | None = pulumi.property("zipcode", default=None)
    """Postal code."""


@_calls.output_type
class CspUserOrgRoles(dict[str, Any]):
    """VMware Cloud Services' own answer about a person's roles."""

    user: CspUser | None = pulumi.property("user", default=None)
    """The person, every field but the password."""
    user_org_info: Sequence[CspUserOrgInfo] | None = pulumi.property("userOrgInfo", default=None)
    """The organizations reported, with the person's roles."""


@_calls.output_type
class M3terOrganization(dict[str, Any]):
    """An organization at m3ter. Its address and tax data are business data."""

    id: str = pulumi.property("id")
    """The id of this entity, a UUID; not documented to equal `orgId`."""
    address_line1: str | None = pulumi.property("addressLine1", default=None)
    """First line of the address."""
    address_line2: str | None = pulumi.property("addressLine2", default=None)
    """Second line of the address."""
    address_line3: str | None = pulumi.property("addressLine3", default=None)
    """Third line of the address."""
    address_line4: str | None = pulumi.property("addressLine4", default=None)
    """Fourth line of the address."""
    billing_contact_user_id1: str | None = pulumi.property("billingContactUserId1", default=None)
    """The id of the first billing contact."""
    billing_contact_user_id2: str | None = pulumi.property("billingContactUserId2", default=None)
    """The id of the second billing contact."""
    billing_contact_user_id3: str | None = pulumi.property("billingContactUserId3", default=None)
    """The id of the third billing contact."""
    country: str | None = pulumi.property("country", default=None)
    """Country."""
    created_by: str | None = pulumi.property("createdBy", default=None)
    """The id of the user that created this entity."""
    customer_id: str | None = pulumi.property("customerId", default=None)
    """The id of the m3ter customer that the organization belongs to."""
    dt_created: str | None = pulumi.property("dtCreated", default=None)
    """When this entity was created, RFC 3339 in UTC."""
    dt_last_modified: str | None = pulumi.property("dtLastModified", default=None)
    """When this entity was last changed, RFC 3339 in UTC."""
    invoice_general_reference: str | None = pulumi.property("invoiceGeneralReference", default=None)
    """The reference that is printed on invoices."""
    last_modified_by: str | None = pulumi.property("lastModifiedBy", default=None)
    """The id of the user that last changed this entity."""
    locality: str | None = pulumi.property("locality", default=None)
    """City or town."""
    org_id: str | None = pulumi.property("orgId", default=None)
    """The organization's id, a UUID."""
    organization_name: str | None = pulumi.property("organizationName", default=None)
    """The organization's name."""
    post_code: str | None = pulumi.property("postCode", default=None)
    """Postal code."""
    purchase_order_number: str | None = pulumi.property("purchaseOrderNumber", default=None)
    """Purchase order number."""
    region: str | None = pulumi.property("region", default=None)
    """State, county or region."""
    short_name: str | None = pulumi.property("shortName", default=None)
    """The organization's short name."""
    status: str | None = pulumi.property("status", default=None)
    """`ACTIVE` or `ARCHIVED`; other values may come."""
    tax_id: str | None = pulumi.property("taxId", default=None)
    """Tax number."""
    type: str | None = pulumi.property("type", default=None)
    """`PRODUCTION` or `SANDBOX`; other values may come."""
    version: int | None = pulumi.property("version", default=None)
    """The version of this entity; it grows with every change."""


@_calls.output_type
class M3terPolicyStatement(dict[str, Any]):
    """One statement of a m3ter permission policy, as m3ter writes it."""

    action: Sequence[str] | None = pulumi.property("action", default=None)
    """What is allowed or denied, in the case that m3ter answers with."""
    effect: str | None = pulumi.property("effect", default=None)
    """Allow or deny, in the case that m3ter answers with."""
    resource: Sequence[str] | None = pulumi.property("resource", default=None)
    """To what it applies."""


@_calls.output_type
class M3terPermissionPolicy(dict[str, Any]):
    """A m3ter permission policy: what its holder may do."""

    created_by: str | None = pulumi.property("createdBy", default=None)
    """The id of the user that created this entity."""
    dt_created: str | None = pulumi.property("dtCreated", default=None)
    """When this entity was created, RFC 3339 in UTC."""
    dt_last_modified: str | None = pulumi.property("dtLastModified", default=None)
    """When this entity was last changed, RFC 3339 in UTC."""
    id: str | None = pulumi.property("id", default=None)
    """The policy's id, a UUID."""
    last_modified_by: str | None = pulumi.property("lastModifiedBy", default=None)
    """The id of the user that last changed this entity."""
    managed_policy: bool | None = pulumi.property("managedPolicy", default=None)
    """Whether m3ter maintains the policy, as it does `Administrator`."""
    name: str | None = pulumi.property("name", default=None)
    """The policy's name."""
    permission_policy: Sequence[M3terPolicyStatement] | None = pulumi.property(
        "permissionPolicy", default=None
    )
    """The policy's statements."""
    version: int | None = pulumi.property("version", default=None)
    """The version of this entity; it grows with every change."""


@_calls.output_type
class M3terServiceUser(dict[str, Any]):
    """A machine at m3ter: it has no e-mail address and no list of organizations."""

    id: str = pulumi.property("id")
    """The service user's id, a UUID."""
    created_by: str | None = pulumi.property("createdBy", default=None)
    """The id of the user that created this entity."""
    dt_created: str | None = pulumi.property("dtCreated", default=None)
    """When this entity was created, RFC 3339 in UTC."""
    dt_last_modified: str | None = pulumi.property("dtLastModified", default=None)
    """When this entity was last changed, RFC 3339 in UTC."""
    last_modified_by: str | None = pulumi.property("lastModifiedBy", default=None)
    """The id of the user that last changed this entity."""
    name: str | None = pulumi.property("name", default=None)
    """The service user's name."""
    version: int | None = pulumi.property("version", default=None)
    """The version of this entity; it grows with every change."""


@_calls.output_type
class M3terUser(dict[str, Any]):
    """A person at m3ter. Some fields are personal data."""

    id: str = pulumi.property("id")
    """The user's id, a UUID."""
    contact_number: str | None = pulumi.property("contactNumber", default=None)
    """Telephone number."""
    created_by: str | None = pulumi.property("createdBy", default=None)
    """The id of the user that created this entity."""
    dt_created: str | None = pulumi.property("dtCreated", default=None)
    """When this entity was created, RFC 3339 in UTC."""
    dt_last_modified: str | None = pulumi.property("dtLastModified", default=None)
    """When this entity was last changed, RFC 3339 in UTC."""
    email: str | None = pulumi.property("email", default=None)
    """E-mail address."""
    first_accepted_terms_and_conditions: str | None = pulumi.property(
        "firstAcceptedTermsAndConditions", default=None
    )
    """When the user first accepted the terms and conditions, RFC 3339 in UTC."""
    first_name: str | None = pulumi.property("firstName", default=None)
    """First name."""
    last_accepted_terms_and_conditions: str | None = pulumi.property(
        "lastAcceptedTermsAndConditions", default=None
    )
    """When the user last accepted the terms and conditions, RFC 3339 in UTC."""
    last_modified_by: str | None = pulumi.property("lastModifiedBy", default=None)
    """The id of the user that last changed this entity."""
    last_name: str | None = pulumi.property("lastName", default=None)
    """Last name."""
    organizations: Sequence[str] | None = pulumi.property("organizations", default=None)
    """The ids of the organizations that the user belongs to."""
    support_user: bool | None = pulumi.property("supportUser", default=None)
    """Whether this is a user of m3ter's own support."""
    version: int | None = pulumi.property("version", default=None)
    """The version of this entity; it grows with every change."""


@_calls.output_type
class M3terCurrentUser(dict[str, Any]):
    """The answer of m3ter's `GET /organizations/{orgId}/users/me`."""

    organization: M3terOrganization | None = pulumi.property("organization", default=None)
    """The organization, where m3ter reports it."""
    service_user: M3terServiceUser | None = pulumi.property("serviceUser", default=None)
    """The service user, if a machine asks."""
    user: M3terUser | None = pulumi.property("user", default=None)
    """The person, if a person asks."""


@_calls.output_type
class M3terUserGroup(dict[str, Any]):
    """A user group at m3ter that the caller belongs to."""

    id: str = pulumi.property("id")
    """The group's id, a UUID."""
    created_by: str | None = pulumi.property("createdBy", default=None)
    """The id of the user that created this entity."""
    dt_created: str | None = pulumi.property("dtCreated", default=None)
    """When this entity was created, RFC 3339 in UTC."""
    dt_last_modified: str | None = pulumi.property("dtLastModified", default=None)
    """When this entity was last changed, RFC 3339 in UTC."""
    last_modified_by: str | None = pulumi.property("lastModifiedBy", default=None)
    """The id of the user that last changed this entity."""
    name: str | None = pulumi.property("name", default=None)
    """The group's name."""
    version: int | None = pulumi.property("version", default=None)
    """The version of this entity; it grows with every change."""


@_calls.output_type
class M3terUserOrgRoles(dict[str, Any]):
    """m3ter's own answer about the caller's rights."""

    permission_policies: Sequence[M3terPermissionPolicy] | None = pulumi.property(
        "permissionPolicies", default=None
    )
    """The permission policies that the caller holds in person."""
    user_groups: Sequence[M3terUserGroup] | None = pulumi.property("userGroups", default=None)
    """The user groups that a person belongs to; absent where m3ter refuses to tell."""


@_calls.output_type
class Organization(dict[str, Any]):
    """The organization that was asked about."""

    id: str = pulumi.property("id")
    """The organization's id, as asked for."""
    display_name: str | None = pulumi.property("displayName", default=None)
    """Its name for people. VMware Cloud Services only."""
    name: str | None = pulumi.property("name", default=None)
    """Its name. m3ter: the organization name; VMware Cloud Services: the reported name."""
    short_name: str | None = pulumi.property("shortName", default=None)
    """Its short name. m3ter only."""
    status: str | None = pulumi.property("status", default=None)
    """Its state, for example `ACTIVE` or `ARCHIVED`. m3ter only."""
    type: str | None = pulumi.property("type", default=None)
    """What it is for, for example `PRODUCTION` or `SANDBOX`. m3ter only."""


@_calls.output_type
class ReportedOrganization(dict[str, Any]):
    """An organization that the API reported with the roles."""

    display_name: str | None = pulumi.property("displayName", default=None)
    """Its name for people."""
    name: str | None = pulumi.property("name", default=None)
    """Its name or short unique identifier, as the API gives it."""


@_calls.output_type
class Statement(dict[str, Any]):
    """One statement of a permission policy."""

    actions: Sequence[str] | None = pulumi.property("actions", default=None)
    """What is allowed or denied, in upper case, for example `CONFIG_CREATE`."""
    effect: str | None = pulumi.property("effect", default=None)
    """`ALLOW` or `DENY`; a denial wins over every permission."""
    resources: Sequence[str] | None = pulumi.property("resources", default=None)
    """To what it applies, for example `config:meter/*`."""


@_calls.output_type
class Role(dict[str, Any]):
    """One role of the caller."""

    active: bool = pulumi.property("active")
    """Whether the role is held in the organization asked about, and its end is not known to have
    passed. False too where `expiresAt` is no time that can be read.
    """
    end_known: bool = pulumi.property("endKnown")
    """Whether it is known when the role ends: at `expiresAt` or, if that is absent, never. False
    where the platform does not tell, or tells what cannot be read.
    """
    kind: str = pulumi.property("kind")
    """VMware Cloud Services has `organization`, `service` and `custom` roles; a `policy` is a
    m3ter permission policy; a `permission` is a single right that a m3ter token carries, or
    an entry of a token in a form that is not known, which is not active.
    """
    name: str = pulumi.property("name")
    """The role's name, without any prefix: `org_owner`, `Administrator`, `CONFIG_CREATE`."""
    source: str = pulumi.property("source")
    """`api` when the platform's API reported the role, `token` when it was read from the access
    token because the API does not answer for this caller. A token is decoded, not verified.
    """
    display_name: str | None = pulumi.property("displayName", default=None)
    """The role's name for people."""
    expires_at: str | None = pulumi.property("expiresAt", default=None)
    """When the role ends, RFC 3339 in UTC; a text that is no time stays as it came. Absent means
    never, if `endKnown` is true.
    """
    in_token: bool | None = pulumi.property("inToken", default=None)
    """Whether the access token in use carries the role too; absent where the token cannot tell."""
    membership_type: str | None = pulumi.property("membershipType", default=None)
    """How the role is held: `DIRECT`, or through a group: `GROUP`, `NESTED`."""
    organization: str | None = pulumi.property("organization", default=None)
    """The organization that grants the role, where the API reports one: its name, or its id
    where the role itself names another organization.
    """
    resource: str | None = pulumi.property("resource", default=None)
    """What the role is limited to."""
    service_display_name: str | None = pulumi.property("serviceDisplayName", default=None)
    """That service's name for people."""
    service_name: str | None = pulumi.property("serviceName", default=None)
    """The service that a service role or permission belongs to."""
    statements: Sequence[Statement] | None = pulumi.property("statements", default=None)
    """What a m3ter permission policy allows and denies."""
