"""Engines that mean harm to a plugin: each call ends, and in time; then a good one is answered."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from random import Random
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2
from support.memory import MIB
from support.plugin import Plugin, spawn, spawn_talking, struct

import garbage
from attacked import Attacked, Watch
from callerid.frontends.pulumi.server import METHODS, SERVICE
from outcome import DEADLINE, ENVIRON, LATE, NAME, ask
from pending import SECONDS, gate
from sentence import wrong_with
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Attack = Callable[[Plugin, Scale], Attacked]

_CANCELLED = grpc.StatusCode.CANCELLED
"""Nobody reads why a call was cancelled."""
_TOO_LARGE = grpc.StatusCode.RESOURCE_EXHAUSTED
"""How gRPC itself refuses what is too large, in its own words."""
_WAIT = 60.0
_GRPCS = {
    *(_CANCELLED, _TOO_LARGE),
    *(grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED),
}
"""Codes with which gRPC itself ends a call, in its own words."""
_AT_ONCE = 50
"""So often something is done at once, and everything ended in time, before it is done again."""


def tried(scale: Scale, environ: Mapping[str, str]) -> Iterator[Tried]:
    """Attack one plugin in each way, one after the other."""
    with spawn_talking(environ={**environ, **ENVIRON}) as (plugin, said):
        for what, attack in _ATTACKS.items():
            times, lost, seen = attack(plugin, scale)
            with plugin.connected_again() as other:
                other.configure()
                lost += ask(other).lost(f"after {what}", answer=True)
            yield Tried(f"hostile engine: {what}", times, tuple(lost), seen)
    lost = [f"stderr: {text[:500]}" for text in said if text]
    yield Tried("hostile engine: what the plugin left on stderr", 1, tuple(lost))


def _messages(plugin: Plugin, scale: Scale) -> Attacked:
    times = scale.of(short=60, whole=5_000)
    names = [name for name in METHODS if name != "Cancel"]
    chance = Random(17)  # noqa: S311 - the same each time
    calls = [
        (names[number % len(names)], raw)
        for number, raw in enumerate(garbage.messages(chance, _real(), times))
    ]
    calls += [("Invoke", _deep(depth)) for depth in (50, 99, 101, 1_000, 20_000)]
    calls += [("CheckConfig", _deep(depth, field=2)) for depth in (50, 99, 101, 1_000, 20_000)]
    calls.append(("Invoke", _large(scale.of(short=8, whole=100) * MIB)))
    watch = Watch()
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda call: _sent(plugin, watch, *call), calls)
        return Attacked(len(calls), [text for each in found for text in each], watch.seen)


def _real() -> list[bytes]:
    settings = struct({"m3terOrgId": "x", "requestTimeoutSeconds": 3, "cspApiToken": "y"})
    arguments = struct({"orgId": "x", "allRoles": ["a", "b"], "minRoleSecondsLeft": 3})
    messages: list[Any] = [
        provider_pb2.ConfigureRequest(args=settings, urn="urn:a::b::c::d"),
        provider_pb2.CheckRequest(news=settings, olds=settings, urn="urn:a::b::c::d"),
        provider_pb2.DiffRequest(news=settings, olds=arguments, ignoreChanges=["x"]),
        provider_pb2.ProviderHandshakeRequest(engine_address="127.0.0.1:1", root_directory="/"),
        *(
            provider_pb2.InvokeRequest(tok=f"callerid:index:{name}", args=arguments)
            for name in ("getCurrentUser", "getUserOrgRoles", "requireCaller")
        ),
    ]
    return [each.SerializeToString() for each in messages]


def _deep(depth: int, field: int = 2) -> bytes:
    """Write a struct in a message that holds itself so often."""
    value = b"\x12\x01x"
    for _ in range(depth):
        value = _field(6, _field(1, value))  # a list of one value
    token = _field(1, b"callerid:index:getCurrentUser")
    return token + _field(field, _field(1, _field(1, b"orgId") + _field(2, value)))


def _field(number: int, value: bytes) -> bytes:
    length, size = bytearray(), len(value)
    while size > 0x7F:  # noqa: PLR2004 - seven bits a byte
        length.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes((number << 3 | 2, *length, size)) + value


def _large(size: int) -> bytes:
    arguments = struct_pb2.Struct()
    arguments["orgId"] = "x" * size
    message = provider_pb2.InvokeRequest(tok="callerid:index:getCurrentUser", args=arguments)
    return bytes(message.SerializeToString())


def _sent(
    plugin: Plugin,
    watch: Watch,
    name: str,
    raw: bytes,
    metadata: tuple[tuple[str, str], ...] = (),
) -> list[str]:
    """Send a message; tell what is wrong with how it ended: it may be too large."""
    call: Any = plugin.channel.unary_unary(f"/{SERVICE}/{name}")
    sent = len(raw) + sum(len(value) for _, value in metadata)
    started = time.monotonic()
    try:
        call(raw, timeout=_WAIT, metadata=metadata)
    except grpc.RpcError as error:
        large = sent >= (MIB // 2 if metadata else MIB)  # names and frames are counted, too
        wrong = _wrong(error, _TOO_LARGE if large else None)
    else:
        wrong = None
    late = watch.late(time.monotonic() - started, sent)
    return [f"{name}, {sent} bytes {raw[:40]!r}: {text}" for text in (wrong or late,) if text]


def _wrong(error: Any, right: grpc.StatusCode | None = None) -> str | None:
    """Tell what is wrong with an error: nothing if it has a code that is `right` here."""
    code = error.code()
    if code == right:
        return None
    if code in _GRPCS:
        return f"{code.name}: {error.details()}"
    return wrong_with(str(error.details()))


def _metadata(plugin: Plugin, scale: Scale) -> Attacked:
    sizes = [2**power for power in range(10, scale.of(short=21, whole=24))]
    watch = Watch()
    lost = [
        text
        for size in sizes
        for text in _sent(plugin, watch, "GetPluginInfo", b"", (("baggage", "x" * size),))
    ]
    return Attacked(len(sizes), lost, watch.seen)


def _many(_: Plugin, scale: Scale) -> Attacked:
    """Let so many wait for one answer, all of them at once."""
    times = scale.of(short=300, whole=10_000)
    with gate() as api, spawn(environ=api.environ) as plugin:
        plugin.configure()
        calls = _asking(plugin, times, SECONDS)
        lost = list(api.open_for(plugin.process.pid, times))
        lost += sorted({text for each in calls for text in _unanswered(each)})
        return Attacked(times, lost)


def _unanswered(call: Any) -> Iterator[str]:
    """Tell what came in place of the answer; an error is none, whoever words it."""
    if error := call.exception():
        yield f"{error.code().name}: {error.details()}"
    elif (name := getattr(call.result(), "return")["displayName"]) != NAME:
        yield f"a wrong answer: {name}"


def _asking(plugin: Plugin, times: int, seconds: float = _WAIT) -> list[Any]:
    request = provider_pb2.InvokeRequest(tok="callerid:index:getCurrentUser", args=struct({}))
    return [plugin.stub.Invoke.future(request, timeout=seconds) for _ in range(times)]


def _again(
    do: Callable[[int], list[Any]], times: int, right: grpc.StatusCode | None = None
) -> Attacked:
    """Do something again and again, some at once; count the calls, and tell what is wrong."""
    count, lost, ended = 0, set(), set()
    for first in range(0, times, _AT_ONCE):
        started = time.monotonic()
        calls = [call for number in range(first, first + _AT_ONCE) for call in do(number)]
        ended |= {call.code() for call in calls}
        seconds = time.monotonic() - started
        lost |= {text for call in calls for text in _amiss(call, right)}
        if seconds > DEADLINE + LATE:
            lost.add(f"{len(calls)} at once took {seconds:.1f} s")
        count += len(calls)
    if right and right not in ended:
        lost.add(f"nothing was tried: no call ended with {right.name}")
    return Attacked(count, sorted(lost))


def _amiss(call: Any, right: grpc.StatusCode | None) -> Iterator[str]:
    """Tell what is wrong with a call's end; where a code is `right`, so is an answer, no more."""
    error = call.exception()
    if error and right is None:
        wrong = _wrong(error)
        yield from [wrong] if wrong else []
    elif error:
        yield from _unanswered(call) if error.code() != right else ()
    elif right and isinstance(call.result(), provider_pb2.InvokeResponse):
        yield from _unanswered(call)


