"""Redacting: secrets go, people become made-up people, everything else stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from callerid.casing import camel
from callerid.model import Reply, bare
from callerid.platforms.csp import replies as csp_replies
from callerid.platforms.m3ter import replies as m3ter_replies
from callerid.recording.redacting import redact

if TYPE_CHECKING:
    from types import ModuleType

ADA = {"firstName": "Ada", "lastName": "Lovelace", "email": "ada@acme.com"}


def test_people_are_made_up_in_order_of_appearance() -> None:
    """The same person is the same made-up one everywhere, whatever the case of the letters."""
    bodies = {
        "user": ADA,
        "policies": [{"createdBy": "ADA@acme.com", "lastModifiedBy": "bob@acme.com"}],
        "groups": [{"name": "friends of ada lovelace"}],
    }
    assert redact(bodies) == {
        "user": {
            "firstName": "Robin",
            "lastName": "Example",
            "email": "person-1@example.com",
        },
        "policies": [
            {"createdBy": "person-1@example.com", "lastModifiedBy": "person-2@example.com"}
        ],
        "groups": [{"name": "friends of Robin Example"}],
    }


@pytest.mark.parametrize(
    "value",
    [
        {"name": "deploy-pipeline"},
        {"organizationName": "Acme Production", "shortName": "acme", "country": "GB"},
        {"orgRoles": [{"name": "org_owner", "displayName": "Organization Owner"}]},
        {"userId": "example.com:4b6d8f20-1a3c-4e5d-97b8-c0f2e4a6d813"},
        {"email": None, "firstName": "", "isFederated": True, "version": 3},
        ["csp:org_owner", "external/0f1e2d3c/compute:admin"],
    ],
)
def test_what_programs_branch_on_stays(value: Any) -> None:
    """Machines, organizations, roles, ids, and what is no text."""
    assert redact(value) == value


@pytest.mark.parametrize("keep_names", [True, False])
def test_passwords_are_dropped(keep_names: bool) -> None:  # noqa: FBT001 - what is tested
    """Whatever else is kept."""
    assert redact({"user": {"Password": "x", "id": "1"}}, keep_names=keep_names) == {
        "user": {"id": "1"}
    }


def test_names_can_be_kept() -> None:
    """But for the fields that were named."""
    kept = redact({**ADA, "note": "on call"}, ["NOTE"], keep_names=True)
    assert kept == {**ADA, "note": "redacted"}


def test_private_fields_and_handles() -> None:
    """Addresses, phones and books are blanked; a plain user name gets a made-up one."""
    user = {"workPhone": 17035550142, "city": "London", "username": "ada", "acct": "ada"}
    user |= {"taxId": "7", "address": {"line1": "Main Street"}, "createdBy": "ADA"}
    assert redact(user) == {
        "workPhone": "redacted",
        "city": "redacted",
        "username": "person-1",
        "acct": "person-1",
        "taxId": "redacted",
        "address": "redacted",
        "createdBy": "person-1",
    }


def test_people_of_a_form_that_is_not_documented() -> None:
    """A list or an object in place of a text tells as much of somebody."""
    user = {
        "email": {"value": "ada@acme.com", "verified": True},
        "firstName": ["Ada"],
        "lastName": {"value": ["Lovelace"]},
    }
    assert redact(user) == {
        "email": {"value": "person-1@example.com", "verified": True},
        "firstName": ["Robin"],
        "lastName": {"value": ["Example"]},
    }
    assert redact(user, keep_names=True) == user


@pytest.mark.parametrize("keep_names", [True, False])
def test_further_fields_of_any_form(keep_names: bool) -> None:  # noqa: FBT001 - what is tested
    """Wherever they stand, and whatever stands in them."""
    sent = {"email": {"token": "s"}, "token": {"value": "s", "all": ["s", {"email": 1}]}}
    assert redact(sent, also=["Token"], keep_names=keep_names) == {
        "email": {"token": "redacted"},
        "token": {"value": "redacted", "all": ["redacted", {"email": 1}]},
    }


def test_what_is_private_stays_so_within_a_person() -> None:
    """By its own name, where an object stands in place of a person's address."""
    assert redact({"email": {"contactNumber": 123}}) == {"email": {"contactNumber": "redacted"}}


def test_addresses_in_names_of_fields() -> None:
    """An address may be a key."""
    assert redact({"ada@acme.com": 1}) == {"person-1@example.com": 1}


def test_a_hundred_people_stay_a_hundred() -> None:
    """Made-up people differ where real ones do."""
    people = [{"firstName": f"F{n}", "lastName": f"L{n}", "email": f"{n}@x.org"} for n in range(99)]
    assert len({tuple(each.values()) for each in redact(people)}) == 99


SEEN = {
    *("acct", "company", "email", "first_name", "last_name", "username", "alternative_email"),
    *("address", "city", "state", "state_code", "state_name", "zipcode", "website", "work_phone"),
    *("customer_number", "trade_id", "linked_user_id_account", "contact_number", "locality"),
    *("address_line1", "address_line2", "address_line3", "address_line4", "post_code", "region"),
    *("tax_id", "purchase_order_number", "invoice_general_reference"),
}
KEPT = {
    *("country", "country_code", "country_name", "id", "language", "locale"),
    *(
        "created_at",
        "created_by",
        "created_date",
        "last_used_at",
        "default_org_id",
        "display_name",
        "effect",
        "eula_info",
    ),
    *("customer_id", "dt_created", "dt_end_access", "dt_last_modified", "expires_at", "name"),
    *("billing_contact_user_id1", "billing_contact_user_id2", "billing_contact_user_id3"),
    *("first_accepted_terms_and_conditions", "last_accepted_terms_and_conditions"),
    *("last_modified_by", "last_updated_by", "last_updated_date", "membership_type"),
    *("next_token", "org_id", "organization_link", "organization_name", "ref_link", "resource"),
    *("service_display_name", "service_name", "short_name", "status", "type", "user_id"),
}
"""Texts that name no person: ids, times, organizations, roles, languages and countries."""


def _texts(replies: ModuleType) -> set[str]:
    """Name the fields of a platform's replies that are texts."""
    return {
        name
        for model in vars(replies).values()
        if isinstance(model, type)
        and issubclass(model, Reply)
        and model.__module__ == replies.__name__
        for name, field in model.model_fields.items()
        if bare(field.annotation) is str
    }


def test_every_text_of_a_reply_is_redacted_or_known_to_be_harmless() -> None:
    """A field that is added must be put on one side; a name would stay in recordings otherwise."""
    texts = _texts(m3ter_replies) | _texts(csp_replies)
    assert texts == SEEN | KEPT
    for name in texts & SEEN:
        [told] = redact({camel(name): "Zoe Secret"}).values()
        assert "Zoe" not in told, name
