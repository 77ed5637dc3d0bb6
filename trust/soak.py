"""A plugin that lives long: reads without end, tokens that expire, refusals that are asked anew."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

import grpc
from support.plugin import spawn
from support.proc import Used, used

from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from support.plugin import Plugin

PORTIONS = 16
"""After each portion of the reads it is looked at what the process uses."""
WARM, LAST = slice(2, 4), slice(-2, None)
"""The portions that are compared: the end of the warm-up, a quarter of all, and the end."""
ROUNDS = 4
"""How often a short soak may begin anew, as it may end before a process is warm: a leak goes on."""
UPSTREAM_EVERY, CONFIGURE_EVERY, CALLS_OF_A_TOKEN = 10, 500, 5
MORE_MEMORY, MORE_THREADS, MORE_DESCRIPTORS = 0.05, 2, 2
"""What may be more after the reads: 5 % of memory; and a thread or socket that just ends."""


def tried(scale: Scale) -> Iterator[Tried]:
    """Read, and compare what the process uses after warming up and at the end."""
    reads, rounds = scale.of(short=2_000, whole=100_000), scale.of(short=ROUNDS, whole=1)
    wrong = list[str]()
    with (
        Sandbox.start({"both": _caller()}) as sandbox,
        spawn(environ=sandbox.environment("both")) as plugin,
    ):
        done, seen, names = settled(lambda: _used(plugin, reads // PORTIONS, wrong), rounds)
        tokens = sum(each.method == "POST" for each in sandbox.requests)
        asked = len(sandbox.requests) - tokens
    used = _both(*levels(seen))
    told = f"{tokens:,} tokens, {asked:,} requests; {used}"
    lost = (*wrong, *([f"{' and '.join(names)} grew: {used}"] if names else []))
    yield Tried("reads of one process, with tokens that expire", done * reads, lost, told)


def settled(
    read: Callable[[], Sequence[Used]], rounds: int
) -> tuple[int, Sequence[Used], list[str]]:
    """Read a round at a time, until memory stays; return how many, the last, and what grew in it.

    In each round, memory may grow by a share of what was used when the first one was warm.
    """
    warm, done = nan, 0
    while True:
        seen = read()
        done += 1
        warm = levels(seen)[0].memory if done == 1 else warm
        names = grown(seen, warm)
        if names != ["memory"] or done == rounds:
            return done, seen, names


def levels(seen: Sequence[Used]) -> tuple[Used, Used]:
    """Return what a process used when it was warm, at most, and what it came back to at the end.

    What waits to be cleared away makes for peaks, the more the busier the machine is; a leak lifts
    what lies between them.
    """
    warm, last = (list(zip(*seen[part], strict=True)) for part in (WARM, LAST))
    return Used(*map(max, warm)), Used(*map(min, last))


def _caller() -> Scenario:
    """Give a caller who is answered at one platform, and refused at the other: never kept."""
    known = library.built_in()
    one, other = (
        known[name].model_dump(by_alias=True, exclude_unset=True)
        for name in ("owner", "service-user")
    )
    refused = {"me": None, "tokenExpiresAfterCalls": CALLS_OF_A_TOKEN}
    return Scenario.model_validate({**one, "m3ter": {**other["m3ter"], **refused}})


def _used(plugin: Plugin, portion: int, wrong: list[str]) -> Sequence[Used]:
    """Read all portions; return what the process used after each, and add what went wrong."""
    seen = []
    for number in range(PORTIONS):
        wrong += _wrong(plugin, range(number * portion, (number + 1) * portion))
        seen.append(used(plugin.process.pid))
    return seen


def _wrong(plugin: Plugin, numbers: range) -> Iterator[str]:
    """Read, and tell what is not as it has to be."""
    for number in numbers:
        if number % CONFIGURE_EVERY == 0:
            plugin.configure()
        answered = number % UPSTREAM_EVERY != 0
        function = ("getCurrentUser", "getUserOrgRoles")[number % 2]
        try:
            plugin.invoke(function, platform="csp" if answered else "m3ter")
        except grpc.RpcError as error:
            if answered or error.code() != grpc.StatusCode.PERMISSION_DENIED:
                yield f"read {number}: {error.code().name}: {error.details()}"
        else:
            if not answered:
                yield f"read {number}: answered, and should be refused"


def grown(seen: Sequence[Used], warm: float) -> list[str]:
    """Name what grew more than it may: memory, by a share of `warm`, in MiB."""
    before, after = levels(seen)
    more = {
        "memory": after.memory - before.memory > warm * MORE_MEMORY,
        "threads": after.threads - before.threads > MORE_THREADS,
        "descriptors": after.descriptors - before.descriptors > MORE_DESCRIPTORS,
    }
    return [name for name, is_more in more.items() if is_more]


def _both(before: Used, after: Used) -> str:
    return (
        f"memory {before.memory:.1f} to {after.memory:.1f} MiB, threads {before.threads} to "
        f"{after.threads}, descriptors {before.descriptors} to {after.descriptors}"
    )
