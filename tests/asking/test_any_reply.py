"""Any reply: whatever an API sends, an answer keeps the schema's promise, or is a known error."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from support import api as scripted
from support import bodies
from support.api import Api, Reply, json_reply
from support.callers import core
from support.clock import HandClock
from support.jwt import jwt

from callerid.errors import CalleridError, UnexpectedReplyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.core import Core

FUNCTIONS = ("getCurrentUser", "getUserOrgRoles")
SCHEMA = json.loads((Path(__file__).parents[2] / "schema.json").read_text("utf-8"))
GROUP = "4c1f0e9a"
POLICY = {
    **bodies.policy("reader", "CONFIG_RETRIEVE"),
    "version": 1,
    "managedPolicy": False,
    "dtCreated": "2025-01-08T13:30:00Z",
}
ROLE = {"name": "org_owner", "organizationLink": f"/orgs/{bodies.ORG}", "expiresAt": 3609941597}
SERVICE = {
    "refLink": "/definitions/external/d-1",
    "serviceName": "compute",
    "roles": [{"name": "admin", "membershipType": "DIRECT", "createdDate": "1704067200"}],
    "serviceRoles": ["admin", "viewer"],
}
ORGANIZATION = {"id": "o-1", "orgId": bodies.ORG, "type": "PRODUCTION", "dtCreated": "2023-11-07"}
M3TER = {
    bodies.ME: {**bodies.person(dtCreated="2023-11-07T05:31:56Z"), "organization": ORGANIZATION},
    bodies.POLICIES: {"data": [POLICY], "nextToken": None},
    bodies.DETAILS: {"permissionPolicy": POLICY["permissionPolicy"], "dtEndAccess": None},
    bodies.GROUPS: {"data": [{"id": GROUP, "name": "team", "version": 2}], "nextToken": ""},
    bodies.group_policies(GROUP): {"data": [POLICY]},
    bodies.MACHINE_POLICIES: {"data": [POLICY]},
}
INFO = bodies.info(
    ROLE, customRoles=[{"name": "release", "expiresAt": None}], servicesDef=[SERVICE]
)
CLAIMS = {
    "sub": "acme:app",
    "context_name": bodies.ORG,
    "perms": ["csp:org_member", "external/d-1/admin"],
    "iat": 1_800_000_000,
    "exp": 1_800_001_800,
}

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([0, -1, 10**11, 10**30, "", " ", ".", "..", "null", "1e400", "\0"])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
JSON: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
FAST = settings(
    deadline=None,
    derandomize=True,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List the paths to every part of a JSON value, its own included."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(item, (*path, key))


def _put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Copy a JSON value with the part at `path` replaced, as far as the path is still there."""
    if not path:
        return new
    copy = deepcopy(value)
    try:
        copy[path[0]] = _put(copy[path[0]], path[1:], new)
    except (KeyError, IndexError, TypeError):
        return copy
    return copy


def _spoilt(value: Any) -> st.SearchStrategy[Any]:
    """Make values like this one, with one to three parts replaced by anything."""
    changes = st.lists(
        st.tuples(st.sampled_from(list(_places(value))), JSON), min_size=1, max_size=3
    )

    def apply(chosen: list[tuple[tuple[Any, ...], Any]]) -> Any:
        spoilt = value
        for path, new in chosen:
            spoilt = _put(spoilt, path, new)
        return spoilt

    return changes.map(apply)


class Asker:
    """A core whose answers grow old before each question, and the API it asks."""

    def __init__(self, api: Api, **given: Any) -> None:
        """Point the core at the API."""
        self.api, self.hand = api, HandClock()
        basis = {"m3terBaseUrl": api.url, "m3terOrgId": bodies.ORG}
        basis |= {"cspBaseUrl": api.url, "cspOrgId": bodies.ORG}
        self.core: Core = core({**basis, **given}, self.hand.clock())

    def ask_both(self) -> None:
        """Call both functions; each answers within the schema or fails with a known error."""
        for name in FUNCTIONS:
            self.hand.tick(86400)
            try:
                answer = self.core.call(name, {})
            except CalleridError:
                continue
            _assert_promised(name, answer)


def _validator(name: str) -> Draft202012Validator:
    """Read a function's outputs as JSON Schema: its types are closed, its texts are not empty."""
    types = {key: _closed(value) for key, value in SCHEMA["types"].items()}
    outputs = SCHEMA["functions"][f"callerid:index:{name}"]["outputs"]
    return Draft202012Validator({**_closed(outputs), "types": types})


def _closed(part: Any) -> Any:
    if isinstance(part, list):
        return [_closed(each) for each in part]
    if not isinstance(part, dict):
        return part
    closed = {key: _closed(value) for key, value in part.items()}
    if part.get("type") == "string" and "enum" not in part:
        closed["minLength"] = 1
    if part.get("type") == "object" and "properties" in part:
        closed["additionalProperties"] = False
    return closed


VALIDATORS = {name: _validator(name) for name in FUNCTIONS}


