"""The engine, as far as a plugin talks to it: log lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc

from callerid.pulumirpc.messages import PACKAGE, SEVERITY_WARNING, message

if TYPE_CHECKING:
    from collections.abc import Iterable

LOG_SECONDS = 2.0
"""How long a log line may hold up the plugin."""


class Engine:
    """The engine at an address; without one, log lines go nowhere."""

    def __init__(self, address: str | None) -> None:
        """Connect nothing yet."""
        self.address = address

    def warn(self, warnings: Iterable[str]) -> None:
        """Show warnings to whoever runs the program. An engine that does not answer is no error."""
        lines = list(warnings)
        if not lines or not self.address:
            return
        with grpc.insecure_channel(self.address) as channel:
            log = channel.unary_unary(
                f"/{PACKAGE}.Engine/Log",
                request_serializer=message("LogRequest").SerializeToString,
                response_deserializer=message("Empty").FromString,
            )
            try:
                for line in lines:
                    request = message("LogRequest")(
                        severity=SEVERITY_WARNING, message=f"callerid: {line}"
                    )
                    log(request, timeout=LOG_SECONDS)
            except grpc.RpcError:
                return
