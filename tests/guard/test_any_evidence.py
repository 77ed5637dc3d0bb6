"""Whatever happens to one piece of evidence: a refused caller is not let in by it.

In whatever form the ends are written, the verdict is the same. Who is let in holds the roles by a
reading of the evidence that is not callerid's.

What an API may leave out says nothing by its absence, so some pieces are spoilt here but not
dropped: `LEFT_OUT` has them.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime, timezone
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from support import api as scripted
from support import bodies, evidence
from support.api import json_reply
from support.callers import csp, m3ter
from support.clock import START, HandClock
from support.jwt import jwt
from support.told_ends import NEVER

from callerid.errors import CalleridError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.api import Api
    from support.evidence import Telling

    from callerid.core import Core

SPOILT = 5
"""How many pieces are spoilt, one at a time, for each caller that is refused."""
World = dict[str, Any]
Place = tuple[Any, ...]
MANY = settings(
    deadline=None,
    derandomize=True,
    max_examples=100,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
DAY = 86400
PAST, SOON, FAR = START - DAY, START + DAY, START + 400 * DAY
OTHER = "00000000-1111-2222-3333-444444444444"
LEFT_OUT = {
    *("expiresAt", "organizationLink", "orgId", "emailVerified", "dtEndAccess", "organization"),
    *("permissionPolicy", "perms", "exp", "expires_in", "username", "context_name"),
}
"""What an API, or a token, may leave out or give as null."""
WORDS = {"emailVerified": True, "effect": "ALLOW", "expiresAt": 0}
"""What is no garble there: the platform's own words."""
BOTH = (True, False)
GARBLE: tuple[Any, ...] = (
    [],
    {},
    "garbage",
    -1,
    7,
    1e18,
    10**15,
    True,
    False,
    None,
    "",
    " ",
    ["x"],
    {"x": 1},
    1_700_000_000_000_000,
    "1700000000000000000",
    20240501120000,
    2**63,
    float(2**63 - 1),
    "2099-05-01T12:00:00[Europe/Paris]",
    "2099-W18-3",
    "Wed, 01 May 2099 12:00:00",
)
"""What is of no type that is wanted; of a time, what has passed or cannot be read."""
ENDS = {"expiresAt", "dtEndAccess"}


def _text_of(seconds: float, form: str) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime(form)


END_FORMS: tuple[Callable[[float], Any], ...] = (
    *(lambda seconds, unit=unit: int(seconds) * unit for unit in (1, 10**3, 10**6, 10**9)),
    *(lambda seconds, unit=unit: f"{int(seconds) * unit}" for unit in (1, 10**3, 10**6, 10**9)),
    lambda seconds: formatdate(seconds, usegmt=True),
    formatdate,
    lambda seconds: _text_of(seconds, "%Y-%m-%dT%H:%M:%SZ"),
    lambda seconds: _text_of(seconds, "%Y%m%dT%H%M%SZ"),
    lambda seconds: _text_of(seconds, "%Y-%m-%dT%H:%M:%SZ[UTC]"),
    lambda seconds: _text_of(seconds + 7200, "%Y-%m-%dT%H:%M:%S+02:00[Europe/Paris]"),
)
"""The ways to write one time."""
NAMES = ("org_owner", "org_member", "deployer")


