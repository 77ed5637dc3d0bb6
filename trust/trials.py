"""The trials, by name: a module each, whose `tried` gives the lines of the table."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from trial import Scale, Tried

NAMES = ("canaries", "hostile_api", "hostile_hosts", "faults", "fleets", "soak")
"""In the order in which they run."""


def load(name: str) -> Callable[[Scale], Iterator[Tried]]:
    """Return what runs a trial."""
    return cast("Callable[[Scale], Iterator[Tried]]", import_module(name).tried)
