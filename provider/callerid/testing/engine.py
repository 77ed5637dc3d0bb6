"""The Engine service: where the SDK and providers log, and where the root resource is kept."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc

from callerid.testing.result import LogLine

if TYPE_CHECKING:
    from typing import NoReturn

_SEVERITIES = {1: "info", 2: "warning", 3: "error"}


class Diagnostics:
    """The log lines of one run, in the order of their arrival, without debug lines."""

    def __init__(self) -> None:
        """Start with none."""
        self._lines: list[LogLine] = []
        self._lock = Lock()

    def add(self, severity: str, message: str) -> None:
        """Keep one line, without the space around it."""
        with self._lock:
            self._lines.append(LogLine(severity, message.strip()))

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """All lines so far."""
        with self._lock:
            return tuple(self._lines)

    @property
    def error(self) -> str | None:
        """All lines of severity `error`, a paragraph each; None if there is none."""
        errors = [line.message for line in self.lines if line.severity == "error"]
        return "\n".join(errors) or None


class EngineService(engine_pb2_grpc.EngineServicer):
    """Answers the SDK's and the providers' calls to the engine itself."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        """Collect log lines in `diagnostics`."""
        self._diagnostics = diagnostics
        self._root = ""

    def Log(self, request: engine_pb2.LogRequest, context: Any) -> empty_pb2.Empty:  # noqa: N802 - the protocol's name
        """Keep a line; debug lines and passing remarks on progress are dropped."""
        del context
        severity = _SEVERITIES.get(request.severity)
        if severity and not request.ephemeral:
            self._diagnostics.add(severity, request.message)
        return empty_pb2.Empty()

    def GetRootResource(  # noqa: N802 - the protocol's name
        self, request: engine_pb2.GetRootResourceRequest, context: Any
    ) -> engine_pb2.GetRootResourceResponse:
        """Return the URN of the stack, empty before it is set."""
        del request, context
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(  # noqa: N802 - the protocol's name
        self, request: engine_pb2.SetRootResourceRequest, context: Any
    ) -> engine_pb2.SetRootResourceResponse:
        """Remember the URN of the stack."""
        del context
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(  # noqa: N802 - the protocol's name
        self, request: engine_pb2.RequirePulumiVersionRequest, context: grpc.ServicerContext
    ) -> NoReturn:
        """Refuse: this is no Pulumi CLI, so it has no version to compare."""
        del request
        context.abort(
            grpc.StatusCode.FAILED_PRECONDITION,
            "callerid's preview host has no Pulumi version to check. Preview this program with "
            "the pulumi CLI (callerid preview --engine cli).",
        )
