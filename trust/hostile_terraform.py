"""Terraforms that mean harm: each call ends, and in time; then a good one is answered."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from concurrent import futures
from contextlib import ExitStack, closing, suppress
from random import Random
from typing import TYPE_CHECKING, Any

import grpclib
import msgpack
from support.memory import MIB
from support.terraform_host import Connection, Host, packed, spawn

import garbage
from attacked import Attacked, Watch
from callerid.errors import CancelledError
from callerid.frontends.terraform import dynamic
from callerid.frontends.terraform.messages import message
from callerid.frontends.terraform.methods import METHODS
from callerid.frontends.terraform.server import PROVIDER, SHUTDOWN
from outcome import DEADLINE, ENVIRON, NAME
from pending import SECONDS, gate
from sentence import wrong_with
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Attack = Callable[[Host, Scale], Attacked]

_USER = "callerid_current_user"
_WAIT = 60.0
_DEPTHS = (50, 500, 1_100, 20_000)
_STOPPED = str(CancelledError())
_ENDED = (grpclib.GRPCError, grpclib.exceptions.StreamTerminatedError)
"""How a call may end that is none; a host says so in its own words."""


def tried(scale: Scale, environ: Mapping[str, str]) -> Iterator[Tried]:
    """Attack one provider in each way, one after the other, and then its end."""
    times, lost = 0, list[str]()
    try:
        with spawn(environ={**environ, **ENVIRON}) as host:
            for what, attack in _ATTACKS.items():
                times, lost, seen = attack(host, scale)
                lost += _good(host, f"after {what}")
                yield Tried(f"hostile Terraform: {what}", times, tuple(lost), seen)
            times, lost, _ = _shutdowns(host, scale)
    except AssertionError as error:  # `spawn` demands an end without a word
        lost.append(str(error)[:500])
    yield Tried(
        "hostile Terraform: Shutdown, many at once, and what stderr got", times, tuple(lost)
    )
    with spawn(environ={**environ, **ENVIRON}, tls=True) as host:
        times, lost, _ = _socket(host, scale)
        lost += _good(host, "after garbage where TLS is spoken")
        yield Tried("hostile Terraform: garbage where TLS is spoken", times, tuple(lost))


def _good(host: Host, when: str) -> list[str]:
    """Tell what is wrong with a good call, on a connection of its own."""
    with closing(host.connect()) as connection:
        connection.configure()
        return _lost(lambda: _named(connection), when)


def _named(connection: Connection) -> str | None:
    return next(_amiss(connection.read(_USER)), None)


def _amiss(answer: Any) -> Iterator[str]:
    """Tell what came in place of the right answer; an error is none, whoever words it."""
    if answer.diagnostics:
        yield from (each.detail for each in answer.diagnostics)
    elif (name := dynamic.read(answer.state)["display_name"]) != NAME:
        yield f"a wrong answer: {name}"


def _lost(
    ask: Callable[[], str | None], when: str, watch: Watch | None = None, size: int = 0
) -> list[str]:
    watch = watch or Watch()
    started = time.monotonic()
    try:
        wrong = ask()
    except futures.TimeoutError:
        wrong = "no answer"
    except _ENDED as error:
        wrong = f"{type(error).__name__}: {error}"
    late = watch.late(time.monotonic() - started, size)
    return [f"{when}: {text}" for text in (wrong or late,) if text]


def _messages(host: Host, scale: Scale) -> Attacked:
    times = scale.of(short=60, whole=3_000)
    names = list(METHODS)
    chance = Random(17)  # noqa: S311 - the same each time
    calls = [
        (names[number % len(names)], raw)
        for number, raw in enumerate(garbage.messages(chance, _real(), times))
    ]
    for value in (*_values(chance, times), *map(_deep, _DEPTHS)):
        calls += [("ReadDataSource", _read(value)), ("ConfigureProvider", _configure(value))]
        calls.append(("CallFunction", _call(value)))
    calls.append(("ReadDataSource", _read(b"\xc6" + (100 * MIB).to_bytes(4, "big"))))
    large = msgpack.packb({"org_id": "x" * scale.of(short=8, whole=100) * MIB})
    calls.append(("ReadDataSource", _read(large)))
    watch = Watch()
    with closing(host.connect()) as connection, futures.ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda call: _sent(connection, watch, *call), calls)
        return Attacked(len(calls), [text for each in found for text in each], watch.seen)


def _sent(connection: Connection, watch: Watch, name: str, raw: bytes) -> list[str]:
    """Send a message; tell what is wrong with its answer."""

    def ask() -> str | None:
        answer = message(f"{name}Response").FromString(connection.send(PROVIDER + name, raw))
        return next(filter(None, map(wrong_with, _told(name, answer))), None)

    return _lost(ask, f"{name}, {len(raw)} bytes {raw[:60]!r}", watch, len(raw))


def _told(name: str, answer: Any) -> Iterator[str]:
    """Give what an answer tells people; a function's error ends without a stop: hosts add one."""
    if name == "CallFunction":
        if answer.HasField("error"):
            yield f"{answer.error.text}."
    elif name != "StopProvider":
        yield from (each.detail for each in answer.diagnostics)


