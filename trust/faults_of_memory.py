"""A plugin with a limit of memory, set while it runs: each call ends, and in time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2
from support import memory
from support.plugin import Plugin, spawn_mortal, struct

from outcome import DEADLINE, ENVIRON, LATE
from sentence import wrong_with
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LIMITS = (0, 64, 4, 16, 1, 2, 8, 32, 128)
"""How many MiB a process gets besides those that it has."""
CALLS = 300
_WAITING = 3 * DEADLINE
"""Seconds until a call hangs: those that wait for a thread come after others."""
_LEFT = grpc.StatusCode.UNAVAILABLE


def tried(scale: Scale, environ: Mapping[str, str]) -> Iterator[Tried]:
    """Limit it before it has loaded what answering needs, and when it has answered."""
    limits = LIMITS[: scale.of(short=2, whole=len(LIMITS))]
    for answered, when in ((False, "before the first answer"), (True, "after an answer")):
        what = f"calls, {CALLS} at once, with limits of memory set {when}"
        found = [_limited(limit, environ, answered=answered) for limit in limits]
        lost = tuple(text for each, _ in found for text in each)
        answers = sum(count for _, count in found)
        yield Tried(what, len(found) * CALLS, lost, f"{answers:,} were answered")


def _limited(mib: int, environ: Mapping[str, str], *, answered: bool) -> tuple[list[str], int]:
    """Return what was lost, and how many calls were answered."""
    with spawn_mortal(environ={**environ, **ENVIRON}) as plugin:
        plugin.stub.GetPluginInfo(empty_pb2.Empty(), timeout=DEADLINE * 10)
        if answered:
            plugin.invoke("getCurrentUser")
        memory.leave(plugin.process.pid, mib)
        ended = _ask(plugin)
        plugin.process.kill()
        said = plugin.process.communicate()[1]
    lost = {f"{mib} MiB: {wrong}" for each in ended if (wrong := _wrong(each))}
    lost |= {f"{mib} MiB: a traceback"} if "Traceback" in said else set()
    return sorted(lost), sum(each is None for each in ended)


def _ask(plugin: Plugin) -> list[grpc.RpcError | None]:
    request = provider_pb2.InvokeRequest(tok="callerid:index:getCurrentUser", args=struct({}))
    started = time.monotonic()
    calls: list[Any] = [
        plugin.stub.Invoke.future(request, timeout=_WAITING + LATE) for _ in range(CALLS)
    ]
    ended: list[grpc.RpcError | None] = [call.exception() for call in calls]
    assert time.monotonic() - started < _WAITING + 2 * LATE  # noqa: S101 - gRPC keeps time
    return ended


def _wrong(error: Any) -> str | None:
    """Return what is wrong with how a call ended; a process may leave, which hosts report."""
    if error is None or error.code() == _LEFT:
        return None
    if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
        return "no answer"
    return wrong_with(str(error.details()))
