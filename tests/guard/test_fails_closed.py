"""No answer with a missing field ever passes a rule of requireCaller that needs it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import api as scripted
from support import bodies
from support.api import json_reply
from support.callers import csp, m3ter
from support.clock import HandClock
from support.jwt import jwt

from callerid.errors import CalleridError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.api import Api

    from callerid.core import Core

Path = tuple[Any, ...]
MANY = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NEVER = 4_000_000_000
ROLE = {"name": "org_owner", "organizationLink": f"/orgs/{bodies.ORG}", "expiresAt": NEVER}
GOOD: dict[str, Any] = {
    "info": {
        "user": {"userId": "acme:1", "username": "grace", "email": "grace@example.com"},
        "userOrgInfo": [{"name": "acme", "orgRoles": [ROLE]}],
    },
    "token": {"perms": ["csp:org_owner"], "context_name": bodies.ORG, "username": "grace"},
    "life": {"expires_in": 1800},
    "me": bodies.person(),
    "policies": {"data": [bodies.policy("Administrator")]},
}
NEEDS: dict[str, tuple[dict[str, Any], list[Path]]] = {
    "csp emails": ({"emails": ["grace@example.com"]}, [("info", "user", "email")]),
    "csp roles": (
        {"anyRoles": ["org_owner"]},
        [("info", "userOrgInfo", 0, "orgRoles", 0, "name"), ("token", "perms", 0)],
    ),
    "csp token": ({"minTokenSecondsLeft": 60}, [("life", "expires_in")]),
    "m3ter emails": ({"emails": ["ada@example.com"]}, [("me", "user", "email")]),
    "m3ter roles": (
        {"allRoles": ["Administrator"]},
        [("me", "user", "id"), ("policies", "data", 0, "name")],
    ),
    "m3ter kind": ({"principalTypes": ["user"]}, [("me", "user", "id")]),
}
"""A rule that good answers keep, and the parts of the answers that it needs."""


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from _places(item, (*path, key))


EMPTY: tuple[Any, ...] = ("absent", None, "", [], {})
PLACES = list(_places(GOOD))
SPOILT: st.SearchStrategy[list[tuple[Path, Any]]] = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(["absent", None, "", " ", [], {}])),
    min_size=1,
    max_size=5,
)


def _spoil(places: list[tuple[Path, Any]]) -> dict[str, Any]:
    """Take parts out of the good answers, or put emptiness in their place."""
    bad = deepcopy(GOOD)
    for (*path, last), new in places:
        parent: Any = bad
        try:
            for key in path:
                parent = parent[key]
            if new == "absent":
                del parent[last]
            elif last in parent or isinstance(last, int):
                parent[last] = new
        except (KeyError, IndexError, TypeError):
            continue
    return bad


def _at(value: Any, path: Path) -> Any:
    try:
        for key in path:
            value = value[key]
    except (KeyError, IndexError, TypeError):
        return None
    return value


@pytest.fixture(scope="module")
def server() -> Iterator[Api]:
    """One scripted API for all examples."""
    with scripted.serve() as running:
        yield running


def _core(server: Api, platform: str, answers: dict[str, Any]) -> Core:
    for route, part in (
        (bodies.INFO, "info"),
        (bodies.ME, "me"),
        (bodies.POLICIES, "policies"),
    ):
        server.on(route, json_reply(answers.get(part)))
    if platform == "m3ter":
        return m3ter(server)
    claims = answers.get("token")
    token = jwt(**claims) if isinstance(claims, dict) else "opaque"
    life = answers.get("life")
    server.on(
        bodies.AUTHORIZE,
        json_reply({"access_token": token, **(life if isinstance(life, dict) else {})}),
    )
    return csp(server, HandClock().clock())


@pytest.mark.parametrize("case", NEEDS)
def test_good_answers_pass(server: Api, case: str) -> None:
    """Otherwise the property below would say nothing."""
    rules, _ = NEEDS[case]
    assert _core(server, case.partition(" ")[0], GOOD).call("requireCaller", rules)["allowed"]


@pytest.mark.parametrize("case", NEEDS)
def test_each_needed_field_alone_is_missed(server: Api, case: str) -> None:
    """Whichever is gone: refused, or an error."""
    rules, needed = NEEDS[case]
    for path in needed:
        for new in EMPTY:
            assert not _passes(server, case, _spoil([(path, new)])), (path, new, rules)


@pytest.mark.parametrize("case", NEEDS)
@MANY
@given(places=SPOILT)
def test_what_lets_a_caller_pass_is_there(
    server: Api, case: str, places: list[tuple[Path, Any]]
) -> None:
    """Whatever else is broken: who passes has all that the rule needs, as good answers have it."""
    answers = _spoil(places)
    if _passes(server, case, answers):
        _, needed = NEEDS[case]
        opaque = not isinstance(_at(answers, ("token", "perms")), list)
        wanted = [path for path in needed if not (opaque and path[0] == "token")]
        assert [_at(answers, path) for path in wanted] == [_at(GOOD, path) for path in wanted]


def _passes(server: Api, case: str, answers: dict[str, Any]) -> bool:
    rules, _ = NEEDS[case]
    try:
        answer = _core(server, case.partition(" ")[0], answers).call("requireCaller", rules)
    except CalleridError:
        return False
    return answer["allowed"] is True
