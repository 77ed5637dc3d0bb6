"""requireCaller: what passes, what is refused, and what the refused one reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import json_reply
from support.callers import core as core_with
from support.callers import csp, m3ter
from support.clock import HandClock
from support.guards import refusal as _refusal
from support.jwt import jwt

from callerid.errors import (
    ArgumentError,
    ConfigurationError,
    ForbiddenError,
    NotFoundError,
    UnauthorizedError,
)

if TYPE_CHECKING:
    from support.api import Api

    from callerid.core import Core

DAY = 86400
ANOTHER = "…(7 characters, no UUID)"
"""What is shown of `another`, which is no id of an organization."""
SERVICE = {
    "refLink": "/definitions/external/d-1",
    "serviceName": "compute",
    "roles": [{"name": "admin"}],
}


def _m3ter(api: Api, *policies: str, person: bool = True, **more: Any) -> Core:
    """Give a core for a caller at m3ter who holds some policies."""
    api.on(bodies.ME, json_reply(bodies.person() if person else bodies.machine()))
    page = {"data": [bodies.policy(name) for name in policies]}
    api.on(bodies.POLICIES, json_reply(page))
    api.on(bodies.MACHINE_POLICIES, json_reply(page))
    api.on(bodies.GROUPS, json_reply({"data": []}))
    api.on(bodies.DETAILS, json_reply({"id": bodies.ADA, **more.pop("details", {})}))
    return m3ter(api, **more)


def _csp(api: Api, *roles: Any, perms: list[str] | None = None, **more: Any) -> Core:
    """Give a core for a person at CSP; without `perms` the token is opaque."""
    claims = {"context_name": bodies.ORG, "username": "grace", "perms": perms}
    token = "opaque" if perms is None else jwt(**claims)
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(token)))
    org = more.pop("org", {})
    api.on(bodies.INFO, json_reply(bodies.info(*roles, **org)))
    return csp(api, **more)


def _warned(core: Core, **rules: Any) -> list[str]:
    answer = core.call("requireCaller", {**rules, "onRefusal": "warn"})
    assert not answer["allowed"]
    reasons: list[str] = answer["reasons"]
    return reasons


def test_a_kept_rule_gives_who_may_go_on(api: Api) -> None:
    """The answer names the caller, so that a program need not ask again."""
    core = _m3ter(api, "Administrator", "Reader")
    assert core.call("requireCaller", {"anyRoles": ["Administrator"]}) == {
        "allowed": True,
        "reasons": [],
        "roleNames": ["Administrator", "Reader"],
        "id": bodies.ADA,
        "displayName": "Ada Lovelace",
        "orgId": bodies.ORG,
    }


def test_a_refusal_says_all_that_an_engineer_needs(api: Api) -> None:
    """Who, where, what was required, what is held, which credential, and what to do now."""
    ended = {"name": "billing", "expiresAt": 1_700_000_000}
    core = _csp(api, {"name": "org_member"}, ended)
    assert _refusal(core, anyRoles=["org_owner", "billing"]) == (
        "callerid: Grace (person, VMware Cloud Services) may not run this in organization "
        f"{bodies.ORG} (Acme)\n"
        "  required: any of org_owner, billing\n"
        "  held: billing (expired 2023-11-14), org_member\n"
        "  credential: provider setting cspApiToken\n"
        "  nearest fix: ask an administrator of the organization for the role org_owner, or renew "
        "billing"
    )


def test_warn_gives_the_reasons_as_data_and_to_people(api: Api) -> None:
    """The program goes on and can branch; whoever looks on sees the refusal, once."""
    said: list[str] = []
    core = _m3ter(api, "Reader", warn=said.append)
    answer = core.call("requireCaller", {"allRoles": ["Owner"], "onRefusal": "warn"})
    assert answer["allowed"] is False
    [reason] = answer["reasons"]
    assert reason == (
        "Required: Owner; held: Reader. Ask an administrator of the organization for the role "
        "Owner."
    )
    _warned(core, allRoles=["Owner"])
    [line] = said
    assert line.startswith("ada@example.com (person, m3ter) may not run this in organization")


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ({}, "requireCaller has no rule"),
        ({"onRefusal": "warn"}, "requireCaller has no rule"),
        (
            {"platform": "m3ter", "orgId": bodies.ORG},
            "allRoles, anyRoles, principalTypes, ids, emails",
        ),
        ({"minRoleSecondsLeft": 60}, "minRoleSecondsLeft of requireCaller names no role"),
        (
            {"anyRoles": []},
            "anyRoles of requireCaller must be left out, or a list that is not empty",
        ),
        ({"anyRoles": ["a"], "emails": []}, "emails of requireCaller must be left out"),
        (
            {"anyRoles": [""]},
            "An entry of the argument anyRoles of requireCaller must be left out, or text",
        ),
        ({"anyRoles": "a"}, "anyRoles of requireCaller must be a list"),
        (
            {"anyRoles": ["a"], "onRefusal": "ignore"},
            "onRefusal of requireCaller must be stop or warn.",
        ),
        (
            {"anyRoles": ["a"], "onRefusal": "warning"},
            "onRefusal of requireCaller must be stop or warn. Did you mean warn?",
        ),
        (
            {"anyRoles": ["a"], "platform": "m3tr"},
            "platform of requireCaller must be m3ter or csp. Did you mean m3ter?",
        ),
        (
            {"principalTypes": ["robot"]},
            "principalTypes of requireCaller must be user or serviceUser.",
        ),
        (
            {"principalTypes": ["user", "service_user"]},
            "principalTypes of requireCaller must be user or serviceUser. Did you mean service",
        ),
        (
            {"minTokenSecondsLeft": -1},
            "minTokenSecondsLeft of requireCaller must be a number from 0",
        ),
        ({"minTokenSecondsLeft": "soon"}, "minTokenSecondsLeft of requireCaller must be a number"),
        ({"minTokenSecondsLeft": True}, "minTokenSecondsLeft of requireCaller must be a number"),
        ({"minTokenSecondsLeft": float("nan")}, "minTokenSecondsLeft of requireCaller must be a"),
        ({"anyRole": ["a"]}, "requireCaller has no argument anyRole. Did you mean anyRoles?"),
    ],
)
def test_a_guard_that_guards_nothing_is_an_error(api: Api, rules: Any, text: str) -> None:
    """Also under `warn`: a slip of the pen must not open the gate. Nobody is asked."""
    with pytest.raises(ArgumentError) as error:
        m3ter(api).call("requireCaller", rules)
    assert text in str(error.value)
    assert api.seen == []


@pytest.mark.parametrize("on_refusal", ["stop", "warn"])
def test_an_api_that_fails_is_an_error(api: Api, on_refusal: str) -> None:
    """Nobody is let through because nobody could be asked."""
    core = m3ter(api)
    api.on(bodies.ME, json_reply({"message": "no"}, 403))
    with pytest.raises(ForbiddenError):
        core.call("requireCaller", {"emails": ["ada@example.com"], "onRefusal": on_refusal})


@pytest.mark.parametrize(
    "rules",
    [
        {"allRoles": ["Reader", "Editor"]},
        {"anyRoles": ["Owner", "Editor"]},
        {"anyRoles": ["Editor"], "allRoles": ["Reader"]},
        {"principalTypes": ["serviceUser", "user"]},
        {"emails": ["ADA@Example.COM"]},
        {"orgIds": ["another", bodies.ORG.upper()]},
        {"allRoles": ["Reader"], "minRoleSecondsLeft": 10 * DAY},
    ],
)
def test_what_passes(api: Api, rules: Any) -> None:
    """Every rule can be kept: names exactly, addresses and ids in any case."""
    assert _m3ter(api, "Reader", "Editor").call("requireCaller", rules)["allowed"]


@pytest.mark.parametrize(
    ("rules", "line"),
    [
        ({"allRoles": ["Reader", "Owner"]}, "required: all of Reader, Owner      held: Reader"),
        ({"anyRoles": ["reader"]}, "did you mean Reader?"),
        ({"anyRoles": ["csp:Reader"]}, "did you mean Reader?"),
        (
            {"principalTypes": ["serviceUser"]},
            "required: a machine (serviceUser)      found: a person",
        ),
        ({"emails": ["eve@example.com", "bob@example.com"]}, "eve@example.com or bob@example.com"),
        (
            {"orgIds": ["another"]},
            f"nearest fix: choose organization {ANOTHER} with provider setting m3terOrgId",
        ),
        ({"minTokenSecondsLeft": 60}, "found: one that does not tell when it ends"),
        ({"anyRoles": ["Owner"], "emails": ["eve@example.com"]}, "; and ask an administrator"),
    ],
)
def test_what_is_refused(api: Api, rules: Any, line: str) -> None:
    """Every rule can be broken, and the refusal says how to mend it."""
    core = _m3ter(api, "Reader")
    assert line in _refusal(core, **rules)
    assert _warned(core, **rules)


@pytest.mark.parametrize(
    ("arguments", "fix"),
    [
        (
            {"orgId": bodies.ORG},
            f"choose organization {ANOTHER} with the argument orgId",
        ),
        ({}, f"use a credential of {ANOTHER}"),
    ],
)
def test_an_organization_is_chosen_where_it_was_found(
    api: Api, arguments: dict[str, Any], fix: str
) -> None:
    """By the argument, where there is one; the token's own changes with the token alone."""
    core = _m3ter(api, m3terApiToken=jwt(orgId=bodies.ORG), m3terOrgId=None)
    assert _refusal(core, **arguments, orgIds=["another"]).endswith(f"nearest fix: {fix}")