def _real() -> list[bytes]:
    settings = packed({"m3ter_org_id": "x", "request_timeout_seconds": 3})
    arguments = packed({"org_id": "x", "all_roles": ["a"], "min_role_seconds_left": 3})
    roles = [dynamic.write([{"name": "a", "kind": "policy"}]), dynamic.write("a")]
    made: list[Any] = [
        message("ConfigureProviderRequest")(config=settings),
        message("ValidateProviderConfigRequest")(config=settings),
        message("ReadDataSourceRequest")(type_name="callerid_require_caller", config=arguments),
        message("ReadDataSourceRequest")(type_name=_USER, config=packed({})),
        message("CallFunctionRequest")(name="has_role", arguments=roles),
    ]
    return [each.SerializeToString() for each in made]


def _values(chance: Random, times: int) -> Iterator[bytes]:
    """Give MessagePack that is none, or of no type that is wanted."""
    wrong: list[Any] = [1, "x", [], [1], True, {"org_id": []}, {"org_id": {"a": 1}}, {1: 2}]
    lists: tuple[Any, ...] = (1, "x", [1], [[]], [None], {}, 1.5, b"\xff")
    numbers: tuple[Any, ...] = ("x", "nan", 1e308, [], b"1")
    wrong += [{"all_roles": value} for value in lists]
    wrong += [{"request_timeout_seconds": value} for value in numbers]
    wrong += [[{"name": b"\xff"}], msgpack.ExtType(5, b"x"), {"org_id": msgpack.Timestamp(1)}]
    yield from map(msgpack.packb, wrong)
    for _ in range(times):
        yield chance.randbytes(chance.randrange(1, 60))
    real = [msgpack.packb(each) for each in wrong if isinstance(each, dict)]
    yield from garbage.messages(chance, real, times)


def _deep(depth: int) -> bytes:
    return b"\x81\xa6org_id" + b"\x91" * depth + b"\xc0"


def _read(value: bytes) -> bytes:
    request = message("ReadDataSourceRequest")(type_name=_USER, config={"msgpack": value})
    return bytes(request.SerializeToString())


def _configure(value: bytes) -> bytes:
    return bytes(message("ConfigureProviderRequest")(config={"msgpack": value}).SerializeToString())


def _call(value: bytes) -> bytes:
    given = [{"msgpack": value}, {"msgpack": value}]
    request = message("CallFunctionRequest")(name="has_role", arguments=given)
    return bytes(request.SerializeToString())


def _many(_: Host, scale: Scale) -> Attacked:
    """Let so many wait for one answer, all of them at once."""
    times = scale.of(short=300, whole=10_000)
    path, raw = PROVIDER + "ReadDataSource", _read(packed({}).msgpack)
    with gate() as api, spawn(environ=api.environ) as host:
        host.connection.configure()
        coming = [host.connection.begin(path, raw) for _ in range(times)]
        lost = list(api.open_for(host.process.pid, times))
        lost += sorted({text for each in coming for text in _unanswered(each)})
        return Attacked(times, lost)


def _unanswered(call: futures.Future[tuple[bytes, str]]) -> Iterator[str]:
    """Tell what came in place of the answer."""
    try:
        response, _ = call.result(SECONDS)
    except (futures.TimeoutError, *_ENDED) as error:
        yield f"{type(error).__name__}: {error}"
        return
    yield from _amiss(message("ReadDataSourceResponse").FromString(response))


def _told_by(connection: Connection) -> str | None:
    told = [each.detail for each in connection.read(_USER).diagnostics]
    return next((wrong for each in told if (wrong := wrong_with(each))), None)


def _all(calls: list[Callable[[], str | None]]) -> list[str]:
    """Make calls, 200 at once."""
    with futures.ThreadPoolExecutor(200) as pool:
        found = pool.map(lambda call: _lost(call, "a call"), calls)
        return sorted({text for each in found for text in each})


