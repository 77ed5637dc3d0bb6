"""The locked requirement files, read as pip reads them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT = Path(__file__).resolve().parents[1]
LOWEST = ROOT / "requirements-lowest.txt"
"""It is for the oldest Python alone; not all of it can be built on later ones."""
LOCKS = sorted(set(ROOT.glob("requirements-*.txt")) - {LOWEST})
OURS = {"callerid", "pulumi-callerid"}
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PYTHONS = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', PROJECT)
_HASH = re.compile(r"--hash=sha256:(\w*)")
_SYSTEMS = {
    "linux": ("Linux", "x86_64"),
    "darwin": ("Darwin", "arm64"),
    "win32": ("Windows", "AMD64"),
}
MACHINES: tuple[dict[str, str], ...] = tuple(
    {
        "extra": "",
        "implementation_name": "cpython",
        "os_name": "nt" if system == "win32" else "posix",
        "platform_machine": _SYSTEMS[system][1],
        "platform_python_implementation": "CPython",
        "platform_system": _SYSTEMS[system][0],
        "python_full_version": f"{python}.{patch}",
        "python_version": python,
        "sys_platform": system,
    }
    for python, patch, system in product(PYTHONS, (0, 30), _SYSTEMS)
)
"""Every supported Python, its first and a late patch, on every supported system, for markers."""


class Pin(NamedTuple):
    """One entry of a lock: a requirement with one version, and the SHA-256 of each file allowed."""

    requirement: Requirement
    hashes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The package, as indexes write it."""
        return canonicalize_name(self.requirement.name)

    @property
    def version(self) -> str:
        """The one version, empty where it is not one."""
        versions = [each.version for each in self.requirement.specifier if each.operator == "=="]
        return versions[0] if len(versions) == len(self.requirement.specifier) == 1 else ""

    def on(self, machine: Mapping[str, str]) -> bool:
        """Tell whether pip installs it there."""
        return applies(self.requirement, machine)


def read(text: str) -> list[Pin]:
    """Read a lock's text."""
    entries = text.replace("\\\n", " ").splitlines()
    return [
        Pin(Requirement(entry.partition(" --hash=")[0]), tuple(_HASH.findall(entry)))
        for entry in entries
        if entry.strip()
    ]


def applies(
    requirement: Requirement, machine: Mapping[str, str], extras: Iterable[str] = ()
) -> bool:
    """Tell whether a requirement counts on a machine, with these extras of whoever has it."""
    marker = requirement.marker
    return marker is None or any(
        marker.evaluate({**machine, "extra": extra}) for extra in ("", *extras)
    )


def uncovered(pins: Iterable[Pin], needs: Iterable[Requirement]) -> list[str]:
    """List what is required in a form in which it is not pinned.

    pip before 24 takes `coverage[toml]` for another requirement than `coverage`, so an extra must
    be pinned in just that form. A package pinned with an extra is pinned without it, too.
    """
    forms = {(pin.name, frozenset(extras)): pin for pin in pins for extras in _forms(pin)}
    missing = []
    for need in needs:
        pin = forms.get((canonicalize_name(need.name), frozenset(need.extras)))
        if pin is None or not need.specifier.contains(pin.version, prereleases=True):
            missing.append(str(need))
    return missing


def _forms(pin: Pin) -> tuple[frozenset[str], ...]:
    return frozenset(pin.requirement.extras), frozenset()


class Package(NamedTuple):
    """What a package says of itself in its metadata."""

    version: str
    requires: list[Requirement]
    extras: list[str]


def packages(lock: Path) -> dict[str, Package]:
    """Give each package that a lock installs here, by its name.

    What is not installed, the package index is asked for.
    """
    here = [pin for pin in read(lock.read_text(encoding="utf-8")) if applies(pin.requirement, {})]
    found = {pin.name: _package(said) for pin in here if (said := installed(pin))}
    if len(found) == len(here):
        return found
    return {canonicalize_name(said["name"]): _package(said) for said in reported(lock)}


def _package(said: Mapping[str, Any]) -> Package:
    needs = [Requirement(each) for each in said.get("requires_dist", ())]
    return Package(said["version"], needs, said.get("provides_extra", []))


def installed(pin: Pin) -> dict[str, Any] | None:
    """Give a package's metadata in their form for JSON, where just this version is installed."""
    try:
        said: dict[str, Any] = metadata.distribution(pin.name).metadata.json
    except metadata.PackageNotFoundError:
        return None
    return said if said["version"] == pin.version else None


def reported(lock: Path, *options: str) -> list[dict[str, Any]]:
    """Ask the package index for the metadata, in their form for JSON, of all that a lock installs.

    Raises:
        subprocess.CalledProcessError: pip failed, and has said why.
    """
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    wish = ["--dry-run", "--ignore-installed", "--no-deps", "--report", "-", "--requirement"]
    done = subprocess.run(  # noqa: S603 - our own pip
        [*pip, *options, *wish, str(lock)], check=True, stdout=subprocess.PIPE, encoding="utf-8"
    )
    return [each["metadata"] for each in json.loads(done.stdout)["install"]]


def ours(*groups: str, extras: Iterable[str] | None = None) -> list[Requirement]:
    """Give what pyproject.toml asks for in dependency groups, and for the package with extras."""
    arrays = list(groups) if extras is None else ["dependencies", *extras, *groups]
    needs = [Requirement(text) for name in arrays for text in array(name)]
    return [need for need in needs if need.name not in OURS]


def array(name: str, project: str = PROJECT) -> list[str]:
    """Read an array of texts of a pyproject.toml; Python 3.10 has no reader of TOML."""
    [found] = re.findall(rf"^{name} = \[(.*?)\]$", project, re.MULTILINE | re.DOTALL)
    included = re.findall(r'include-group = "(\w+)"', found)
    own = [text for text in re.findall(r'"([^"]+)"', found) if text not in included]
    return own + [text for group in included for text in array(group, project)]