def test_a_machine_has_no_address(api: Api) -> None:
    """A rule on e-mail addresses refuses whoever has none."""
    text = _refusal(_m3ter(api, "Reader", person=False), emails=["ada@example.com"])
    assert "deploy (machine, m3ter)" in text
    assert "found: none, as m3ter tells none" in text


def test_an_ended_access_counts_for_nothing(api: Api) -> None:
    """m3ter ends a person's access to the organization, and with it all roles."""
    core = _m3ter(api, "Reader", details={"dtEndAccess": "2020-05-01T00:00:00Z"})
    assert "held: Reader (expired 2020-05-01)" in _refusal(core, anyRoles=["Reader"])


def test_a_role_that_the_token_lacks_does_not_count(api: Api) -> None:
    """The account holds it, the calls made with the token do not."""
    core = _csp(api, {"name": "org_owner"}, {"name": "org_member"}, perms=["csp:org_member"])
    assert core.call("requireCaller", {"anyRoles": ["org_member"]})["allowed"]
    text = _refusal(core, anyRoles=["org_owner"])
    assert "held: org_owner (not in the token), org_member" in text
    assert "nearest fix: mint a token that carries org_owner: make an API token" in text


def test_an_opaque_token_counts_what_the_account_holds(api: Api) -> None:
    """Where the token cannot tell, the account's answer stands."""
    assert _csp(api, {"name": "org_owner"}).call("requireCaller", {"allRoles": ["org_owner"]})


