"""Canaries: secrets planted in every place, and whatever comes out anywhere searched for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
    from collections.abc import Callable, Collection, Iterator

    from staged import Stage


class Kind(NamedTuple):
    """Runs of one kind."""

    what: str
    run: Callable[[Stage], None]
    lacks: str = ""
    """The tool that they need and that this machine does not have."""

    def tried(self, name: str, scale: Scale) -> Tried:
        """Run them; what cannot be run has its line too."""
        what = f"{self.what}, with canaries in all that is secret"
        if self.lacks:
            return Tried(what, 0, (), f"not tried: there is no {self.lacks} on this machine")
        with stage(name, scale) as set_up:
            self.run(set_up)
        return set_up.search.tried(what)


_KINDS = {
    "callerid": Kind("runs of commands", canaries_of_commands.run),
    "plugin": Kind("questions to the Pulumi plugin", canaries_of_plugin.run),
    "provider": Kind("questions to the Terraform provider", canaries_of_provider.run),
}


def tried(scale: Scale) -> Iterator[Tried]:
    """Run everything, each kind with canaries of its own; the tools themselves take minutes."""
    kinds = {**_KINDS, **(tools(found()) if scale is Scale.WHOLE else {})}
    for name, kind in kinds.items():
        yield kind.tried(name, scale)


def found() -> frozenset[str]:
    """Name the tools that this machine has."""
    return frozenset(REAL) | frozenset(["pulumi"] if find_cli() else [])


def tools(here: Collection[str]) -> dict[str, Kind]:
    """Give the runs of the real tools, with what a machine that has these lacks for them."""
    terraforms = sorted({"terraform", "tofu"} & {*here})
    return {
        "terraform": Kind(
            f"runs of {' and '.join(terraforms or ['terraform'])}, state and plan",
            canaries_of_terraform.run,
            lacks="" if terraforms else "terraform and no tofu",
        ),
        "pulumi": Kind(
            "runs of pulumi, state and history",
            canaries_of_pulumi.run,
            lacks="" if "pulumi" in here else "pulumi",
        ),
    }
