"""One process, several connections: each is answered by what was set up on it."""

from __future__ import annotations

from concurrent import futures
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import pytest
from support import bodies, listening
from support.api import Api, Reply, json_reply
from support.plugin import Plugin, spawn
from support.waiting import wait_for

from callerid.config import load
from callerid.errors import CancelledError, ConfigurationError
from callerid.frontends.pulumi.sessions import MOST, Sessions

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def both(api: Api) -> Iterator[tuple[Plugin, Plugin]]:
    """Give two connections to one plugin, one set up for m3ter, the other for CSP."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("minted")))
    api.on(bodies.INFO, json_reply(bodies.info()))
    environ = {"M3TER_API_TOKEN": "t", "M3TER_BASE_URL": api.url, "M3TER_ORG_ID": bodies.ORG}
    with spawn(environ=environ) as one, one.connected_again() as other:
        for each in (one, other):
            each.handshake()
        _m3ter(one, api)
        _csp(other, api)
        yield one, other


def _m3ter(plugin: Plugin, api: Api, organization: str = bodies.ORG) -> None:
    plugin.configure(m3terBaseUrl=api.url, m3terOrgId=organization, m3terApiToken="t")


def _csp(plugin: Plugin, api: Api) -> None:
    plugin.configure(
        platform="csp", cspBaseUrl=api.url, cspOrgId=bodies.ORG, cspApiToken="api-token"
    )


def _source(plugin: Plugin) -> str:
    return str(plugin.invoke("getCurrentUser")["credentialSource"])


M3TER, CSP = "provider setting m3terApiToken", "provider setting cspApiToken"
ENVIRONMENT = "environment M3TER_API_TOKEN"


def test_each_connection_is_answered_by_its_own_settings(both: tuple[Plugin, Plugin]) -> None:
    """Whichever was set up last, and however the calls mingle."""
    one, other = both
    assert [_source(each) for each in (one, other, other, one)] == [M3TER, CSP, CSP, M3TER]
    with futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(_source, (one, other) * 20)) == [M3TER, CSP] * 20


def test_a_cancel_ends_the_calls_of_its_own_connection(
    both: tuple[Plugin, Plugin], api: Api
) -> None:
    """The other program's call gets its answer; the connection itself serves on."""
    one, other = both
    api.on("GET /organizations/slow/users/me", Reply(delay=3))
    api.on(bodies.INFO, Reply(body=json_reply(bodies.info()).body, delay=1))
    with futures.ThreadPoolExecutor(2) as pool:
        ended = pool.submit(one.refusal, "getCurrentUser", orgId="slow")
        answered = pool.submit(_source, other)
        wait_for(lambda: len(api.seen) == 3)
        one.cancel()
        assert ended.result(2)[0] == grpc.StatusCode.CANCELLED
        assert answered.result(5) == CSP
    assert [_source(one), _source(other)] == [M3TER, CSP]


def test_a_connection_without_settings_is_answered_by_the_environment(
    both: tuple[Plugin, Plugin],
) -> None:
    """Nobody's explicit settings count for an engine that set up none."""
    with both[0].connected_again() as fresh:
        fresh.handshake()
        assert _source(fresh) == ENVIRONMENT
    assert [_source(each) for each in both] == [M3TER, CSP]


def test_a_handshake_starts_anew(both: tuple[Plugin, Plugin]) -> None:
    """The port of a connection may have been another engine's."""
    one, other = both
    one.handshake()
    assert [_source(one), _source(other)] == [ENVIRONMENT, CSP]


def test_the_latest_configure_of_a_connection_counts(both: tuple[Plugin, Plugin], api: Api) -> None:
    """In the same preview, and in the next."""
    one, other = both
    _csp(one, api)
    assert [_source(one), _source(other)] == [CSP, CSP]
    one.cancel()
    _m3ter(one, api)
    assert [_source(one), _source(other)] == [M3TER, CSP]


