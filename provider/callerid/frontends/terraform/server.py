"""The gRPC server: HTTP/2 on Python's own TLS, one session a connection, one thread a call.

grpcio cannot check the certificate of a host, which is of a curve (P-521) that its TLS refuses;
grpclib can.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from grpclib import GRPCError, Status
from grpclib.const import Cardinality
from grpclib.const import Handler as Method
from grpclib.encoding.base import CodecBase
from grpclib.protocol import H2Protocol
from grpclib.server import Handler, Server
from h2.connection import H2Connection
from h2.events import UnknownFrameReceived
from h2.settings import SettingCodes

from callerid.frontends import limits, memory, process
from callerid.frontends.terraform import methods
from callerid.frontends.terraform.messages import SERVING, message
from callerid.frontends.terraform.service import Service
from callerid.frontends.terraform.session import Session
from callerid.frontends.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from grpclib.server import Stream

PROVIDER = "/tfplugin6.Provider/"
SHUTDOWN = "/plugin.GRPCController/Shutdown"
STDIO = "/plugin.GRPCStdio/StreamStdio"
HEALTH = "/grpc.health.v1.Health/Check"
_LIMITS: dict[SettingCodes | int, int] = {
    SettingCodes.MAX_CONCURRENT_STREAMS: limits.CALLS,
    SettingCodes.MAX_HEADER_LIST_SIZE: limits.METADATA_BYTES,
}
_OF_A_START = 20
"""So many connections and calls are no start any more, though nothing may have been read yet."""
_FEW = 8
"""So many calls in flight can be refused with hardly any memory."""
_TOO_LARGE = f"callerid takes no message of more than {limits.MESSAGE_BYTES >> 20} MiB."


class Bytes(CodecBase):
    """Messages pass as they are: threads read and write them, not the loop."""

    __content_subtype__ = "proto"

    def encode(self, message: Any, message_type: Any) -> bytes:
        """Return bytes that were written already."""
        del message_type
        written: bytes = message
        return written

    def decode(self, data: bytes, message_type: Any) -> Any:
        """Return bytes that are yet to be read."""
        del message_type
        return data


class Provider(Server):
    """Serves any number of connections, each with settings of its own."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Listen to nobody yet."""
        _quiet()
        H2Connection.MAX_CLOSED_STREAMS = limits.ENDED_CALLS
        super().__init__([], codec=Bytes())
        self._environ = environ
        self._threads = Threads()
        self._begun = 0
        self.asked_to_leave = asyncio.Event()
        """Set when the host has said that it needs the provider no more."""
        self.connections = 0
        """How many there are now."""
        self.lost: Callable[[], object] = lambda: None
        """Called when a connection has ended."""

    def _protocol_factory(self) -> H2Protocol:
        """Begin a connection, in place of grpclib's own, which knows no sessions."""
        self.count()
        connection = _Connection(self, Session(self._environ), self._codec, self.__dispatch__)
        return _Protocol(self, connection, self._config, self._h2_config)

    def call(self, answer: Callable[[bytes], bytes], raw: bytes) -> asyncio.Future[bytes]:
        """Answer a call on a thread of its own."""
        return asyncio.wrap_future(self._threads.submit(answer, raw))

    def count(self) -> None:
        """Count a connection or a call, as signs that this process has started."""
        self._begun += 1
        if self._begun == _OF_A_START:
            process.settle()

    def connected(self) -> None:
        """Count a connection whose TLS is agreed on: one that never gets there is none."""
        self.connections += 1

    def disconnected(self) -> None:
        """Count a connection that has ended."""
        self.connections -= 1
        self.lost()

    def leave_after(self, answer: asyncio.Task[Any] | None) -> None:
        """Leave once an answer is sent."""
        if answer:
            answer.add_done_callback(lambda _: self.asked_to_leave.set())


class _Protocol(H2Protocol):
    """The bytes of a connection; what is no HTTP/2 ends it, without a word."""

    def __init__(self, server: Provider, *args: Any) -> None:
        self._server = server
        super().__init__(*args)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._server.connected()
        super().connection_made(transport)
        # grpclib leaves HTTP/2's limits as they are, and has no setting for them
        self.connection._connection.update_settings(_LIMITS)  # noqa: SLF001 - see above
        self.connection.flush()
        # HTTP/2 has frames of any kind ignored; grpclib would end the connection
        self.processor.processors[UnknownFrameReceived] = lambda _: None

    def data_received(self, data: bytes) -> None:
        try:
            super().data_received(data)
        except Exception:  # noqa: BLE001 - whatever a peer sends
            self.processor.close("unreadable")

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._server.disconnected()


