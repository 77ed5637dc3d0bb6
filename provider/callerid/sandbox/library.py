"""Scenarios on disk: YAML that holds JSON, read into callers by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from callerid.errors import ConfigurationError, printable_line
from callerid.nearest import nearest
from callerid.sandbox.extending import built_in_files, extended, scenario_files
from callerid.sandbox.mistakes import told
from callerid.sandbox.scenario import Scenario
from callerid.sandbox.yaml_nodes import construct

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_C = TypeVar("_C")


@dataclass(frozen=True)
class Entry:
    """A caller, and the file that it was read from, followed by what that extends."""

    scenario: Scenario
    files: tuple[Path, ...]


def built_in() -> dict[str, Scenario]:
    """Read the callers that come with callerid, by name."""
    return read(built_in_files())


def read(sources: Iterable[Path]) -> dict[str, Scenario]:
    """Read callers from files and folders; a caller's name is its file's stem.

    Raises:
        ConfigurationError: a file cannot be read or is wrong, a folder has no scenario, or two
            files have one name. The text is one line: file, line, place, what was expected.
    """
    return {name: entry.scenario for name, entry in entries(sources).items()}


def entries(sources: Iterable[Path]) -> dict[str, Entry]:
    """Read callers like `read`, with the files that each of them is made of."""
    callers: dict[str, Entry] = {}
    for path in (file for source in sources for file in _files(source)):
        if path.stem in callers:
            text = f"{path}: a caller named {path.stem} was read already; rename the file"
            raise ConfigurationError(text)
        callers[path.stem] = _read_file(path)
    return callers


def find(callers: Mapping[str, _C], name: str) -> _C:
    """Find a caller by name.

    Raises:
        ConfigurationError: it does not exist; the text lists the names and the nearest one.
    """
    if name not in callers:
        known = ", ".join(sorted(callers))
        near = nearest(name, callers)
        text = f"The sandbox has no caller {printable_line(name)}.{near} It has: {known}."
        raise ConfigurationError(text)
    return callers[name]


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    found = scenario_files(source)
    if not found:
        text = f"{source}: the folder has no scenario; expected files that end in .yaml"
        raise ConfigurationError(text)
    return found


def _read_file(path: Path) -> Entry:
    node, files = extended(path)
    try:
        return Entry(Scenario.model_validate(construct(node)), files)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ConfigurationError(told(node, first)) from None