def test_an_engine_that_comes_back_finds_its_settings(api: Api) -> None:
    """GRPC closes an idle connection, and opens another without a word."""
    api.on(bodies.ME, json_reply(bodies.person()))
    environ = {"M3TER_API_TOKEN": "t", "M3TER_BASE_URL": api.url, "M3TER_ORG_ID": bodies.ORG}
    with spawn("127.0.0.1:1", environ=environ) as plugin:
        plugin.handshake()
        _m3ter(plugin, api)
        plugin.channel.close()
        with plugin.connected_again() as again:
            assert _source(again) == M3TER


def test_a_call_that_may_be_anybodys_is_refused(both: tuple[Plugin, Plugin]) -> None:
    """An answer from the wrong platform would decide what a program does."""
    one, other = both
    with one.connected_again() as stranger:
        code, text = stranger.refusal("getCurrentUser")
        assert code == grpc.StatusCode.FAILED_PRECONDITION
        assert text.startswith("This process was started by hand, for any engine to attach to")
        one.cancel()
        assert stranger.refusal("getCurrentUser") == (code, text)
    assert _source(other) == CSP


def test_nobody_is_answered_unannounced_where_any_engine_may_come() -> None:
    """By the settings of the one who is there no more than by the environment."""
    sessions = Sessions(None, {}, shared=True)
    sessions.of("one").configure(load({"m3terApiToken": "t"}, {}), "urn:one")
    with pytest.raises(ConfigurationError, match="cannot be told whose settings count"):
        sessions.meant("stranger")
    sessions.end("stranger")
    assert not sessions.of("one").ended
    assert sessions.meant("one") is sessions.of("one")
    sessions.end("one")
    with pytest.raises(ConfigurationError, match="cannot be told whose settings count"):
        sessions.meant("one")


def test_a_stranger_is_not_answered_by_the_settings_of_an_engine_that_left() -> None:
    """Where the plugin was started by hand, without `callerid provider`, as little."""
    sessions = Sessions(None, {})
    assert not sessions.meant("first").configured
    sessions.of("one").configure(load({"m3terApiToken": "t"}, {}), "urn:one")
    with pytest.raises(ConfigurationError, match="cannot be told whose settings count"):
        sessions.meant("stranger")


def test_a_cancel_on_a_new_connection_is_for_the_only_one() -> None:
    """The engine that started the process comes back with nothing but a Cancel."""
    sessions = Sessions("127.0.0.1:1", {})
    sessions.of("one").configure(load({"m3terApiToken": "t"}, {}), "urn:one")
    sessions.end("again")
    assert sessions.of("one").ended


def test_two_providers_on_one_connection_are_refused(api: Api) -> None:
    """Their calls could not be told apart; after a Cancel it is the next program."""
    api.on(bodies.ME, json_reply(bodies.person()))
    with spawn() as plugin:
        for urn in ("urn::a::p", "urn::a::p"):
            plugin.configure(urn=urn, platform="m3ter")
        with pytest.raises(grpc.RpcError, match="set up the providers p and q on one connection"):
            plugin.configure(urn="urn::a::q", platform="csp")
        plugin.cancel()
        plugin.configure(urn="urn::a::q", platform="csp")


def test_warnings_reach_the_engine_of_the_connection(api: Api) -> None:
    """Two programs may be previewed at once."""
    with ExitStack() as stack:
        engines = {name: stack.enter_context(listening.engine()) for name in ("one", "other")}
        addresses = [address for address, _ in engines.values()]
        heard = {name: said for name, (_, said) in engines.items()}
        environ = {"M3TER_API_TOKEN": "t", "CSP_API_TOKEN": "t"}
        one = stack.enter_context(spawn(environ=environ))
        other = stack.enter_context(one.connected_again())
        for each, address in zip((one, other), addresses, strict=True):
            each.handshake(address)
        _csp(other, api)
        _m3ter(one, api)
    assert ["m3terApiToken is set" in text for text in heard["one"]] == [True]
    assert ["cspApiToken is set" in text for text in heard["other"]] == [True]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts files in /proc")
