"""What a refusal is made of: its reasons as data, its lines, and the argument it is about."""

from __future__ import annotations

import pytest
from support import bodies
from support.api import Api, json_reply
from support.callers import core, m3ter

from callerid.errors import RefusedError
from callerid.guard.evidence import Reason
from callerid.guard.refusal import LINE, _required


@pytest.mark.parametrize(
    ("fix", "end"),
    [
        ("ask for it", "Ask for it."),
        ("did you mean Reader?", "Did you mean Reader?"),
        ("is it A? or B", "Is it A? or B."),
    ],
)
def test_a_reason_is_a_sentence_of_its_own(fix: str, end: str) -> None:
    """A question stays one."""
    assert Reason("a", "b", fix).sentence == f"Required: a; found: b. {end}"


@pytest.mark.parametrize(("over", "lines"), [(0, 1), (1, 2)])
def test_a_line_that_would_be_too_long_becomes_two(over: int, lines: int) -> None:
    """80 characters are what a narrow terminal shows."""
    short = _required(Reason("r", "", "fix"))
    told = _required(Reason("r", "x" * (80 - len(short) + over), "fix"))
    assert (len(told.splitlines()), LINE) == (lines, 80)


@pytest.mark.parametrize(
    ("rules", "about"),
    [
        ({"allRoles": ["Nobody"]}, "allRoles"),
        ({"ids": ["somebody"]}, "ids"),
    ],
)
def test_a_refusal_is_about_the_rule_that_is_not_kept(
    api: Api, rules: dict[str, list[str]], about: str
) -> None:
    """Raised or told: hosts that have lines of source point to it."""
    warnings = list[str]()
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.POLICIES, json_reply({"data": []}))
    api.on(bodies.GROUPS, json_reply({"data": []}))
    api.on(bodies.DETAILS, json_reply({"id": bodies.ADA}))
    asked = m3ter(api, warn=warnings.append)
    with pytest.raises(RefusedError) as caught:
        asked.call("requireCaller", rules)
    assert caught.value.about == about
    assert asked.call("requireCaller", {**rules, "onRefusal": "warn"})["allowed"] is False
    [told] = [each for each in warnings if "may not run this" in each]
    assert getattr(told, "about", None) == about


def test_the_platform_of_the_argument_is_asked(api: Api) -> None:
    """Where both are set, and none is chosen."""
    api.on(bodies.INFO, json_reply(bodies.info({"name": "org_owner"})))
    both = {"m3terApiToken": "opaque", "m3terOrgId": bodies.ORG, "m3terBaseUrl": api.url}
    other = {"cspAccessToken": "opaque", "cspOrgId": bodies.ORG, "cspBaseUrl": api.url}
    answer = core({**both, **other}).call(
        "requireCaller", {"platform": "csp", "allRoles": ["org_owner"]}
    )
    assert answer["allowed"] is True
