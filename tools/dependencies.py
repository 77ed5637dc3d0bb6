"""What comes along when callerid or its SDK is installed: each package, its licence, its needs.

    python tools/dependencies.py     writes tools/dependencies.json

That file has what the packages that requirements-dev.txt locks say of themselves, for every
machine, so that whoever builds a release needs no package index; the rest is derived from both.
"""

from __future__ import annotations

import json
import tempfile
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import locks
from licences import licence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from locks import Pin

    Facts = Mapping[str, Any]

FILE = Path(__file__).with_suffix(".json")
LOCK = locks.ROOT / "requirements-dev.txt"
_SDK = (locks.ROOT / "sdk" / "python" / "pyproject.toml").read_text(encoding="utf-8")
EXTRAS = ("sandbox", "terraform", "testing")


def _asked(extra: str) -> list[str]:
    """Give what callerid asks for with an extra, and with those that it includes."""
    own = map(Requirement, locks.array(extra))
    included = [each for need in own if need.name == "callerid" for each in need.extras]
    return list(map(str, locks.ours(extras=(extra, *included))))


ROOTS = {
    "callerid": list(map(str, locks.ours(extras=()))),
    **{f"callerid[{extra}]": _asked(extra) for extra in EXTRAS},
    "pulumi-callerid": locks.array("dependencies", _SDK),
}
"""What people install, and what it asks for by itself."""


class StaleError(Exception):
    """The file lacks packages that the lock has, as it does after `make lock`."""

    def __init__(self, missing: Iterable[str]) -> None:
        """Name them, and what to do."""
        super().__init__(f"tools/dependencies.json lacks {', '.join(missing)}: run make licences")


class Along(NamedTuple):
    """A package that comes along: its pin, its licence, who brings it, and what it needs itself."""

    pin: Pin
    licence: str
    brought_by: list[str]
    needs: list[str]

    @property
    def optional(self) -> bool:
        """Whether callerid by itself does without."""
        return "callerid" not in self.brought_by


def main() -> None:
    """Write the file anew."""
    text = json.dumps(_gathered(locked()), indent=2, sort_keys=True) + "\n"
    FILE.write_text(text, encoding="utf-8", newline="\n")


def _gathered(pins: Mapping[str, Pin]) -> dict[str, Facts]:
    """Give what counts of the metadata of every package that comes along on any machine."""
    told: dict[str, Facts] = {}
    while missing := {*reached(pins, told)} - {*told}:
        told |= {each: facts(pins[each]) or _asked_for(pins[each]) for each in missing}
    return told


def _asked_for(pin: Pin) -> Facts:
    """Ask the package index for what is not installed here, and let the lock's hashes decide."""
    hashes = "".join(f" --hash=sha256:{each}" for each in pin.hashes)
    with tempfile.TemporaryDirectory() as folder:
        wish = Path(folder) / "requirements.txt"
        wish.write_text(f"{key(pin)}{hashes}\n", encoding="utf-8")
        [said] = locks.reported(wish, "--require-hashes", "--ignore-requires-python")
    return _facts(pin, said)


def _facts(pin: Pin, said: Mapping[str, Any]) -> Facts:
    """Keep of a package's metadata what counts: its licence, and what it needs anywhere."""
    needs, extras = map(Requirement, said.get("requires_dist", ())), pin.requirement.extras
    anywhere = [
        each for each in needs if any(locks.applies(each, m, extras) for m in locks.MACHINES)
    ]
    return {"licence": licence(pin.name, said), "needs": sorted(map(str, anywhere))}


def facts(pin: Pin) -> Facts | None:
    """Give what counts of a package's metadata, where just this version is installed here."""
    said = locks.installed(pin)
    return _facts(pin, said) if said else None


def recorded() -> dict[str, Facts]:
    """Give what the file says of each package, by name and version."""
    found: dict[str, Facts] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def key(pin: Pin) -> str:
    """Give a pin's name and version."""
    return f"{pin.name}=={pin.version}"


def locked() -> dict[str, Pin]:
    """Give every pin of the lock, by name and version."""
    return {key(pin): pin for pin in locks.read(LOCK.read_text(encoding="utf-8"))}


def along() -> list[Along]:
    """Give each package that comes along on any machine, by name and version.

    Raises:
        StaleError: the file lacks a package that the lock has.
    """
    return listed(locked(), recorded())


def listed(pins: Mapping[str, Pin], told: Mapping[str, Facts]) -> list[Along]:
    """Give each package that comes along, of these pins, of which this is told.

    Raises:
        StaleError: nothing is told of one.
    """
    reach = reached(pins, told)
    if missing := sorted({*reach} - {*told}):
        raise StaleError(missing)
    found = [
        Along(pins[each], told[each]["licence"], _shortest(brought_by), sorted(needs))
        for each, (brought_by, needs) in reach.items()
    ]
    return sorted(found, key=lambda each: (each.pin.name, Version(each.pin.version)))


def asked_for(root: str) -> list[str]:
    """Give the pins that one of `ROOTS` asks for by itself, on all machines together."""
    pins = locked().values()
    return sorted(
        each
        for machine in locks.MACHINES
        for each in _keys(ROOTS[root], {pin.name: pin for pin in pins if pin.on(machine)}, machine)
    )


def _shortest(brought_by: set[str]) -> list[str]:
    """Leave out extras where callerid itself brings a package."""
    extras = {f"callerid[{each}]" for each in EXTRAS} if "callerid" in brought_by else set[str]()
    return sorted(brought_by - extras)


def reached(
    pins: Mapping[str, Pin], told: Mapping[str, Facts]
) -> dict[str, tuple[set[str], set[str]]]:
    """Find who of `ROOTS` brings each pin, and what it needs, on all machines together.

    A package that nothing is told of yet needs nothing. Pins go by their keys.
    """
    found: dict[str, tuple[set[str], set[str]]] = {}
    for machine, (root, asked) in product(locks.MACHINES, ROOTS.items()):
        here = {pin.name: pin for pin in pins.values() if pin.on(machine)}
        waiting, seen = _keys(asked, here, machine), set[str]()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            own, extras = told.get(name, {}).get("needs", ()), pins[name].requirement.extras
            needs = _keys(own, here, machine, extras)
            waiting |= needs - seen
            brought_by, needed = found.setdefault(name, (set(), set()))
            brought_by.add(root)
            needed |= needs
    return found


def _keys(
    needs: Iterable[str],
    here: Mapping[str, Pin],
    machine: Mapping[str, str],
    extras: Iterable[str] = (),
) -> set[str]:
    wanted = [need for need in map(_requirement, needs) if locks.applies(need, machine, extras)]
    return {key(here[canonicalize_name(need.name)]) for need in wanted}


_requirement = cache(Requirement)


if __name__ == "__main__":
    main()
