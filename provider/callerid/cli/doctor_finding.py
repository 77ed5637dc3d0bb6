"""What `callerid doctor` finds out: one value a finding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from callerid.config import PlatformName
    from callerid.errors import CalleridError

Level = Literal["ok", "note", "problem"]
_SOURCE = re.compile(r"\benvironment (?=[A-Z][A-Z0-9_]*\b)")
"""What says that a variable is one: here all settings are of the environment."""
_WAY_OUT = re.compile(r"(?<=[.)])\s+(?=(?:Change|Check|Choose|Name|Set|Try|Use)\b)|\n")


@dataclass(frozen=True)
class Finding:
    """One thing found out: `ok`, a `note` that may explain something, or a `problem`.

    `text` and `fix` are sentences for people, without any secret; lines of `fix` that begin with a
    space are to be shown as they are. `platform` is there where the finding is about one.
    """

    topic: str
    level: Level
    text: str
    fix: str | None = None
    platform: PlatformName | None = None


def of_error(
    topic: str, error: CalleridError, platform: PlatformName, level: Level = "problem"
) -> Finding:
    """Make a finding of an error in its own words: its message, then its remedy as the fix."""
    return of_sentence(topic, str(error), platform, level)


def of_sentence(
    topic: str, text: str, platform: PlatformName | None, level: Level = "problem"
) -> Finding:
    """Split a message of another command into the failure and its fix."""
    said, *way_out = _WAY_OUT.split(_SOURCE.sub("", text), maxsplit=1)
    return Finding(topic, level, said, " ".join(way_out).replace("\n", " ") or None, platform)
