"""Start-up, repeated reads and memory: callerid beside `baseline_provider.py`, or any provider.

Plugins are started in turn against the same APIs, and talked to as the engine would.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
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

import apis
from callerid import derived, launch
from table import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

STARTS, READS, AT_ONCE = 25, 50, 6
VERSION = "0.1.0"
KIB_PER_MIB = 1024
QUESTION = provider_pb2.InvokeRequest(
    tok="callerid:index:getCurrentUser", args=struct_pb2.Struct(), preview=True
).SerializeToString()
ANSWER_AIMS = {apis.HTTP: 0.5, apis.HTTPS: 0.5, apis.SLOW_HTTP: 0.7, apis.SLOW_HTTPS: 0.7}


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


def rows(other: Side = BASELINE) -> list[Row]:
    """Start both sides in turn at each API, and compare their medians.

    Exits where callerid would run its models, as in a checkout whose validators are older.
    """
    if not derived.usable():
        sys.exit("bench: the validators are older than their models. Run: make schema")
    sides = (CALLERID, other)
    with apis.apis() as at, compiling() as environ:
        callers = {name: {**caller, **environ} for name, caller in at.items()}
        for side in sides:
            _start(side, callers[apis.HTTP])  # compiles, and warms the disk's cache
        pairs: dict[str, list[tuple[Start, ...]]] = {name: [] for name in callers}
        for turn in range(STARTS):
            for name in _rotated(list(callers), turn):
                pairs[name].append(tuple(_start(side, callers[name]) for side in sides))
        together = [[_ports(side, callers[apis.HTTP]) for side in sides] for _ in range(STARTS)]

    def at_api(name: str, figure: Callable[[Start], float]) -> list[list[float]]:
        return [[figure(start) for start in pair] for pair in pairs[name]]

    def at_all(figure: Callable[[Start], float]) -> list[list[float]]:
        return [pair for name in pairs for pair in at_api(name, figure)]

    return [
        _row("process start to port printed", at_all(lambda s: s.port), "ms", 0.25),
        *(
            _row(
                f"process start to the first answered getCurrentUser, token included: {name}",
                at_api(name, lambda s: s.answer),
                "ms",
                aim,
            )
            for name, aim in ANSWER_AIMS.items()
        ),
        _row(
            f"a repeated read over gRPC ({STARTS} times {READS})",
            at_api(apis.HTTP, lambda s: s.read),
            "ms",
            0.5,
        ),
        _row("peak memory after the first answer", at_all(lambda s: s.memory), "MiB", 0.8),
        _row(f"{AT_ONCE} processes at once, until all printed their port", together, "ms", 0.25),
    ]


def _rotated(names: list[str], turn: int) -> list[str]:
    first = turn % len(names)
    return names[first:] + names[:first]


def _row(what: str, pairs: list[list[float]], unit: str, aim: float) -> Row:
    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    reached = f"{ours / theirs:.2f} of at most {aim:.2f}"
    return Row(what, f"{_three(ours)} {unit}", f"{_three(theirs)} {unit}", reached)


def _three(figure: float) -> str:
    """Write three digits of a figure, without an exponent."""
    return f"{float(f'{figure:.3g}'):,g}"


@contextmanager
def compiling() -> Iterator[dict[str, str]]:
    """Give variables that make Python keep what it compiles, as an installed package is compiled.

    A checkout is not, where PYTHONDONTWRITEBYTECODE is set: each start would compile it anew.
    """
    with TemporaryDirectory() as folder:
        yield {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}


def _begin(side: Side, caller: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - plugins that we chose
        side.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=environment({**caller, **side.environ}),
    )


def _start(side: Side, caller: Mapping[str, str]) -> Start:
    """Start a plugin, ask it, and stop it."""
    watch = _Watch()
    with _begin(side, caller) as process:
        try:
            port = _port(process)
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


def _ports(side: Side, caller: Mapping[str, str]) -> float:
    """Start several plugins at once; give the time until each printed its port, and was ended."""
    watch = _Watch()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda _: _only_port(side, caller), range(AT_ONCE)))
    return watch.milliseconds()


def _only_port(side: Side, caller: Mapping[str, str]) -> None:
    with _begin(side, caller) as process:
        _port(process)
        process.kill()


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stdout  # noqa: S101 - it is a pipe
    return int(process.stdout.readline())


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
