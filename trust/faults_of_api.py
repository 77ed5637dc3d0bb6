"""The API is killed or stopped, at each step of what an engine does with a plugin."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from support.api_process import ApiProcess
from support.plugin import spawn

from outcome import ENVIRON, ask, begin
from steps import LATENCY, STEPS, go_to, slow_caller
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from callerid.sandbox.scenario import Scenario


class Fault(NamedTuple):
    """What happens to the API, and how it comes back."""

    name: str
    fail: Callable[[ApiProcess], None]
    recover: Callable[[ApiProcess], None]


FAULTS = (
    Fault("killed", ApiProcess.kill, ApiProcess.start),
    Fault("stopped", ApiProcess.stop, ApiProcess.go_on),
)


def tried(scale: Scale) -> Iterator[Tried]:
    """Fail at each step; once the API is back, the same plugin has to answer."""
    steps = STEPS if scale is Scale.WHOLE else STEPS[-2:-1]
    scenario = slow_caller()
    for fault in FAULTS:
        lost = [text for step in steps for text in _at(step, fault, scenario)]
        what = f"steps of a preview at which the API is {fault.name}, and comes back"
        yield Tried(what, len(steps), tuple(lost))


def _at(step: str, fault: Fault, scenario: Scenario) -> Iterator[str]:
    with ApiProcess(scenario) as api, spawn(environ={**api.environ, **ENVIRON}) as plugin:
        go_to(step, plugin)
        asking = begin(plugin) if step == "asking" else None
        time.sleep(LATENCY / 2)
        fault.fail(api)
        outcome = asking.result() if asking else ask(plugin)
        yield from outcome.lost(f"API {fault.name} when {step}", answer=step == "answered")
        fault.recover(api)
        yield from ask(plugin).lost(f"API {fault.name} when {step}, and back", answer=True)
