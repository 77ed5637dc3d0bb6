"""What a recording says of people: every text of a reply, by what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support import bodies

from callerid.casing import camel
from callerid.config import load
from callerid.model import bare
from callerid.platforms.csp.recording import RECORDING as CSP
from callerid.platforms.csp.replies import CspOrgRole, CspRole, CspUser, CspUserProfile
from callerid.platforms.m3ter.recording import RECORDING as M3TER
from callerid.platforms.m3ter.replies import M3terOrganization, M3terPermissionPolicy, M3terUser
from callerid.recording.redacting import REDACTED, redact
from callerid.recording.tape import Exchange

if TYPE_CHECKING:
    from callerid.config import PlatformName
    from callerid.model import Reply
    from callerid.recording.contract import Recording


def _told(platform: PlatformName, recording: Recording, route: str, body: Any) -> Any:
    """Write the block of one answer as a recording has it."""
    config = next(each for each in load({}, {}).platforms if each.name == platform)
    asked = Exchange(platform, route.removeprefix("GET "), "", 200, body, {"sub": "s"})
    return redact(recording.block([asked], "ada", config))


def _texts(model: type[Reply]) -> dict[str, str]:
    """Write each text that a reply may have, by the name of its field."""
    fields = model.model_fields.items()
    names = [camel(name) for name, field in fields if bare(field.annotation) is str]
    return {name: f"the {name}" for name in names}


def _redacted(recording: Recording, written: Any, told: Any) -> tuple[set[str], set[str]]:
    """Name the fields whose texts are blanked, and those that became somebody made up.

    Each has to be known to the platform itself, whatever the other one knows.
    """
    blanked = {name for name in written if told[name] == REDACTED}
    made_up = {name for name in written if told[name] not in {REDACTED, written[name]}}
    assert {each.lower() for each in blanked} <= recording.private
    people = {*recording.people, *recording.authors, "firstname", "lastname"}
    assert {each.lower() for each in made_up} <= people
    return blanked, made_up


def test_what_a_recording_says_of_a_person_at_csp() -> None:
    """Everything that the API has of them, by what becomes of it; all else stays as it is."""
    user, profile = _texts(CspUser), _texts(CspUserProfile)
    info = {"user": {**user, "userProfile": profile, "eulaInfo": {"phone": "5"}}}
    told = _told("csp", CSP, bodies.INFO, info)["info"]["user"]
    del user["eulaInfo"]
    assert told["eulaInfo"] == {"phone": REDACTED}
    assert _redacted(CSP, user, told) == (
        {
            *("address", "city", "company", "customerNumber", "state", "stateCode", "stateName"),
            *("tradeId", "website", "workPhone", "zipcode"),
        },
        {"acct", "email", "firstName", "lastName", "username"},
    )
    assert _redacted(CSP, profile, told["userProfile"]) == (
        {"customerNumber", "linkedUserIdAccount"},
        {"alternativeEmail"},
    )


def test_what_a_recording_says_of_those_who_granted_a_role_at_csp() -> None:
    """Nothing; what the role is stays."""
    role, custom = _texts(CspOrgRole), _texts(CspRole)
    info = bodies.info(role, customRoles=[custom])
    [told] = _told("csp", CSP, bodies.INFO, info)["info"]["userOrgInfo"]
    for written, one in ((role, told["orgRoles"][0]), (custom, told["customRoles"][0])):
        assert _redacted(CSP, written, one) == (set(), {"createdBy", "lastUpdatedBy"})


def test_what_a_recording_says_of_a_person_at_m3ter() -> None:
    """Everything that the API has of them and of their organization."""
    user, organization = _texts(M3terUser), _texts(M3terOrganization)
    me = {"user": user, "organization": organization}
    told = _told("m3ter", M3TER, bodies.ME, me)["me"]
    assert _redacted(M3TER, user, told["user"]) == (
        {"contactNumber"},
        {"createdBy", "email", "firstName", "lastModifiedBy", "lastName"},
    )
    assert _redacted(M3TER, organization, told["organization"]) == (
        {
            *("addressLine1", "addressLine2", "addressLine3", "addressLine4", "locality"),
            *("invoiceGeneralReference", "postCode", "purchaseOrderNumber", "region", "taxId"),
        },
        {
            *("billingContactUserId1", "billingContactUserId2", "billingContactUserId3"),
            *("createdBy", "lastModifiedBy"),
        },
    )


def test_what_a_recording_says_of_those_who_made_a_policy_at_m3ter() -> None:
    """Nothing, unless it is an id."""
    policy = _texts(M3terPermissionPolicy)
    told = redact({"policies": [policy, {"createdBy": bodies.ADA}]})["policies"]
    assert _redacted(M3TER, policy, told[0]) == (set(), {"createdBy", "lastModifiedBy"})
    assert told[1] == {"createdBy": bodies.ADA}
