"""The API is killed or stopped, at each step of what a host does with a front end."""

from __future__ import annotations

import time
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from support.api_process import ApiProcess

from outcome import begin, untried
from processes import wait
from served import FRONTS
from steps import ANSWERED, ASKING, LATENCY, slow_caller
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.sandbox.scenario import Scenario
    from served import Start

MINTED = "asking with a token"
"""Beside the steps: the token was given, and the question itself waits for its answer."""


class Fault(NamedTuple):
    """What happens to the API, and how it comes back."""

    name: str
    fail: Callable[[ApiProcess], None]
    recover: Callable[[ApiProcess], None]


FAULTS = (
    Fault("killed", ApiProcess.kill, ApiProcess.start),
    Fault("stopped", ApiProcess.stop, ApiProcess.go_on),
)
_ANSWERED = {ASKING: 0, MINTED: 1}
"""How many requests of a question the API has answered when it is struck, at these steps."""


def tried(scale: Scale) -> Iterator[Tried]:
    """Fail at each step; once the API is back, the same process has to answer."""
    scenario = slow_caller()
    kinds = list(product(FRONTS, FAULTS))
    for front, fault in scale.some(kinds, every=len(kinds) - 1):
        steps = (*front.steps, MINTED) if scale is Scale.WHOLE else (ASKING,)
        lost = [text for step in steps for text in at(step, front.start, fault, scenario)]
        what = f"steps of {front.name} at which the API is {fault.name}, and comes back"
        told = "also while a question waits for its token"
        told += ", and for its answer" if MINTED in steps else ""
        yield Tried(what, len(steps), tuple(lost), told)


def at(step: str, start: Start, fault: Fault, scenario: Scenario) -> Iterator[str]:
    """Fail at a step, and tell what is wrong with what is answered then, and afterwards."""
    with ApiProcess(scenario) as api, start(api.environ) as served:
        served.go_to(ASKING if step == MINTED else step)
        answered = api.answered + _ANSWERED.get(step, 0)
        asking = begin(lambda: served.ask("")) if step in _ANSWERED else None
        wait(lambda: api.answered >= answered)
        time.sleep(LATENCY / 2)
        yield from untried(asking, f"API {fault.name} when {step}")
        yield from unmet(api.answered, answered, f"API {fault.name} when {step}")
        fault.fail(api)
        if step not in {*_ANSWERED, ANSWERED}:
            served.go_to(ASKING)
        outcome = asking.result() if asking else served.ask("")
        yield from outcome.lost(f"API {fault.name} when {step}", answer=step == ANSWERED)
        if outcome.answered and step != ANSWERED:
            yield f"API {fault.name} when {step}: answered, and nobody can have been asked"
        fault.recover(api)
        yield from served.ask("").lost(f"API {fault.name} when {step}, and back", answer=True)


def unmet(answered: int, wanted: int, when: str) -> Iterator[str]:
    """Tell of an API that has answered too little when it is struck: an earlier step is tried."""
    if answered < wanted:
        yield f"{when}: nothing was tried: {answered} requests were answered, not {wanted}"
