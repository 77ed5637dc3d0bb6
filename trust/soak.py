"""Front ends that live long: they read on, tokens expire, and refusals are asked anew."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from math import nan
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
from support import terraform_host
from support.plugin import spawn
from support.proc import Used, used

from callerid.casing import snake
from callerid.frontends.terraform.names import DATA_SOURCES
from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Start = Callable[[Mapping[str, str]], AbstractContextManager["Reader"]]

PORTIONS = 16
"""After each portion of the reads it is looked at what the process uses."""
WARM, LAST = slice(2, 4), slice(-2, None)
"""The portions that are compared: the end of the warm-up, a quarter of all, and the end."""
ROUNDS = 4
"""How often a short soak may begin anew, as it may end before a process is warm: a leak goes on."""
UPSTREAM_EVERY, CONFIGURE_EVERY, CALLS_OF_A_TOKEN = 10, 500, 5
MORE_MEMORY, MORE_THREADS, MORE_DESCRIPTORS = 0.05, 1, 0
"""What may be more after the reads: 5 % of memory; and one of the threads that wait for calls."""
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "getCurrentUser": {},
    "getUserOrgRoles": {},
    "requireCaller": {"principalTypes": ["user"]},
}
"""The functions that are read in turn, and with what."""

_REFUSED = "refuses this question to the caller (HTTP 403)"


class Reader(NamedTuple):
    """A front end that is running."""

    pid: int
    configure: Callable[[], object]
    read: Callable[[str, str], str]
    """Ask a function of a platform; gives what is said instead of an answer."""


@contextmanager
def _plugin(environ: Mapping[str, str]) -> Iterator[Reader]:
    def read(function: str, platform: str) -> str:
        try:
            plugin.invoke(function, platform=platform, **_ARGUMENTS[function])
        except grpc.RpcError as error:
            return str(error.details())
        return ""

    with spawn(environ=environ) as plugin:
        yield Reader(plugin.process.pid, plugin.configure, read)


@contextmanager
def _provider(environ: Mapping[str, str]) -> Iterator[Reader]:
    def read(function: str, platform: str) -> str:
        given = {snake(name): value for name, value in _ARGUMENTS[function].items()}
        answer = host.connection.read(DATA_SOURCES[function], platform=platform, **given)
        return " ".join(each.detail for each in answer.diagnostics)

    with terraform_host.spawn(environ=environ) as host:
        yield Reader(host.process.pid, host.connection.configure, read)


FRONTS = {"the Pulumi plugin": (_plugin, 100_000), "Terraform's provider": (_provider, 20_000)}
"""How each is started, and how often the whole form reads: a provider lives for one plan alone."""


def tried(scale: Scale) -> Iterator[Tried]:
    """Read, and compare what each process uses after warming up and at the end."""
    for name, (start, whole) in FRONTS.items():
        reads, rounds = scale.of(short=2_000, whole=whole), scale.of(short=ROUNDS, whole=1)
        yield _soaked(name, start, reads, rounds)


def _soaked(name: str, start: Start, reads: int, rounds: int) -> Tried:
    wrong = list[str]()
    with (
        Sandbox.start({"both": _caller()}) as sandbox,
        start(sandbox.environment("both")) as reader,
    ):
        done, seen, names = settled(lambda: _used(reader, reads // PORTIONS, wrong), rounds)
        tokens = sum(each.method == "POST" for each in sandbox.requests)
        asked = len(sandbox.requests) - tokens
    used = _both(*levels(seen))
    told = f"{tokens:,} tokens, {asked:,} requests; {used}"
    if tokens <= 1:
        wrong.append("nothing was tried: no token expired")
    lost = (*wrong, *([f"{' and '.join(names)} grew: {used}"] if names else []))
    return Tried(f"reads of {name}, with tokens that expire", done * reads, lost, told)


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


def _used(reader: Reader, portion: int, wrong: list[str]) -> Sequence[Used]:
    """Read all portions; return what the process used after each, and add what went wrong."""
    seen = []
    for number in range(PORTIONS):
        wrong += _wrong(reader, range(number * portion, (number + 1) * portion))
        seen.append(used(reader.pid))
    return seen


def _wrong(reader: Reader, numbers: range) -> Iterator[str]:
    """Read, and tell what is not as it has to be."""
    for number in numbers:
        if number % CONFIGURE_EVERY == 0:
            reader.configure()
        answered = number % UPSTREAM_EVERY != 0
        function = [*_ARGUMENTS][number % len(_ARGUMENTS)]
        said = reader.read(function, "csp" if answered else "m3ter")
        if bool(said) == answered or (said and _REFUSED not in said):
            yield f"read {number}: {said or 'answered, and should be refused'}"


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
