"""Replies are read with judgement: which field may be of another type, and what it does then."""

from __future__ import annotations

from importlib import import_module
from typing import Any, get_origin

import pytest
from pydantic import ValidationError

from callerid.casing import camel
from callerid.model import Reply, bare
from callerid.platforms.m3ter import replies as m3ter_replies
from callerid.registry import PLATFORMS

LEFT_OUT = "only describes, or its absence counts against the caller: left out, with the warning"
ENTRIES = "a list: the entries that cannot be read are left out, with the warning"
STRICT = "identity or evidence: the object that has it cannot be read"
KEPT = "evidence: never read as absent; it is an error, or something that counts against"
FALSE = "counts as false, with the warning"
ALLOWS_NOTHING = "the statement stays, and is not known to allow anything"

_ENTITY = "version dtCreated dtLastModified createdBy lastModifiedBy"
_ADDRESS = "addressLine1 addressLine2 addressLine3 addressLine4 locality region postCode country"
_CONTACTS = "billingContactUserId1 billingContactUserId2 billingContactUserId3"
_GRANT = "createdBy createdDate lastUpdatedBy lastUpdatedDate"
TABLE: dict[str, dict[str, str]] = {
    "Entity": {LEFT_OUT: _ENTITY},
    "M3terUser": {
        STRICT: "id",
        ENTRIES: "organizations",
        LEFT_OUT: f"{_ENTITY} firstName lastName contactNumber email supportUser "
        "firstAcceptedTermsAndConditions lastAcceptedTermsAndConditions",
    },
    "M3terServiceUser": {STRICT: "id", LEFT_OUT: f"{_ENTITY} name"},
    "M3terOrganization": {
        STRICT: "id orgId organizationName",
        LEFT_OUT: f"{_ENTITY} {_ADDRESS} {_CONTACTS} customerId shortName taxId "
        "purchaseOrderNumber invoiceGeneralReference type status",
    },
    "M3terCurrentUser": {STRICT: "user serviceUser organization"},
    "M3terPolicyStatement": {ALLOWS_NOTHING: "effect action resource"},
    "M3terPermissionPolicy": {
        STRICT: "id name permissionPolicy",
        LEFT_OUT: f"{_ENTITY} managedPolicy",
    },
    "M3terUserGroup": {STRICT: "id", LEFT_OUT: f"{_ENTITY} name"},
    "M3terUserDetails": {STRICT: "permissionPolicy", KEPT: "dtEndAccess"},
    "Page": {STRICT: "data nextToken"},
    "CspUserProfile": {
        LEFT_OUT: "alternativeEmail customerNumber defaultOrgId isFederated language "
        "linkedUserIdAccount locale"
    },
    "CspUser": {
        STRICT: "userId",
        FALSE: "emailVerified",
        LEFT_OUT: "acct address city company country countryCode countryName customerNumber email "
        "eulaInfo firstName lastName refLink state stateCode stateName tnc tradeId userProfile "
        "username website workPhone zipcode",
    },
    "CspRole": {
        KEPT: "expiresAt",
        LEFT_OUT: f"{_GRANT} membershipType name resource",
    },
    "CspOrgRole": {
        KEPT: "expiresAt organizationLink",
        LEFT_OUT: f"{_GRANT} name displayName visible resource",
    },
    "CspServiceDefinition": {
        STRICT: "refLink serviceName roles serviceRoles",
        LEFT_OUT: "serviceDisplayName",
    },
    "CspUserOrgInfo": {
        STRICT: "name servicesDef",
        ENTRIES: "orgRoles customRoles",
        LEFT_OUT: "displayName",
    },
    "CspUserInfo": {STRICT: "user userOrgInfo"},
    "CspApiTokenDetails": {
        STRICT: "orgId",
        KEPT: "expiresAt",
        LEFT_OUT: "createdAt lastUsedAt",
    },
}
"""What becomes of each field of both platforms' replies whose value is of another type."""

MODELS = {
    name: model
    for module in (import_module(f"callerid.platforms.{each}.replies") for each in PLATFORMS)
    for name, model in vars(module).items()
    if isinstance(model, type) and issubclass(model, Reply) and model.__module__ == module.__name__
    if name.isidentifier()  # pydantic keeps there what it makes of a generic one
}
_NEEDED: dict[str, dict[str, Any]] = {
    "M3terUser": {"id": "i"},
    "M3terServiceUser": {"id": "i"},
    "M3terOrganization": {"id": "i"},
    "M3terUserGroup": {"id": "i"},
    "M3terPermissionPolicy": {"id": "i"},
    "Page": {"data": []},
    "M3terCurrentUser": {"user": {"id": "i"}},
    "CspUserInfo": {"user": {"userId": "u"}},
    "M3terPolicyStatement": {"effect": "ALLOW", "action": ["A"], "resource": ["*"]},
}
_OBJECT: Any = {"surprise": [1]}
_WRONG: dict[object, tuple[Any, ...]] = {
    str: (_OBJECT, ["a"], True, [], [_OBJECT]),
    bool: (_OBJECT, [True], "perhaps", 3.5, [], "true or false", 2, -1, "1.0"),
    int: (_OBJECT, [1], "many", 3.5, -1, [], "3.5", 2**60),
    list: (_OBJECT, "text", True, 7, False, 0),
    dict: (["a"], "text", True, 7, [], [_OBJECT], [{"id": "u", "userId": "u"}], False, 0),
}


