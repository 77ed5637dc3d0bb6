"""What the m3ter API answers: every field of its reference, under its own names.

Source: m3ter's API reference, "Retrieve current user information" and the permission operations.
In each object only `id` is documented as always present. What is `Described`, a `Moment` or a
`Version` may be of any type and is left out then; everything else is identity or evidence, and
strict.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar

from pydantic_core import ValidationError

from callerid.model import Described, EndTime, Moment, Reply, Version, leave_out
from callerid.modelling import BeforeValidator, Field, model_validator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import ModelWrapValidatorHandler, ValidationInfo
    from typing_extensions import Self

T = TypeVar("T", bound=Reply)


class Entity(Reply):
    """What m3ter keeps of every entity."""

    version: Version = None
    """The version of this entity; it grows with every change."""
    dt_created: Moment = None
    """When this entity was created, RFC 3339 in UTC."""
    dt_last_modified: Moment = None
    """When this entity was last changed, RFC 3339 in UTC."""
    created_by: Described[str] = None
    """The id of the user that created this entity."""
    last_modified_by: Described[str] = None
    """The id of the user that last changed this entity."""


class M3terUser(Entity):
    """A person at m3ter. Some fields are personal data."""

    id: str
    """The user's id, a UUID."""
    first_name: Described[str] = None
    """First name."""
    last_name: Described[str] = None
    """Last name."""
    contact_number: Described[str] = None
    """Telephone number."""
    email: Described[str] = None
    """E-mail address."""
    organizations: Described[list[str]] = None
    """The ids of the organizations that the user belongs to."""
    first_accepted_terms_and_conditions: Moment = None
    """When the user first accepted the terms and conditions, RFC 3339 in UTC."""
    last_accepted_terms_and_conditions: Moment = None
    """When the user last accepted the terms and conditions, RFC 3339 in UTC."""
    support_user: Described[bool] = None
    """Whether this is a user of m3ter's own support."""


class M3terServiceUser(Entity):
    """A machine at m3ter: it has no e-mail address and no list of organizations."""

    id: str
    """The service user's id, a UUID."""
    name: Described[str] = None
    """The service user's name."""


class M3terOrganization(Entity):
    """An organization at m3ter. Its address and tax data are business data."""

    id: str
    """The id of this entity, a UUID; not documented to equal `orgId`."""
    org_id: str | None = None
    """The organization's id, a UUID."""
    customer_id: Described[str] = None
    """The id of the m3ter customer that the organization belongs to."""
    organization_name: str | None = None
    """The organization's name."""
    short_name: Described[str] = None
    """The organization's short name."""
    address_line1: Described[str] = None
    """First line of the address."""
    address_line2: Described[str] = None
    """Second line of the address."""
    address_line3: Described[str] = None
    """Third line of the address."""
    address_line4: Described[str] = None
    """Fourth line of the address."""
    locality: Described[str] = None
    """City or town."""
    region: Described[str] = None
    """State, county or region."""
    post_code: Described[str] = None
    """Postal code."""
    country: Described[str] = None
    """Country."""
    tax_id: Described[str] = None
    """Tax number."""
    purchase_order_number: Described[str] = None
    """Purchase order number."""
    invoice_general_reference: Described[str] = None
    """The reference that is printed on invoices."""
    billing_contact_user_id1: Described[str] = None
    """The id of the first billing contact."""
    billing_contact_user_id2: Described[str] = None
    """The id of the second billing contact."""
    billing_contact_user_id3: Described[str] = None
    """The id of the third billing contact."""
    type: Described[str] = None
    """`PRODUCTION` or `SANDBOX`; other values may come."""
    status: Described[str] = None
    """`ACTIVE` or `ARCHIVED`; other values may come."""


def _is_unset(value: object) -> bool:
    """Tell whether a value is an object as typed SDKs make it before anything is set.

    Its fields are absent, null, empty, 0 or false.
    """
    return isinstance(value, dict) and all(
        each in (None, 0, []) or (isinstance(each, str) and not each.strip())
        for each in value.values()
    )


def _is_blank(value: object, name: str) -> bool:
    """Tell whether an object has a text of this name, in which nothing stands."""
    text = value.get(name) if isinstance(value, dict) else None
    return isinstance(text, str) and not text.strip()


