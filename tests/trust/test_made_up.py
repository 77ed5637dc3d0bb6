"""The replies that are made up are for every platform, and answers to them are judged by them."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from support import bodies
from support.api import json_reply
from support.jwt import jwt
from support.spoilt import INFO, M3TER, POLICY, ROLE

import askers
import made_up
from callerid.core import Core
from made_up import Made

if TYPE_CHECKING:
    from collections.abc import Callable

    Lie = Callable[[dict[str, Any]], object]

PAST, FAR = "2020-01-01T00:00:00Z", "2084-05-23T09:19:57Z"


def test_a_platform_that_nobody_calls_is_told() -> None:
    """By its name, with the place where a caller of it is missing."""
    assert askers.unknown() == []
    [told] = askers.unknown(["m3ter", "csp", "toy"])
    assert told.startswith("nobody calls toy: ")
    assert "trust/askers.py" in told


def _judged(made: Made) -> made_up.Judge:
    with made_up.judging() as judge:
        judge.judge(made)
    return judge


@pytest.mark.parametrize("who", askers.CREDENTIALS)
def test_whoever_asks_is_answered_by_good_replies(who: str) -> None:
    """Else what is made up in their place tries nothing: GOOD in trust/askers.py lacks one."""
    judge = _judged(Made(who, {}))
    assert judge.lost == []
    refused = who == "app"  # no token tells an end
    assert judge.answered == judge.calls - refused == len(askers.asks(who)) - refused
    assert set(askers.ROUTES[who]) <= askers.GOOD.keys()


def _lie(monkeypatch: pytest.MonkeyPatch, function: str, lie: Lie) -> None:
    """Change what a function answers."""
    honest = Core.call

    def call(core: Core, name: str, arguments: Any, **more: Any) -> dict[str, Any]:
        answer = honest(core, name, arguments, **more)
        if name == function:
            lie(answer)
        return answer

    monkeypatch.setattr(Core, "call", call)


def _role(**change: Any) -> Lie:
    return lambda answer: answer["roles"][0].update(change)


LIES: dict[str, tuple[str, str, Lie]] = {
    "an id": ("member", "getCurrentUser", lambda answer: answer.update(id="Somebody Else")),
    "an id of the platform's": (
        *("member", "getCurrentUser"),
        lambda answer: answer["csp"].update(userId="Somebody Else"),
    ),
    "a name": ("app", "getCurrentUser", lambda answer: answer.update(displayName="Somebody")),
    "another text as the name": (
        *("person", "getCurrentUser"),
        lambda answer: answer.update(displayName="Lovelace"),
    ),
    "an address": ("person", "getUserOrgRoles", lambda answer: answer.update(email="a@b.test")),
    "an organization": ("token", "getUserOrgRoles", lambda answer: answer.update(orgId="o-2")),
    "its name": (
        *("member", "getCurrentUser"),
        lambda answer: answer["organization"].update(name="Other"),
    ),
    "one of those reported": (
        *("member", "getUserOrgRoles"),
        lambda answer: answer["organizations"].append({"name": "other"}),
    ),
    "a credential": (
        *("machine", "getCurrentUser"),
        lambda answer: answer.update(credentialSource="environment M3TER_API_KEY"),
    ),
    "a machine": (
        *("person", "getCurrentUser"),
        lambda answer: answer.update(principalType="serviceUser"),
    ),
    "a role's name": ("member", "getUserOrgRoles", lambda answer: answer["roleNames"].append("x")),
    "a name of no active role": (
        *("member", "getUserOrgRoles"),
        lambda answer: answer["roleNames"].append("acme"),
    ),
    "a role": ("machine", "getUserOrgRoles", _role(name="org_owner")),
    "a role's kind": ("member", "getUserOrgRoles", _role(kind="policy")),
    "a role's source": ("app", "getUserOrgRoles", _role(source="api")),
    "a guard's role": ("person", "requireCaller", lambda answer: answer["roleNames"].append("x")),
    "an end": ("member", "getUserOrgRoles", _role(expiresAt=FAR)),
    "that an end is known": ("app", "getUserOrgRoles", _role(endKnown=True)),
    "a no": ("person", "requireCaller", lambda answer: answer.update(allowed=False)),
    "a yes": ("person", "requireCaller", lambda answer: answer.update(reasons=["no"])),
}
"""By what is made up: who asks, what, and what becomes of the answer."""


@pytest.mark.parametrize(("who", "function", "lie"), LIES.values(), ids=LIES)
def test_what_was_not_served_is_a_loss(
    monkeypatch: pytest.MonkeyPatch, who: str, function: str, lie: Lie
) -> None:
    """An answer of the promised form may be of somebody else."""
    _lie(monkeypatch, function, lie)
    assert _judged(Made(who, {})).lost


@pytest.mark.parametrize("end", [PAST, None])
def test_an_end_that_was_served_otherwise_is_a_loss(
    monkeypatch: pytest.MonkeyPatch, end: str | None
) -> None:
    """Be it another time, or none where there is one."""

    def lie(answer: dict[str, Any]) -> None:
        [owner] = [each for each in answer["roles"] if each["name"] == "org_owner"]
        del owner["expiresAt"]
        owner |= {"expiresAt": end} if end else {}

    _lie(monkeypatch, "getUserOrgRoles", lie)
    assert any("end" in each for each in _judged(Made("member", {})).lost)


def _info(**role: Any) -> Any:
    """Answer `/info` with the role `org_owner` changed."""
    changed = deepcopy(askers.GOOD[bodies.INFO])
    changed["userOrgInfo"][0]["orgRoles"] = [{**ROLE, **role}]
    return changed


def _endless() -> Any:
    changed = _info()
    del changed["userOrgInfo"][0]["orgRoles"][0]["expiresAt"]
    return changed


def _user(**user: Any) -> Any:
    changed = _info()
    changed["user"].update(user)
    return changed


def _token(**claims: Any) -> Any:
    return bodies.token(jwt(**{**askers.LASTING, **claims}), 60)


def _details(**details: Any) -> Any:
    return {**M3TER[bodies.DETAILS], **details}


REFUSED: dict[str, tuple[str, str, Any]] = {
    "its end has passed": ("member", bodies.INFO, _info(expiresAt=PAST)),
    "it ended in milliseconds": ("member", bodies.INFO, _info(expiresAt=1_700_000_000)),
    "its end is no time": ("member", bodies.INFO, _info(expiresAt="soon")),
    "its end is an object": ("member", bodies.INFO, _info(expiresAt=["x"])),
    "nothing tells its end": ("member", bodies.INFO, _endless()),
    "it is of another organization": ("member", bodies.INFO, _info(organizationLink="/orgs/o-2")),
    "it has another name": ("member", bodies.INFO, _info(name="org_member")),
    "it is a service's": ("member", bodies.INFO, _info(name="d-1/org_owner")),
    "no organization is told": ("member", bodies.INFO, {**INFO, "userOrgInfo": []}),
    "the caller is another": ("member", bodies.INFO, _user(userId="acme:3")),
    "the address is another": ("member", bodies.INFO, _user(email="grace@other.test")),
    "the address is unverified": ("member", bodies.INFO, _user(emailVerified=False)),
    "the token lacks it": ("token", bodies.AUTHORIZE, _token(perms=["csp:org_member"])),
    "the token cannot tell": ("token", bodies.AUTHORIZE, _token(perms="csp:org_owner")),
    "the token alone tells it": ("app", bodies.APP_TOKEN, _token()),
    "the token's are others": ("app", bodies.APP_TOKEN, _token(perms=["external/d/org_owner"])),
    "there is no policy": ("machine", bodies.MACHINE_POLICIES, {"data": []}),
    "the policy allows nothing": (
        *("machine", bodies.MACHINE_POLICIES),
        {"data": [{**POLICY, "permissionPolicy": []}]},
    ),
    "the policy denies": (
        *("machine", bodies.MACHINE_POLICIES),
        {"data": [{**POLICY, "permissionPolicy": [{"effect": "DENY", "action": ["ALL"]}]}]},
    ),
    "the access has ended": ("person", bodies.DETAILS, _details(dtEndAccess=PAST)),
    "the access is another's": ("person", bodies.DETAILS, _details(id="u-2")),
}
"""By why a rule is not kept: who asks, and what is served on which route."""


def _allow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a guard say yes to whomever getUserOrgRoles answers."""
    honest = Core.call

    def call(core: Core, name: str, arguments: Any, **more: Any) -> dict[str, Any]:
        if name != "requireCaller":
            return honest(core, name, arguments, **more)
        held = honest(core, "getUserOrgRoles", {}, **more)
        same = {key: held[key] for key in ("displayName", "orgId", "roleNames")}
        return {"allowed": True, "reasons": [], "id": held["userId"], **same}

    monkeypatch.setattr(Core, "call", call)


