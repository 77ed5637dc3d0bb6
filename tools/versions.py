"""Where the version stands, and what the changelog says of it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from callerid.frontends.semver import semver

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "provider/callerid/__init__.py"
CHANGELOG = "CHANGELOG.md"
_UNRELEASED = "unreleased"
_ENTRY = re.compile(rf"^## (?P<version>\d\S*) - (?P<date>\d{{4}}-\d{{2}}-\d{{2}}|{_UNRELEASED})$")


class Entry(NamedTuple):
    """The head of a version in the changelog; `date` is ISO 8601, None before its release."""

    version: str
    date: str | None


def source_version(root: Path) -> str:
    """Give the version in the one place where it is written, in Python's form (PEP 440).

    Raises:
        ValueError: it is not there.
    """
    return _found(r'^__version__ = "(.+)"$', root / SOURCE)


def derived_versions(root: Path) -> dict[str, str]:
    """Give the version wherever it is derived or repeated: path below `root` to version.

    All of them are semantic versions, and equal `semver(source_version(root))`.

    Raises:
        ValueError: a file says no version.
    """
    sdk = "sdk/python/pyproject.toml"
    plugin = "sdk/python/pulumi_callerid/pulumi-plugin.json"
    return {
        "schema.json": _in_json(root / "schema.json"),
        sdk: _found(r'^version = "(.+)"$', root / sdk),
        plugin: _in_json(root / plugin),
        CHANGELOG: newest(root).version,
    }


def newest(root: Path) -> Entry:
    """Give the first version of the changelog.

    Raises:
        ValueError: its first heading of the second level is of another form.
    """
    lines = (root / CHANGELOG).read_text(encoding="utf-8").splitlines()
    heading = next((line for line in lines if line.startswith("## ")), "no heading")
    match = _ENTRY.fullmatch(heading)
    if match is None:
        message = (
            f'{CHANGELOG} begins with "{heading}". Write "## 1.2.3 - 2026-01-31", or '
            f'"## 1.2.3 - {_UNRELEASED}".'
        )
        raise ValueError(message)
    return Entry(match["version"], None if match["date"] == _UNRELEASED else match["date"])


def disagreements(root: Path) -> list[str]:
    """Give a sentence for each place whose version is not the one in the source."""
    version = semver(source_version(root))
    return [
        f"{place} says {each}, but {SOURCE} says {version}. {_cure(place)}"
        for place, each in derived_versions(root).items()
        if each != version
    ]


def _cure(place: str) -> str:
    return "Begin it with this version." if place == CHANGELOG else "Run: make sdk"


def _in_json(path: Path) -> str:
    version: str = json.loads(path.read_text(encoding="utf-8"))["version"]
    return version


def _found(pattern: str, path: Path) -> str:
    match = re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    if match is None:
        message = f"{path.name} says no version: nothing in it looks like {pattern}"
        raise ValueError(message)
    return match[1]
