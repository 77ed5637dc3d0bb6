"""Where a tool looks for the provider, as its log has it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from callerid.frontends.terraform.names import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = re.compile(r"Loading CLI configuration from (?P<file>.+)")
_FOLDER = re.compile(
    r"(?:will search for provider plugins in|ignoring non-existing provider search directory)"
    r" (?P<folder>.+)"
)
_EXPLICIT = "Explicit provider installation configuration is set"
_MIRROR = re.compile(
    r'FilesystemMirror\((?P<path>"(?:[^"\\]|\\.)*")\)'
    r" with includes \[(?P<includes>.*?)\] and excludes \[(?P<excludes>.*?)\]"
)


class Sources(NamedTuple):
    """Where a tool takes providers from, as its log has it."""

    files: tuple[Path, ...]
    """The files of settings that it read."""
    explicit: bool
    """Whether these say where providers come from; then no implied folder is looked in."""
    overridden: bool
    """Whether these name a folder with this provider in it, for its developers."""
    folders: tuple[Path, ...]
    """The folders that it looks in for this provider, in its order; relative ones are of the
    folder that it runs in."""


def sources(log: str, host: str, asked_in: Path) -> Sources:
    """Read from the log where the tool looks; of what it does not note, nothing is known.

    Args:
        log: what the tool noted.
        host: the host that an address without one means.
        asked_in: the folder that the tool ran in. A folder in it is made relative: the tool will
            look for it wherever it runs, and some versions note the whole path.
    """
    explicit = _EXPLICIT in log
    folders = _mirrors(log, host) if explicit else _noted(_FOLDER, log)
    return Sources(
        files=tuple(_noted(_FILE, log)),
        explicit=explicit,
        overridden=f"Provider {host}/{SOURCE} is overridden by dev_overrides" in log,
        folders=tuple(_relative(each, asked_in) for each in folders),
    )


def _noted(pattern: re.Pattern[str], log: str) -> Iterator[Path]:
    return (Path(match[1].strip()) for match in pattern.finditer(log))


def _relative(folder: Path, asked_in: Path) -> Path:
    return folder.relative_to(asked_in) if folder.is_relative_to(asked_in) else folder


def _mirrors(log: str, host: str) -> Iterator[Path]:
    """Give the folders of mirrors that this provider may come from."""
    for match in _MIRROR.finditer(log):
        includes, excludes = match["includes"].split(), match["excludes"].split()
        if (not includes or _matches(includes, host)) and not _matches(excludes, host):
            yield Path(json.loads(match["path"]))


def _matches(patterns: list[str], host: str) -> bool:
    """Whether a pattern of the tool's means this provider: `*` stands for one whole part."""
    own = f"{host}/{SOURCE}".split("/")
    return any(
        len(parts) == len(own)
        and all(part in {"*", name} for part, name in zip(parts, own, strict=True))
        for parts in (pattern.split("/") for pattern in patterns)
    )
