"""A provider whose functions echo, or all give `ECHO_ANSWER`; for its faults see `ECHO_FAULT`."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
)

FAULT = os.environ.get("ECHO_FAULT", "")
ANSWER = os.environ.get("ECHO_ANSWER", "")
ENDED = Event()


class Echo(provider_pb2_grpc.ResourceProviderServicer):
    """The smallest provider that does all the host asks for."""

    def __init__(self) -> None:
        """Wait for Configure."""
        self.configured: list[provider_pb2.ConfigureRequest] = []
        self.engine: Any = None

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        """Connect to the engine, unless this provider is of the time before Handshake."""
        if FAULT == "old":
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "no Handshake")
        if FAULT == "refusing":
            context.abort(grpc.StatusCode.INTERNAL, "not today")
        channel = grpc.insecure_channel(request.engine_address)
        self.engine = engine_pb2_grpc.EngineStub(channel)
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=FAULT != "plain")

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802 - as above
        """Tell the version."""
        del request, context
        return plugin_pb2.PluginInfo(version="1.2.3")

    def Parameterize(self, request: Any, context: Any) -> Any:  # noqa: N802 - as above
        """Become the package that the parameter names."""
        del context
        return provider_pb2.ParameterizeResponse(
            name=request.value.name, version=request.value.version
        )

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802 - as above
        """Refuse `bad` and `worse`; return `token` as a secret, with `moved` another version."""
        del context
        known = {
            "bad": provider_pb2.CheckFailure(reason="there is no setting bad"),
            "worse": provider_pb2.CheckFailure(property="worse", reason="no"),
        }
        failures = [failure for name, failure in known.items() if name in request.news]
        if "moved" in request.news:
            request.news.update({"version": "9.9.9"})
        if "token" in request.news:
            mark = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
            request.news.update({"token": {**mark, "value": request.news["token"]}})
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802 - as above
        """Refuse the setting `refused`, keep all others."""
        if "refused" in request.args:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the setting refused is refused")
        self.configured.append(request)
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802 - as above
        """Do what the function's name says, then echo the arguments and the settings."""
        if FAULT == "dying":
            os._exit(9)
        name = request.tok.rpartition(":")[2]
        if name == "refuse":
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "you may not")
        if name == "hang":
            ENDED.wait()
        if name in {"warning", "error"}:
            severity = engine_pb2.LogSeverity.Value(name.upper())
            self.engine.Log(engine_pb2.LogRequest(severity=severity, message=f"the {name}"))
        return self._answer(name, request)

    def _answer(self, name: str, request: Any) -> Any:
        answer = struct_pb2.Struct()
        if ANSWER:
            answer.update(json.loads(ANSWER))
            return _reply(answer)
        answer.fields["args"].struct_value.CopyFrom(request.args)
        answer.fields["settings"].struct_value.CopyFrom(self.configured[-1].args)
        answer.update({"variables": dict(self.configured[-1].variables)})
        answer["preview"] = request.preview
        if name == "unknown":
            answer["later"] = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
        failures = [provider_pb2.CheckFailure(property="open", reason="must be closed")]
        return _reply(answer, failures if name == "failures" else [])

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802 - as above
        """Take the inputs of any resource but `bad`, and fail for `broken`."""
        if "broken" in request.news:
            context.abort(grpc.StatusCode.INTERNAL, "out of order")
        bad = [provider_pb2.CheckFailure(reason="no input bad")] if "bad" in request.news else []
        return provider_pb2.CheckResponse(inputs=request.news, failures=bad)

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802 - as above
        """Tell what a resource would be like; a preview is all that there is."""
        if not request.preview:
            context.abort(grpc.StatusCode.UNIMPLEMENTED, "nothing is created")
        return provider_pb2.CreateResponse(properties=request.properties)

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802 - as above
        """End the calls in flight."""
        del request
        ENDED.set()
        if FAULT == "deaf":
            context.abort(grpc.StatusCode.INTERNAL, "what?")
        return empty_pb2.Empty()


def _reply(answer: struct_pb2.Struct, failures: Any = ()) -> Any:
    response = provider_pb2.InvokeResponse(failures=failures)
    getattr(response, "return").CopyFrom(answer)
    return response


def main() -> None:
    """Serve until SIGINT."""
    told: list[int] = []  # an Event's lock may be held by whom the handler interrupts
    signal.signal(signal.SIGINT, lambda *_: None if FAULT == "stubborn" else told.append(1))
    server = grpc.server(ThreadPoolExecutor(8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Echo(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)  # noqa: T201 - the protocol's first line
    while not told:
        time.sleep(0.02)
    server.stop(grace=None).wait(1)  # under load gRPC may take its time, and the host does not
    if FAULT == "stderr":
        print("last words", file=sys.stderr)  # noqa: T201 - the fault
    if FAULT == "stdout":
        print("chatter")  # noqa: T201 - the fault
    sys.stdout.flush()
    os._exit(3 if FAULT == "exit3" else 0)


if __name__ == "__main__":
    main()
