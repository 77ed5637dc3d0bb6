"""Which version a plugin says it is: started and asked as the engine does it."""

from __future__ import annotations

import os
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING

import grpc

from callerid import processes
from callerid.config import SETTINGS
from callerid.errors import printable_line
from callerid.frontends.pulumi.engine import PAST_PROXIES
from callerid.frontends.pulumi.messages import message
from callerid.frontends.pulumi.server import SERVICE

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 10.0
"""How long a plugin may take to start, and then to answer, as the engine has it."""
_LINE_BYTES = 64
_LAST_CHUNKS = 2
_HIGHEST_PORT = 65535
_CLOSING_SECONDS = 2.0


class NoAnswerError(Exception):
    """A plugin does not report its version; the text says why, not how to fix it."""


def ask(executable: Path, environ: Mapping[str, str], seconds: float = SECONDS) -> str:
    """Start a plugin, ask for its version, and end it with all that it started.

    It gets no setting of callerid's: a version needs no credential, and what the plugin complains
    of is shown.

    Raises:
        NoAnswerError: it does not start, or does not answer.
    """
    ours = {name for setting in SETTINGS for name in setting.env}
    bare = {name: value for name, value in environ.items() if name not in ours}
    try:
        process = processes.start([str(executable)], Path.cwd(), bare)
    except OSError as error:
        text = f"it cannot be started: {error.strerror}"
        raise NoAnswerError(text) from None
    assert process.stdout  # noqa: S101 - they are pipes
    assert process.stderr  # noqa: S101 - as above
    said = processes.Collector(process.stderr, _LAST_CHUNKS)
    line = _Line(process.stdout)
    try:
        port = _port(line.wait(seconds))
        if port is not None:
            return _asked(port, seconds)
    finally:
        processes.kill(process)
        line.close()
        last = said.text()
    raise NoAnswerError(_unstarted(last))


class _Line:
    """The first line of a pipe, read on a thread: whoever holds the pipe may never end it."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe = pipe
        self._read: SimpleQueue[bytes] = SimpleQueue()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        with self._pipe:
            line = b""
            while b"\n" not in line and len(line) < _LINE_BYTES:
                chunk = os.read(self._pipe.fileno(), _LINE_BYTES)
                if not chunk:
                    break
                line += chunk
            self._read.put(line.partition(b"\n")[0].strip())

    def wait(self, seconds: float) -> bytes:
        """Return the line, or nothing if it does not come."""
        try:
            return self._read.get(timeout=seconds)
        except Empty:
            return b""

    def close(self) -> None:
        """Let go of the pipe; whoever writes to it was ended before."""
        self._thread.join(_CLOSING_SECONDS)


def _port(line: bytes) -> int | None:
    port = int(line) if line.isdigit() and len(line) < _LINE_BYTES else 0
    return port if 0 < port <= _HIGHEST_PORT else None


def _unstarted(said: str) -> str:
    """Report why a plugin printed no port: programs give the reason in their last line."""
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
            return printable_line(get_plugin_info(message("Empty")(), timeout=seconds).version)
        except grpc.RpcError as error:
            text = f"it does not answer ({error.code().name})"
            raise NoAnswerError(text) from None
