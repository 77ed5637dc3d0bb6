"""requireCaller through the plugin: every rule alone and every pair, for every kind of caller."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
import pytest
from support.plugin import Plugin, spawn

from callerid.cli import require
from callerid.guard import arguments
from callerid.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


class Caller(NamedTuple):
    """A caller of the sandbox, and what is true of it."""

    name: str
    role: str
    principal: str
    org_id: str
    id: str
    email: str | None = None
    lasting: bool = True
    token_ends: bool = True


M3TER, CSP = "3f2b6a0e-6d5c-4f0e-9a51-7c2d90b1e4a8", "9c8e7d6a-2f41-4b3c-8a90-d15e6f7b0c24"
ADA, DEPLOY = "8d1f4c52-0b7e-4a39-b6d4-2e5f1a7c9036", "27e6b1c9-d04a-4f83-a5c7-98b0f3e2d641"
GRACE, LINUS, APP = (
    f"example.com:{each}"
    for each in (
        "4b6d8f20-1a3c-4e5d-97b8-c0f2e4a6d813",
        "70d3b5a1-8e2f-4c69-b401-5a9e7c1d3f86",
        "c3f1e7a9-6d24-4b58-90ce-2a7d5b8f4e61",
    )
)
CALLERS = (
    Caller("person", "Administrator", "user", M3TER, ADA, "ada@example.com", token_ends=False),
    Caller("service-user", "Config Editor", "serviceUser", M3TER, DEPLOY),
    Caller("owner", "org_owner", "user", CSP, GRACE, "grace@example.com"),
    Caller("member", "org_member", "user", CSP, LINUS, "linus@example.com"),
    Caller("app", "org_member", "serviceUser", CSP, APP, lasting=False),
)
RULES = (
    "allRoles",
    "anyRoles",
    "principalTypes",
    "ids",
    "emails",
    "orgIds",
    "minRoleSecondsLeft",
    "minTokenSecondsLeft",
)


def test_every_rule_has_its_case() -> None:
    """A rule that nobody judges would let everybody pass: each is here, and on the command line."""
    assert set(arguments.RULES) == set(RULES) == set(require._RULES)  # noqa: SLF001 - what must stay in step


def _kept(caller: Caller) -> dict[str, Any]:
    """Give each rule so that the caller keeps it, as far as it can."""
    return {
        "allRoles": [caller.role],
        "anyRoles": ["nobody has this", caller.role],
        "principalTypes": [caller.principal],
        "ids": ["nobody", caller.id],
        "emails": [caller.email] if caller.email else None,
        "orgIds": [caller.org_id],
        "minRoleSecondsLeft": 3600 if caller.lasting else None,
        "minTokenSecondsLeft": 60 if caller.token_ends else None,
    }


def _broken(caller: Caller) -> dict[str, Any]:
    """Give each rule so that the caller breaks it; None where it cannot be broken alone."""
    return {
        "allRoles": [caller.role, "nobody has this"],
        "anyRoles": ["nobody has this"],
        "principalTypes": ["user" if caller.principal == "serviceUser" else "serviceUser"],
        "ids": [f"{caller.id}-"],
        "emails": ["nobody@example.com"],
        "orgIds": ["00000000-0000-0000-0000-000000000000"],
        "minRoleSecondsLeft": None if caller.lasting else 0,
        "minTokenSecondsLeft": 10**9,
    }


def _rules(*chosen: tuple[str, Any], role: str) -> dict[str, Any]:
    """Combine rules; a time for roles needs a role."""
    rules = dict(chosen)
    if "minRoleSecondsLeft" in rules and not {"allRoles", "anyRoles"} & set(rules):
        rules["allRoles"] = [role]
    return rules


def _allowed(plugin: Plugin, rules: dict[str, Any]) -> bool:
    """Ask twice, to warn and to stop; both say the same."""
    warned = plugin.invoke("requireCaller", **rules, onRefusal="warn")
    assert warned["allowed"] is (warned["reasons"] == [])
    if warned["allowed"]:
        assert plugin.invoke("requireCaller", **rules) == warned
        return True
    status, text = plugin.refusal("requireCaller", **rules)
    assert status == grpc.StatusCode.PERMISSION_DENIED
    assert text.startswith("callerid: ")
    assert "\n  nearest fix: " in text
    return False


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Give a running sandbox."""
    with Sandbox.start() as running:
        yield running


@pytest.fixture(scope="module", params=CALLERS, ids=lambda caller: caller.name)
def who(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[tuple[Plugin, Caller]]:
    """Give a plugin for each caller."""
    caller: Caller = request.param
    with spawn(environ=sandbox.environment(caller.name)) as plugin:
        yield plugin, caller


def test_every_rule_alone(who: tuple[Plugin, Caller]) -> None:
    """Kept, it lets the caller pass; broken, it does not."""
    plugin, caller = who
    kept, broken = _kept(caller), _broken(caller)
    for rule in RULES:
        if kept[rule] is not None:
            assert _allowed(plugin, _rules((rule, kept[rule]), role=caller.role)), rule
        if broken[rule] is not None:
            assert not _allowed(plugin, _rules((rule, broken[rule]), role=caller.role)), rule


def test_every_pair_of_rules(who: tuple[Plugin, Caller]) -> None:
    """Rules combine with *and*: one that is broken is enough, whichever it is."""
    plugin, caller = who
    kept, broken = _kept(caller), _broken(caller)
    for first, second in combinations(RULES, 2):
        for left, right in ((kept, kept), (kept, broken), (broken, kept), (broken, broken)):
            if left[first] is None or right[second] is None:
                continue
            rules = _rules((first, left[first]), (second, right[second]), role=caller.role)
            assert _allowed(plugin, rules) is (left is kept and right is kept), rules


def test_a_long_refusal_is_cut(who: tuple[Plugin, Caller]) -> None:
    """GRPC loses a message of 16 KiB together with its status."""
    plugin, _ = who
    code, text = plugin.refusal("requireCaller", allRoles=[f"role {each}" for each in range(4_000)])
    assert (code, len(text)) == (grpc.StatusCode.PERMISSION_DENIED, 3002)


def test_a_refusal_warns_through_the_engine() -> None:
    """Where nobody listens to warnings, the answer alone tells; the plugin stays silent."""
    with (
        Sandbox.start() as sandbox,
        spawn(environ=sandbox.environment("member")) as plugin,
    ):
        answer = plugin.invoke("requireCaller", anyRoles=["org_owner"], onRefusal="warn")
    assert answer["allowed"] is False
    [reason] = answer["reasons"]
    assert reason == (
        "Required: org_owner; held: org_member. Ask an administrator of the organization for the "
        "role org_owner."
    )


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        ({}, "requireCaller has no rule"),
        ({"anyRoles": []}, "must be left out, or a list that is not empty"),
        (
            {"anyRoles": ["a"], "onRefusal": "ask"},
            "onRefusal of requireCaller must be stop or warn",
        ),
    ],
)
def test_a_bad_guard_is_an_invalid_argument(
    who: tuple[Plugin, Caller], rules: dict[str, Any], text: str
) -> None:
    """It is the program's fault, not the caller's."""
    plugin, _ = who
    status, said = plugin.refusal("requireCaller", **rules)
    assert (status, text in said) == (grpc.StatusCode.INVALID_ARGUMENT, True)