class _Connection(Handler):
    """What one connection is answered."""

    def __init__(self, server: Provider, session: Session, codec: CodecBase, events: Any) -> None:
        self._server = server
        self._session = session
        self._service = Service(session)
        self._stopped = asyncio.Event()
        self._in_flight = 0
        super().__init__(_Methods(self), codec, None, events)

    def accept(self, stream: Any, headers: Any, release_stream: Any) -> None:
        """Begin a call; its message may be as large as with any host, and no larger."""
        self._server.count()
        self._in_flight += 1
        if self._in_flight > _FEW:
            memory.end_helpless()
        stream.recv_data = partial(_capped, stream.recv_data)

        def end(_: object) -> None:
            self._in_flight -= 1
            release_stream()

        super().accept(stream, headers, lambda: None)
        self._tasks[stream].add_done_callback(end)  # one that is reset at once never begins

    def close(self) -> None:
        """End what is in flight: the host is gone."""
        if not self.closing:
            self._stop()
        super().close()

    def _stop(self) -> None:
        self._session.stop()
        self._stopped.set()
        self._stopped = asyncio.Event()

    async def answer(self, name: str, stream: Stream[bytes, bytes]) -> None:
        """Answer a call; one in flight is answered at once when the host stops the provider."""
        raw = await stream.recv_message() or b""
        if name == "StopProvider":
            self._stop()
        stopped = asyncio.ensure_future(self._stopped.wait())
        answer = self._server.call(methods.answering(self._service, name), raw)
        either: set[asyncio.Future[Any]] = {answer, stopped}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
        await stream.send_message(answer.result() if answer.done() else methods.cancelled(name))

    async def shut_down(self, stream: Stream[bytes, bytes]) -> None:
        await stream.recv_message()
        await stream.send_message(b"")
        self._server.leave_after(asyncio.current_task())

    async def stdio(self, stream: Stream[bytes, bytes]) -> None:
        """Send nothing: what is printed goes to stderr. The stream lasts as long as the host."""
        await stream.recv_message()
        await stream.send_initial_metadata()
        await self._server.asked_to_leave.wait()

    async def health(self, stream: Stream[bytes, bytes]) -> None:
        await stream.recv_message()
        serving = message("HealthCheckResponse")(status=SERVING)
        await stream.send_message(serving.SerializeToString())


class _Methods(dict[str, Method]):
    """Finds what answers an RPC; for one that is unknown, what refuses it as gRPC has it.

    grpclib's own refusal lacks a header, and reaches a host as an unknown error.
    """

    def __init__(self, connection: _Connection) -> None:
        super().__init__(
            {PROVIDER + name: _unary(partial(connection.answer, name)) for name in methods.METHODS}
        )
        self[SHUTDOWN] = _unary(connection.shut_down)
        self[HEALTH] = _unary(connection.health)
        self[STDIO] = Method(connection.stdio, Cardinality.UNARY_STREAM, bytes, bytes)

    def get(self, path: str, default: object = None) -> Method:
        del default
        return self[path] if path in self else _unary(_unimplemented)


def _unary(answer: Callable[[Any], Any]) -> Method:
    return Method(answer, Cardinality.UNARY_UNARY, bytes, bytes)


async def _unimplemented(_stream: Stream[bytes, bytes]) -> None:
    raise GRPCError(Status.UNIMPLEMENTED, "callerid has data sources and functions only.")


async def _capped(receive: Callable[[int], Awaitable[bytes]], size: int) -> bytes:
    if size > limits.MESSAGE_BYTES:
        raise GRPCError(Status.RESOURCE_EXHAUSTED, _TOO_LARGE)
    return await receive(size)


def _quiet() -> None:
    """Let grpclib log nothing: what a peer does wrong is shown to nobody as a traceback."""
    logger = logging.getLogger("grpclib")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
