"""The plugin as the engine sees it: a process, its port, and the stubs of the `pulumi` package."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from callerid import launch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NOT_SHARED = (("grpc.use_local_subchannel_pool", 1),)
"""gRPC would put the channels of one process to one address on one connection."""
CALLERS_VARIABLES = ("M3TER_", "CSP_", "CALLERID_", "PULUMI_")


class Plugin:
    """A running plugin."""

    def __init__(self, process: subprocess.Popen[Any], port: int) -> None:
        """Connect to it, by a connection of its own."""
        self.process = process
        self.port = port
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", _NOT_SHARED)
        self.stub: Any = provider_pb2_grpc.ResourceProviderStub(self.channel)

    @contextmanager
    def connected_again(self) -> Iterator[Plugin]:
        """Open another connection to the same process, as the engine does for each provider."""
        other = Plugin(self.process, self.port)
        try:
            yield other
        finally:
            other.channel.close()

    def handshake(self, engine: str = "") -> None:
        """Begin as an engine does that is at this address."""
        self.stub.Handshake(
            provider_pb2.ProviderHandshakeRequest(engine_address=engine), timeout=30
        )

    def cancel(self) -> None:
        """End the calls in flight."""
        self.stub.Cancel(empty_pb2.Empty(), timeout=30)

    def configure(self, *, urn: str = "", **settings: Any) -> Any:
        """Send Configure with explicit settings."""
        request = provider_pb2.ConfigureRequest(args=struct(settings), urn=urn or None)
        return self.stub.Configure(request, timeout=30)

    def check_config(self, *, urn: Any = "", **settings: Any) -> Any:
        """Send CheckConfig with explicit settings."""
        request = provider_pb2.CheckRequest(urn=urn, news=struct(settings))
        return self.stub.CheckConfig(request, timeout=30)

    def invoke(self, function: str, /, timeout: float = 30, **arguments: Any) -> dict[str, Any]:
        """Call a function and give its answer as plain values."""
        request = provider_pb2.InvokeRequest(
            tok=f"callerid:index:{function}", args=struct(arguments), preview=True
        )
        response = self.stub.Invoke(request, timeout=timeout)
        assert not response.failures
        answer: dict[str, Any] = plain(getattr(response, "return"))
        return answer

    def refusal(self, function: str, /, **arguments: Any) -> tuple[grpc.StatusCode, str]:
        """Call a function that must fail; give the status and the message."""
        try:
            self.invoke(function, **arguments)
        except grpc.RpcError as error:
            return error.code(), str(error.details())
        message = f"{function} was answered"
        raise AssertionError(message)


@contextmanager
def spawn(
    *arguments: str, environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[Plugin]:
    """Start the plugin; afterwards stop it, and demand that it leave cleanly and say nothing."""
    with spawn_talking(*arguments, environ=environ, cwd=cwd) as (plugin, said):
        yield plugin
    assert said == [""], said


@contextmanager
def spawn_mortal(*arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Plugin]:
    """Start the plugin; it may end as it likes, and afterwards it is killed."""
    with _started(*arguments, environ=environ) as process:
        plugin = _connected(process)
        try:
            yield plugin
        finally:
            plugin.channel.close()
            process.kill()


def _started(
    *arguments: str, environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - our own plugin
        [*launch.PLUGIN, *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(environ or {}),
    )


def _connected(process: subprocess.Popen[str]) -> Plugin:
    assert process.stdout
    return Plugin(process, int(process.stdout.readline()))


@contextmanager
def spawn_talking(
    *arguments: str, environ: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Iterator[tuple[Plugin, list[str]]]:
    """Start the plugin; what it said on stderr is in the list when it has ended."""
    process = _started(*arguments, environ=environ, cwd=cwd)
    plugin = _connected(process)
    said: list[str] = []
    try:
        yield plugin, said
    finally:
        plugin.channel.close()
        process.terminate()
        stdout, stderr = process.communicate(timeout=5)
        assert (process.returncode, stdout) == (0, "")
        said.append(stderr)


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Give this process's environment without anybody's credentials, and with `more`."""
    own = {k: v for k, v in os.environ.items() if not k.startswith(CALLERS_VARIABLES)}
    return {**own, **more}


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Write plain values as a Struct."""
    written = struct_pb2.Struct()
    written.update(dict(values))
    return written


def plain(value: Any) -> Any:
    """Read a Struct, list or value as plain values."""
    if isinstance(value, struct_pb2.Struct):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, struct_pb2.ListValue):
        return [plain(item) for item in value]
    return value