def _assert_promised(name: str, answer: dict[str, Any]) -> None:
    problems = [f"{e.json_path}: {e.message}" for e in VALIDATORS[name].iter_errors(answer)]
    assert problems == []
    json.dumps(answer, allow_nan=False, ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[Api]:
    """One scripted API for all examples."""
    with scripted.serve() as running:
        yield running


@pytest.fixture(scope="module")
def person(server: Api) -> Asker:
    """A person at m3ter, with a ready token."""
    return Asker(server, m3terApiToken="opaque")


@pytest.fixture(scope="module")
def member(server: Api) -> Asker:
    """A person at VMware Cloud Services, with a ready token."""
    return Asker(server, cspAccessToken="opaque")


def _serve(asker: Asker, replies: dict[str, Any]) -> None:
    for route, body in replies.items():
        asker.api.on(route, json_reply(body))


def test_the_samples_are_answered(person: Asker, member: Asker) -> None:
    """Nothing spoilt: both functions of both platforms answer, and keep the schema."""
    _serve(person, M3TER)
    _serve(member, {bodies.INFO: INFO})
    for asker in (person, member):
        for name in FUNCTIONS:
            _assert_promised(name, asker.core.call(name, {}))


@FAST
@given(body=JSON)
def test_any_json_is_answered_or_refused(person: Asker, member: Asker, body: Any) -> None:
    """Any JSON value in place of every answer."""
    _serve(person, dict.fromkeys(M3TER, body))
    person.ask_both()
    _serve(member, {bodies.INFO: body})
    member.ask_both()


@FAST
@given(content=st.binary(max_size=64))
@example(content=b"[" * 200_000)
@example(content=b"{" + b'"a":{' * 50_000)
@example(content=b"9" * 10_000)
@example(content=b"\xff\xfe{\x00}\x00")
@example(content=b"NaN")
def test_any_bytes_are_answered_or_refused(person: Asker, member: Asker, content: bytes) -> None:
    """Any bytes in place of every answer."""
    for route in (*M3TER, bodies.INFO):
        person.api.on(route, Reply(body=content))
    person.ask_both()
    member.ask_both()


@pytest.mark.parametrize("route", M3TER, ids=lambda route: str(route).rpartition("/")[2])
def test_spoilt_m3ter_answers_are_handled(person: Asker, route: str) -> None:
    """One of m3ter's answers has anything in place of some values, the others are good."""

    @FAST
    @given(body=_spoilt(M3TER[route]))
    def check(body: Any) -> None:
        machine = {bodies.ME: bodies.machine()} if route == bodies.MACHINE_POLICIES else {}
        _serve(person, {**M3TER, **machine, route: body})
        person.ask_both()

    check()


@FAST
@given(body=_spoilt(INFO))
def test_a_spoilt_csp_answer_is_handled(member: Asker, body: Any) -> None:
    """CSP's answer has anything in place of some values."""
    _serve(member, {bodies.INFO: body})
    member.ask_both()


@FAST
@given(claims=_spoilt(CLAIMS))
def test_spoilt_claims_of_a_machine_are_handled(server: Api, app: Asker, claims: Any) -> None:
    """The claims of a machine's token, which answer alone, are anything."""
    token = jwt(**claims) if isinstance(claims, dict) else "opaque"
    server.on(bodies.APP_TOKEN, json_reply(bodies.token(token, 60)))
    app.ask_both()


@FAST
@given(reply=_spoilt(bodies.token(jwt(**CLAIMS), 60)))
def test_spoilt_token_reply(server: Api, app: Asker, reply: Any) -> None:
    """The token endpoint's answer has anything in place of some values."""
    server.on(bodies.APP_TOKEN, json_reply(reply))
    app.ask_both()


@settings(FAST, max_examples=15)
@given(reply=_spoilt(bodies.token("opaque", 60)))
@pytest.mark.parametrize(
    ("route", "credential"),
    [
        (bodies.TOKEN, {"m3terApiKey": "key", "m3terApiSecret": "secret"}),
        (bodies.AUTHORIZE, {"cspApiToken": "token"}),
    ],
)
def test_spoilt_token_that_is_used(
    server: Api, route: str, credential: dict[str, str], reply: Any
) -> None:
    """The token endpoint's answer has anything in place of some values, and its token is sent."""
    asker = Asker(server, **credential)
    _serve(asker, {**M3TER, bodies.INFO: INFO, route: reply})
    asker.ask_both()


@pytest.mark.parametrize("place", ["user", "userOrgInfo"])
def test_a_text_that_is_no_unicode(member: Asker, place: str) -> None:
    """JSON can escape half of a surrogate pair, which no UTF-8 can carry."""
    half = {"user": {"userId": "\ud800"}, "userOrgInfo": [{"name": "\ud800", "orgRoles": [ROLE]}]}
    _serve(member, {bodies.INFO: {**INFO, place: half[place]}})
    member.ask_both()


@pytest.mark.parametrize("token", ["a\u00e9", "a\ud800", "a\nb", "\0"])
def test_a_minted_token_that_no_header_carries(server: Api, token: str) -> None:
    """A token endpoint that hands out no token is told so, and the API is not asked."""
    asker = Asker(server, m3terApiKey="key", m3terApiSecret="secret")
    _serve(asker, {**M3TER, bodies.TOKEN: bodies.token(token, 60)})
    with pytest.raises(UnexpectedReplyError):
        asker.core.call("getCurrentUser", {})


@pytest.fixture(scope="module")
def app(server: Api) -> Asker:
    """An OAuth app at VMware Cloud Services."""
    return Asker(server, cspClientId="app", cspClientSecret="secret")
