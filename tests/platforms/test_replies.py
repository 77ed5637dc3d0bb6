"""Replies are read with judgement: which field may be of another type, and what it does then."""

from __future__ import annotations

from importlib import import_module
from typing import Any, get_origin

import pytest
from pydantic import ValidationError
from support import bodies
from support.api import Api, json_reply
from support.callers import csp, m3ter
from support.clock import HandClock
from support.guards import allowed, refusal
from support.jwt import jwt

from callerid.casing import camel
from callerid.errors import UnexpectedReplyError
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


def test_the_answer_stands_and_one_warning_names_what_is_missing(api: Api) -> None:
    """By place, never by value; once, though two functions ask and the reply is read again."""
    body = bodies.person(version=3.5, dtCreated={"canary": 1}, lastName=["canary"])
    body["organization"]["version"] = "canary"
    api.on(bodies.ME, json_reply(body))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("Editor")]}))
    warnings: list[str] = []
    hand = HandClock()
    core = m3ter(api, hand.clock(), warnings.append)
    for _ in range(2):
        answer = core.call("getCurrentUser", {})
        assert answer["displayName"] == "Ada"
        assert answer["m3ter"]["user"] == {
            "id": bodies.ADA,
            "firstName": "Ada",
            "email": "ada@example.com",
        }
        assert core.call("getUserOrgRoles", {})["roleNames"] == ["Editor"]
        hand.tick(86400)
    [warning] = [each for each in warnings if "another type" in each]
    assert warning == (
        "m3ter sent an answer in which fields are of another type than documented. They are left "
        "out, or count against the caller: M3terOrganization.version, M3terUser.dtCreated, "
        "M3terUser.lastName, M3terUser.version."
    )


SERVICE_USER = {"id": bodies.ADA, "name": "deploy"}
EMPTY: tuple[Any, ...] = (
    *({}, {"id": None}, {"id": "", "firstName": " "}, None),
    {"id": "", "version": 0, "firstName": "", "supportUser": False, "organizations": []},
)


@pytest.mark.parametrize("empty", EMPTY, ids=str)
def test_an_empty_person_beside_a_service_user_is_none(api: Api, empty: Any) -> None:
    """And the other way round; whoever is told is the caller."""
    me: dict[str, Any] = {"user": empty, "serviceUser": SERVICE_USER}
    api.on(bodies.MACHINE_POLICIES, json_reply({"data": [bodies.policy("Editor")]}))
    api.on(bodies.ME, json_reply(me))
    core = m3ter(api, HandClock().clock())
    answer = core.call("getCurrentUser", {})
    assert (answer["principalType"], answer["displayName"]) == ("serviceUser", "deploy")
    assert answer["m3ter"] == {"serviceUser": SERVICE_USER}
    assert allowed(core, principalTypes=["serviceUser"], anyRoles=["Editor"])
    api.on(bodies.ME, json_reply({**bodies.person(), "serviceUser": empty}))
    answer = m3ter(api, HandClock().clock()).call("getCurrentUser", {})
    assert (answer["principalType"], answer["displayName"]) == ("user", "Ada Lovelace")
    assert "serviceUser" not in answer["m3ter"]


@pytest.mark.parametrize("me", [{"user": {}}, {"user": {}, "serviceUser": {}}, {}])
def test_nobody_but_empty_objects_is_an_error(api: Api, me: Any) -> None:
    """Who calls is known or it is an error."""
    api.on(bodies.ME, json_reply(me))
    with pytest.raises(UnexpectedReplyError, match="neither a user nor a service user"):
        m3ter(api).call("getCurrentUser", {})


def test_an_empty_organization_is_absent_and_speaks_against_it(api: Api) -> None:
    """It is reported, and might be another than the one asked about."""
    api.on(bodies.ME, json_reply({**bodies.person(), "organization": {}}))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy("Editor")]}))
    core = m3ter(api, HandClock().clock())
    answer = core.call("getCurrentUser", {})
    assert answer["organization"] == {"id": bodies.ORG}
    assert "organization" not in answer["m3ter"]
    assert allowed(core, anyRoles=["Editor"])
    text = refusal(core, orgIds=[bodies.ORG])
    assert "found: an answer about an organization that cannot be read" in text


def test_empty_objects_in_an_answer_of_csp(api: Api) -> None:
    """Roles, services, profile and whatever describes: the rest stands, without a warning."""
    empty: dict[str, Any] = {"createdBy": {}, "resource": {}, "visible": {}, "createdDate": {}}
    body = bodies.info({"name": "org_owner", **empty}, customRoles={}, servicesDef={})
    body["user"] |= {"userProfile": {"locale": None}, "eulaInfo": {}, "address": {}, "tnc": {}}
    body["userOrgInfo"][0]["displayName"] = {}
    answer, warnings = _csp(api, body, "csp:org_owner")
    assert answer["roleNames"] == ["org_owner"]
    assert answer["csp"] == {
        "user": {"userId": "acme:1", "firstName": "Grace", "username": "grace@example.com"},
        "userOrgInfo": [{"name": "acme", "orgRoles": [{"name": "org_owner"}]}],
    }
    assert not warnings


