"""What nobody waits for any more ends: threads, connections, and the work for them."""

from __future__ import annotations

import gc
import socket
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import httpcore
import pytest
from support import bodies, raw
from support.callers import core

from callerid.asking import certificates
from callerid.asking.clock import Clock
from callerid.asking.request import Request
from callerid.asking.transport import Http
from callerid.asking.wire import Wire
from callerid.config import PlatformConfig
from callerid.errors import CancelledError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.raw import Peer

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


def _drip_headers(peer: Peer) -> None:
    peer.hear()
    peer.say(HEAD)
    peer.drip(b"x-y: z\r\n")


def _drip_body(peer: Peer) -> None:
    peer.hear()
    peer.say(HEAD, b"content-length: 1000000\r\n\r\n")
    peer.drip(b" ")


def _flood_hints(peer: Peer) -> None:
    peer.hear()
    peer.flood(b"HTTP/1.1 103 Early Hints\r\n\r\n")


def _flood_chunks(peer: Peer) -> None:
    peer.hear()
    peer.say(HEAD, b"transfer-encoding: chunked\r\n\r\n")
    peer.flood(b"1\r\n \r\n")


def _stall(peer: Peer) -> None:
    peer.hear()
    peer.stall()


def _stall_at_once(peer: Peer) -> None:
    peer.stall()


def _second_stalls(peer: Peer) -> None:
    """Answer once, and keep the connection for a request that is not answered."""
    peer.hear()
    peer.say(HEAD, b"content-length: 2\r\n\r\n{}")
    peer.hear()
    peer.stall()


def _descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def _ours() -> int:
    """Count the threads, but not the server's."""
    return sum("meet" not in each.name for each in threading.enumerate())


def _settles(what: Callable[[], bool]) -> bool:
    """Wait until something is so, 10 s at most."""
    return any(what() or Event().wait(0.05) for _ in range(200))


@contextmanager
def _asker(port: int, scheme: str = "http") -> Iterator[Callable[[float], None]]:
    """Give a function that asks once, for so many seconds."""
    clock = Clock()
    http = Http(PlatformConfig("m3ter", f"{scheme}://127.0.0.1:{port}"), clock)

    def ask(seconds: float) -> None:
        http.try_once(Request("GET", "/x"), clock.deadline(seconds))

    yield ask
    http.close()


@pytest.mark.parametrize(
    ("talk", "scheme"),
    [
        (_drip_headers, "http"),
        (_drip_body, "http"),
        (_flood_hints, "http"),
        (_flood_chunks, "http"),
        (_stall, "http"),
        (_stall_at_once, "https"),
    ],
)
def test_60_calls_that_time_out_leave_nothing(talk: Callable[[Peer], None], scheme: str) -> None:
    """However the server goes on: no thread, no connection, no work."""
    with raw.serve(talk) as port, _asker(port, scheme) as ask:
        threads, descriptors = _ours(), _descriptors()

        def time_out(_: int) -> None:
            with pytest.raises(UnreachableError, match=r"no answer within 0\.3 s"):
                ask(0.3)

        with ThreadPoolExecutor(20) as pool:
            list(pool.map(time_out, range(60)))
        assert _settles(lambda: _ours() <= threads)
        # the server's ends are in this process, too, and close when ours do
        assert _settles(lambda: _descriptors() <= descriptors + 2)


def test_a_connection_that_is_used_again_ends_with_the_second_call() -> None:
    """The first call's time limit is not the connection's."""
    with raw.serve(_second_stalls) as port, _asker(port) as ask:
        threads = _ours()
        ask(60)
        with pytest.raises(UnreachableError, match=r"no answer within 0\.3 s"):
            ask(0.3)
        assert _settles(lambda: _ours() <= threads)


def test_a_lookup_that_hangs_has_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's own cannot be interrupted; whoever asks for the name waits for the same one."""
    go, asked, real = Event(), list[object](), socket.getaddrinfo

    def hang(host: object, *more: object, **named: object) -> object:
        if host != b"hangs.invalid":
            return real(host, *more, **named)  # type: ignore[arg-type]
        asked.append(host)
        go.wait(20)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    clock = Clock()
    http = Http(PlatformConfig("m3ter", "http://hangs.invalid"), clock)
    threads = threading.active_count()
    for _ in range(20):
        with pytest.raises(UnreachableError, match=r"no answer within 0\.1 s"):
            http.try_once(Request("GET", "/x"), clock.deadline(0.1))
    assert _settles(lambda: threading.active_count() <= threads + 1)
    assert len(asked) == 1
    go.set()
    assert _settles(lambda: threading.active_count() <= threads)
    with pytest.raises(UnreachableError, match="the host name is unknown"):
        http.try_once(Request("GET", "/x"), clock.deadline(5))
    http.close()


@pytest.mark.parametrize("talk", [_drip_headers, _flood_hints, _stall])
def test_a_call_that_is_cancelled_ends_at_once(talk: Callable[[Peer], None]) -> None:
    """Whatever the server does, whoever waits is told, and the connection is closed."""
    with ExitStack() as stack:
        port = stack.enter_context(raw.serve(talk))
        asked = core(
            {
                "m3terBaseUrl": f"http://127.0.0.1:{port}",
                "m3terOrgId": bodies.ORG,
                "m3terApiToken": "opaque",
            }
        )
        threads, told = _ours(), list[BaseException]()

        def call() -> None:
            try:
                asked.call("getCurrentUser", {})
            except CancelledError as error:
                told.append(error)

        calls = [Thread(target=call, daemon=True) for _ in range(8)]
        for each in calls:
            each.start()
        Event().wait(0.3)
        asked.cancel()
        for each in calls:
            each.join(5)
        assert len(told) == len(calls)
        assert _settles(lambda: _ours() <= threads)
        asked.close()


def test_a_connection_that_is_reset_before_tls_begins_is_closed() -> None:
    """Python's ssl leaves it open until it is collected, which it then warns of."""
    connected = Event()

    def reset(peer: Peer) -> None:
        connected.wait(10)
        peer.reset()

    with raw.serve(reset) as port, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        connection = Wire().connect_tcp("127.0.0.1", port, 5)
        connected.set()
        assert _settles(lambda: not _is_connected(connection.get_extra_info("socket")))
        with pytest.raises(httpcore.ConnectError):
            connection.start_tls(certificates.trusted(), "127.0.0.1", 5)
        gc.collect()
    assert [str(each.message) for each in told] == []


def _is_connected(plain: socket.socket) -> bool:
    try:
        plain.getpeername()
    except OSError:
        return False
    return True
