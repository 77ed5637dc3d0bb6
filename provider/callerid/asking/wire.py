"""Connections whose every step ends with the errand that takes it."""

from __future__ import annotations

import os
import socket
import ssl
from contextlib import contextmanager
from math import inf
from threading import local
from typing import TYPE_CHECKING, Any

import httpcore

from callerid.asking.clock import Clock
from callerid.asking.errands import current
from callerid.asking.once import Kept, Once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LOOKUPS: Once[list[str]] = Once(Clock())
"""Nobody can interrupt a lookup that hangs: whoever else wants the name waits for the same one."""
if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=_LOOKUPS.start_anew)


class Wire(httpcore.NetworkBackend):
    """Opens such connections."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first of a host's addresses that accepts."""
        failure: Exception = httpcore.ConnectError()
        for number in _addresses(host, port):
            address: Any = os.fsencode(number)  # see `_Ascii`; here httpcore passes bytes on
            with _step(timeout, httpcore.ConnectTimeout) as seconds:
                try:
                    opened = self._plain.connect_tcp(
                        address, port, seconds, local_address, socket_options
                    )
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                    failure = error
                else:
                    return _Stream(opened)
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection; TLS on it is another one."""

    def __init__(self, plain: httpcore.NetworkStream) -> None:
        self._plain = plain
        self._socket: socket.socket = plain.get_extra_info("socket")

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with _step(timeout, httpcore.ReadTimeout, self._socket) as seconds:
            return self._plain.read(max_bytes, seconds)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with _step(timeout, httpcore.WriteTimeout, self._socket) as seconds:
            self._plain.write(buffer, seconds)

    def close(self) -> None:
        self._plain.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        ssl_context.sslsocket_class = _TlsSocket
        try:
            with _step(timeout, httpcore.ConnectTimeout, self._socket) as seconds:
                name = server_hostname and _Ascii(server_hostname)
                return _Stream(self._plain.start_tls(ssl_context, name, seconds))
        except Exception:
            self.close()  # before the first step of TLS nobody else does
            if unmade := getattr(_LOCAL, "making", None):
                unmade.close()
            raise
        finally:
            _LOCAL.making = None

    def get_extra_info(self, info: str) -> Any:
        return self._plain.get_extra_info(info)


@contextmanager
def _step(
    most: float | None, too_late: type[Exception], used: socket.socket | None = None
) -> Iterator[float | None]:
    """Yield how long a step may take: `most`, and no longer than the thread's errand."""
    errand = current()
    if errand is None:
        yield most
        return
    try:
        seconds = errand.seconds(most)
    except TimeoutError as error:
        raise too_late from error
    if used is None:
        yield seconds
        return
    with errand.using(used):
        yield seconds


class _TlsSocket(ssl.SSLSocket):
    """A socket for TLS that can be closed when it could not be made.

    If the peer resets the connection before the first step, Python has taken the plain socket over
    and leaves it open until it is collected.
    """

    def getpeername(self) -> Any:
        """Take note of the socket: this is the first that is asked of it, while it is made."""
        _LOCAL.making = self
        return super().getpeername()


_LOCAL = local()


class _Ascii(str):
    """A host's name, in ASCII: Python loads no codec, of domain names, to find that out."""

    __slots__ = ()

    def encode(self, encoding: str = "ascii", errors: str = "strict") -> bytes:
        del encoding
        return super().encode("ascii", errors)


def _addresses(host: str, port: int) -> list[str]:
    """Look a name up, as numbers; for as long as the thread's errand lasts, if another looks."""
    errand = current()
    deadline = errand.deadline if errand else Clock().deadline(inf)

    def look_up() -> Kept[list[str]]:
        found = socket.getaddrinfo(os.fsencode(host), port, type=socket.SOCK_STREAM)
        return Kept([_number(each[4]) for each in found], -inf)

    try:
        return _LOOKUPS.get((host, port), look_up, deadline)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout from error
    except OSError as error:
        raise httpcore.ConnectError from error


def _number(address: tuple[Any, ...]) -> str:
    return socket.getnameinfo(address, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)[0]
