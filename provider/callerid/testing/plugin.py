"""A provider's process: found, started, shaken hands with, and ended as the engine does it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from callerid import launch, processes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HANDSHAKE_SECONDS = 10.0
SHUTDOWN_SECONDS = 5.0
"""How long a provider has for its end: to answer Cancel, and then to leave."""
_OF_CANCEL = 0.8
"""Which part of it the answer may take."""
_GOING_SECONDS = 0.2
CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", 400 * 1024 * 1024),
    ("grpc.max_send_message_length", 400 * 1024 * 1024),
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.enable_http_proxy", 0),
)
_HIGHEST_PORT = 65535
_SHOWN = 200
_AGAIN = "Run the preview again; if this comes again, report it to the provider's authors."


class PluginError(Exception):
    """A provider's process broke the protocol; the text says how."""


def find(name: str, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Find the command of a provider: our own, else beside this Python, else on the PATH given.

    Raises:
        PluginError: it is in none of these.
    """
    if name == "callerid":
        return launch.PLUGIN
    executable = f"pulumi-resource-{name}"
    beside = str(Path(sys.executable).parent)
    for folders in (beside, environ.get("PATH", os.defpath)):
        found = shutil.which(executable, path=folders)
        if found:
            return (str(Path(found).absolute()),)
    message = (
        f"could not find the provider {name}: no {executable} beside {sys.executable}, "
        "and none on PATH. Install it into this environment, or put it on PATH."
    )
    raise PluginError(message)


@dataclass(frozen=True)
class Where:
    """What a provider's process is started with, and how."""

    engine_address: str
    cwd: Path
    environ: Mapping[str, str]
    start: processes.Start = processes.start


class Plugin:
    """One provider process, from its start to its end."""

    def __init__(self, name: str, command: Sequence[str], where: Where) -> None:
        """Start the process; it is not talked to before `connect`.

        Raises:
            PluginError: the operating system refuses to start it.
        """
        self.name = name
        self._command = command
        self._engine_address = where.engine_address
        self._channel: grpc.Channel | None = None
        self._stdout: processes.Collector | None = None
        try:
            self._process = where.start([*command, where.engine_address], where.cwd, where.environ)
        except OSError as error:
            message = f"could not start the provider {name} ({command[0]}): {error.strerror}."
            raise PluginError(message) from error
        if not self._process.stdout or not self._process.stderr:
            raise AssertionError
        self._stderr = processes.Collector(self._process.stderr)

    def connect(
        self, seconds: float = HANDSHAKE_SECONDS
    ) -> tuple[
        provider_pb2_grpc.ResourceProviderStub, provider_pb2.ProviderHandshakeResponse | None
    ]:
        """Read the port and shake hands; None in place of an answer where it has no Handshake.

        Raises:
            PluginError: no port came, or no answer within `seconds` of it.
        """
        port = self._read_port()
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)
        stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        return stub, self._handshake(stub, time.monotonic() + seconds, seconds)

    def has_ended(self) -> bool:
        """Return whether the process is gone; one whose connection has just broken may be going."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_GOING_SECONDS)
        return self._process.poll() is not None

    def _read_port(self) -> int:
        pipe = self._process.stdout
        if not pipe:
            raise AssertionError
        line = pipe.readline().decode(errors="replace").strip()
        self._stdout = processes.Collector(pipe)
        if line.isdecimal() and 0 < int(line) <= _HIGHEST_PORT:
            return int(line)
        if line:
            message = (
                f"the provider {self.name} wrote {line[:_SHOWN]!r} to stdout where its port "
                "belongs. Nothing but the port may be printed there."
            )
            raise PluginError(message)
        message = f"the provider {self.name} ended without printing its port{self._last_words()}"
        raise PluginError(message)

    def _last_words(self) -> str:
        try:
            code = self._process.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            return ": it closed stdout."
        words = self._stderr.text().strip().splitlines()
        return f": {_how(code)}{f', {words[-1][:_SHOWN]}' if words else ''}."

    def _handshake(
        self, stub: provider_pb2_grpc.ResourceProviderStub, deadline: float, seconds: float
    ) -> provider_pb2.ProviderHandshakeResponse | None:
        request = self._handshake_request()
        late = (
            f"the provider {self.name} did not answer Handshake within {seconds:g} s of its port."
        )
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise PluginError(late)
            try:
                answer: provider_pb2.ProviderHandshakeResponse = stub.Handshake(
                    request, timeout=left
                )
            except grpc.RpcError as error:
                code, details = _status(error)
                if code == grpc.StatusCode.UNIMPLEMENTED:
                    return None
                if code == grpc.StatusCode.DEADLINE_EXCEEDED:
                    raise PluginError(late) from None
                if code != grpc.StatusCode.UNAVAILABLE:
                    message = f"the provider {self.name} refused Handshake: {details}"
                    raise PluginError(message) from None
            else:
                return answer
            if self._process.poll() is not None:
                message = f"the provider {self.name} ended before Handshake{self._last_words()}"
                raise PluginError(message)
            time.sleep(0.01)

    def _handshake_request(self) -> provider_pb2.ProviderHandshakeRequest:
        folder = str(Path(self._command[0]).parent)
        return provider_pb2.ProviderHandshakeRequest(
            engine_address=self._engine_address,
            root_directory=folder,
            program_directory=folder,
            configure_with_urn=True,
            supports_views=True,
            supports_refresh_before_update=True,
            invoke_with_preview=True,
            accepts_byte_string=True,
        )

    def close(
        self, stub: provider_pb2_grpc.ResourceProviderStub | None, seconds: float = SHUTDOWN_SECONDS
    ) -> list[str]:
        """End the process: Cancel, SIGINT, after `seconds` SIGKILL. Give what went wrong."""
        deadline = time.monotonic() + seconds
        problem = self._cancel(stub, seconds * _OF_CANCEL) if stub else ""
        if self._channel:
            self._channel.close()
        processes.interrupt(self._process)
        end = self._wrong_end(deadline, seconds)
        processes.kill(self._process)
        if stub is None:
            return []
        wrong = problem or end
        return [*([f"the provider {self.name} {wrong}"] if wrong else []), *self._noise()]

    def _cancel(self, stub: provider_pb2_grpc.ResourceProviderStub, seconds: float) -> str:
        """Tell what was wrong when it was told to end; nothing if it answered as it should."""
        try:
            stub.Cancel(empty_pb2.Empty(), timeout=seconds)
        except grpc.RpcError as error:
            code, details = _status(error)
            if code == grpc.StatusCode.UNIMPLEMENTED:
                return ""
            if code not in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}:
                return f'refused Cancel with "{details}". This is a bug of the provider.'
            if self.has_ended():
                ended = self._process.wait()
                moment = "the preview did" if ended else "it answered Cancel"
                return f"ended before {moment}: {_how(ended)}. {_AGAIN}"
            if code == grpc.StatusCode.DEADLINE_EXCEEDED:
                return f"did not answer Cancel: it hangs, or is stopped. {_AGAIN}"
            return f"closed the connection before it answered Cancel. {_AGAIN}"
        return ""

    def _wrong_end(self, deadline: float, seconds: float) -> str:
        try:
            code = self._process.wait(max(deadline - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            return f"did not end within {seconds:g} s of Cancel and SIGINT."
        if code == -signal.SIGINT:
            return "was ended by SIGINT; it has to end by itself, with exit code 0."
        return f"ended with {_how(code)}. It has to end with exit code 0." if code else ""

    def _noise(self) -> list[str]:
        problems = []
        for pipe, collector in (("stderr", self._stderr), ("stdout", self._stdout)):
            text = collector.text().strip() if collector else ""
            if text:
                problems.append(f"the provider {self.name} wrote to {pipe}:\n{text}")
        return problems


def _how(code: int) -> str:
    """Describe an end: a code below 0 is the signal that ended a process."""
    return f"exit code {code}" if code >= 0 else f"signal {-code}, so it was killed or crashed"


def _status(error: Any) -> tuple[grpc.StatusCode, str]:
    return error.code(), error.details() or error.code().name