def test_what_is_replaced_is_closed(api: Api) -> None:
    """A process that is attached to for days does not run out of sockets."""
    api.on(bodies.ME, json_reply(bodies.person()))
    with spawn() as plugin:
        _m3ter(plugin, api)
        _source(plugin)
        before = _open_files(plugin)
        for _ in range(20):
            _m3ter(plugin, api)
            _source(plugin)
            plugin.cancel()
            _source(plugin)
        wait_for(lambda: _open_files(plugin) < before + 10)


def test_the_last_call_closes_what_was_replaced(api: Api) -> None:
    """Not before: a call in flight may be about to ask."""
    api.on(bodies.ME, json_reply(bodies.person()))
    settings = {"m3terBaseUrl": api.url, "m3terApiToken": "t"}
    session = Sessions(None, {}).of("peer")
    session.configure(load(settings, {}), "")
    with session.flight(_Call()) as core:  # type: ignore[arg-type]
        session.configure(load(settings, {}), "")
        core.call("getCurrentUser", {"orgId": bodies.ORG})
    with pytest.raises(RuntimeError, match="closed"):
        core.call("getCurrentUser", {"orgId": "another"})
    assert len(api.seen) == 1


def test_a_call_that_was_ended_asks_nothing(api: Api) -> None:
    """Nobody waits for its answer; the next call is answered by another core."""
    api.on(bodies.ME, json_reply(bodies.person()))
    session = Sessions(None, {}).of("peer")
    session.configure(load({"m3terBaseUrl": api.url, "m3terApiToken": "t"}, {}), "")
    with session.flight(_Call()) as core:  # type: ignore[arg-type]
        session.end()
        with pytest.raises(CancelledError):
            core.call("getCurrentUser", {"orgId": bodies.ORG})
    assert api.seen == []
    with session.flight(_Call()) as core:  # type: ignore[arg-type]
        core.call("getCurrentUser", {"orgId": bodies.ORG})


def test_connections_are_forgotten_in_time() -> None:
    """First those whose engine has left; never one with a call in flight."""
    sessions, busy = Sessions(None, {}), _Call()
    sessions.of("busy").configure(load({}, {}), "")
    with sessions.of("busy").flight(busy):  # type: ignore[arg-type]
        sessions.begin("live", "")
        sessions.of("live").configure(load({}, {}), "")
        for number in range(MOST + 50):
            sessions.begin(f"peer-{number}", "")
            sessions.end(f"peer-{number}")
        assert len(sessions._by_peer) == MOST  # noqa: SLF001 - memory shows nowhere else
        assert {"busy", "live"} <= set(sessions._by_peer)  # noqa: SLF001 - as above
    for number in range(MOST):
        sessions.begin(f"later-{number}", "")
    assert not {"busy", "live"} & set(sessions._by_peer)  # noqa: SLF001 - as above
    assert not busy.cancelled


class _Call:
    """A call in flight."""

    cancelled = False

    def cancel(self) -> None:
        """Note that it was ended."""
        self.cancelled = True


def _open_files(plugin: Plugin) -> int:
    return len(list(Path(f"/proc/{plugin.process.pid}/fd").iterdir()))


def test_connections_come_and_go_while_others_ask(api: Api) -> None:
    """Hundreds of calls on connections of their own, each answered by its own settings."""
    api.on(bodies.ME, json_reply(bodies.person()))
    api.on(bodies.AUTHORIZE, json_reply(bodies.token("minted")))
    api.on(bodies.INFO, json_reply(bodies.info()))

    def connect(number: int) -> list[str]:
        answers = []
        for _ in range(20):
            with first.connected_again() as engine:
                engine.handshake()
                (_csp if number % 2 else _m3ter)(engine, api)
                answers += [_source(engine), _source(engine)]
                engine.cancel()
        return answers

    with spawn() as first, futures.ThreadPoolExecutor(6) as pool:
        for number, answers in enumerate(pool.map(connect, range(6))):
            assert set(answers) == {CSP if number % 2 else M3TER}
