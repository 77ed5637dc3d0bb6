"""Which version a plugin says it is: started and asked as the engine does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc

from callerid.errors import printable_line
from callerid.frontends.pulumi.engine import PAST_PROXIES
from callerid.frontends.pulumi.messages import message
from callerid.frontends.pulumi.server import SERVICE
from callerid.frontends.starting import SECONDS, NoAnswerError, Started

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PORT_DIGITS = 5
_HIGHEST_PORT = 65535


def ask(executable: Path, environ: Mapping[str, str], seconds: float = SECONDS) -> str:
    """Start a plugin, ask for its version, and end it with all that it started.

    It gets no setting of callerid's: a version needs no credential, and what the plugin complains
    of is shown.

    Raises:
        NoAnswerError: it does not start, or does not answer.
    """
    plugin = Started(executable, environ)
    try:
        port = _port(plugin.first_line(seconds))
        if port is not None:
            return _asked(port, seconds)
    finally:
        unstarted = plugin.end()
    raise NoAnswerError(unstarted)


def _port(line: bytes) -> int | None:
    port = int(line) if line.isdigit() and len(line) <= _PORT_DIGITS else 0
    return port if 0 < port <= _HIGHEST_PORT else None


def _asked(port: int, seconds: float) -> str:
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=PAST_PROXIES) as channel:
        get_plugin_info = channel.unary_unary(
            f"/{SERVICE}/GetPluginInfo",
            request_serializer=message("Empty").SerializeToString,
            response_deserializer=message("PluginInfo").FromString,
        )
        try:
            return printable_line(get_plugin_info(message("Empty")(), timeout=seconds).version)
        except grpc.RpcError as error:
            text = f"it does not answer ({error.code().name})"
            raise NoAnswerError(text) from None