def _field(model: str, alias: str) -> tuple[str, Any]:
    """Find a field's name in Python and what kind of value it has."""
    for name, field in MODELS[model].model_fields.items():
        if camel(name) == alias:
            kind = bare(field.annotation)
            if get_origin(kind) is list:
                return name, list
            return name, kind if kind in {str, bool, int} else dict
    raise LookupError(alias)


CASES = [
    pytest.param(model, alias, outcome, wrong, id=f"{model}.{alias}-{wrong}")
    for model, rows in TABLE.items()
    for outcome, aliases in rows.items()
    for alias in aliases.split()
    for wrong in _WRONG[_field(model, alias)[1]]
    if not (outcome == ALLOWS_NOTHING and wrong == "text")  # a list of one
]


def test_every_field_has_a_row() -> None:
    """A field that is added must be judged; one that is gone has none."""
    without = {"CspEnding", "CspHeldRole", "CspLinked", "PolicyPage", "UserGroupPage"}
    assert set(TABLE) == MODELS.keys() - without, "bases, and pages of one kind, aside"
    for name, outcomes in TABLE.items():
        listed = [alias for aliases in outcomes.values() for alias in aliases.split()]
        fields = MODELS[name].model_fields.items()
        assert sorted(listed) == sorted(camel(own) for own, each in fields if not each.exclude)


@pytest.mark.parametrize("name", TABLE)
def test_what_is_absent_is_none(name: str) -> None:
    """No empty text and no empty list stands in its place; nothing was left out."""
    sent = _NEEDED.get(name, {})
    read = MODELS[name].model_validate(sent)
    fields = {field: getattr(read, field) for field in MODELS[name].model_fields}
    told = {field: value for field, value in fields.items() if camel(field) not in sent}
    assert told == {**dict.fromkeys(told), **({"unread": False} if "unread" in told else {})}


@pytest.mark.parametrize(("model", "alias", "outcome", "wrong"), CASES)
def test_a_value_of_another_type(model: str, alias: str, outcome: str, wrong: Any) -> None:
    """Each field, with each type that it is not documented to have."""
    left_out: set[str] = set()
    name, _ = _field(model, alias)
    body = {**_NEEDED.get(model, {}), alias: wrong}
    if outcome in {STRICT, KEPT}:
        try:
            read = MODELS[model].model_validate(body, context=left_out)
        except ValidationError:
            assert not left_out
            return
        assert outcome == KEPT
        assert getattr(read, name) is not None
        return
    read = MODELS[model].model_validate(body, context=left_out)
    if outcome == ALLOWS_NOTHING:
        assert left_out == {model}
        assert read.model_dump(exclude_none=True).get("effect") is None
        return
    assert left_out == {f"{model}.{alias}"}
    assert getattr(read, name) is (False if outcome == FALSE else None)


MAY_BE_EMPTY = {
    *("M3terCurrentUser.user", "M3terCurrentUser.serviceUser", "M3terCurrentUser.organization"),
    "CspUserOrgInfo.servicesDef",
}
"""What is strict, but for an empty object, which says no more than null."""
_BESIDE = {"M3terCurrentUser.user": {"serviceUser": {"id": "i"}}}