def test_a_role_of_another_service_does_not_count(api: Api) -> None:
    """`network/admin` is not `compute/admin`."""
    core = _csp(api, org={"servicesDef": [SERVICE]})
    text = _refusal(core, allRoles=["network/admin"])
    assert "held: compute/admin" in text


def test_a_role_of_another_organization_does_not_count(api: Api) -> None:
    """CSP may report several organizations; those that were not asked about grant nothing here."""
    core = _csp(api)
    link = {"name": "org_member", "organizationLink": f"/orgs/{bodies.ORG}"}
    here = {"name": "here", "displayName": "Here", "orgRoles": [link]}
    there = {"name": "there", "displayName": "There", "orgRoles": [{"name": "org_owner"}]}
    body = {**bodies.info(), "userOrgInfo": [here, there]}
    api.on(bodies.INFO, json_reply(body))
    assert core.call("requireCaller", {"anyRoles": ["org_member"]})["allowed"]
    assert "org_owner (held in there)" in _refusal(core, anyRoles=["org_owner"])


def test_organizations_that_cannot_be_told_apart_grant_nothing(api: Api) -> None:
    """Several are reported, none says that it is the one asked about."""
    core = _csp(api)
    infos = [{"name": name, "orgRoles": [{"name": "org_owner"}]} for name in ("here", "there")]
    api.on(bodies.INFO, json_reply({**bodies.info(), "userOrgInfo": infos}))
    assert "org_owner (held in here)" in _refusal(core, anyRoles=["org_owner"])


