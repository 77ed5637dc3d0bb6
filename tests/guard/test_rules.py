"""Each rule of requireCaller by itself: what is enough, and the reason where something is not."""

from __future__ import annotations

from typing import Any

import pytest

from callerid.functions.get_current_user import GetCurrentUserResult
from callerid.functions.get_user_org_roles import GetUserOrgRolesResult
from callerid.guard.arguments import RequireCallerArgs
from callerid.guard.evidence import Evidence, Reason
from callerid.guard.rules import broken
from callerid.model import Role

ADA, ORG = "7d9e2b7c-0f0a-4a4e-8c39-0a8c4a2f6f01", "2f9c0d5e-8d0b-4c4e-9a55-5d0f6f1f3a10"
EVE, THERE = "00000000-1111-2222-3333-444444444444", "00000000-1111-2222-3333-555555555555"
ASK = "ask an administrator of the organization for the"
SOURCE = "environment M3TER_API_TOKEN"
KEY = "m3terApiKey and m3terApiSecret (M3TER_API_KEY, M3TER_API_SECRET)"


def _evidence(roles: list[Role] | None = None, **more: Any) -> Evidence:
    """Give what is known of Ada at m3ter; names of evidence or of the user's fields change it."""
    user = {
        "platform": "m3ter",
        "principal_type": "user",
        "id": ADA,
        "display_name": "Ada",
        "email": "Ada@example.com",
        "org_id": ORG,
        "credential_source": SOURCE,
    }
    about = {name: more.pop(name) for name in user if name in more}
    held = {"user_id": ADA, "role_names": [], "organizations": [], "fingerprint": ""}
    known = {name: value for name, value in {**user, **about}.items() if name != "id"}
    facts: dict[str, Any] = {
        "user": GetCurrentUserResult.model_validate({**user, **about}),
        "held": GetUserOrgRolesResult.model_validate({**known, **held, "roles": roles or []}),
        "email_refuted": False,
        "type_inferred": False,
        "elsewhere": None,
        "end_cure": "ask who knows the end",
        "token_left": 60.0,
        "token_end_is_garbled": False,
        "by_token": False,
        "renewable": False,
        "org_vouched": True,
        "org_source": None,
        "now": 1_800_000_000.0,
        "type_cure": "use one that tells it",
        "wider_token": "widen",
    }
    return Evidence(**{**facts, **more})


def _role(name: str, **more: Any) -> Role:
    fields = {"kind": "policy", "source": "api", "active": True, "end_known": True, **more}
    return Role(name=name, **fields)


A, B = _role("A"), _role("B", expires_at="2027-01-15T08:00:09Z")
KEPT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"principalTypes": ["serviceUser", "user"]}, {}),
    ({"ids": [EVE, ADA]}, {}),
    ({"emails": ["eve@example.com", "ADA@EXAMPLE.com"]}, {}),
    ({"emails": ["z@zz.ZZ"]}, {"email": "Z@ZZ.zz"}),
    ({"emails": ["a@aa.aa"]}, {"email": "A@AA.AA"}),
    ({"orgIds": [THERE, ORG.upper()]}, {}),
    ({"orgIds": [f"/organizations/{ORG}"]}, {}),
    ({"orgIds": [ORG]}, {"org_source": "the argument orgId"}),
    ({"minTokenSecondsLeft": 60}, {}),
    ({"minTokenSecondsLeft": 0}, {"token_left": 0.0}),
    ({"ids": [ADA]}, {"token_left": None}),
    ({"ids": [ADA]}, {"by_token": True}),
    ({"ids": [ADA]}, {"email_refuted": True, "type_inferred": True, "elsewhere": THERE}),
    ({"allRoles": ["A", "B", "A"]}, {"roles": [A, B]}),
    ({"anyRoles": ["no", "B"]}, {"roles": [A, B]}),
    ({"anyRoles": ["B", "B"]}, {"roles": [A, B]}),
    ({"anyRoles": ["A"], "minRoleSecondsLeft": 9}, {"roles": [A]}),
]


@pytest.mark.parametrize(("rule", "evidence"), KEPT)
def test_what_is_enough_for_a_rule(rule: dict[str, Any], evidence: dict[str, Any]) -> None:
    """Nothing is said, and what no rule asks about does not matter."""
    assert broken(RequireCallerArgs.model_validate(rule), _evidence(**evidence)) == []


