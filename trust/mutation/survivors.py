"""The list of mutants that no test kills, each with the reason why that is right."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


@dataclass(frozen=True, order=True)
class Survivor:
    """A mutant by what it changes, in which function of which file."""

    file: str
    place: str
    before: str
    after: str


def read(file: Path) -> dict[Survivor, str]:
    """Read the survivors that are known, and the reason for each.

    Raises:
        ValueError: one has no reason.
    """
    listed = tomllib.loads(file.read_text(encoding="utf-8")).get("survivor", [])
    found = {
        Survivor(each["file"], each["in"], each["before"], after): each.get("reason", "")
        for each in listed
        for after in each["after"]
    }
    for survivor, reason in found.items():
        if not reason.strip():
            message = f"{survivor} has no reason"
            raise ValueError(message)
    return found


def wrong(
    known: Collection[Survivor], survived: Collection[Survivor], files: Collection[str]
) -> list[str]:
    """Say how the list differs from what was found in the files that were tried."""
    listed = {each for each in known if each.file in files}
    return [
        *(f"survives, and is not listed: {each}" for each in sorted(set(survived) - listed)),
        *(f"is listed, and no longer survives: {each}" for each in sorted(listed - set(survived))),
    ]
