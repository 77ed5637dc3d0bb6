"""The steps of a preview, as a plugin sees them, for something to fail at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.sandbox import library
from callerid.sandbox.scenario import Scenario
from outcome import ask

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.plugin import Plugin

LATENCY = 0.4
"""How many seconds a request takes: time for something to happen."""
ASKING, ANSWERED = "asking", "answered"
STEPS = ("started", "greeted", "checked", "configured", ASKING, ANSWERED)


def slow_caller() -> Scenario:
    """Give a caller whose requests take long enough for something to happen meanwhile."""
    known = library.built_in()["service-user"].model_dump(by_alias=True, exclude_unset=True)
    faults = [{"endpoint": "*", "latencySeconds": LATENCY}]
    return Scenario.model_validate({**known, "m3ter": {**known["m3ter"], "faults": faults}})


def go_to(step: str, plugin: Plugin) -> None:
    """Do what comes before a step."""
    done: dict[str, Callable[[], object]] = {
        "greeted": plugin.handshake,
        "checked": plugin.check_config,
        "configured": plugin.configure,
        ANSWERED: lambda: ask(plugin),
    }
    for name in STEPS[: STEPS.index(step) + 1]:
        if name in done:
            done[name]()