def test_a_role_must_last(api: Api) -> None:
    """`minRoleSecondsLeft` refuses what is about to expire; the last second still counts."""
    hand = HandClock()
    ends = int(hand.clock().time()) + DAY
    core = _csp(api, {"name": "org_owner", "expiresAt": ends}, clock=hand.clock())
    rules = {"anyRoles": ["org_owner"]}
    assert core.call("requireCaller", {**rules, "minRoleSecondsLeft": DAY})["allowed"]
    text = _refusal(core, **rules, minRoleSecondsLeft=DAY + 1)
    assert "required: org_owner, for 86401 s more" in text
    assert "held: org_owner (ends 20" in text
    assert text.endswith("nearest fix: renew org_owner")


def test_an_expiry_that_is_no_time_does_not_count(api: Api) -> None:
    """Nobody can tell that the role has not ended."""
    core = _csp(api, {"name": "org_owner", "expiresAt": "soon"})
    assert "org_owner (ends at no time that can be read)" in _refusal(core, anyRoles=["org_owner"])


def test_a_role_that_only_the_token_tells_has_no_known_end(api: Api) -> None:
    """It passes while no time is asked for."""
    claims = {"sub": "acme:app", "context_name": bodies.ORG, "perms": ["csp:org_member"]}
    api.on(bodies.APP_TOKEN, json_reply(bodies.token(jwt(**claims))))
    core = csp(api, cspClientId="app", cspClientSecret="secret")
    assert core.call("requireCaller", {"anyRoles": ["org_member"]})["allowed"]
    text = _refusal(core, anyRoles=["org_member"], minRoleSecondsLeft=0)
    assert "org_member (known from the token alone, which tells no end)" in text


def test_a_token_must_last(api: Api) -> None:
    """Of what can be renewed another token is minted, if that can last so long."""
    hand = HandClock()
    core = _csp(api, {"name": "org_owner"}, clock=hand.clock())
    assert core.call("requireCaller", {"minTokenSecondsLeft": 1800})["allowed"]
    hand.tick(600)
    assert core.call("requireCaller", {"minTokenSecondsLeft": 1200})["allowed"]
    text = _refusal(core, minTokenSecondsLeft=1801)
    assert "required: an access token good for 1801 s      found: 1200 s left" in text
    assert "run this again with a new token, or lower minTokenSecondsLeft" in text
    assert api.paths().count(bodies.AUTHORIZE) == 1
    for _ in range(5):
        assert core.call("requireCaller", {"minTokenSecondsLeft": 1201})["allowed"]
    assert api.paths().count(bodies.AUTHORIZE) == 2


def test_a_guard_does_not_mint_whenever_it_is_asked(api: Api) -> None:
    """The whole life can be required of a new token only; that is tried once in a minute."""
    hand = HandClock()
    core = _csp(api, {"name": "org_owner"}, clock=hand.clock())
    for second in range(1, 122):
        hand.tick(1)
        allowed = core.call("requireCaller", {"minTokenSecondsLeft": 1800, "onRefusal": "warn"})
        assert allowed["allowed"] is (second in {1, 2, 62})
    assert api.paths().count(bodies.AUTHORIZE) == 3


def test_a_ready_token_cannot_be_renewed(api: Api) -> None:
    """The fix names a credential that can."""
    text = _refusal(_m3ter(api), minTokenSecondsLeft=1)
    assert (
        "or unset it and use m3terApiKey and m3terApiSecret (M3TER_API_KEY, M3TER_API_SECRET)"
        in text
    )


def test_names_from_outside_stay_on_their_line(api: Api) -> None:
    """A name cannot forge a line of the refusal, move the cursor, or fill the screen."""
    core = _m3ter(api, "Reader\n  nearest fix: none\x1b[2J", "x" * 5000)
    text = _refusal(core, anyRoles=["Owner"])
    assert len(text.splitlines()) == 5
    assert "\x1b" not in text
    assert len(text) < 600