@pytest.mark.parametrize("empty", [{}, {"id": None, "name": " "}], ids=str)
@pytest.mark.parametrize(
    ("model", "alias", "outcome"),
    [
        pytest.param(model, alias, outcome, id=f"{model}.{alias}")
        for model, rows in TABLE.items()
        for outcome, aliases in rows.items()
        for alias in aliases.split()
    ],
)
def test_an_empty_object(model: str, alias: str, outcome: str, empty: Any) -> None:
    """What describes is absent, without a warning; what decides is there, and cannot be read."""
    left_out: set[str] = set()
    place, (name, _) = f"{model}.{alias}", _field(model, alias)
    body = {**_NEEDED.get(model, {}), **_BESIDE.get(place, {}), alias: empty}
    if outcome in {STRICT, KEPT} and place not in MAY_BE_EMPTY:
        try:
            read = MODELS[model].model_validate(body, context=left_out)
        except ValidationError:
            return
        assert outcome == KEPT
        assert getattr(read, name) == "unreadable"
        return
    read = MODELS[model].model_validate(body, context=left_out)
    if outcome == ALLOWS_NOTHING:
        assert left_out == {model}
        assert read.model_dump(exclude_none=True).get("effect") is None
        return
    assert left_out == ({place} if outcome == FALSE else set())
    assert getattr(read, name) is (False if outcome == FALSE else None)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        *((each, True) for each in (True, "true", "TRUE", "True", "yes", "Y", "on", "1", 1)),
        *((each, False) for each in (False, "false", "FALSE", "no", "N", "off", "0", 0)),
        *((each, None) for each in ("", " ", None)),
    ],
)
@pytest.mark.parametrize("place", ["CspUser.tnc", "CspOrgRole.visible", "M3terUser.supportUser"])
def test_a_boolean_that_is_a_text_or_a_number(place: str, sent: Any, read: Any) -> None:
    """It is read where it is clear."""
    left_out: set[str] = set()
    model, _, alias = place.partition(".")
    name, _ = _field(model, alias)
    body = {**_NEEDED.get(model, {}), alias: sent}
    assert getattr(MODELS[model].model_validate(body, context=left_out), name) is read
    assert not left_out


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        *((each, True) for each in (True, "true", "TRUE", "yes", "1", 1)),
        *((each, False) for each in (False, "false", "FALSE", "no", "0", 0)),
        *((each, False) for each in ("perhaps", " true ", "", " ", [], {}, {"a": 1}, [True], 7)),
        (None, None),
    ],
    ids=str,
)
def test_whether_an_address_was_verified(sent: Any, read: Any) -> None:
    """It is evidence: what is there and cannot be read says no."""
    user = MODELS["CspUser"].model_validate({"userId": "u", "emailVerified": sent})
    assert user.model_dump()["email_verified"] is read


@pytest.mark.parametrize(
    ("model", "alias", "sent", "read"),
    [
        ("M3terUser", "organizations", [{}], []),
        ("CspUserOrgInfo", "orgRoles", [{"name": "a"}, {}, {"name": ""}, None], ["a"]),
        ("CspUserOrgInfo", "customRoles", [{}], []),
        ("M3terUser", "organizations", ["a", {}, "b"], ["a", "b"]),
    ],
)
def test_an_empty_object_in_a_list_is_left_out(
    model: str, alias: str, sent: Any, read: list[str]
) -> None:
    """As null is, and without a warning."""
    left_out: set[str] = set()
    name, _ = _field(model, alias)
    body = {**_NEEDED.get(model, {}), alias: sent}
    found = getattr(MODELS[model].model_validate(body, context=left_out), name)
    assert [getattr(each, "name", each) for each in found] == read
    assert not left_out


@pytest.mark.parametrize(
    ("model", "alias", "sent", "read"),
    [
        ("M3terUser", "organizations", ["a", {}, "b", [], True], ["a", "b"]),
        ("M3terUser", "organizations", [{"x": 1}], None),
        ("CspUserOrgInfo", "customRoles", [{"name": "a"}, "b", 7], ["a"]),
        ("CspUserOrgInfo", "orgRoles", ["b", {"name": "a"}, []], ["a"]),
    ],
)
def test_a_list_keeps_its_other_entries(model: str, alias: str, sent: Any, read: Any) -> None:
    """An entry that cannot be read takes no other one with it; without any the list is absent."""
    left_out: set[str] = set()
    name, _ = _field(model, alias)
    body = {**_NEEDED.get(model, {}), alias: sent}
    found = getattr(MODELS[model].model_validate(body, context=left_out), name)
    assert [getattr(each, "name", each) for each in found or []] == (read or [])
    assert (found is None) == (read is None)
    assert left_out == {f"{model}.{alias}"}


POLICY, GROUP = {"id": "p", "name": "Admin", "permissionPolicy": []}, {"id": "g", "name": "Team"}
STATEMENT = {"effect": "ALLOW", "action": ["ALL"], "resource": ["*"]}


