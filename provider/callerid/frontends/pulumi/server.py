"""The gRPC server: generic handlers, one thread a call."""

from __future__ import annotations

import logging
import time
import traceback
from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from google.protobuf.message import DecodeError

from callerid.errors import ArgumentError
from callerid.frontends.pulumi import lacking, status
from callerid.frontends.pulumi.messages import PACKAGE, message

if TYPE_CHECKING:
    from collections.abc import Callable

    from callerid.frontends.pulumi.service import Service

LOG = logging.getLogger("callerid")
SERVICE = f"{PACKAGE}.ResourceProvider"
METHODS = {
    "Handshake": ("handshake", "ProviderHandshakeRequest"),
    "Attach": ("attach", "PluginAttach"),
    "GetPluginInfo": ("get_plugin_info", "Empty"),
    "GetSchema": ("get_schema", "GetSchemaRequest"),
    "GetMapping": ("get_mapping", "GetMappingRequest"),
    "GetMappings": ("get_mappings", "GetMappingsRequest"),
    "CheckConfig": ("check_config", "CheckRequest"),
    "DiffConfig": ("diff_config", "DiffRequest"),
    "Configure": ("configure", "ConfigureRequest"),
    "Invoke": ("invoke", "InvokeRequest"),
    "Cancel": ("cancel", "Empty"),
}
"""RPC to the service's method and the request's message. Every other RPC is unimplemented."""

_MAX_MESSAGE_BYTES = 400 * 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.server_max_unrequested_time_in_server", 30 * 60),
    ("grpc.so_reuseport", 0),
)


def start(service: Service, port: int = 0) -> tuple[grpc.Server, int]:
    """Listen on 127.0.0.1 (0 is a free port) and give the server and its port."""
    # grpc asks of its pool nothing but submit()
    server = grpc.server(_Threads(), handlers=[_Handlers(service)], options=_OPTIONS)  # type: ignore[arg-type]
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    return server, bound


class _Threads(Executor):
    """One daemon thread a call: a Cancel never queues behind calls that hang, nor does the exit.

    Where the system gives no more threads, calls wait until one of those there are is done.
    """

    def __init__(self) -> None:
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def run() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - whoever holds the future decides
                future.set_exception(error)

        self._waiting.put(run)
        with suppress(RuntimeError):
            Thread(target=self._work, daemon=True).start()
        return future

    def _work(self) -> None:
        with suppress(Empty):
            while True:
                self._waiting.get_nowait()()


class _Handlers(grpc.GenericRpcHandler):
    def __init__(self, service: Service) -> None:
        self._service = service

    def service(self, handler_call_details: Any) -> grpc.RpcMethodHandler[Any, Any] | None:
        path = handler_call_details.method
        service, _, name = path.removeprefix("/").partition("/")
        if service != SERVICE:
            return None
        if name not in METHODS:
            return grpc.unary_unary_rpc_method_handler(_unimplemented(name))
        method, request = METHODS[name]
        return grpc.unary_unary_rpc_method_handler(
            _guarded(name, getattr(self._service, method)),
            request_deserializer=_reader(message(request)),
            response_serializer=_serialize,
        )


def _reader(kind: Any) -> Callable[[bytes], Any]:
    """Read a message; what cannot be read comes back as it is.

    An error raised here would be logged by grpc, with its traceback, on stderr.
    """

    def read(raw: bytes) -> Any:
        try:
            return kind.FromString(raw)
        except DecodeError:
            return raw

    return read


def _readable(request: Any, name: str) -> Any:
    if isinstance(request, bytes):
        text = (
            f"callerid cannot read the request of {name}: its bytes are no such message. Check "
            "that the engine is of a current version."
        )
        raise ArgumentError(text)
    return request


def _serialize(response: Any) -> bytes:
    written: bytes = response.SerializeToString()
    return written


def _guarded(name: str, method: Callable[[Any, grpc.ServicerContext], Any]) -> Any:
    def handle(request: Any, context: grpc.ServicerContext) -> Any:
        started = time.monotonic()
        try:
            answer = method(_readable(request, name), context)
        except Exception as error:  # noqa: BLE001 - nothing may reach the engine as a traceback
            code, text = status.of(error)
            _note(name, code.name, started)
            if code == grpc.StatusCode.INTERNAL:
                _note_bug(error)
        else:
            _note(name, "OK", started)
            return answer
        return context.abort(code, text)

    return handle


def _note(name: str, outcome: str, started: float) -> None:
    milliseconds = (time.monotonic() - started) * 1000
    LOG.debug("rpc name=%s outcome=%s ms=%.0f", name, outcome, milliseconds)


def _note_bug(error: Exception) -> None:
    """Write where a bug is, and of what kind, but not its text: that may hold a value."""
    places = "".join(traceback.format_tb(error.__traceback__))
    LOG.debug("bug kind=%s\n%s", type(error).__name__, places)


def _unimplemented(name: str) -> Any:
    def refuse(request: bytes, context: grpc.ServicerContext) -> NoReturn:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, lacking.refusal(name, request))

    return refuse
