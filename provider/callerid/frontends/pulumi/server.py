"""The gRPC server: generic handlers, one thread a call."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from google.protobuf.message import DecodeError

from callerid.errors import ArgumentError
from callerid.frontends import failures, limits, log, memory
from callerid.frontends.pulumi import lacking, status
from callerid.frontends.pulumi.messages import PACKAGE, message
from callerid.frontends.pulumi.other_users import OtherUsers
from callerid.frontends.telling import OTHERS
from callerid.frontends.threads import Threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.frontends.pulumi.service import Service

    Answer = Callable[[Any, grpc.ServicerContext], Any]

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
        if name not in METHODS:
            return self._handler(name, partial(_refuse, name), None)
        method, request = METHODS[name]
        return self._handler(name, getattr(self._service, method), message(request))

    def _handler(self, name: str, method: Answer, kind: Any) -> grpc.RpcMethodHandler[Any, Any]:
        """Answer an RPC, whose message is of a kind; None leaves it as it came.

        For gRPC it is a stream of messages, so that it begins before one has come: that of another
        user may be of any size, and may never come.
        """
        return grpc.stream_unary_rpc_method_handler(
            _guarded(name, method, kind, self.other_users),
            response_serializer=_serialize,
        )


def _read(requests: Iterator[bytes], kind: Any, name: str) -> Any:
    """Read the one message; protobuf in plain Python takes some that are nested without an end.

    Raises:
        ArgumentError: it is none of its kind, or none came.
    """
    try:
        raw = next(requests)
        return kind.FromString(raw) if kind else raw
    except (StopIteration, DecodeError, RecursionError, grpc.RpcError):
        raise ArgumentError(failures.unreadable(name, "the engine")) from None


def _refuse(name: str, raw: bytes, _: grpc.ServicerContext) -> NoReturn:
    raise lacking.LackingError(lacking.refusal(name, raw))


def _serialize(response: Any) -> bytes:
    written: bytes = response.SerializeToString()
    return written


def _guarded(name: str, method: Answer, kind: Any, other_users: OtherUsers) -> Any:
    def handle(requests: Iterator[bytes], context: grpc.ServicerContext) -> Any:
        started = time.monotonic()
        try:
            other_users.refuse(context.peer())
            if name != _ENDS_OTHERS:
                memory.require()
            answer = _answered(method, _read(requests, kind, name), context)
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