def test_what_describes_may_be_of_any_type_in_one_answer_of_csp(api: Api) -> None:
    """The caller and the roles stand, and one warning names the rest."""
    role = {"name": "org_owner", "createdBy": {"id": "u"}, "createdDate": {"seconds": 1}}
    body = bodies.info({**role, "visible": "perhaps"}, customRoles=[{"name": "cost"}])
    body["user"] |= {"address": {"street": "x"}, "eulaInfo": ["v1"], "userProfile": [{"locale": 1}]}
    answer, [warning] = _csp(api, body, "csp:org_owner")
    assert answer["roleNames"] == ["cost", "org_owner"]
    assert answer["csp"]["userOrgInfo"][0]["orgRoles"] == [{"name": "org_owner"}]
    named = [
        *("CspOrgRole.createdBy", "CspOrgRole.createdDate", "CspOrgRole.visible"),
        *("CspUser.address", "CspUser.eulaInfo", "CspUser.userProfile"),
    ]
    assert warning.endswith(f": {', '.join(named)}.")


@pytest.mark.parametrize("empty", [{}, None, ""], ids=str)
def test_a_second_organization_of_which_nothing_is_told_counts(api: Api, empty: Any) -> None:
    """Beside it the other is not alone, and no link says that it is the one asked about."""
    body = bodies.info({"name": "org_owner"})
    body["userOrgInfo"].append(empty)
    assert _csp(api, body)[0]["roleNames"] == []


@pytest.mark.parametrize("empty", [{}, None, ""], ids=str)
@pytest.mark.parametrize("names", ["serviceRoles", "serviceRoleNames"])
def test_a_service_role_of_which_nothing_is_told_counts(api: Api, names: str, empty: Any) -> None:
    """It may be any of those that are named alone, and have ended."""
    service = {"refLink": LINK, "roles": [empty], names: ["admin"]}
    answer, _ = _csp(api, bodies.info(servicesDef=[service]), "external/d-1/admin")
    assert answer["roles"] == []


@pytest.mark.parametrize("roles", [{}, False, 0], ids=str)
@pytest.mark.parametrize("names", ["serviceRoles", "serviceRoleNames"])
def test_a_list_of_service_roles_that_is_none_is_not_absent(
    api: Api, names: str, roles: Any
) -> None:
    """An end that stands there cannot be read; no role of a service counts then."""
    service = {"refLink": LINK, "roles": roles, names: ["admin"]}
    answer, [warning] = _csp(api, bodies.info(servicesDef=[service]), "external/d-1/admin")
    assert answer["roles"] == []
    assert "CspUserOrgInfo.servicesDef" in warning


HALF = "Love\ud83dlace"


def test_half_a_character_of_a_name_is_shown_as_such_at_m3ter(api: Api) -> None:
    """Through the whole client: it is JSON, and nothing else of the answer is lost."""
    api.on(bodies.ME, json_reply(bodies.person(lastName=HALF)))
    api.on(bodies.POLICIES, json_reply({"data": [bodies.policy(HALF), bodies.policy("Editor")]}))
    core = m3ter(api, HandClock().clock())
    assert core.call("getCurrentUser", {})["displayName"] == "Ada Love\ufffdlace"
    assert core.call("getUserOrgRoles", {})["roleNames"] == ["Editor", "Love\ufffdlace"]
    assert allowed(core, allRoles=["Editor"])


def test_half_a_character_of_a_name_is_shown_as_such_at_csp(api: Api) -> None:
    """In the answer and in the token; a role is none of another name for it."""
    body = bodies.info({"name": "org_owner"}, {"name": "org_\udc00"}, displayName=HALF)
    answer, warnings = _csp(api, body, "csp:org_owner", "csp:org_\udc00")
    assert answer["organizations"] == [{"name": "acme", "displayName": "Love\ufffdlace"}]
    assert set(answer["roleNames"]) == {"org_owner", "org_\ufffd"}
    assert all(role["inToken"] for role in answer["roles"])
    assert not warnings


@pytest.mark.parametrize(
    "body",
    [
        {"user": {"id": {}}},
        {"user": "ada"},
        {"user": {"id": "u"}, "organization": "acme"},
        {"user": {"id": "u"}, "organization": {"id": []}},
    ],
)
def test_identity_and_organization_are_strict(api: Api, body: Any) -> None:
    """Who calls, and where, is known or it is an error."""
    api.on(bodies.ME, json_reply(body))
    with pytest.raises(UnexpectedReplyError, match="another type than documented"):
        m3ter(api).call("getCurrentUser", {})