@pytest.mark.parametrize(("who", "route", "body"), REFUSED.values(), ids=REFUSED)
def test_a_guard_that_allows_whom_the_replies_do_not_is_a_loss(
    monkeypatch: pytest.MonkeyPatch, who: str, route: str, body: Any
) -> None:
    """The guard itself refuses, which loses nothing."""
    made = Made(who, {route: json_reply(body)})
    honest = _judged(made)
    assert honest.lost == []
    assert honest.answered < honest.calls
    _allow(monkeypatch)
    assert any("allowed" in each for each in _judged(made).lost)


def test_a_guard_that_allows_without_an_end_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where m3ter refuses to tell until when the access is granted: unknown is not never."""
    _allow(monkeypatch)
    made = Made("person", {bodies.DETAILS: json_reply({}, 403)})
    assert any("allowed" in each for each in _judged(made).lost)


OTHERWISE: dict[str, tuple[str, str, Any]] = {
    "it never ends": ("member", bodies.INFO, _info(expiresAt=2**63 - 1)),
    "its end is a text": ("member", bodies.INFO, _info(expiresAt=FAR)),
    "its end is in milliseconds": ("member", bodies.INFO, _info(expiresAt="3609941597000")),
    "its end is a date of mail": (
        *("member", bodies.INFO),
        _info(expiresAt="Tue, 23 May 2084 09:19:57 GMT"),
    ),
    "it has a prefix": ("member", bodies.INFO, _info(name="csp:org_owner")),
    "the name is a number": ("member", bodies.INFO, _user(firstName=7, lastName=" b ")),
    "a character is half": ("member", bodies.INFO, _user(firstName="Gr\ud800ce")),
    "the access ends": ("person", bodies.DETAILS, _details(dtEndAccess=FAR)),
    "the policy is bare": ("machine", bodies.MACHINE_POLICIES, POLICY),
    "the token carries it": ("token", bodies.AUTHORIZE, _token()),
}
"""By how good evidence is told: who asks, and what is served on which route."""


@pytest.mark.parametrize(("who", "route", "body"), OTHERWISE.values(), ids=OTHERWISE)
def test_nothing_is_lost_where_it_is_told_in_other_words(who: str, route: str, body: Any) -> None:
    """All calls are answered, and no answer is held against the caller."""
    judge = _judged(Made(who, {route: json_reply(body)}))
    assert judge.lost == []
    assert judge.answered == judge.calls


@pytest.mark.parametrize("end", [0, -1, 1_700_000_000, PAST, "soon", "2024-W18-3", 2**70])
def test_nothing_is_lost_where_an_access_has_ended(end: object) -> None:
    """However that is told, or where it cannot be read."""
    judge = _judged(Made("person", {bodies.DETAILS: json_reply(_details(dtEndAccess=end))}))
    assert judge.lost == []
    assert judge.answered == judge.calls - 2, "both guards refuse"


def test_a_reply_that_nobody_asks_for_is_a_loss() -> None:
    """It tries nothing."""
    [told] = _judged(Made("app", {bodies.INFO: json_reply({})})).lost
    assert "nobody asked for GET " in told


def test_a_refusal_shows_nothing_of_the_inside() -> None:
    """It has a line for each rule; each is read by people."""
    assert made_up._refused("one\ntwo") == []  # noqa: SLF001 - the judge
    assert made_up._refused("Traceback: KeyError")  # noqa: SLF001 - as above
