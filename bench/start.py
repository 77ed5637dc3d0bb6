"""Start-up, repeated reads and memory: callerid beside `baseline_provider.py`.

Both plugins are started in turn against one sandbox, and talked to as the engine would.
"""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager
from math import nan
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2
from support.plugin import Plugin, environment

from callerid import launch
from callerid.sandbox.server import Sandbox
from table import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

STARTS, READS = 11, 50
VERSION = "0.1.0"
KIB_PER_MIB = 1024
QUESTION = provider_pb2.InvokeRequest(
    tok="callerid:index:getCurrentUser", args=struct_pb2.Struct(), preview=True
).SerializeToString()


class Side(NamedTuple):
    """A plugin: the command that starts it, and what its environment has besides the caller's."""

    command: tuple[str, ...]
    environ: Mapping[str, str]


class Start(NamedTuple):
    """One start: milliseconds until port and first answer, of a repeated read, and peak MiB."""

    port: float
    answer: float
    read: float
    memory: float


CALLERID = Side(launch.PLUGIN, {})
BASELINE = Side(
    (
        sys.executable,
        "-c",
        # callerid brings click and rich along, and httpx would load them as its command line;
        # an environment of the baseline's own has neither
        "import sys; sys.modules['httpx._main'] = None\nfrom baseline_provider import main; main()",
    ),
    {"PYTHONPATH": str(Path(__file__).parent)},
)


def rows() -> list[Row]:
    """Start both sides in turn and compare their medians."""
    with Sandbox.start() as sandbox, compiling() as environ:
        caller = {**sandbox.environment("service-user"), **environ}
        for side in (CALLERID, BASELINE):
            _start(side, caller)  # compiles, and warms the disk's cache
        pairs = [(_start(CALLERID, caller), _start(BASELINE, caller)) for _ in range(STARTS)]

    def row(what: str, figure: Callable[[Start], float], unit: str, aim: float) -> Row:
        ours, theirs = (median(map(figure, side)) for side in zip(*pairs, strict=True))
        reached = f"{ours / theirs:.2f} of at most {aim:.2f}"
        return Row(what, f"{ours:.3g} {unit}", f"{theirs:.3g} {unit}", reached)

    return [
        row("process start to port printed", lambda start: start.port, "ms", 0.35),
        row(
            "process start to the first answered getCurrentUser, token included",
            lambda start: start.answer,
            "ms",
            0.75,
        ),
        row(
            f"a repeated read over gRPC ({STARTS} times {READS})",
            lambda start: start.read,
            "ms",
            0.5,
        ),
        row("peak memory after the first answer", lambda start: start.memory, "MiB", 1.0),
    ]


@contextmanager
def compiling() -> Iterator[dict[str, str]]:
    """Give variables that make Python keep what it compiles, as an installed package is compiled.

    A checkout is not, where PYTHONDONTWRITEBYTECODE is set: each start would compile it anew.
    """
    with TemporaryDirectory() as folder:
        yield {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}


def _start(side: Side, caller: Mapping[str, str]) -> Start:
    """Start a plugin, ask it, and stop it."""
    watch = _Watch()
    with subprocess.Popen(  # noqa: S603 - our own plugins
        side.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=environment({**caller, **side.environ}),
    ) as process:
        try:
            assert process.stdout  # noqa: S101 - it is a pipe
            port = int(process.stdout.readline())
            until_port = watch.milliseconds()
            plugin = Plugin(process, port)
            _introduce(plugin)
            answer = _read(plugin)
            until_answer = watch.milliseconds()
            memory = _peak_memory(process.pid)
            _require_caller(answer, caller)
            read = median(_timed(plugin) for _ in range(READS))
            plugin.channel.close()
        finally:
            process.terminate()
    return Start(until_port, until_answer, read, memory)


class _Watch:
    """A stop watch, running since it was made."""

    def __init__(self) -> None:
        self._started = time.perf_counter()

    def milliseconds(self) -> float:
        return (time.perf_counter() - self._started) * 1000


def _introduce(plugin: Plugin) -> None:
    """Say what the engine says before it asks; a plugin may know no Handshake."""
    handshake = provider_pb2.ProviderHandshakeRequest(
        configure_with_urn=True, invoke_with_preview=True
    )
    try:
        plugin.stub.Handshake(handshake, timeout=30)
    except grpc.RpcError as error:
        if error.code() != grpc.StatusCode.UNIMPLEMENTED:
            raise
    plugin.stub.GetPluginInfo(empty_pb2.Empty(), timeout=30)
    plugin.check_config(version=VERSION)
    plugin.configure(version=VERSION)


def _read(plugin: Plugin) -> bytes:
    """Ask as the engine does, without the cost of writing the question and reading the answer."""
    invoke: grpc.UnaryUnaryMultiCallable[bytes, bytes] = plugin.channel.unary_unary(
        "/pulumirpc.ResourceProvider/Invoke"
    )
    return invoke(QUESTION, timeout=30)


def _timed(plugin: Plugin) -> float:
    watch = _Watch()
    _read(plugin)
    return watch.milliseconds()


def _require_caller(answer: bytes, caller: Mapping[str, str]) -> None:
    """Make sure that what was measured is an answer, about the caller's organization."""
    fields = getattr(provider_pb2.InvokeResponse.FromString(answer), "return")
    if fields["orgId"] != caller["M3TER_ORG_ID"] or not fields["id"]:
        message = f"a plugin did not tell who calls, but {fields}"
        raise AssertionError(message)


def _peak_memory(pid: int) -> float:
    """Read the most memory that a process held so far, in MiB; nan where there is no /proc."""
    status = Path(f"/proc/{pid}/status")
    if not status.is_file():
        return nan
    line = next(each for each in status.read_text().splitlines() if each.startswith("VmHWM:"))
    return int(line.split()[1]) / KIB_PER_MIB