BROKEN: list[tuple[dict[str, Any], dict[str, Any], tuple[str, str, str]]] = [
    (
        {"principalTypes": ["serviceUser", "serviceUser"]},
        {},
        (
            "a machine (serviceUser)",
            "a person (user)",
            "use the credential of a machine (serviceUser)",
        ),
    ),
    (
        {"principalTypes": ["user", "serviceUser"]},
        {"principal_type": "serviceUser", "type_inferred": True},
        (
            "a machine (serviceUser) or a person (user)",
            "a caller who may be a machine: nothing says so",
            "use one that tells it",
        ),
    ),
    (
        {"ids": [EVE, THERE, "eve", EVE]},
        {},
        (
            f"caller {EVE}, {THERE} or …(3 characters, no id)",
            ADA,
            f"use a credential of {EVE}, {THERE} or …(3 characters, no id)",
        ),
    ),
    (
        {"ids": [EVE]},
        {"id": "ad\na"},
        (f"caller {EVE}", "ad\\na", f"use a credential of {EVE}"),
    ),
    (
        {"emails": ["eve@example.com", "bob"]},
        {},
        (
            "e-mail address eve@example.com or …(3 characters, no address)",
            "Ada@example.com",
            "use a credential of eve@example.com or …(3 characters, no address)",
        ),
    ),
    (
        {"emails": ["eve@example.com"]},
        {"email": None},
        (
            "e-mail address eve@example.com",
            "none, as m3ter tells none",
            "use a credential of eve@example.com",
        ),
    ),
    (
        {"emails": ["eve@example.com"]},
        {"email": "a\n@b", "email_refuted": True},
        ("e-mail address eve@example.com", "a\\n@b", "use a credential of eve@example.com"),
    ),
    (
        {"emails": ["ada@example.com"]},
        {"email_refuted": True},
        (
            "e-mail address ada@example.com",
            "Ada@example.com, which m3ter calls unverified",
            f"verify the address, or use the rule ids with {ADA}",
        ),
    ),
    (
        {"orgIds": [THERE]},
        {},
        (f"organization {THERE}", ORG, f"use a credential of {THERE}"),
    ),
    (
        {"orgIds": [THERE, f"/organizations/{EVE}"]},
        {"org_source": "provider setting m3terOrgId", "elsewhere": EVE},
        (
            f"organization {THERE} or {EVE}",
            ORG,
            f"choose organization {THERE} or {EVE} with provider setting m3terOrgId",
        ),
    ),
    (
        {"orgIds": [ORG]},
        {"org_source": "provider setting m3terOrgId", "org_vouched": False},
        (
            f"organization {ORG}",
            f"{ORG}, by provider setting m3terOrgId alone: the token names none",
            "use a token that names its organization",
        ),
    ),
    (
        {"orgIds": [ORG]},
        {"elsewhere": "an\nother"},
        (
            f"organization {ORG}",
            "an answer about an\\nother",
            "ask m3ter why it answers so, or use another credential",
        ),
    ),
    (
        {"orgIds": [ORG]},
        {"elsewhere": ""},
        (
            f"organization {ORG}",
            "an answer about ",
            "ask m3ter why it answers so, or use another credential",
        ),
    ),
    (
        {"minTokenSecondsLeft": 60.5},
        {"renewable": True},
        (
            "an access token good for 60.5 s",
            "60 s left",
            "run this again with a new token, or lower minTokenSecondsLeft",
        ),
    ),
    (
        {"minTokenSecondsLeft": 100_000_000},
        {"token_left": -3.0},
        (
            "an access token good for 100000000 s",
            "0 s left",
            f"set a new token in place of {SOURCE}, or unset it and use {KEY}, whose tokens renew",
        ),
    ),
    (
        {"minTokenSecondsLeft": 0},
        {"token_left": None, "renewable": True},
        (
            "an access token good for 0 s",
            "one that does not tell when it ends",
            "run this again with a new token, or lower minTokenSecondsLeft",
        ),
    ),
    (
        {"minTokenSecondsLeft": 1},
        {"token_left": None, "token_end_is_garbled": True, "renewable": True},
        (
            "an access token good for 1 s",
            "one that tells its end in a form that cannot be read",
            "run this again with a new token, or lower minTokenSecondsLeft",
        ),
    ),
]


@pytest.mark.parametrize(("rule", "evidence", "reason"), BROKEN)
def test_what_is_not_enough_for_a_rule(
    rule: dict[str, Any], evidence: dict[str, Any], reason: tuple[str, str, str]
) -> None:
    """The whole reason: what is required, what there is, and what to do."""
    found = broken(RequireCallerArgs.model_validate(rule), _evidence(**evidence))
    assert found == [Reason(*reason, label="found", rule=next(iter(rule)))]


def test_a_token_that_speaks_alone_must_tell_its_end() -> None:
    """Whatever the rules ask: no API is asked whether a machine's token is still good."""
    evidence = _evidence(by_token=True, token_left=None)
    assert broken(RequireCallerArgs.model_validate({"ids": [ADA]}), evidence) == [
        Reason(
            "an access token that has not ended",
            "one that does not tell when it ends",
            "use a token that tells when it ends: m3ter does not check a machine's",
        )
    ]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (
            {"allRoles": ["A", "no", "C", "A"]},
            ("all of A, no, C", "A, B", f"{ASK} roles no and C", "held", "allRoles"),
        ),
        ({"anyRoles": ["no", "no"]}, ("no", "A, B", f"{ASK} role no", "held", "anyRoles")),
        (
            {"allRoles": ["A", "B"], "minRoleSecondsLeft": 10},
            (
                "all of A, B, for 10 s more",
                "A, B (ends 2027-01-15T08:00:09Z)",
                "renew B",
                "held",
                "allRoles",
            ),
        ),
    ],
)
def test_what_is_missing_of_several_roles(rule: dict[str, Any], reason: tuple[str, ...]) -> None:
    """Each once, for as long as is required."""
    found = broken(RequireCallerArgs.model_validate(rule), _evidence([A, B]))
    assert [tuple(each) for each in found] == [reason]


def test_each_rule_has_its_reason() -> None:
    """All rules are broken at once: one reason for each, by its own name."""
    rules = {
        "principalTypes": ["serviceUser"],
        "ids": [EVE],
        "emails": ["eve@example.com"],
        "orgIds": [THERE],
        "allRoles": ["a", "b"],
        "anyRoles": ["c", "d"],
        "minTokenSecondsLeft": 61,
    }
    found = broken(RequireCallerArgs.model_validate(rules), _evidence())
    assert [each.rule for each in found] == list(rules)
    assert [tuple(each) for each in found if each.label == "held"] == [
        ("all of a, b", "none", f"{ASK} roles a and b", "held", "allRoles"),
        ("any of c, d", "none", f"{ASK} role c or d", "held", "anyRoles"),
    ]
