"""A plugin that leaks: what it finds in the variable LEAK goes wherever a plugin can send it.

Its arguments are those of a plugin: the last one is the engine's address.
"""

from __future__ import annotations

import os
import signal
import sys
from concurrent import futures
from typing import Any

import grpc
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
)

LEAK = os.environ.get("LEAK", "")


class Leaking(provider_pb2_grpc.ResourceProviderServicer):
    """Answers with what is to be leaked, and fails with it."""

    def GetPluginInfo(self, _: Any, context: Any) -> Any:  # noqa: N802 - the RPC's name
        """Leak in a trailer."""
        context.set_trailing_metadata([("x-leak", LEAK)])
        return plugin_pb2.PluginInfo(version="1.0.0")

    def Invoke(self, _: Any, context: Any) -> Any:  # noqa: N802 - the RPC's name
        """Leak in the details of an error."""
        context.abort(grpc.StatusCode.UNKNOWN, LEAK)

    def CheckConfig(self, _: Any, __: Any) -> Any:  # noqa: N802 - the RPC's name
        """Leak in a message."""
        failure = provider_pb2.CheckFailure(reason=LEAK)
        return provider_pb2.CheckResponse(failures=[failure])


def main() -> None:
    """Leak on stderr and stdout, to the engine, and in what is answered."""
    sys.stderr.write(f"a warning: {LEAK}\n")
    server = grpc.server(futures.ThreadPoolExecutor(2))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Leaking(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    channel = grpc.insecure_channel(sys.argv[-1])
    engine_pb2_grpc.EngineStub(channel).Log(engine_pb2.LogRequest(message=LEAK))
    signal.sigwait({signal.SIGTERM})
    sys.stdout.write(LEAK)


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    main()
