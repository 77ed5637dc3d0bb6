"""Reaching an API once without a credential: every way in which that can end."""

from __future__ import annotations

import socket
import ssl
from contextlib import closing, contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from support.certificates import self_signed

from callerid.asking import certificates
from callerid.asking.clock import Clock
from callerid.asking.proxies import Route
from callerid.asking.reached import Reached, server_time
from callerid.asking.request import Request
from callerid.asking.transport import Http, reach
from callerid.config import PlatformConfig
from callerid.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.api import Api


@contextmanager
def server(answer: bytes | None, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Accept connections, read once and send `answer`; None keeps them open and silent."""
    kept = []

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                accepted, _ = listener.accept()
                kept.append(accepted)
                if answer is not None:
                    with suppress(OSError):
                        talk(accepted)

    def talk(accepted: socket.socket) -> None:
        accepted.settimeout(10)
        wrapped = tls.wrap_socket(accepted, server_side=True) if tls else accepted
        with wrapped as connection:
            connection.recv(65536)
            connection.sendall(answer or b"")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            with suppress(OSError):  # macOS says that a listener is not connected
                listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)
    for accepted in kept:
        accepted.close()


def _reach(url: str, seconds: float = 10) -> Reached:
    clock = Clock()
    return reach(PlatformConfig("m3ter", url), clock, clock.deadline(seconds))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the proxies of whoever runs the tests out of them."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Put the certificate and its key into a file."""
    path = tmp_path / "nobody.pem"
    own = self_signed("127.0.0.1", ec.SECP256R1())
    path.write_text(own.key + own.certificate, encoding="utf-8")
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """Give what a server with that certificate needs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_any_answer_will_do(api: Api) -> None:
    """One question, without a credential; its status and the server's time come back."""
    reached = _reach(api.url)
    assert (reached.status, reached.hurdle, reached.connected) == (404, None, True)
    assert reached.route == Route()
    assert abs(reached.clock_ahead or 99) < 30
    assert api.paths() == ["GET /"]
    assert "authorization" not in api.seen[0].headers


def test_a_port_without_a_listener_is_a_connection_failure() -> None:
    """No connection is told from a silent server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    reached = _reach(f"http://127.0.0.1:{port}")
    assert (reached.status, reached.hurdle, reached.connected) == (None, "connection", False)


def test_an_unknown_host_name_is_a_name_failure() -> None:
    """A name that does not resolve is no matter of firewalls."""
    assert _reach("https://callerid.invalid").hurdle == "name"


def test_a_silent_server_ends_at_the_time_limit() -> None:
    """It ends at its time limit, and tells that there was a connection."""
    with server(None) as port:
        reached = _reach(f"http://127.0.0.1:{port}", 1.5)
    assert (reached.hurdle, reached.connected) == ("time", True)


def test_a_server_that_hangs_up_is_a_reply_failure() -> None:
    """A server that says nothing and goes."""
    with server(b"") as port:
        assert _reach(f"http://127.0.0.1:{port}").hurdle == "reply"


def test_plain_http_where_tls_is_expected() -> None:
    """The handshake fails, which is not a matter of trust."""
    with server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        reached = _reach(f"https://127.0.0.1:{port}")
    assert (reached.hurdle, reached.connected) == ("tls", True)


def test_untrusted_certificate(tls: ssl.SSLContext) -> None:
    """The TLS library says what it does not trust."""
    with server(b"HTTP/1.1 200 OK\r\n\r\n", tls) as port:
        reached = _reach(f"https://127.0.0.1:{port}")
    assert (reached.hurdle, reached.connected) == ("certificate", True)
    assert "certificate" in reached.detail


def test_trusted_certificate(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An authority in SSL_CERT_FILE counts. Without `Date` the clocks are not compared."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", tls) as port:
        assert _reach(f"https://127.0.0.1:{port}") == Reached(200, connected=True)


def test_an_untrusted_certificate_names_who_is_trusted(
    tls: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error of a call says where its authorities come from, or where to put one's own."""
    for name in (certificates.FILE, certificates.FOLDER, *certificates.BUNDLES):
        monkeypatch.delenv(name, raising=False)
    with server(b"HTTP/1.1 200 OK\r\n\r\n", tls) as port:
        told = _told(f"https://127.0.0.1:{port}")
        assert "is not trusted (self-signed certificate); a company's own authority " in told
        others = tmp_path / "others.pem"
        others.write_text(self_signed("127.0.0.1", ec.SECP256R1()).certificate, encoding="utf-8")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(others))
        told = _told(f"https://127.0.0.1:{port}")
    assert "trusted are the authorities of REQUESTS_CA_BUNDLE" in told


def _told(url: str) -> str:
    clock = Clock()
    with closing(Http(PlatformConfig("m3ter", url), clock)) as http:
        with pytest.raises(UnreachableError) as caught:
            http.try_once(Request("GET", "/"), clock.deadline(10))
        return str(caught.value)


def test_a_proxy_that_speaks_tls(
    tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its certificate is trusted as the API's is."""
    with server(b"HTTP/1.1 407 no\r\ncontent-length: 0\r\n\r\n", tls) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{port}")
        assert _reach("https://callerid.invalid").hurdle == "certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert _reach("https://callerid.invalid").detail == "407"


def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its status is told; nothing else that it says."""
    with server(b"HTTP/1.1 407 canary\r\ncontent-length: 0\r\n\r\n") as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:canary@127.0.0.1:{port}")
        reached = _reach("https://callerid.invalid")
    assert reached[:4] == (None, "proxy", "407", True)
    assert reached.route.variable == "HTTPS_PROXY"


def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy, not the API, accepts no connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
    reached = _reach("https://callerid.invalid")
    assert (reached.hurdle, reached.connected) == ("connection", False)
    assert reached.route.variable == "ALL_PROXY"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"date": "Sun, 06 Nov 1994 08:49:37 GMT"}, 784111777.5),
        ({"date": "Sun, 06 Nov 1994 08:49:37 GMT", "age": "10"}, 784111787.5),
        ({"date": "Sun, 06 Nov 1994 08:49:37 GMT", "age": "soon"}, 784111777.5),
        ({"date": "yesterday"}, None),
        ({"date": "Sun, 06 Nov 99999 08:49:37 GMT"}, None),
        ({}, None),
    ],
)
def test_the_server_s_time(headers: dict[str, str], seconds: float | None) -> None:
    """RFC 9110's example; what a cache kept is as old as it says; anything else is no time."""
    assert server_time(headers) == seconds