class M3terCurrentUser(Reply):
    """The answer of m3ter's `GET /organizations/{orgId}/users/me`."""

    user: M3terUser | None = None
    """The person, if a person asks."""
    service_user: M3terServiceUser | None = None
    """The service user, if a machine asks."""
    organization: M3terOrganization | None = None
    """The organization, where m3ter reports it."""
    unread: bool = Field(False, exclude=True)  # noqa: FBT003 - a default
    """Whether an organization is reported that may be any: nothing is told, or a blank id."""

    may_be_empty = frozenset({"organization"})

    @model_validator(mode="before")
    @classmethod
    def _note_what_cannot_be_read(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        nobody = [each for each in ("user", "serviceUser") if _is_unset(data.get(each))]
        organization = data.get("organization")
        unread = _is_unset(organization) or _is_blank(organization, "orgId")
        return {**data, **dict.fromkeys(nobody), "unread": unread}

    @model_validator(mode="after")
    def _name_somebody(self) -> Self:
        if not (self.user or self.service_user):
            message = "it names neither a user nor a service user"
            raise ValueError(message)
        return self


_NONE = r"(?ai)none|null|nil|undefined|false|true|\W*"
"""Words for none, and texts of marks alone, which are no action or resource; but `*` is."""


def one_or_more(sent: object) -> object:
    """Read a plain text as a list of one, if it surely names one."""
    if not isinstance(sent, str) or (re.fullmatch(_NONE, sent.strip()) and sent.strip() != "*"):
        return sent
    return [sent]


class M3terPolicyStatement(Reply):
    """One statement of a m3ter permission policy, as m3ter writes it."""

    effect: str | None = None
    """Allow or deny, in the case that m3ter answers with."""
    action: Annotated[list[str] | None, BeforeValidator(one_or_more)] = None
    """What is allowed or denied, in the case that m3ter answers with."""
    resource: Annotated[list[str] | None, BeforeValidator(one_or_more)] = None
    """To what it applies."""

    no_blanks = frozenset({"action", "resource"})

    @model_validator(mode="wrap")
    @classmethod
    def _allow_only_what_is_read(
        cls, sent: Any, read: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        """Keep a statement that cannot be read, as one that is not known to allow anything."""
        try:
            return read(sent)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False)
            wrong = {str(each["loc"][0]) for each in problems if each["loc"]}
            leave_out(info, cls)
            known = sent if isinstance(sent, dict) else {}
            denies = str(known.get("effect")).upper() == "DENY"
            wrong |= set() if denies else {"effect"}
            return read({key: value for key, value in known.items() if key not in wrong})


class M3terPermissionPolicy(Entity):
    """A m3ter permission policy: what its holder may do."""

    id: str | None = None
    """The policy's id, a UUID."""
    name: str | None = None
    """The policy's name."""
    managed_policy: Described[bool] = None
    """Whether m3ter maintains the policy, as it does `Administrator`."""
    permission_policy: list[M3terPolicyStatement] | None = None
    """The policy's statements."""

    no_blanks = frozenset({"permissionPolicy"})

    @model_validator(mode="after")
    def _be_a_policy(self) -> Self:
        if not (self.id or self.name or self.permission_policy):
            message = "it lists a permission policy without id, name and statements"
            raise ValueError(message)
        return self


class M3terUserGroup(Entity):
    """A user group at m3ter that the caller belongs to."""

    id: str
    """The group's id, a UUID."""
    name: Described[str] = None
    """The group's name."""


class M3terUserDetails(Reply):
    """What `GET /organizations/{orgId}/users/{id}` has beyond the user of `users/me`."""

    id: str | None = Field(None, exclude=True)
    """The user's id: without it this is no answer about the user."""
    permission_policy: list[M3terPolicyStatement] | None = None
    """Statements that stand in the user alone, under no policy's name."""
    dt_end_access: EndTime = None
    """When the user's access to the organization ends; m3ter leaves it out where it never does."""

    no_blanks = frozenset({"permissionPolicy", "dtEndAccess"})


def read_next_token(sent: object) -> object:
    """Read what a page says of the next one; None in every way to say that there is none.

    0 and `false` end a list like null and empty text, and like their own names as text.
    """
    return None if sent is None or str(sent).strip().lower() in _NO_NEXT_PAGE else sent


_NO_NEXT_PAGE = frozenset({"", "0", "0.0", "null", "false"})


_ERRORS_HAVE = frozenset({"message", "error", "errors", "code", "status"})


class Page(Reply, Generic[T]):
    """One page of a list: an object with `data`, a bare array, or one bare entry.

    The documentation shows pages and bare entries. Anything else is no list of rights, least of all
    an empty one.
    """

    data: list[T]
    next_token: Annotated[str | None, BeforeValidator(read_next_token)] = None

    entry_has: ClassVar[frozenset[str]] = frozenset()
    """What makes an object an entry: it has at least one of these, by the API's name."""
    no_blanks = frozenset({"data"})

    @model_validator(mode="before")
    @classmethod
    def _read_each_form(cls, body: Any) -> Any:
        return cls.as_page(body)

    @classmethod
    def as_page(cls, body: Any) -> Any:
        """Make a page of what is one; null for `data` is an empty list if nothing else is there."""
        if isinstance(body, list):
            return {"data": body}
        if not isinstance(body, dict):
            return body
        if "data" not in body and cls._is_entry(body):
            return {"data": [body], "nextToken": body.get("nextToken")}
        only_null = body.get("data", body) is None and not body.keys() - {"data", "nextToken"}
        return {**body, "data": []} if only_null else body

    @classmethod
    def _is_entry(cls, body: Mapping[str, Any]) -> bool:
        """Tell a bare entry from an error, which may have an id or a name as well."""
        return not body.keys() & _ERRORS_HAVE and any(
            str(body.get(key) or "").strip() for key in cls.entry_has
        )


class PolicyPage(Page[M3terPermissionPolicy]):
    """One page of the permission policies that somebody holds."""

    entry_has = frozenset({"id", "name", "permissionPolicy"})


class UserGroupPage(Page[M3terUserGroup]):
    """One page of the user groups that somebody belongs to."""

    entry_has = frozenset({"id"})
