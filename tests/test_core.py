"""The middle: plain arguments in; a plain answer, or one error that says all, out."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from support import bodies, commands
from support.api import json_reply
from support.callers import m3ter

from callerid.config import load as configure
from callerid.core import Core, plain, wrong_arguments
from callerid.errors import (
    ArgumentError,
    CalleridError,
    CancelledError,
    ConfigurationError,
    FunctionNotFoundError,
)
from callerid.functions import load
from callerid.model import Organization, ReportedOrganization

if TYPE_CHECKING:
    from support.api import Api

Wrong = tuple[str, "str | None", "int | None"]
"""The text of an error, the argument that it is about, and the place of the entry."""

NO_RULE: Wrong = (
    (
        "requireCaller has no rule, and without one it would let everybody pass.\nGive it at least "
        "one of allRoles, anyRoles, principalTypes, ids, emails, orgIds, minRoleSecondsLeft, "
        "minTokenSecondsLeft."
    ),
    *(None, None),
)
NO_ROLE: Wrong = (
    (
        "The argument minRoleSecondsLeft of requireCaller names no role by itself. Give allRoles "
        "or anyRoles too."
    ),
    *("minRoleSecondsLeft", None),
)
NO_ID: Wrong = (
    *("The argument orgId holds quotation marks or blanks, and no id.", "orgId"),
    None,
)


def _unknown(name: str, hint: str = "") -> Wrong:
    return f"getCurrentUser has no argument {name}.{hint}", name, None


def _must_be(name: str, wanted: str, entry: int | None = None, of: str = "requireCaller") -> Wrong:
    part = "The" if entry is None else "An entry of the"
    return f"{part} argument {name} of {of} must be {wanted}.", name, entry


def _hinted(wrong: Wrong, meant: str) -> Wrong:
    return f"{wrong[0]} Did you mean {meant}?", *wrong[1:]


NOT_EMPTY = "left out, or text that is not empty"
USER, ROLES = "getCurrentUser", "getUserOrgRoles"


@pytest.mark.parametrize(
    ("function", "arguments", "wrong"),
    [
        ("getCurrentUser", {"orgid": None}, [_unknown("orgid", " Did you mean orgId?")]),
        ("getCurrentUser", {"a": 1, "orgId": 5, "zz": 2}, [_unknown("a"), _unknown("zz")]),
        ("getCurrentUser", {"orgId": 5}, [_must_be("orgId", "text", of=USER)]),
        ("getCurrentUser", {"orgId": ""}, [_must_be("orgId", NOT_EMPTY, of=USER)]),
        ("getCurrentUser", {"orgId": "x" * 257}, [_must_be("orgId", "shorter", of=USER)]),
        (
            *("getCurrentUser", {"orgId": "\ud800"}),
            [_must_be("orgId", "of the type that the schema names", of=USER)],
        ),
        (
            *("getUserOrgRoles", {"platform": "cps"}),
            [_hinted(_must_be("platform", "m3ter or csp", of=ROLES), "csp")],
        ),
        (
            *("getUserOrgRoles", {"platform": 5}),
            [_must_be("platform", "m3ter or csp", of=ROLES)],
        ),
        (
            *("requireCaller", {"emails": None, "anyRoles": None, "ids": ["1"]}),
            [
                (
                    (
                        "anyRoles and emails of requireCaller must not be null: a rule that is "
                        "left out by mistake lets too many pass.\nGive a value, or leave it out."
                    ),
                    *("anyRoles", None),
                )
            ],
        ),
        ("requireCaller", {"anyRoles": "a"}, [_must_be("anyRoles", "a list")]),
        (
            *("requireCaller", {"anyRoles": [], "emails": ["x", 5]}),
            [
                _must_be("anyRoles", "left out, or a list that is not empty"),
                _must_be("emails", "text", 1),
            ],
        ),
        (
            *("requireCaller", {"anyRoles": ["x" * 1025, "x" * 1024, ""]}),
            [_must_be("anyRoles", "shorter", 0), _must_be("anyRoles", NOT_EMPTY, 2)],
        ),
        (
            *("requireCaller", {"principalTypes": ["user", 3, "serviceuser"]}),
            [
                _must_be("principalTypes", "user or serviceUser", 1),
                _hinted(_must_be("principalTypes", "user or serviceUser", 2), "serviceUser"),
            ],
        ),
        (
            *("requireCaller", {"minTokenSecondsLeft": -1, "minRoleSecondsLeft": "soon"}),
            [
                _must_be("minRoleSecondsLeft", "a number"),
                _must_be("minTokenSecondsLeft", "a number from 0 on"),
            ],
        ),
        (
            *("requireCaller", {"minTokenSecondsLeft": float("inf"), "onRefusal": ["warn"]}),
            [
                _must_be("minTokenSecondsLeft", "a number"),
                _must_be("onRefusal", "stop or warn"),
            ],
        ),
    ],
)
def test_each_wrong_argument_is_told_with_its_place(
    api: Api, function: str, arguments: dict[str, Any], wrong: list[Wrong]
) -> None:
    """To who asks before a call, one by one; to who calls in one error, and nobody is asked."""
    found = wrong_arguments(load(function), arguments)
    assert [(str(each), each.about, each.entry) for each in found] == wrong
    with closing(m3ter(api)) as asked, pytest.raises(ArgumentError) as caught:
        asked.call(function, arguments)
    assert str(caught.value) == "\n".join(text for text, _, _ in wrong)
    assert (caught.value.about, caught.value.entry) == wrong[0][1:]
    assert api.seen == []


LEAN = """
import sys
from callerid import lean
lean.WANTED.set()
from callerid.core import wrong_arguments
from callerid.functions import load
print(*wrong_arguments(load("getCurrentUser"), {"orgId": 5}), "pydantic" in sys.modules)
"""


def test_a_lean_process_tells_it_without_pydantic() -> None:
    """Which would be loaded for the links that it puts into errors."""
    [wrong] = wrong_arguments(load("getCurrentUser"), {"orgId": 5})
    assert commands.run_python(LEAN).stdout == f"{wrong} False\n"


@pytest.mark.parametrize(
    ("function", "arguments", "unknown", "wrong"),
    [
        ("getCurrentUser", {}, [], []),
        ("getCurrentUser", {"orgId": None, "platform": None}, [], []),
        ("getCurrentUser", {"orgId": "x" * 256}, None, []),
        ("getUserOrgRoles", {"orgId": "''"}, [], [NO_ID]),
        ("getUserOrgRoles", {"orgId": "''"}, None, [NO_ID]),
        ("requireCaller", {}, [], [NO_RULE]),
        ("requireCaller", {}, ["orgId"], [NO_RULE]),
        ("requireCaller", {}, ["anyRoles"], []),
        ("requireCaller", {}, None, []),
        ("requireCaller", {"orgId": "o", "onRefusal": None}, [], [NO_RULE]),
        ("requireCaller", {"ids": ["1"], "orgId": None}, [], []),
        ("requireCaller", {"minRoleSecondsLeft": 0, "orgId": "''"}, [], [NO_ROLE, NO_ID]),
        ("requireCaller", {"minRoleSecondsLeft": 0}, ["allRoles"], []),
    ],
)
def test_what_would_fail_whoever_calls(
    function: str, arguments: dict[str, Any], unknown: list[str] | None, wrong: list[Wrong]
) -> None:
    """What is not known yet may still be given, and what is null is left out."""
    found = wrong_arguments(load(function), arguments, unknown)
    assert [(str(each), each.about, each.entry) for each in found] == wrong


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("getCurrentUsr", "getCurrentUsr. It has {}. Did you mean getCurrentUser?"),
        ("x\n", "x\\n. It has {}."),
        ("", ". It has {}."),
    ],
)
def test_a_function_that_is_not_there(api: Api, name: str, text: str) -> None:
    """Those that are there are named, and the nearest."""
    with closing(m3ter(api)) as asked, pytest.raises(FunctionNotFoundError) as caught:
        asked.call(name, {})
    known = "getCurrentUser, getUserOrgRoles, requireCaller"
    assert str(caught.value) == f"callerid has no function {text.format(known)}"


AT = "2026-01-31T00:00:00Z"
REPLAYED = (
    f"These answers were recorded at {AT}, and nobody says that this is a preview: recorded "
    "answers must not decide what is changed.\n"
    "Ask the live API (unset {}), or set CALLERID_ALLOW_RECORDED=1 for a test."
)
RULE = {"emails": ["ada@example.com"]}


def _replay(api: Api) -> dict[str, str]:
    api.on(bodies.ME, json_reply(bodies.person(), x_callerid_recorded_at=AT))
    api.on(bodies.POLICIES, json_reply({"data": []}))
    return _settings(api)


def _settings(api: Api) -> dict[str, str]:
    return {"M3TER_API_TOKEN": "t", "M3TER_ORG_ID": bodies.ORG, "M3TER_BASE_URL": api.url}


def test_recorded_answers_decide_in_a_preview_alone(api: Api) -> None:
    """A call is none unless it says so; who only asks is told, and a guard counts as a call."""
    with closing(Core(configure({}, _replay(api)))) as asked:
        for ask, function, arguments in (
            (asked.call, "getCurrentUser", {}),
            (asked.call, "requireCaller", RULE),
            (asked.ask, "requireCaller", RULE),
        ):
            with pytest.raises(ConfigurationError) as caught:
                ask(function, arguments)
            assert str(caught.value) == REPLAYED.format("environment M3TER_BASE_URL")
        assert asked.call("requireCaller", RULE, preview=True)["recordedAt"] == AT
        assert asked.ask("getCurrentUser", {})["recordedAt"] == AT
        assert asked.ask("getUserOrgRoles", {})["recordedAt"] == AT


@pytest.mark.parametrize(("value", "allowed"), [("1", True), ("", False), ("0", False)])
def test_recorded_answers_decide_where_a_variable_says_so(
    api: Api, value: str, allowed: object
) -> None:
    """Nothing but 1 does."""
    environ = {**_replay(api), "CALLERID_ALLOW_RECORDED": value}
    with closing(Core(configure({}, environ))) as asked:
        try:
            answer = asked.call("requireCaller", RULE)
        except ConfigurationError:
            assert not allowed
        else:
            assert allowed
            assert answer["allowed"] is True


def test_every_way_to_a_replay_is_named(api: Api) -> None:
    """Where no base URL is set, a proxy has answered."""
    environ = {**_replay(api), "CSP_URL": "https://csp.example"}
    with closing(Core(configure({}, environ))) as asked, pytest.raises(CalleridError) as caught:
        asked.call("getCurrentUser", {})
    both = "environment M3TER_BASE_URL and environment CSP_URL"
    assert str(caught.value) == REPLAYED.format(both)
    own = configure({"m3terApiToken": "t", "m3terOrgId": bodies.ORG}, {})
    [here, *others] = own.platforms
    proxied = own._replace(platforms=(here._replace(base_url=api.url), *others))
    with closing(Core(proxied)) as asked, pytest.raises(ConfigurationError) as caught:
        asked.call("getCurrentUser", {})
    assert str(caught.value) == REPLAYED.format("any proxy")


def test_a_call_waits_for_the_next_try_and_says_so(api: Api) -> None:
    """As long as the API asks for, and half a second at most beside it."""
    told = list[str]()
    api.on(bodies.ME, json_reply({}, 503, retry_after="0"), json_reply(bodies.person()))
    with closing(Core(configure({}, _settings(api)), tell=told.append)) as asked:
        assert asked.call("getCurrentUser", {})["id"] == bodies.ADA
    assert [each for each in told if "try" in each] == [
        "m3ter is failing (HTTP 503): try 2 of 4 in 1 s"
    ]


def test_a_call_that_waits_ends_where_the_core_is_stopped(api: Api) -> None:
    """Nothing is asked again; a call that need not wait is still answered."""
    api.on(bodies.ME, json_reply({}, 503, retry_after="30"), json_reply(bodies.person()))

    def tell(text: str) -> None:
        if "try" in text:
            asked.stop()

    with closing(Core(configure({}, _settings(api)), tell=tell)) as asked:
        with pytest.raises(CancelledError):
            asked.call("getCurrentUser", {})
        assert len(api.seen) == 1
        assert asked.call("getCurrentUser", {})["id"] == bodies.ADA


def test_equal_answers_are_equal_bytes() -> None:
    """Lists are sorted at every depth, by what stands in them as JSON, and nothing else changes."""
    mixed: Any = [{"b": [2, 1]}, {"a": ["x", "B"]}, {"a": [{"z": 1}, {"y": [3, None, "3"]}]}]
    organization = ReportedOrganization.model_construct(name="acme", display_name=mixed)
    assert plain(organization) == {
        "name": "acme",
        "displayName": [{"a": ["B", "x"]}, {"a": [{"y": ["3", 3, None]}, {"z": 1}]}, {"b": [1, 2]}],
    }
    assert plain(Organization(id="o", short_name="s")) == {"id": "o", "shortName": "s"}
