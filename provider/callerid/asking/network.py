"""The network below a request: proxies and certificates, time limits, and what can go wrong."""

from __future__ import annotations

import errno
import logging
import socket
import ssl
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from threading import local
from typing import TYPE_CHECKING, NoReturn

import httpx

from callerid import __version__
from callerid.asking import certificates
from callerid.asking.wire import Wire
from callerid.config import TIMEOUT
from callerid.errors import MORE_DESCRIPTORS, ConfigurationError, causes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from callerid.asking.clock import Deadline
    from callerid.asking.proxies import Route
    from callerid.asking.reached import Hurdle

_SOCKS = (
    "it names a SOCKS proxy, and the package socksio is missing",
    "Install the package socksio, name an HTTP proxy",
)
_NO_PROXY_URL = (
    "it has no URL of a proxy",
    "Write it like http://proxy.example:3128",
)
MOST_PORT = 65535
_LIMITS = httpx.Limits(max_keepalive_connections=20)
"""As many connections as there are questions at once: one that waited behind a hundred others would
be told that the API gave no answer. Twenty stay open."""
_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts no certificate. Plain HTTP needs none."""
_NO_COOKIES = DefaultCookiePolicy(allowed_domains=())
"""Keeps none: a credential says who calls, and no session that an API began."""


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


def client(base_url: str, route: Route) -> httpx.Client:
    """Open a client for a base URL that goes one way.

    Raises:
        ConfigurationError: the proxy or certificate variables of the environment are unusable.
    """
    headers = {
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"callerid/{__version__}",
    }
    trusted = _NOBODY if base_url.startswith("http:") else certificates.trusted()
    return httpx.Client(
        headers=headers,
        cookies=CookieJar(_NO_COOKIES),
        event_hooks={"response": [_forget_where_to]},
        trust_env=False,
        transport=_transport(route, trusted),
    )


def _transport(route: Route, trusted: ssl.SSLContext) -> httpx.HTTPTransport:
    """Open all connections, to a proxy or not, by `Wire`: httpx has no argument for it."""
    proxy = _proxy(route, trusted)
    try:
        transport = httpx.HTTPTransport(
            verify=trusted, trust_env=False, limits=_LIMITS, proxy=proxy
        )
    except ImportError:
        _refuse(route, *_SOCKS)
    transport._pool._network_backend = Wire()  # noqa: SLF001 - see above
    return transport


def _proxy(route: Route, trusted: ssl.SSLContext) -> httpx.Proxy | None:
    if route.proxy is None:
        return None
    text = route.proxy if "://" in route.proxy else f"http://{route.proxy}"
    try:
        proxy = httpx.Proxy(text)
        usable = proxy.url.host and (proxy.url.port or 0) <= MOST_PORT
    except (ValueError, httpx.InvalidURL):  # the former also by what looks like an encoded name
        usable = False
    if not usable:
        _refuse(route, *_NO_PROXY_URL)
    if proxy.url.scheme == "https":
        proxy.ssl_context = trusted
    return proxy


def _refuse(route: Route, what: str, cure: str) -> NoReturn:
    """Name the variable alone: what it has may hold a password."""
    text = f"{route.variable} cannot be used: {what}.\n{cure}, or unset it."
    raise ConfigurationError(text)


def _forget_where_to(response: httpx.Response) -> None:
    """Drop the target of a redirect, which httpx would read, though nobody follows it."""
    response.headers.pop("location", None)


_BROKE = "the connection broke, the reply was cut short"
_BREAKS = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
_CAUSES: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (httpx.TimeoutException, "no answer in time"),
    (httpx.ProxyError, "the proxy refused"),
    (ssl.SSLError, "it does not speak TLS, or breaks off the handshake"),
    (socket.gaierror, "the host name is unknown"),
    (_BREAKS, _BROKE),
    (httpx.ConnectError, "nothing accepts connections there"),
)


_ALLOWED = "Check what this process is allowed to do: a firewall or sandbox of this machine."
_HERE = {
    errno.EMFILE: ("this process has no file descriptor left", MORE_DESCRIPTORS),
    errno.ENFILE: ("this machine has no file descriptor left", MORE_DESCRIPTORS),
    errno.EACCES: ("this machine does not allow the connection", _ALLOWED),
    errno.EPERM: ("this machine does not allow the connection", _ALLOWED),
    errno.ENETUNREACH: ("no network of this machine leads there", None),
    errno.EHOSTUNREACH: ("no network of this machine leads there", None),
    errno.EADDRNOTAVAIL: ("this machine has no address or port left for it", None),
}
"""What the system says of a connection that never left it, with the way out where it lies here."""


def cause(error: httpx.TransportError, deadline: Deadline) -> tuple[str, str | None]:
    """Describe why no answer came; and the way out, where it is not what lies between."""
    return _of_this_machine(error) or (_cause(error, deadline), None)


def _of_this_machine(error: httpx.TransportError) -> tuple[str, str | None] | None:
    found = (_HERE.get(each.errno or 0) for each in causes(error) if _is_systems(each))
    return next(filter(None, found), None)


def _is_systems(error: BaseException) -> TypeGuard[OSError]:
    """Whether the number of an error is the system's; TLS has its own."""
    return isinstance(error, OSError) and not isinstance(error, ssl.SSLError)


def _cause(error: httpx.TransportError, deadline: Deadline) -> str:
    if not deadline.remaining():
        return f"no answer within {deadline.seconds:g} s, the limit of {TIMEOUT}"
    found = list(causes(error))
    for each in found:
        if isinstance(each, ssl.SSLCertVerificationError):
            return _untrusted(each)
    for kind, text in _CAUSES:
        if any(isinstance(each, kind) for each in found):
            return text
    return _BROKE


def _untrusted(error: ssl.SSLCertVerificationError) -> str:
    variables = certificates.authorities().variables
    why = error.verify_message.rstrip(".")
    trusted = (
        f"trusted are the authorities of {variables}"
        if variables
        else f"a company's own authority belongs into {certificates.FILE}"
    )
    return f"its TLS certificate is not trusted ({why}); {trusted}"


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
    here = _of_this_machine(error)
    if here:
        return "machine", here[0]
    chain = list(causes(error))
    for kind, name in _HURDLES:
        found = next((each for each in chain if isinstance(each, kind)), None)
        if isinstance(found, ssl.SSLCertVerificationError):
            return name, found.verify_message.rstrip(".")
        if found:
            status = str(found)[:3] if name == "proxy" else ""
            return name, status if status.isdecimal() else ""
    return "reply", ""
