"""Front ends with a limit of memory, set while they run: each call ends, and in time."""

from __future__ import annotations

import subprocess
import time
from concurrent import futures
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
import grpclib
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2
from support import memory, terraform_host
from support.plugin import spawn_mortal, struct

from callerid.frontends import memory as memory_of_front
from callerid.frontends.terraform.messages import message
from callerid.frontends.terraform.server import PROVIDER
from outcome import DEADLINE, ENVIRON, LATE
from sentence import wrong_with
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Start = Callable[[Mapping[str, str]], AbstractContextManager["Limited"]]

LIMITS = (0, 256, 4, 16, 1, 2, 8, 32, 64, 128, 1024)
"""How many MiB a process gets besides those that it has; the short form takes the first two."""
ENOUGH = 256
"""So many are enough: with them all calls are answered."""
CALLS = 300
ANSWERED, LEFT = None, ""
"""How a call ends that is answered, and one of a process that left, which hosts report."""
_WHEN = {False: "before the first answer", True: "after an answer"}
_WAITING = 5 * DEADLINE
"""Seconds until a call is given up."""
_NOTHING = "no answer"
_USER = "callerid_current_user"


class Limited(NamedTuple):
    """A front end that may end as it likes."""

    process: subprocess.Popen[str]
    answer: Callable[[], object]
    """Answer once, without a limit yet."""
    begin: Callable[[], Callable[[], str | None]]
    """Begin a call; it gives how it ended: a text that was said, or one of those above."""


def tried(scale: Scale, environ: Mapping[str, str]) -> Iterator[Tried]:
    """Limit each before it has loaded what answering needs, and when it has answered."""
    limits = LIMITS[: scale.of(short=2, whole=len(LIMITS))]
    for (name, start), (answered, when) in product(_FRONTS.items(), _WHEN.items()):
        what = f"calls of {name}, {CALLS} at once, with limits of memory set {when}"
        found = [_limited(limit, start, environ, answered=answered) for limit in limits]
        lost = tuple(text for each, _ in found for text in each)
        answers = sum(count for _, count in found)
        yield Tried(what, len(found) * CALLS, lost, f"{answers:,} were answered")


def _limited(
    mib: int, start: Start, environ: Mapping[str, str], *, answered: bool
) -> tuple[list[str], int]:
    """Return what was lost, and how many calls were answered."""
    with start({**environ, **ENVIRON}) as front:
        if answered:
            front.answer()
        memory.leave(front.process.pid, mib)
        ended, seconds = _ask(front)
        with suppress(subprocess.TimeoutExpired):
            front.process.wait(DEADLINE if LEFT in ended else 0)
        code = front.process.poll()
        front.process.kill()
        said = front.process.communicate()[1]
    texts = {each for each in ended if each}
    wrong = {each if each == _NOTHING else wrong_with(each) for each in texts}
    lost = {f"{mib} MiB: {each}" for each in wrong if each}
    if seconds > DEADLINE + LATE:
        lost.add(f"{mib} MiB: {seconds:.1f} s for all of them")
    if mib >= ENOUGH and ended != [ANSWERED] * CALLS:
        lost.add(f"{mib} MiB are enough, and {ended.count(ANSWERED)} were answered")
    if LEFT in ended and (code, said.strip()) != (1, memory_of_front.TEXT):
        lost.add(f"{mib} MiB: calls ended as if it had left; code {code}, said {said[-300:]}")
    elif LEFT not in ended and (code, said) != (None, ""):
        lost.add(f"{mib} MiB: it went on, and then: code {code}, said {said[-300:]}")
    return sorted(lost), sum(each is ANSWERED for each in ended)


def _ask(front: Limited) -> tuple[list[str | None], float]:
    """Begin all calls; return how they ended, and after how many seconds the last did."""
    started = time.monotonic()
    coming = [front.begin() for _ in range(CALLS)]
    ended = [each() for each in coming]
    return ended, time.monotonic() - started


@contextmanager
def _plugin(environ: Mapping[str, str]) -> Iterator[Limited]:
    request = provider_pb2.InvokeRequest(tok="callerid:index:getCurrentUser", args=struct({}))

    def begin() -> Callable[[], str | None]:
        call: Any = plugin.stub.Invoke.future(request, timeout=_WAITING + LATE)
        return lambda: _said_by_plugin(call.exception())

    with spawn_mortal(environ=environ) as plugin:
        plugin.stub.GetPluginInfo(empty_pb2.Empty(), timeout=DEADLINE * 10)
        yield Limited(plugin.process, lambda: plugin.invoke("getCurrentUser"), begin)


def _said_by_plugin(error: Any) -> str | None:
    if error is None:
        return ANSWERED
    known = {grpc.StatusCode.UNAVAILABLE: LEFT, grpc.StatusCode.DEADLINE_EXCEEDED: _NOTHING}
    return known.get(error.code(), str(error.details()))


@contextmanager
def _provider(environ: Mapping[str, str]) -> Iterator[Limited]:
    config = terraform_host.packed({})
    raw = message("ReadDataSourceRequest")(type_name=_USER, config=config).SerializeToString()

    def begin() -> Callable[[], str | None]:
        call = host.connection.begin(f"{PROVIDER}ReadDataSource", raw)
        return lambda: _said_by_provider(call)

    with terraform_host.spawn_mortal(environ=environ) as host:
        host.connection.configure()
        yield Limited(host.process, lambda: host.connection.state(_USER), begin)


def _said_by_provider(call: futures.Future[tuple[bytes, str]]) -> str | None:
    try:
        answer = message("ReadDataSourceResponse").FromString(call.result(_WAITING + LATE)[0])
    except (grpclib.exceptions.StreamTerminatedError, OSError):
        return LEFT
    except futures.TimeoutError:
        return _NOTHING
    except grpclib.GRPCError as error:
        return str(error.message)
    return " ".join(each.detail for each in answer.diagnostics) or ANSWERED


_FRONTS: dict[str, Start] = {"the Pulumi plugin": _plugin, "Terraform's provider": _provider}