def test_hundreds_of_roles_do_not_hide_the_fix(api: Api) -> None:
    """A dozen are shown, those that were asked for first, and the rest is counted."""
    text = _refusal(_m3ter(api, *(f"role-{number:03}" for number in range(300))), allRoles=["no"])
    assert "role-011 and 288 more\n" in text


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("csp:Compute:Admin", "compute/compute:admin"),
        ("external/d-1/compute:admin", "compute/compute:admin"),
        ("COMPUTE/compute:admin", "compute/compute:admin"),
        ("csp:org_member", "org_member"),
    ],
)
def test_a_name_that_differs_in_case_or_prefix(api: Api, name: str, meant: str) -> None:
    """Held under another spelling: the spelling is told."""
    service = {**SERVICE, "roles": [{"name": "compute:admin"}]}
    text = _refusal(
        _csp(api, {"name": "org_member"}, org={"servicesDef": [service]}), allRoles=[name]
    )
    assert f"no role {name} is held: did you mean {meant}?" in text


@pytest.mark.parametrize("name", ["organization/Org_Owner", "organization/org_ownr"])
def test_a_kind_before_a_name_does_not_hide_what_is_meant(api: Api, name: str) -> None:
    """The name behind it is compared."""
    core = _csp(api, {"name": "org_owner"})
    assert "did you mean org_owner?" in _refusal(core, anyRoles=[name])


@pytest.mark.parametrize("name", ["billing:admin", "admin", "network/compute:admin"])
def test_another_role_is_not_meant(api: Api, name: str) -> None:
    """The same word in another service is another role; nobody is led to guard with it."""
    service = {**SERVICE, "roles": [{"name": "compute:admin"}]}
    text = _refusal(_csp(api, org={"servicesDef": [service]}), allRoles=[name])
    assert "did you mean" not in text
    assert f"for the role {name}" in text


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Administratr", "Administrator"),
        ("network-reder", "network-reader"),
        ("comput/compute:admin", "compute/compute:admin"),
        ("compute/compute:admn", "compute/compute:admin"),
    ],
)
def test_a_slip_of_the_pen_is_told_with_the_nearest_role(api: Api, name: str, meant: str) -> None:
    """A role that is held may be meant; if it is not, somebody has to give the one named."""
    service = {**SERVICE, "roles": [{"name": "compute:admin"}]}
    held = [{"name": "Administrator"}, {"name": "network-reader"}]
    text = _refusal(_csp(api, *held, org={"servicesDef": [service]}), allRoles=[name])
    assert text.endswith(
        f"nearest fix: no role {name} is held: did you mean {meant}? Otherwise ask an "
        f"administrator of the organization for the role {name}"
    )


def test_the_nearest_role_is_one_that_counts(api: Api) -> None:
    """Of two that are as near, the one that has ended is not meant."""
    ended = {"name": "Administrators", "expiresAt": 1_700_000_000}
    core = _csp(api, ended, {"name": "AdministratorX"})
    assert "did you mean AdministratorX? " in _refusal(core, allRoles=["Administrator"])


@pytest.mark.parametrize("name", ["Administratr", "administrator"])
def test_a_role_that_has_ended_is_no_cure(api: Api, name: str) -> None:
    """Writing its name right would not do: the refusal says what else is wanting."""
    core = _csp(api, {"name": "Administrator", "expiresAt": 1_700_000_000})
    assert (
        f"no role {name} is held: did you mean Administrator (expired 2023-11-14)? If so, renew "
        "Administrator."
    ) in _refusal(core, allRoles=[name])


def test_a_hint_goes_with_the_other_fixes(api: Api) -> None:
    """What is misspelt, what has ended and what is not held at all: each has its way out."""
    ended = {"name": "developer", "expiresAt": 1_700_000_000}
    core = _csp(api, {"name": "org_member"}, ended)
    text = _refusal(core, allRoles=["ORG_MEMBER", "csp:developer", "developer", "auditor"])
    assert text.endswith(
        "nearest fix: no role ORG_MEMBER is held: did you mean org_member? "
        "no role csp:developer is held: did you mean developer (expired 2023-11-14)? "
        "Otherwise ask an administrator of the organization for the role auditor, and renew "
        "developer"
    )