def _stops(host: Host, scale: Scale) -> Attacked:
    """Stop calls, then ask on the same connection: its settings stay, Stop ends calls alone."""
    times = scale.of(short=20, whole=1_000)
    stopped: list[str] = []
    with closing(host.connect()) as connection:
        connection.configure()

        def read() -> str | None:
            wrong = _named(connection)
            stopped.extend([wrong] if wrong == _STOPPED else [])
            return None if wrong == _STOPPED else wrong

        def stop() -> str | None:
            return str(connection.call("StopProvider").Error) or None

        calls: list[Callable[[], str | None]] = [read] * 3
        lost = _all([*calls, stop] * times)
        lost += [] if stopped else ["nothing was tried: no call was stopped"]
        lost += _lost(lambda: _named(connection), "on the same connection")
        return Attacked(times * 4, lost)


def _configures(host: Host, scale: Scale) -> Attacked:
    times = scale.of(short=20, whole=1_000)
    others: tuple[dict[str, Any], ...] = ({}, {"m3ter_org_id": "1"}, {"platform": "csp"}, {"no": 1})
    with closing(host.connect()) as connection:
        connection.configure()
        calls: list[Callable[[], str | None]] = []
        for number in range(times):
            settings = others[number % len(others)]
            calls.append(lambda settings=settings: _configured(connection, settings))  # type: ignore[misc]
            calls += [lambda: _told_by(connection)] * 3
        return Attacked(len(calls), _all(calls))


def _configured(connection: Connection, settings: Mapping[str, Any]) -> str | None:
    told = connection.configure(**settings)
    return next((wrong for each in told if (wrong := wrong_with(each.detail))), None)


def _socket(host: Host, scale: Scale) -> Attacked:
    times = scale.of(short=16, whole=500)
    for said in garbage.openings(Random(17), times):  # noqa: S311 - the same each time
        garbage.say(lambda: _connected(host), said)
    return Attacked(times, [])


def _crowd(host: Host, scale: Scale) -> Attacked:
    times = scale.of(short=50, whole=1_000)
    with ExitStack() as stack:
        garbage.crowd(lambda: _connected(host), stack, times)
        return Attacked(times, _good(host, "among idle connections"))


def _connected(host: Host) -> socket.socket:
    connected = socket.socket(socket.AF_UNIX)
    connected.settimeout(5)
    connected.connect(host.line.address)
    return connected


def _metadata(host: Host, scale: Scale) -> Attacked:
    """Send more and more; what is too much may be refused, and end the connection."""
    sizes = [2**power for power in range(10, scale.of(short=17, whole=21))]
    watch, lost = Watch(), []
    for size in sizes:
        with closing(host.connect()) as connection:
            lost += _with_metadata(connection, watch, size)
    return Attacked(len(sizes), lost, watch.seen)


def _with_metadata(connection: Connection, watch: Watch, size: int) -> list[str]:
    connection.call("GetMetadata")  # limits are agreed on by then
    baggage = {f"baggage-{number}": "x" * 1000 for number in range(size // 1024)}

    def ask() -> str | None:
        try:
            connection.send(PROVIDER + "GetMetadata", metadata=baggage)
        except (*_ENDED, asyncio.CancelledError):
            return None if size > MIB // 2 else "refused"
        return None

    return _lost(ask, f"{size} bytes of metadata", watch, size)


def _shutdowns(host: Host, scale: Scale) -> Attacked:
    """Tell it many times at once that it may leave; it goes with the first that it hears."""
    times = scale.of(short=20, whole=200)
    connection = host.connect()

    def shut_down() -> str | None:
        with suppress(OSError, asyncio.CancelledError, grpclib.exceptions.StreamTerminatedError):
            connection.send(SHUTDOWN)
        return None

    lost = _all([shut_down] * times)
    try:
        host.process.wait(DEADLINE)
    except subprocess.TimeoutExpired:
        lost.append("the provider is still there after Shutdown")
    host.shut_down = lambda: None  # type: ignore[method-assign]  # it is gone
    connection.close()
    return Attacked(times, lost)


_ATTACKS: dict[str, Attack] = {
    "messages that are none, deep, or large": _messages,
    "sizes of metadata": _metadata,
    "calls at once": _many,
    "StopProvider amid calls, again and again": _stops,
    "ConfigureProvider amid calls, with other settings each time": _configures,
    "garbage on the socket": _socket,
    "idle connections": _crowd,
}
