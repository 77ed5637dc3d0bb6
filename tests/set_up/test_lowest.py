"""The requirement file with the lowest versions that pyproject.toml allows."""

from __future__ import annotations

from importlib.metadata import distributions, requires
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

import locks
from locks import LOWEST, Pin

if TYPE_CHECKING:
    from collections.abc import Iterable

DEV = locks.LOCKS[[lock.name for lock in locks.LOCKS].index("requirements-dev.txt")]
OLDEST = [machine for machine in locks.MACHINES if machine["python_version"] == locks.PYTHONS[0]]
NEEDS = locks.ours(extras=("sandbox", "terraform", "testing"))
PINS = locks.read(LOWEST.read_text(encoding="utf-8"))


def _lowest(need: Requirement) -> Version:
    [bound] = [Version(each.version) for each in need.specifier if each.operator == ">="]
    return bound


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need.name)
def test_it_has_the_lower_bounds(need: Requirement) -> None:
    """What callerid asks for is pinned at the bound itself: one that moved needs `make lock`."""
    found = {pin.version for pin in PINS if pin.name == need.name and _anywhere(pin)}
    assert {Version(each) for each in found} == {_lowest(need)}, "run: make lock"


def test_everything_has_a_version_and_a_hash() -> None:
    """As in every other requirement file."""
    assert [str(pin.requirement) for pin in PINS if not (pin.version and pin.hashes)] == []


def test_the_tools_are_those_of_every_day() -> None:
    """So what fails there fails for what callerid asks for, or what comes along with that."""
    everyday = {pin.name: pin.version for pin in locks.read(DEV.read_text(encoding="utf-8"))}
    tools = {need.name for need in locks.ours("dev")} - _along(need.name for need in NEEDS)
    found = {pin.name: pin.version for pin in PINS if pin.name in tools}
    assert found == {name: everyday[name] for name in tools}, "run: make lock"


def _along(names: Iterable[str]) -> set[str]:
    """Give packages, and all that they ask for in turn, as they are installed here."""
    found, new = set[str](), set(names)
    while new:
        found |= new
        texts = (text for name in new for text in requires(name) or () if "extra ==" not in text)
        new = {Requirement(text).name for text in texts} - found
        new = {name for name in new if _is_installed(name)}
    return found


def _is_installed(name: str) -> bool:
    return bool(list(distributions(name=name)))


def _anywhere(pin: Pin) -> bool:
    return any(pin.on(machine) for machine in OLDEST)
