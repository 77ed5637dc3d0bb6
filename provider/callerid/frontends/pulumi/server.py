"""The gRPC server: generic handlers, one thread a call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from google.protobuf.message import DecodeError

from callerid.errors import ArgumentError, OtherUserError
from callerid.frontends import failures, limits, log, memory
from callerid.frontends.pulumi import lacking, status
from callerid.frontends.pulumi.messages import PACKAGE, message
from callerid.frontends.pulumi.other_users import OtherUsers
from callerid.frontends.telling import OTHERS
from callerid.frontends.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.frontends.pulumi.service import Service

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
_ENDS_OTHERS = "Cancel"
"""It needs next to no memory, and gives some back: an engine takes no refusal of it."""

_OPTIONS = (
    ("grpc.max_receive_message_length", limits.MESSAGE_BYTES),
    ("grpc.max_send_message_length", limits.MESSAGE_BYTES),
    ("grpc.max_metadata_size", limits.METADATA_BYTES),
    ("grpc.absolute_max_metadata_size", limits.METADATA_BYTES),
    ("grpc.max_concurrent_streams", limits.CALLS),
    ("grpc.server.max_pending_requests", limits.CALLS),
    ("grpc.server.max_pending_requests_hard_limit", limits.CALLS),
    ("grpc.server_max_unrequested_time_in_server", 30 * 60),
    ("grpc.http2.max_ping_strikes", 0),  # a host may ask often whether we live
    ("grpc.so_reuseport", 0),
)


def start(service: Service, port: int = 0) -> tuple[grpc.Server, int]:
    """Listen on 127.0.0.1 (0 is a free port) and return the server and its port."""
    handlers = _Handlers(service)
    # grpc asks of its pool nothing but submit()
    server = grpc.server(Threads(), handlers=[handlers], options=_OPTIONS)  # type: ignore[arg-type]
    bound = server.add_insecure_port(f"127.0.0.1:{port}")
    handlers.other_users.listen_at(bound)
    server.start()
    return server, bound


class _Handlers(grpc.GenericRpcHandler):
    def __init__(self, service: Service) -> None:
        self._service = service
        self.other_users = OtherUsers()

    def service(self, handler_call_details: Any) -> grpc.RpcMethodHandler[Any, Any] | None:
        path = handler_call_details.method
        service, _, name = path.removeprefix("/").partition("/")
        if service != SERVICE:
            return None
        kind, answer = bytes, _unimplemented(name)
        if name in METHODS:
            method, request = METHODS[name]
            kind, answer = message(request), _guarded(name, getattr(self._service, method))
        # so a handler begins before its message has come: it may never come, and be of any size
        return grpc.stream_unary_rpc_method_handler(
            self._for_its_user(name, answer),
            request_deserializer=None if kind is bytes else _reader(kind),
            response_serializer=_serialize,
        )

    def _for_its_user(self, name: str, answer: Callable[[Any, grpc.ServicerContext], Any]) -> Any:
        def handle(requests: Iterator[Any], context: grpc.ServicerContext) -> Any:
            try:
                self.other_users.refuse(context.peer())
            except OtherUserError as error:
                log.call(name, "PERMISSION_DENIED", time.monotonic())
                return context.abort(*status.of(error))
            return answer(next(requests, b""), context)

        return handle


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
        raise ArgumentError(failures.unreadable(name, "the engine"))
    return request


def _serialize(response: Any) -> bytes:
    written: bytes = response.SerializeToString()
    return written


def _guarded(name: str, method: Callable[[Any, grpc.ServicerContext], Any]) -> Any:
    def handle(request: Any, context: grpc.ServicerContext) -> Any:
        started = time.monotonic()
        try:
            if name != _ENDS_OTHERS:
                memory.require()
            answer = _answered(method, _readable(request, name), context)
        except Exception as error:  # noqa: BLE001 - nothing may reach the engine as a traceback
            code, text = status.of(error)
            log.call(name, code.name, started)
            if code == grpc.StatusCode.INTERNAL:
                log.bug(error)
        else:
            log.call(name, "OK", started)
            return answer
        return context.abort(code, text)

    return handle


def _answered(method: Any, request: Any, context: grpc.ServicerContext) -> Any:
    """Answer, and let what was warned of arrive before: an engine prints it with the answer."""
    try:
        return method(request, context)
    finally:
        OTHERS.give_a_chance()


def _unimplemented(name: str) -> Any:
    def refuse(request: bytes, context: grpc.ServicerContext) -> NoReturn:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, lacking.refusal(name, request))

    return refuse