def _csp(api: Api, body: Any, *perms: str) -> Any:
    """Ask about a person at VMware Cloud Services; give the answer and the warnings."""
    access = jwt(context_name=bodies.ORG, perms=perms)
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(access)))
    api.on(bodies.INFO, json_reply(body))
    warnings: list[str] = []
    core = csp(api, HandClock().clock(), warnings.append)
    core.call("getCurrentUser", {})
    return core.call("getUserOrgRoles", {}), [each for each in warnings if "another" in each]


def test_one_unreadable_service_takes_all_services_roles_along(api: Api) -> None:
    """A name that two services have would seem to be of one alone, and the token's to be its."""
    services = [{"serviceRoles": ["admin"]}, {"serviceName": [], "serviceRoles": ["admin"]}]
    body = bodies.info({"name": "org_member", "orgId": bodies.ORG}, servicesDef=services)
    answer, warnings = _csp(api, body, "external/some-id/admin", "csp:org_member")
    assert answer["roleNames"] == ["org_member"]
    assert "CspUserOrgInfo.servicesDef" in warnings[0]
    assert len(warnings) == 1


def test_an_unreadable_organization_is_an_error(api: Api) -> None:
    """With one of two left out, the other would be taken for the one asked about."""
    body = bodies.info({"name": "org_owner"})
    body["userOrgInfo"].append("another")
    with pytest.raises(UnexpectedReplyError):
        _csp(api, body)


def test_an_unreadable_link_of_a_role_counts_against_it(api: Api) -> None:
    """It may lead to another organization, so the role is none in this one."""
    here = {"name": "org_member", "organizationLink": f"/orgs/{bodies.ORG}"}
    body = bodies.info({"name": "org_owner", "organizationLink": {}}, here, {"name": "x"})
    answer, _ = _csp(api, body, "csp:org_owner", "csp:org_member")
    assert answer["roleNames"] == ["org_member"]


NAMED = [{"name": "vmc:admin", "membershipType": "GROUP"}, {"roleName": "vmc:viewer"}]
LINK = "/csp/gateway/slc/api/definitions/external/d-1"


@pytest.mark.parametrize(
    "service",
    [
        {"refLink": LINK, "serviceRoles": NAMED},
        {"refLink": LINK, "serviceRoles": ["vmc:viewer", NAMED[0], None]},
        {"serviceDefinitionLink": LINK, "serviceRoleNames": ["vmc:viewer"], "roles": NAMED[:1]},
        {
            "serviceDefinitionLink": LINK,
            "serviceRoleNames": ["vmc:admin", "vmc:viewer"],
            "serviceRoles": NAMED,
        },
        {"refLink": LINK, "serviceRoles": ["vmc:admin", "vmc:viewer"], "roles": NAMED},
        {"refLink": LINK, "serviceRoles": NAMED, "roles": NAMED, "serviceRoleNames": None},
    ],
)
@pytest.mark.parametrize("key", ["servicesDef", "serviceDef"])
def test_service_roles_come_in_two_shapes(api: Api, key: str, service: Any) -> None:
    """As names, as objects, and as a mix; with the names of `/info` and of `/service-roles`."""
    body = bodies.info(**{key: [service]})
    answer, warnings = _csp(api, body, "external/d-1/vmc:admin", "external/d-1/vmc:viewer")
    found = {role["name"]: role for role in answer["roles"]}
    assert len(answer["roles"]) == 2
    assert all(role["inToken"] and role["kind"] == "service" for role in found.values())
    assert set(found) == {"vmc:admin", "vmc:viewer"}
    assert found["vmc:admin"]["membershipType"] == "GROUP"
    assert not warnings
    [told] = answer["csp"]["userOrgInfo"][0]["servicesDef"]
    assert told["refLink"] == LINK
    assert set(told) <= {"refLink", "roles", "serviceRoles"}
    assert all(isinstance(each, str) for each in told.get("serviceRoles", []))


def test_the_end_of_a_role_among_service_roles_counts(api: Api) -> None:
    """An object's `expiresAt` is that of its role."""
    ended = {"name": "admin", "expiresAt": 1}
    body = bodies.info(servicesDef=[{"refLink": LINK, "serviceRoles": [ended]}])
    answer, _ = _csp(api, body, "external/d-1/admin")
    assert answer["roleNames"] == []
    assert [role["active"] for role in answer["roles"]] == [False]


@pytest.mark.parametrize("sent", ["admin", {"name": "admin"}, 7, [7.5, ["admin"]]])
@pytest.mark.parametrize("field", ["serviceRoles", "serviceRoleNames"])
def test_service_roles_that_cannot_be_read(api: Api, field: str, sent: Any) -> None:
    """What is no list of names or objects: no service's roles, and the rest stands."""
    body = bodies.info(servicesDef=[{"refLink": LINK, field: sent}])
    answer, warnings = _csp(api, body, "external/d-1/admin")
    assert answer["roleNames"] == []
    assert len(warnings) == 1
