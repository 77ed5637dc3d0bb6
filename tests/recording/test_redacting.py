"""Redacting: secrets go, people become made-up people, everything else stays."""

from __future__ import annotations

from typing import Any

import pytest

from callerid.recording.redacting import redact

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


def test_addresses_in_names_of_fields() -> None:
    """An address may be a key."""
    assert redact({"ada@acme.com": 1}) == {"person-1@example.com": 1}


def test_a_hundred_people_stay_a_hundred() -> None:
    """Made-up people differ where real ones do."""
    people = [{"firstName": f"F{n}", "lastName": f"L{n}", "email": f"{n}@x.org"} for n in range(99)]
    assert len({tuple(each.values()) for each in redact(people)}) == 99
