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


UUID = "7d9e2b7c-0f0a-4a4e-8c39-0a8c4a2f6f01"


def test_whoever_made_something_is_made_up() -> None:
    """By name, user name or address, the same one always; an id stays."""
    sent = [
        {"createdBy": "Grace Hopper", "lastUpdatedBy": "CORP\\ghopper"},
        {"createdBy": "grace hopper", "lastModifiedBy": "grace@corp.com"},
        {"createdBy": UUID, "lastUpdatedBy": f"corp.com:{UUID}", "billingContactUserId2": "Bo"},
        {"createdBy": {"displayName": "Grace Hopper", "id": UUID}, "lastUpdatedBy": ["ADA"]},
        {"createdBy": "ada lovelace", "user": {**ADA, "username": "ada"}},
    ]
    told = redact(sent)
    assert told[:4] == [
        {"createdBy": "person-1", "lastUpdatedBy": "person-2"},
        {"createdBy": "person-1", "lastModifiedBy": "person-1@example.com"},
        {
            "createdBy": UUID,
            "lastUpdatedBy": f"corp.com:{UUID}",
            "billingContactUserId2": "person-3",
        },
        {"createdBy": {"displayName": "person-1", "id": UUID}, "lastUpdatedBy": ["person-4"]},
    ]
    assert told[4]["createdBy"] == "Robin Example"
    assert told[4]["user"]["username"] == "person-4"
    assert redact(sent, keep_names=True) == sent


def test_who_made_a_role_takes_nothing_from_its_name() -> None:
    """Programs branch on it, and many things are made by an `admin`."""
    assert redact({"createdBy": "admin", "name": "admin"}) == {
        "createdBy": "person-1",
        "name": "admin",
    }


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("/am/api/users/ada%40corp.com", "/am/api/users/person-1%40example.com"),
        ("/am/api/users/ada@corp.com/orgs/1", "/am/api/users/person-1@example.com/orgs/1"),
        ("/users/CORP%5Cada?expand=1", "/users/person-1?expand=1"),
        ("/api/Users/Ada%20Lovelace", "/api/Users/Robin Example"),
        (f"/users/{UUID}", f"/users/{UUID}"),
        (f"/users/corp.com%3A{UUID}/roles", f"/users/corp.com%3A{UUID}/roles"),
        (f"/orgs/{UUID}", f"/orgs/{UUID}"),
        ("/loggedin/user/orgs/1", "/loggedin/user/orgs/1"),
    ],
)
def test_links_to_people(link: str, told: str) -> None:
    """Whoever they lead to is made up; where they lead to is as it was."""
    names = {"firstName": "Ada", "lastName": "Lovelace"}
    for field in ("refLink", "organizationLink", "serviceDefinitionLink"):
        assert redact({**names, field: link})[field] == told
    resource = {"resource": ["billing:config/users/all"]}
    assert redact(resource) == resource


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("of ada%40corp.com, ada@corp.com", "of person-1%40example.com, person-1@example.com"),
        ("next=%2Fx%3Fu%3Dada%2540corp.com", "next=person-1%2540example.com"),
        ("'shauna.o'brien@corp.com'", "'person-1@example.com'"),
        ("ada@corp.com's.", "person-1@example.com's."),
        ("ada_corp.com#EXT#@acme.com", "person-1@example.com"),
        ("#ada@corp.com.", "#person-1@example.com."),
        ("ada@corp.com+bob@corp.com", "person-1@example.com"),
        ("role@@tenant, @scope/x, 5 % @ 40", "role@@tenant, @scope/x, 5 % @ 40"),
    ],
)
def test_addresses_in_any_text(text: str, told: str) -> None:
    """Also as links have them, and of people whose name has an apostrophe."""
    assert redact({"name": text}) == {"name": told}


LONG = 1024 * 1024
"""A search of so long a text from each of its characters would not end."""
FIELDS = ("organizationName", "createdBy", "email", "refLink")


@pytest.mark.parametrize("end", ["", "@", "%!"])
@pytest.mark.parametrize("text", ["a", ".", "'", "%2540", "a@", "a@b+", "a%40b", "/users/"])
def test_a_text_of_any_length_is_redacted(text: str, end: str) -> None:
    """In a time that grows as the text does."""
    long = text * (LONG // len(text)) + end
    for field in FIELDS:
        assert redact({field: long}).keys() == {field}


def test_a_name_as_long_as_an_answer_stays() -> None:
    """An organization's, without anything that an address has."""
    name = "a" * 5 * LONG
    assert redact({"organizationName": name}) == {"organizationName": name}


def test_a_person_of_a_name_of_any_length_is_made_up() -> None:
    """The name is looked for in no other text: that would take the product of their lengths."""
    sent = {"firstName": "a" * LONG, "lastName": "b", "name": "a" * LONG}
    assert redact(sent) == {"firstName": "Robin", "lastName": "Example", "name": sent["name"]}


def test_any_number_of_people_is_made_up() -> None:
    """They are not counted for each of them."""
    people = [{"email": f"{number}@x.org"} for number in range(100_000)]
    assert redact(people)[-1] == {"email": "person-100000@example.com"}


SEEN = {
    *("acct", "company", "email", "first_name", "last_name", "username", "alternative_email"),
    *("address", "city", "state", "state_code", "state_name", "zipcode", "website", "work_phone"),
    *("customer_number", "trade_id", "linked_user_id_account", "contact_number", "locality"),
    *("address_line1", "address_line2", "address_line3", "address_line4", "post_code", "region"),
    *("tax_id", "purchase_order_number", "invoice_general_reference"),
    *("created_by", "last_modified_by", "last_updated_by"),
    *("billing_contact_user_id1", "billing_contact_user_id2", "billing_contact_user_id3"),
}
KEPT = {
    *("country", "country_code", "country_name", "id", "language", "locale"),
    *(
        "created_at",
        "created_date",
        "last_used_at",
        "default_org_id",
        "display_name",
        "effect",
        "eula_info",
    ),
    *("customer_id", "dt_created", "dt_end_access", "dt_last_modified", "expires_at", "name"),
    *("first_accepted_terms_and_conditions", "last_accepted_terms_and_conditions"),
    *("last_updated_date", "membership_type"),
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