@pytest.mark.parametrize(
    ("body", "policies", "groups"),
    [
        ({"data": [POLICY, GROUP]}, ["p", "g"], ["p", "g"]),
        ({"data": [POLICY], "nextToken": None, "total": 1}, ["p"], ["p"]),
        ({"data": []}, [], []),
        ({"data": [], "message": "none"}, [], []),
        ({"data": None}, [], []),
        ({"data": None, "nextToken": ""}, [], []),
        ([POLICY, GROUP], ["p", "g"], ["p", "g"]),
        ([], [], []),
        (POLICY, ["p"], ["p"]),
        ({"id": "p"}, ["p"], ["p"]),
        ({"id": 12}, ["12"], ["12"]),
        ({"name": "Admin"}, [None], None),
        ({"permissionPolicy": [STATEMENT]}, [None], None),
        ({"data": [{"permissionPolicy": [STATEMENT]}]}, [None], None),
        ({"permissionPolicy": []}, None, None),
        ({"id": "", "name": " ", "permissionPolicy": None}, None, None),
        ({"id": {}}, None, None),
        ({"id": ["p"]}, None, None),
        ({}, None, None),
        ({"nextToken": None}, None, None),
        ({"items": [POLICY]}, None, None),
        ({"message": "Forbidden", "id": "req-1"}, None, None),
        ({"name": "UnauthorizedError", "error": "no"}, None, None),
        ({"results": [], "nextToken": None}, None, None),
        ({"message": "Internal error"}, None, None),
        ({"error": {"id": "e-1"}}, None, None),
        ({"data": None, "errors": ["denied"]}, None, None),
        ({"data": ""}, None, None),
        ({"data": "text"}, None, None),
        ({"data": False}, None, None),
        ({"data": {}}, None, None),
        ({"data": POLICY}, None, None),
        ({"data": {"items": [POLICY]}}, None, None),
        ({"data": [POLICY, {}]}, None, None),
        ({"data": [{"version": 1, "managedPolicy": True}]}, None, None),
        ({"data": [{"policy": POLICY}]}, None, None),
        ({"data": ["Administrator"]}, None, None),
        (["Administrator"], None, None),
        ([{}], None, None),
        ([[POLICY]], None, None),
        ("Administrator", None, None),
        (True, None, None),
        (None, None, None),
    ],
)
def test_what_a_list_of_rights_is(body: Any, policies: Any, groups: Any) -> None:
    """A page, a bare array or one bare entry; all else is refused, never read as no rights."""
    for page, ids in ((m3ter_replies.PolicyPage, policies), (m3ter_replies.UserGroupPage, groups)):
        if ids is None:
            with pytest.raises(ValidationError):
                page.model_validate(body)
        else:
            assert [each.id for each in page.model_validate(body).data] == ids


ERROR = object()


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        *((none, None) for none in (None, "", " ", 0, 0.0, "0", False, "false", "null", "NULL")),
        *((7, "7"), (-1, "-1"), (1.5, "1.5"), (10**30, str(10**30)), ("7", "7"), ("00", "00")),
        *((" a ", " a "), ("none", "none"), ("a&b=0", "a&b=0")),
        *((wrong, ERROR) for wrong in ({}, [], {"token": "a"}, ["a"], [None], True)),
    ],
)
def test_what_a_page_says_of_the_next_one(sent: Any, read: object) -> None:
    """None in every form, a text, or a number as text; anything else is refused."""
    for page in ({"data": [], "nextToken": sent}, {"id": "p", "nextToken": sent}):
        try:
            found: object = m3ter_replies.PolicyPage.model_validate(page).next_token
        except ValidationError:
            found = ERROR
        assert found == read


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("ALL", ["ALL"]),
        ("config:create, config:delete", ["config:create, config:delete"]),
        (["ALL"], ["ALL"]),
        (["ALL", "", None], ["ALL"]),
        ([], []),
        ("", None),
        (" ", None),
        ("*", ["*"]),
        ("[]", None),
        ("none", None),
        ("Null", None),
        ("-", None),
        (7, None),
        ({"ALL": True}, None),
        ([["ALL"]], None),
    ],
)
@pytest.mark.parametrize("alias", ["action", "resource"])
def test_a_plain_text_is_a_list_of_one(alias: str, sent: Any, read: object) -> None:
    """In a statement; what is neither is not known to allow anything."""
    statement = m3ter_replies.M3terPolicyStatement.model_validate({**STATEMENT, alias: sent})
    assert getattr(statement, alias) == read
    assert (statement.effect is None) == (read is None)


@pytest.mark.parametrize("sent", ["text", 7, [1], True, {"effect": {}}, {"action": [{}]}])
@pytest.mark.parametrize("effect", ["ALLOW", "allow", "deny"])
def test_a_statement_that_cannot_be_read_allows_nothing(effect: str, sent: Any) -> None:
    """It stays in the answer, so that its policy is none of which nothing is known."""
    statement = {"effect": effect, "resource": ["*"], **sent} if isinstance(sent, dict) else sent
    policy = m3ter_replies.M3terPermissionPolicy.model_validate({"permissionPolicy": [statement]})
    assert policy.permission_policy is not None
    [read] = policy.permission_policy
    denied = effect == "deny" and isinstance(sent, dict) and "effect" not in sent
    assert read.effect == ("deny" if denied else None)


def test_a_descriptive_time_may_be_any_text() -> None:
    """A text that is no time passes through as it came; a number that is one becomes one."""
    read = m3ter_replies.Entity.model_validate({"dtCreated": "long ago", "dtLastModified": 60})
    assert (read.dt_created, read.dt_last_modified) == ("long ago", "1970-01-01T00:01:00Z")
