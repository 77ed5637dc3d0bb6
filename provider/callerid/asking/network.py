"""The network below a request: proxies and certificates, time limits, and what can go wrong."""

from __future__ import annotations

import logging
import socket
import ssl
from contextlib import contextmanager
from threading import local
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from callerid import __version__
from callerid.asking import certificates
from callerid.asking.wire import Wire
from callerid.config import TIMEOUT, is_loopback
from callerid.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.asking.clock import Deadline
    from callerid.asking.reached import Hurdle

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
        opened = httpx.Client(
            headers=headers,
            mounts=past_proxies if is_loopback(host) else {},
            event_hooks={"response": [_forget_where_to]},
            verify=_NOBODY if base_url.startswith("http:") else certificates.trusted(),
        )
    except (ValueError, ImportError, httpx.InvalidURL):
        text = (
            "The proxy settings of the environment cannot be used.\n"
            "Check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY."
        )
        raise ConfigurationError(text) from None
    _put_on_wire(opened)
    return opened


def _forget_where_to(response: httpx.Response) -> None:
    """Drop the target of a redirect, which httpx would read, though nobody follows it."""
    response.headers.pop("location", None)


def _put_on_wire(client: httpx.Client) -> None:
    """Let a client, through a proxy or not, open all connections by `Wire`.

    httpx has no argument for it, though httpcore below does.
    """
    wire = Wire()
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001 - see above
        if isinstance(transport, httpx.HTTPTransport):
            transport._pool._network_backend = wire  # noqa: SLF001 - see above


_BROKE = "the connection broke, the reply was cut short"
_BREAKS = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
_CAUSES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (httpx.TimeoutException, "no answer in time"),
    (httpx.ProxyError, "the proxy refused"),
    (ssl.SSLError, "its TLS certificate is not trusted, or it does not speak TLS"),
    (socket.gaierror, "the host name is unknown"),
    (_BREAKS, _BROKE),
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
    return _BROKE


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


_HURDLES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Hurdle], ...] = (
    (httpx.TimeoutException, "time"),
    (httpx.ProxyError, "proxy"),
    (ssl.SSLCertVerificationError, "certificate"),
    (ssl.SSLError, "tls"),
    (socket.gaierror, "name"),
    (_BREAKS, "reply"),
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
