"""The network below a request: proxies and certificates, time limits, and what can go wrong."""

from __future__ import annotations

import logging
import socket
import ssl
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from threading import Thread, local
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import httpcore  # noqa: F401 - httpx would import it with the first client, in the first answer
import httpx

from callerid import __version__
from callerid.asking import certificates
from callerid.config import TIMEOUT, is_loopback
from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.asking.clock import Deadline
    from callerid.asking.reached import Hurdle

T = TypeVar("T")

_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts no certificate. Plain HTTP needs none."""


_LOCAL = local()


def _is_not_ours(_: logging.LogRecord) -> bool:
    return not getattr(_LOCAL, "unlogged", False)


@contextmanager
def unlogged() -> Iterator[None]:
    """Keep httpx from logging the requests that this thread sends: a path may hold what is secret.

    Our own log has each request, and shows ids as `shown_id` does.
    """
    _LOCAL.unlogged = True
    try:
        yield
    finally:
        _LOCAL.unlogged = False


logging.getLogger("httpx").addFilter(_is_not_ours)


def client(base_url: str) -> httpx.Client:
    """Open a client for a base URL; a loopback address is never asked through a proxy.

    Raises:
        ConfigurationError: the proxy or certificate variables of the environment are unusable.
    """
    headers = {
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"callerid/{__version__}",
    }
    host = urlsplit(base_url).hostname or ""
    past_proxies = {f"all://[{host}]" if ":" in host else f"all://{host}": None}
    try:
        return httpx.Client(
            headers=headers,
            mounts=past_proxies if is_loopback(host) else {},
            verify=_NOBODY if base_url.startswith("http:") else certificates.trusted(),
        )
    except (ValueError, ImportError, OSError, httpx.InvalidURL):
        text = (
            "The proxy or certificate settings of the environment cannot be used.\n"
            "Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR."
        )
        raise ConfigurationError(text) from None


def within(deadline: Deadline, act: Callable[[], T]) -> T:
    """Run `act` on a thread of its own and wait for it until the deadline.

    The time limits of httpx are for one read each. A host name that is slow to resolve, or a server
    that sends a byte now and then, would outlast any sum of them.

    Raises:
        httpx.ReadTimeout: it did not end in time; its thread is left to itself.
    """
    outcome: Future[T] = Future()

    def run() -> None:
        try:
            outcome.set_result(act())
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            outcome.set_exception(error)

    try:
        Thread(target=run, daemon=True).start()
    except RuntimeError:  # the system gives no more threads
        return act()
    try:
        return outcome.result(deadline.remaining())
    except FutureTimeoutError:
        message = "no answer before the deadline"
        raise httpx.ReadTimeout(message) from None


_CAUSES: tuple[tuple[type[BaseException], str], ...] = (
    (httpx.TimeoutException, "no answer in time"),
    (httpx.ProxyError, "the proxy refused"),
    (ssl.SSLError, "its TLS certificate is not trusted, or it does not speak TLS"),
    (socket.gaierror, "the host name is unknown"),
    (httpx.ConnectError, "nothing accepts connections there"),
)


def cause(error: httpx.TransportError, deadline: Deadline) -> str:
    """Describe why no answer came."""
    if not deadline.remaining():
        return f"no answer within {deadline.seconds:g} s, the limit of {TIMEOUT}"
    causes = list(_chain(error))
    for kind, text in _CAUSES:
        if any(isinstance(cause, kind) for cause in causes):
            return text
    return "the connection broke, the reply was cut short"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


_HURDLES: tuple[tuple[type[BaseException], Hurdle], ...] = (
    (httpx.TimeoutException, "time"),
    (httpx.ProxyError, "proxy"),
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (socket.gaierror, "name"),
    (httpx.ConnectError, "connection"),
)


def hurdle(error: httpx.TransportError) -> tuple[Hurdle, str]:
    """Name what kept a request from its answer, with the detail of `Reached`."""
    causes = list(_chain(error))
    for kind, name in _HURDLES:
        found = next((cause for cause in causes if isinstance(cause, kind)), None)
        if isinstance(found, ssl.SSLCertVerificationError):
            return name, found.verify_message.rstrip(".")
        if found:
            status = str(found)[:3] if name == "proxy" else ""
            return name, status if status.isdecimal() else ""
    return "reply", ""
