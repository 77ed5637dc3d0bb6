"""A serving process is left without file descriptors, while many ask: each is told so, in time."""

from __future__ import annotations

import resource
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from typing import TYPE_CHECKING
from uuid import uuid4

from support.proc import used

from callerid.sandbox.scenario import Scenario
from callerid.sandbox.server import Sandbox
from served import FRONTS
from steps import ANSWERED, ASKING, slow_caller
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcome import Outcome
    from served import Front, Served

CALLS = 50
_WHEN = {"before the first answer": ASKING, "after one": ANSWERED}
LEFT = (0, 1, 2, 4, 8)
"""How many descriptors a process gets besides those that it has."""


def tried(scale: Scale) -> Iterator[Tried]:
    """Limit a process before or after its first answer; once it has enough again it answers."""
    left = LEFT[: scale.of(short=2, whole=len(LEFT))]
    with Sandbox.start({"opaque": _caller()}) as sandbox:
        kinds = list(product(FRONTS, _WHEN.items()))
        for front, (when, step) in scale.some(kinds, every=len(kinds) - 1):
            lost = list[str]()
            for numbers in [left] if step == ANSWERED else [[each] for each in left]:
                lost += _of_process(front, sandbox.environment("opaque"), step, numbers)
            what = f"calls of {front.name}, {CALLS} at once, without descriptors for them {when}"
            yield Tried(what, len(left) * CALLS, tuple(sorted(set(lost))))


def _caller() -> Scenario:
    """Give a caller whose token does not tell its organization: the API is asked about any."""
    known = slow_caller().model_dump(by_alias=True, exclude_unset=True)
    credential = {"apiToken": "sandbox-token-without-claims"}
    return Scenario.model_validate({**known, "m3ter": {**known["m3ter"], "credential": credential}})


def _of_process(
    front: Front, environ: Mapping[str, str], step: str, numbers: Sequence[int]
) -> Iterator[str]:
    """Limit a process to these numbers, one after the other; it has to leave without a word."""
    try:
        with front.start(environ) as served:
            served.go_to(step)
            for each in numbers:
                yield from _limited(served, each)
    except AssertionError as error:
        yield f"{numbers} descriptors left: {error}"[:500]


def _limited(served: Served, more: int) -> Iterator[str]:
    before = resource.prlimit(served.pid, resource.RLIMIT_NOFILE)
    limit = used(served.pid).descriptors + more
    resource.prlimit(served.pid, resource.RLIMIT_NOFILE, (limit, before[1]))
    try:
        ended = _ask(served)
    finally:
        resource.prlimit(served.pid, resource.RLIMIT_NOFILE, before)
    for each in ended:
        yield from each.lost(f"{more} descriptors left")
    if more == 0 and all(each.answered for each in ended):
        yield "nothing was tried: all were answered without a descriptor"
    yield from served.ask("").lost(f"after {more} descriptors were left", answer=True)


def _ask(served: Served) -> list[Outcome]:
    """Ask about organizations that nobody has asked about, at once."""
    with ThreadPoolExecutor(CALLS) as pool:
        return list(pool.map(lambda _: served.ask(str(uuid4())), range(CALLS)))
