"""Any reply: whatever an API sends, an answer keeps the schema's promise, or is a known error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import api as scripted
from support import bodies, promised
from support.api import Api, Reply, json_reply
from support.callers import core
from support.clock import HandClock
from support.jwt import jwt
from support.spoilt import CLAIMS, INFO, JSON, M3TER, ROLE, spoilt

from callerid.errors import CalleridError, UnexpectedReplyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.core import Core

FUNCTIONS = ("getCurrentUser", "getUserOrgRoles")
FAST = settings(
    deadline=None,
    derandomize=True,
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


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
            assert promised.broken(name, answer) == []


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
            assert promised.broken(name, asker.core.call(name, {})) == []


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
    @given(body=spoilt(M3TER[route]))
    def check(body: Any) -> None:
        machine = {bodies.ME: bodies.machine()} if route == bodies.MACHINE_POLICIES else {}
        _serve(person, {**M3TER, **machine, route: body})
        person.ask_both()

    check()


@FAST
@given(body=spoilt(INFO))
def test_a_spoilt_csp_answer_is_handled(member: Asker, body: Any) -> None:
    """CSP's answer has anything in place of some values."""
    _serve(member, {bodies.INFO: body})
    member.ask_both()


@FAST
@given(claims=spoilt(CLAIMS))
def test_spoilt_claims_of_a_machine_are_handled(server: Api, app: Asker, claims: Any) -> None:
    """The claims of a machine's token, which answer alone, are anything."""
    token = jwt(**claims) if isinstance(claims, dict) else "opaque"
    server.on(bodies.APP_TOKEN, json_reply(bodies.token(token, 60)))
    app.ask_both()


@FAST
@given(reply=spoilt(bodies.token(jwt(**CLAIMS), 60)))
def test_spoilt_token_reply(server: Api, app: Asker, reply: Any) -> None:
    """The token endpoint's answer has anything in place of some values."""
    server.on(bodies.APP_TOKEN, json_reply(reply))
    app.ask_both()


@settings(FAST, max_examples=15)
@given(reply=spoilt(bodies.token("opaque", 60)))
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


def test_a_role_that_is_nested_too_deeply(member: Asker) -> None:
    """What Python reads, and cannot write any more, is no answer."""
    deep = '{"name": "x", "z": ' + "[" * 960 + "]" * 960 + "}"
    body = json.dumps({**INFO, "userOrgInfo": [{"servicesDef": [{"serviceRoles": ["deep"]}]}]})
    member.api.on(bodies.INFO, Reply(body=body.replace('"deep"', deep).encode()))
    member.hand.tick(86400)
    with pytest.raises(UnexpectedReplyError, match="a reply that is nested too deeply"):
        member.core.call("getUserOrgRoles", {})


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
