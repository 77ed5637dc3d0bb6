"""Canaries: secrets planted in every place, and whatever comes out anywhere searched for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.terraform import REAL

import canaries_of_commands
import canaries_of_plugin
import canaries_of_provider
import canaries_of_pulumi
import canaries_of_terraform
from callerid.testing.pulumi_cli import find_cli
from staged import stage
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from staged import Stage

_RUNS: dict[str, tuple[str, Callable[[Stage], None]]] = {
    "callerid": ("runs of commands", canaries_of_commands.run),
    "plugin": ("questions to the Pulumi plugin", canaries_of_plugin.run),
    "provider": ("questions to the Terraform provider", canaries_of_provider.run),
}


def tried(scale: Scale) -> Iterator[Tried]:
    """Run everything, each kind with canaries of its own; the tools themselves take minutes."""
    runs = {**_RUNS, **(tools() if scale is Scale.WHOLE else {})}
    for name, (what, run) in runs.items():
        with stage(name, scale) as set_up:
            run(set_up)
        yield set_up.search.tried(f"{what}, with canaries in all that is secret")


def tools() -> dict[str, tuple[str, Callable[[Stage], None]]]:
    """Give the runs of the real tools that this machine has."""
    found: dict[str, tuple[str, Callable[[Stage], None]]] = {}
    if REAL:
        names = " and ".join(sorted(REAL))
        found["terraform"] = (f"runs of {names}, state and plan", canaries_of_terraform.run)
    if find_cli():
        found["pulumi"] = ("runs of pulumi, state and history", canaries_of_pulumi.run)
    return found
