"""Which version a plugin says it is: started and asked as the engine does it."""

from __future__ import annotations

import subprocess
from tempfile import TemporaryFile
from threading import Timer
from typing import TYPE_CHECKING

import grpc

from callerid.errors import printable_line
from callerid.frontends.pulumi.engine import PAST_PROXIES
from callerid.frontends.pulumi.messages import message
from callerid.frontends.pulumi.server import SERVICE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECONDS = 10.0
"""How long a plugin may take to start, and then to answer, as the engine has it."""


class NoAnswerError(Exception):
    """A plugin does not tell its version; the text says why, not how to mend it."""


def ask(executable: Path, environ: Mapping[str, str], seconds: float = SECONDS) -> str:
    """Start a plugin, ask for its version, and end it.

    Raises:
        NoAnswerError: it does not start, or does not answer.
    """
    with TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603 - what the engine would start
                [executable],
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
            )
        except OSError as error:
            text = f"it cannot be started: {error.strerror}"
            raise NoAnswerError(text) from None
        late = Timer(seconds, process.kill)
        late.start()
        try:
            port = process.stdout.readline().strip() if process.stdout else b""
            if not port.isdigit():
                said.seek(0)
                raise NoAnswerError(_unstarted(said.read().decode(errors="replace")))
            return _asked(int(port), seconds)
        finally:
            late.cancel()
            process.kill()
            process.communicate()


def _unstarted(said: str) -> str:
    """Say why a plugin printed no port; the last line is where a program gives its reason."""
    lines = said.strip().splitlines()
    return f"it does not start: {printable_line(lines[-1])}" if lines else "it does not start"


def _asked(port: int, seconds: float) -> str:
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=PAST_PROXIES) as channel:
        get_plugin_info = channel.unary_unary(
            f"/{SERVICE}/GetPluginInfo",
            request_serializer=message("Empty").SerializeToString,
            response_deserializer=message("PluginInfo").FromString,
        )
        try:
            return str(get_plugin_info(message("Empty")(), timeout=seconds).version)
        except grpc.RpcError as error:
            text = f"it does not answer ({error.code().name})"
            raise NoAnswerError(text) from None