@pytest.mark.parametrize("address", ["\u212aim@site.com", "kim@\u017fite.com"])
def test_addresses_that_only_look_alike(api: Api, address: str) -> None:
    """Unicode would fold them into the same letters; they are other mailboxes."""
    core = m3ter(api)
    _m3ter(api)
    api.on(bodies.ME, json_reply(bodies.person(email=address)))
    assert "may not run this" in _refusal(core, emails=["kim@site.com"])


def _machine(api: Api, hand: HandClock, **claims: Any) -> Core:
    """Give a core for a machine at CSP with a ready token, whom nobody is asked about."""
    token = jwt(sub="acme:app", perms=["csp:org_owner"], **claims)
    return csp(api, hand.clock(), cspAccessToken=token)


def test_a_ready_token_that_has_ended_proves_nothing(api: Api) -> None:
    """No API is asked about a machine, so nobody else would notice."""
    hand = HandClock()
    now = int(hand.clock().time())
    core = _machine(api, hand, context_name=bodies.ORG, exp=now + 60)
    assert core.call("requireCaller", {"anyRoles": ["org_owner"]})["allowed"]
    hand.tick(61)
    with pytest.raises(UnauthorizedError, match="is no longer good"):
        core.call("requireCaller", {"anyRoles": ["org_owner"], "onRefusal": "warn"})


def test_an_organization_that_only_a_setting_names(api: Api) -> None:
    """A machine's token without one proves neither organization nor roles there."""
    token = jwt(sub="acme:app", perms=["csp:org_owner"])
    core = core_with({"cspAccessToken": token, "cspOrgId": bodies.ORG, "cspBaseUrl": api.url})
    text = _refusal(core, orgIds=[bodies.ORG])
    assert "by provider setting cspOrgId alone: the token names none" in text
    text = _refusal(core, orgId=bodies.ORG, orgIds=[bodies.ORG])
    assert "by the argument orgId alone: the token names none" in text
    assert "held in an organization that is not told" in _refusal(core, anyRoles=["org_owner"])


@pytest.mark.parametrize(
    "ends", [-1e300, -62135769600000, -1e11, "0001-01-01T00:00:00+05:00", 1, "1"]
)
def test_times_before_all_times_are_past(api: Api, ends: Any) -> None:
    """Whatever lies before the calendar's beginning has ended, and is no bug."""
    core = _csp(api, {"name": "org_owner", "expiresAt": ends})
    assert "org_owner (expired" in _refusal(core, anyRoles=["org_owner"])


@pytest.mark.parametrize("ends", ["9999-12-31T23:59:59-05:00", 0, "0", None])
def test_times_after_all_times_are_never(api: Api, ends: Any) -> None:
    """The calendar's end is no end."""
    core = _csp(api, {"name": "org_owner", "expiresAt": ends})
    rules = {"anyRoles": ["org_owner"], "minRoleSecondsLeft": 10 * DAY}
    assert core.call("requireCaller", rules)["allowed"]


@pytest.mark.parametrize(
    "at", ["", "0", "99999999999999999999", "soon", "2026-01-01T00:00:00Z", "a:forged/word"]
)
def test_whatever_a_replay_says_of_its_age_it_is_one(api: Api, at: str) -> None:
    """Outside a preview it is refused."""
    core = _m3ter(api, "Administrator")
    api.on(bodies.ME, json_reply(bodies.person(), x_callerid_recorded_at=at))
    with pytest.raises(ConfigurationError, match="nobody says that this is a preview") as caught:
        core.call("requireCaller", {"anyRoles": ["Administrator"]})
    assert "forged" not in str(caught.value)


def test_a_warning_keeps_its_line(api: Api) -> None:
    """A name cannot put a line of its own among the warnings."""
    said: list[str] = []
    hand = HandClock()
    soon = int(hand.clock().time()) + DAY
    role = {"name": "x\nEverything is fine.", "expiresAt": soon}
    _csp(api, role, clock=hand.clock(), warn=said.append).call("getUserOrgRoles", {})
    assert [len(line.splitlines()) for line in said] == [1]


def test_a_long_organization_is_the_apis_to_refuse(api: Api) -> None:
    """A setting may be longer than an argument."""
    core = core_with({"m3terApiToken": "t", "m3terOrgId": "x" * 300, "m3terBaseUrl": api.url})
    with pytest.raises(NotFoundError):
        core.call("requireCaller", {"anyRoles": ["Owner"]})