def _cancels(plugin: Plugin, scale: Scale) -> Attacked:
    """Cancel calls, then ask on the same connection, without setting it up anew."""

    def do(_: int) -> list[Any]:
        cancel = plugin.stub.Cancel.future
        return [*_asking(plugin, 3), cancel(empty_pb2.Empty(), timeout=_WAIT)]

    storm = _again(do, scale.of(short=_AT_ONCE, whole=1_000), _CANCELLED)
    lost = ask(plugin).lost("on the same connection", answer=True)
    return Attacked(storm.times, [*storm.lost, *lost])


def _configures(plugin: Plugin, scale: Scale) -> Attacked:
    others: tuple[dict[str, Any], ...] = ({}, {"m3terOrgId": "1"}, {"platform": "csp"}, {"no": 1})

    def do(number: int) -> list[Any]:
        request = provider_pb2.ConfigureRequest(args=struct(others[number % len(others)]))
        return [plugin.stub.Configure.future(request, timeout=_WAIT), *_asking(plugin, 3)]

    return _again(do, scale.of(short=_AT_ONCE, whole=1_000))


def _socket(plugin: Plugin, scale: Scale) -> Attacked:
    def connect() -> socket.socket:
        return socket.create_connection(("127.0.0.1", plugin.port), timeout=5)

    times = scale.of(short=16, whole=500)
    for said in garbage.openings(Random(17), times):  # noqa: S311 - the same each time
        garbage.say(connect, said)
    return Attacked(times, [])


def _crowd(plugin: Plugin, scale: Scale) -> Attacked:
    def connect() -> socket.socket:
        return socket.create_connection(("127.0.0.1", plugin.port), timeout=5)

    times = scale.of(short=50, whole=1_000)
    with ExitStack() as stack:
        garbage.crowd(connect, stack, times)
        with plugin.connected_again() as other:
            other.configure()
            return Attacked(times, [*ask(other).lost("among idle connections", answer=True)])


_ATTACKS: dict[str, Attack] = {
    "messages that are none, deep, or large": _messages,
    "sizes of metadata": _metadata,
    "calls at once": _many,
    "Cancel amid calls, again and again": _cancels,
    "Configure amid calls, with other settings each time": _configures,
    "garbage on the socket": _socket,
    "idle connections": _crowd,
}
