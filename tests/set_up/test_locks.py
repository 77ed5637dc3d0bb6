"""The requirement files: whole, so that no release of tomorrow has a say in a set-up of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.pages import ROOT

import locks
from locks import LOCKS, MACHINES, Pin

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WISHES = {
    "requirements-bench-terraform.txt": locks.ours("bench-terraform"),
    "requirements-bench.txt": locks.ours("bench"),
    "requirements-dev.txt": locks.ours("dev", extras=("sandbox", "testing")),
    "requirements-docs.txt": locks.ours("docs"),
    "requirements-fuzz.txt": locks.ours("fuzz"),
    "requirements-mutation.txt": locks.ours("mutation"),
    "requirements-preview.txt": locks.ours("setup", extras=("sandbox", "testing")),
}
"""Lock to what pyproject.toml asks of it."""
OWN_ENVIRONMENT = "requirements-bench-terraform.txt"
CHAIN = [
    Pin(Requirement("pytest-cov==7.1.0"), ("00",)),
    Pin(Requirement("coverage==7.17.3"), ("00",)),
]


def _read(lock: Path) -> list[Pin]:
    return locks.read(lock.read_text(encoding="utf-8"))


@pytest.fixture(params=LOCKS, ids=lambda path: path.stem)
def lock(request: pytest.FixtureRequest) -> Path:
    """Give each requirement file in turn."""
    found: Path = request.param
    return found


def test_each_lock_has_its_wish() -> None:
    """A new requirement file says here what it is for."""
    assert [lock.name for lock in LOCKS] == sorted(WISHES)


def test_everything_has_one_version_and_a_hash(lock: Path) -> None:
    """On every machine each package stands once, pinned with ==, with a hash at least."""
    assert [str(pin.requirement) for pin in _read(lock) if not (pin.version and pin.hashes)] == []
    for machine in MACHINES:
        names = [pin.name for pin in _read(lock) if pin.on(machine)]
        assert len(names) == len(set(names))


def test_what_is_asked_for_is_pinned(lock: Path) -> None:
    """What pyproject.toml asks of a lock is in it, on every machine where it counts."""
    assert _missing(_read(lock), WISHES[lock.name]) == []


def test_what_the_packages_ask_for_is_pinned(lock: Path) -> None:
    """What each installed package requires is in the lock, extras and markers included."""
    pins, found = _read(lock), locks.packages(lock)
    wrong = [
        f"{pin.name} {pin.version} asks for {need}"
        for machine in MACHINES
        for pin in pins
        if pin.on(machine) and pin.name in found and found[pin.name].version == pin.version
        for need in _uncovered(pins, found[pin.name].requires, pin, machine)
    ]
    assert sorted(set(wrong)) == []


def test_what_builds_our_projects_is_pinned() -> None:
    """`--no-build-isolation` fetches nothing, so the locks have what building an editable needs."""
    projects = (ROOT, ROOT / "sdk" / "python")
    texts = [(folder / "pyproject.toml").read_text(encoding="utf-8") for folder in projects]
    needs = [need for text in texts for need in locks.array("requires", text)]
    needs.append("editables")  # what hatchling asks for besides, to build an editable
    for name in ("requirements-dev.txt", "requirements-preview.txt"):
        assert _missing(_read(ROOT / name), map(Requirement, needs)) == []


def test_locks_agree() -> None:
    """A package has the same version in every lock, so installing one never undoes another.

    One lock has an environment of its own, because `tf` asks for an older protobuf.
    """
    for machine in MACHINES:
        pins = {
            (pin.name, pin.version)
            for lock in LOCKS
            for pin in _read(lock)
            if pin.on(machine) and (pin.name, lock.name) != ("protobuf", OWN_ENVIRONMENT)
        }
        assert len(pins) == len({name for name, _ in pins})


@pytest.mark.parametrize(
    ("need", "missing"),
    [
        ("coverage[toml]>=7.10.6", ["coverage[toml]>=7.10.6"]),
        ("coverage>=7.10.6", []),
        ("Coverage", []),
        ("coverage>=8", ["coverage>=8"]),
        ("tomli", ["tomli"]),
    ],
)
def test_what_is_not_pinned_is_found(need: str, missing: list[str]) -> None:
    """The case that broke a set-up, and others of its kind."""
    assert locks.uncovered(CHAIN, [Requirement(need)]) == missing


def test_another_set_of_extras_is_another_requirement() -> None:
    """Two extras pinned together are not what asks for one of them gets."""
    pins = [Pin(Requirement("httpx[http2,socks]==0.28.1"), ("00",))]
    needs = [Requirement(f"httpx[{extras}]") for extras in ("http2", "socks,http2")]
    assert locks.uncovered(pins, needs) == ["httpx[http2]"]


def _missing(pins: list[Pin], needs: Iterable[Requirement]) -> list[str]:
    wanted = list(needs)
    return [
        need
        for machine in MACHINES
        for need in locks.uncovered(
            [pin for pin in pins if pin.on(machine)],
            [each for each in wanted if locks.applies(each, machine)],
        )
    ]


def _uncovered(
    pins: list[Pin], needs: list[Requirement], pin: Pin, machine: dict[str, str]
) -> list[str]:
    extras = [canonicalize_name(each) for each in pin.requirement.extras]
    wanted = [each for each in needs if locks.applies(each, machine, extras)]
    return locks.uncovered([each for each in pins if each.on(machine)], wanted)
