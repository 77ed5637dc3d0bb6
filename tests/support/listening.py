"""An engine that keeps what a plugin logs to it, and nothing else."""

from __future__ import annotations

from concurrent import futures
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2_grpc

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def engine(*, answers: bool = True) -> Iterator[tuple[str, list[str]]]:
    """Run one; give its address, and the messages that it receives.

    One that does not answer takes each message, and keeps the call open until it ends.
    """
    said: list[str] = []
    over = Event()

    class Engine(engine_pb2_grpc.EngineServicer):
        def Log(self, request: Any, _: Any) -> Any:  # noqa: N802 - the RPC's name
            said.append(request.message)
            if not answers:
                over.wait()
            return empty_pb2.Empty()

    server = grpc.server(futures.ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield address, said
    finally:
        over.set()
        server.stop(None)