def _sometimes(key: str, *values: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Give a key with one of these values, or leave it out."""
    return st.sampled_from(values).map(lambda value: {key: value}) | st.just({})


def _merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {k: v for each in found for k, v in each.items()})


LINKS = _sometimes(
    "organizationLink", f"/csp/gateway/am/api/orgs/{bodies.ORG}", f"/orgs/{OTHER}"
) | _sometimes("orgId", bodies.ORG, OTHER)
ROLE = _merged(
    st.sampled_from(NAMES).map(lambda name: {"name": name}),
    _sometimes("expiresAt", None, 0, PAST, SOON, FAR),
    _sometimes("resource", "zone-1", "zone-2"),
    LINKS,
)
ROLES = st.lists(ROLE, max_size=3)
SERVICE = _merged(
    st.just({"serviceName": "compute", "refLink": "/external/d-1"}),
    ROLES.map(lambda roles: {"roles": roles}),
    st.lists(st.sampled_from(NAMES), max_size=2).map(lambda names: {"serviceRoles": names}),
)
ORGANIZATION = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["acme", "other", None]),
        "orgRoles": ROLES,
        "customRoles": ROLES,
        "servicesDef": st.lists(SERVICE, max_size=2),
    }
)
USER = _merged(
    st.just({"userId": "acme:1", "email": "grace@example.com"}),
    _sometimes("emailVerified", *BOTH),
)
FORMS = (
    *("csp:{}", "external/d-1/{}", "external/d-1/*/{}", "external/d-1/zone-1/{}"),
    *("paid/d-1/{}", "csp:compute/{}", "{}"),
)
PERMS = st.lists(st.builds(str.format, st.sampled_from(FORMS), st.sampled_from(NAMES)), max_size=4)
CLAIMS = _merged(
    st.just({"sub": "acme:1", "iss": "https://gaz.test"}),
    _sometimes("context_name", bodies.ORG, OTHER),
    _sometimes("username", "grace"),
    _sometimes("exp", PAST, START + 100, SOON),
    PERMS.map(lambda perms: {"perms": perms}) | st.just({}),
)
CSP = st.fixed_dictionaries(
    {
        "info": st.fixed_dictionaries(
            {"user": USER, "userOrgInfo": st.lists(ORGANIZATION, max_size=2)}
        ),
        "claims": CLAIMS,
        "reply": _sometimes("expires_in", 100, 1800),
    }
)
STATEMENT = st.fixed_dictionaries(
    {
        "effect": st.sampled_from(["ALLOW", "allow", "DENY", "deny"]),
        "action": st.sampled_from([["ALL"], ["config:create"], []]),
        "resource": st.just(["*"]),
    }
)
POLICY = _merged(
    st.sampled_from(["Admin", "Reader"]).map(lambda name: {"id": f"id-{name}", "name": name}),
    st.lists(STATEMENT, max_size=2).map(lambda told: {"permissionPolicy": told}) | st.just({}),
)
POLICIES = st.lists(POLICY, max_size=2).map(lambda policies: {"data": policies})
M3TER = st.fixed_dictionaries(
    {
        "me": st.fixed_dictionaries(
            {
                "user": st.just({"id": bodies.ADA, "email": "ada@example.com"}),
                "serviceUser": st.sampled_from([{}, None]),
                "organization": _merged(
                    st.just({"id": "o-1"}), _sometimes("orgId", bodies.ORG, OTHER)
                ),
            }
        ),
        "policies": POLICIES | st.none(),
        "details": _merged(
            st.just({"id": bodies.ADA}), _sometimes("dtEndAccess", None, PAST, SOON, FAR)
        )
        | st.none(),
        "groups": st.just({"data": [{"id": "g-1"}]}) | st.none(),
        "group": POLICIES | st.none(),
        "claims": _merged(
            _sometimes("orgId", bodies.ORG),
            _sometimes("exp", PAST, SOON),
            st.just({"permissions": {"C#CONFIG_CREATE#*": True, "C#CONFIG_DELETE#*": False}}),
        ),
    }
)
"""None in place of a body: the call is refused with HTTP 403."""
ASKED = st.sampled_from(
    [
        *NAMES,
        *("organization/org_owner", "custom/org_owner", "compute/org_owner", "service/deployer"),
        *("Admin", "Reader", "policy/Admin", "CONFIG_CREATE", "permission/CONFIG_DELETE"),
    ]
)
RULES = st.one_of(
    _merged(
        st.lists(ASKED, min_size=1, max_size=2).map(lambda names: {"allRoles": names}),
        _sometimes("minRoleSecondsLeft", 0, 7 * DAY),
    ),
    _merged(
        st.lists(ASKED, min_size=1, max_size=2).map(lambda names: {"anyRoles": names}),
        _sometimes("minRoleSecondsLeft", 0, 7 * DAY),
    ),
    st.just({"orgIds": [bodies.ORG]}),
    st.just({"emails": ["grace@example.com", "ada@example.com"]}),
    st.just({"ids": ["acme:1"]}),
    st.just({"principalTypes": ["user"]}),
    st.sampled_from([{"minTokenSecondsLeft": each} for each in (60, 600)]),
)


@pytest.fixture(scope="module")
def server() -> Iterator[Api]:
    """One scripted API for all examples."""
    with scripted.serve() as running:
        yield running


def _csp(server: Api, world: World, flow: str) -> Core:
    token = jwt(**world["claims"]) if isinstance(world["claims"], dict) else "opaque"
    reply = {"access_token": token, **(world["reply"] if isinstance(world["reply"], dict) else {})}
    server.on(bodies.INFO, json_reply(world["info"]))
    server.on(bodies.AUTHORIZE, json_reply(reply))
    server.on(bodies.APP_TOKEN, json_reply(reply))
    credentials: dict[str, dict[str, Any]] = {
        "api token": {"cspApiToken": "t"},
        "app": {"cspClientId": "i", "cspClientSecret": "s"},
        "ready": {"cspAccessToken": token},
    }
    return csp(server, HandClock().clock(), **credentials[flow])


def _m3ter(server: Api, world: World, _: str) -> Core:
    for route, part in (
        (bodies.ME, "me"),
        (bodies.POLICIES, "policies"),
        (bodies.DETAILS, "details"),
        (bodies.GROUPS, "groups"),
        (bodies.group_policies("g-1"), "group"),
    ):
        body = world[part]
        server.on(route, json_reply({}, 403) if body is None else json_reply(body))
    token = jwt(**world["claims"]) if isinstance(world["claims"], dict) else "opaque"
    return m3ter(server, HandClock().clock(), m3terApiToken=token)


def _told_by_csp(world: World, flow: str) -> list[Telling]:
    """List what tells a role, read apart from callerid; only an app's token does so alone."""
    claims = world["claims"]
    alone = [] if flow == "api token" else [*evidence.of_claims(claims)]
    return alone if flow == "app" else [*alone, *evidence.of_info(world["info"], claims)]


def _told_by_m3ter(world: World) -> list[Telling]:
    """List what tells a role; the claims do so where the policies are refused."""
    details = world["details"]
    if world["policies"] is None:
        return [*evidence.of_claims(world["claims"])]
    end = details and details.get("dtEndAccess")
    pages = [world["policies"], world["group"] if world["groups"] else {}]
    return [
        each
        for page in pages
        for each in evidence.of_policies(page, end, tells_end=details is not None)
    ]


def _passes(core: Core, rules: dict[str, Any]) -> bool:
    try:
        answer = core.call("requireCaller", {**rules, "onRefusal": "warn"})
    except CalleridError:
        return False
    finally:
        core.close()
    return answer["allowed"] is True


def _places(value: Any, path: Place = ()) -> Iterator[Place]:
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield (*path, key)
            yield from _places(item, (*path, key))


def _at(value: Any, path: Place) -> Any:
    for key in path:
        value = value[key]
    return value


def _spoilt(draw: st.DataObject, world: World) -> World | None:
    """Drop, garble or contradict one piece of evidence; None where that is no change for worse."""
    bad = deepcopy(world)
    *above, key = draw.draw(st.sampled_from(list(_places(bad))), "place")
    parent = _at(bad, tuple(above))
    names = {each for each in (*above, key) if isinstance(each, str)}
    how = draw.draw(st.sampled_from(["drop", "garble", "contradict"]), "how")
    event(how)
    if how == "contradict":
        return _contradicted(draw, bad, parent, key)
    if how == "drop":
        if not above or isinstance(key, int) or names & LEFT_OUT:
            return None
        del parent[key]
        return bad
    new = draw.draw(st.sampled_from(GARBLE), "garble")
    blank = new is None or (isinstance(new, str) and not new.strip())
    if not above or (blank and names & LEFT_OUT) or (key in WORDS and WORDS[key] == new):
        return None
    parent[key] = new
    return bad


def _in_other_words(draw: st.DataObject, world: World) -> World:
    """Write each end in another form."""
    other = deepcopy(world)
    for *above, key in list(_places(other)):
        parent = _at(other, tuple(above))
        if key not in ENDS or (key == "dtEndAccess" and not parent[key]):
            continue
        forms = [form(parent[key]) for form in END_FORMS] if parent[key] else NEVER
        parent[key] = draw.draw(st.sampled_from(forms), "form")
    return other


def _contradicted(draw: st.DataObject, bad: World, parent: Any, key: Any) -> World | None:
    """Tell one thing again, and otherwise: a role, an organization, the life of a token."""
    if key == "expires_in":
        parent[key] = 10**6
        return bad
    if not isinstance(parent, list) or not isinstance(parent[key], dict):
        return None
    again = deepcopy(parent[key])
    if "name" in again and "orgRoles" not in again and "permissionPolicy" not in again:
        again["expiresAt"] = draw.draw(st.sampled_from([None, FAR]), "end")
        link = {each: again[each] for each in ("organizationLink", "orgId") if each in again}
        if "expiresAt" not in parent[key] or link:
            return None
    parent.append(again)
    return bad


@pytest.mark.parametrize("flow", ["api token", "app", "ready"])
@MANY
@given(world=CSP, rules=RULES, draw=st.data())
def test_no_spoilt_evidence_lets_a_refused_caller_in_at_csp(
    server: Api, flow: str, world: World, rules: dict[str, Any], draw: st.DataObject
) -> None:
    """People and machines of VMware Cloud Services, with a ready token or one that is minted."""
    passes = _passes(_csp(server, world, flow), rules)
    assert evidence.may_keep(_told_by_csp(world, flow), rules, START) or not passes
    assert _passes(_csp(server, _in_other_words(draw, world), flow), rules) is passes
    if passes:
        event("allowed")
        return
    for _ in range(SPOILT):
        bad = _spoilt(draw, world)
        assert bad is None or not _passes(_csp(server, bad, flow), rules)


@MANY
@given(world=M3TER, rules=RULES, draw=st.data())
def test_no_spoilt_evidence_lets_a_refused_caller_in_at_m3ter(
    server: Api, world: World, rules: dict[str, Any], draw: st.DataObject
) -> None:
    """People of m3ter, whose rights are listed or refused."""
    passes = _passes(_m3ter(server, world, ""), rules)
    assert evidence.may_keep(_told_by_m3ter(world), rules, START) or not passes
    assert _passes(_m3ter(server, _in_other_words(draw, world), ""), rules) is passes
    if passes:
        event("allowed")
        return
    for _ in range(SPOILT):
        bad = _spoilt(draw, world)
        assert bad is None or not _passes(_m3ter(server, bad, ""), rules)
