"""The engine, as far as a plugin talks to it: log lines for people."""

from __future__ import annotations

from contextlib import suppress

import grpc

from callerid.frontends import failures
from callerid.frontends.pulumi.messages import PACKAGE, SEVERITY_WARNING, message
from callerid.frontends.telling import OTHERS

PAST_PROXIES = (("grpc.enable_http_proxy", 0),)
LOG_SECONDS = 2.0
"""How long the engine may take for a log line; others wait behind it, but no answer does."""


class Engine:
    """The engine at an address; without one, log lines go nowhere."""

    def __init__(self, address: str | None) -> None:
        """Connect nothing yet."""
        self.address = address

    def warn(self, text: str) -> None:
        """Show a warning to the user of the program, soon; an engine that is gone is no error."""
        if self.address:
            OTHERS.tell(self._log, text)

    def _log(self, text: str) -> None:
        told = f"callerid: {failures.sentence(text)}"
        request = message("LogRequest")(severity=SEVERITY_WARNING, message=told)
        with grpc.insecure_channel(self.address or "", options=PAST_PROXIES) as channel:
            log = channel.unary_unary(
                f"/{PACKAGE}.Engine/Log",
                request_serializer=message("LogRequest").SerializeToString,
                response_deserializer=message("Empty").FromString,
            )
            with suppress(grpc.RpcError):
                log(request, timeout=LOG_SECONDS)
