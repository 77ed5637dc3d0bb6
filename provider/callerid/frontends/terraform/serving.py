"""Serving a host from the first byte to the last: what to print, and when to leave."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from callerid.frontends import limits, log, process
from callerid.frontends.terraform import cookie
from callerid.frontends.terraform.listening import Place, binding
from callerid.frontends.terraform.names import SOURCE
from callerid.frontends.terraform.server import Provider

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

FIRST_CONNECTION_SECONDS = 60.0
"""How long a host may take to connect; it gives up a provider that is as slow."""
NEXT_CONNECTION_SECONDS = 5.0
"""How long after its last connection a host counts as gone: killed, it can say nothing."""
_LEAVING = ("SIGTERM", "SIGHUP", "SIGQUIT")
"""Signals that end a process; the last two come from a terminal, to its whole group."""
_POLL_SECONDS = 0.2
_LOUD = {"TRACE", "DEBUG", "JSON"}


class Handshake(NamedTuple):
    """The TLS that is announced to the host, and the certificate that it will see."""

    certificate: str
    tls: ssl.SSLContext | None

    def line(self, place: Place, environ: Mapping[str, str]) -> str:
        """Write the line that the host waits for."""
        parts = ["1", str(cookie.PROTOCOL), place.network, place.address, "grpc", self.certificate]
        if cookie.MULTIPLEX in environ:
            parts.append("false")
        return "|".join(parts)


def shake_hands(environ: Mapping[str, str]) -> Handshake:
    """Agree on TLS, as the host asks for it.

    Raises:
        ssl.SSLError: the host's certificate is none.
    """
    client = environ.get(cookie.CLIENT_CERTIFICATE)
    if not client:
        return Handshake("", None)
    from callerid.frontends.terraform import certificate  # noqa: PLC0415 - not without TLS

    own = certificate.make()
    return Handshake(own.leaf, certificate.context(own, client))


async def serve(environ: Mapping[str, str], show: Callable[[str], object]) -> NoReturn:
    """Serve the host that started this process, until it is gone or says so; then exit with 0.

    `show` gets the line of the handshake.

    Raises:
        ssl.SSLError: the host's certificate is none.
        OSError: there is no place to listen.
    """
    if {environ.get(name, "").upper() for name in ("TF_LOG", "TF_LOG_PROVIDER")} & _LOUD:
        log.to_stderr()
    handshake = shake_hands(environ)
    provider = Provider(environ)
    _leave_when_asked(provider)
    with binding(environ) as place:
        await provider.start(
            sock=place.socket, ssl=handshake.tls, backlog=limits.WAITING_CONNECTIONS
        )
        show(handshake.line(place, environ))
        await provider.asked_to_leave.wait()
    process.leave()


def _leave_when_asked(provider: Provider) -> None:
    """Ask a provider to leave on signals, and when no host is connected any more."""
    loop = asyncio.get_running_loop()
    for name in _LEAVING:
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) != signal.SIG_IGN:
            with suppress(NotImplementedError):  # Windows
                loop.add_signal_handler(number, provider.asked_to_leave.set)

    def leave_if_alone() -> None:
        if not provider.connections:
            provider.asked_to_leave.set()

    provider.lost = lambda: loop.call_later(NEXT_CONNECTION_SECONDS, leave_if_alone)
    loop.call_later(FIRST_CONNECTION_SECONDS, leave_if_alone)


async def serve_by_hand(
    environ: Mapping[str, str], show: Callable[[str], object], stopped: Callable[[], bool]
) -> None:
    """Serve any hosts that attach to this process, one after the other, until it is `stopped`.

    `show` gets the value of `TF_REATTACH_PROVIDERS`. There is no TLS: hosts have no way to agree on
    it with a process that they did not start.

    Raises:
        OSError: there is no place to listen.
    """
    with binding(environ) as place:
        provider = Provider(environ)
        await provider.start(sock=place.socket, backlog=limits.WAITING_CONNECTIONS)
        show(_reattach(place))
        while not stopped():  # noqa: ASYNC110 - on Windows a Ctrl-C comes between two waits only
            await asyncio.sleep(_POLL_SECONDS)


def _reattach(place: Place) -> str:
    """Write what makes a host attach to this process instead of starting one, and never end it."""
    attached = {
        "Protocol": "grpc",
        "ProtocolVersion": cookie.PROTOCOL,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": place.network, "String": place.address},
    }
    return json.dumps({SOURCE: attached}, separators=(",", ":"))
