"""What comes along when callerid is installed, and under which licences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import dependencies
import licences

if TYPE_CHECKING:
    from dependencies import Along
    from locks import Pin

PINS = dependencies.locked()
TOLD = dependencies.recorded()
ROOTS = dependencies.ROOTS
RUN = "run: make licences"
MIT = "License :: OSI Approved :: MIT License"


@pytest.fixture(scope="module")
def along() -> list[Along]:
    """Give what comes along; where the lock is newer than the record, the error says what to do."""
    return dependencies.along()


@pytest.mark.parametrize("each", TOLD)
def test_licences_are_allowed(each: str) -> None:
    """Nothing comes along that asks more of people than notices."""
    assert licences.is_allowed(TOLD[each]["licence"])


def test_what_is_recorded_is_what_comes_along() -> None:
    """On any machine, by the lock; nothing else is recorded."""
    assert {*TOLD} == {*dependencies.reached(PINS, TOLD)}, RUN


def test_a_record_older_than_the_lock_is_told() -> None:
    """With what it lacks, and what to run."""
    some = {name: facts for name, facts in TOLD.items() if not name.startswith("httpx==")}
    [lacking] = {*TOLD} - {*some}
    with pytest.raises(dependencies.StaleError) as caught:
        dependencies.listed(PINS, some)
    assert str(caught.value) == f"tools/dependencies.json lacks {lacking}: run make licences"


@pytest.mark.parametrize("pin", [PINS[each] for each in TOLD if each in PINS], ids=dependencies.key)
def test_records_are_fresh(pin: Pin) -> None:
    """Each is what the package says of itself, where just that version is installed."""
    facts = dependencies.facts(pin)
    if facts is None:
        pytest.skip("not installed on this machine")
    assert TOLD[dependencies.key(pin)] == facts, RUN


def test_most_records_are_compared_here() -> None:
    """Few packages are for other machines alone, or of another version there."""
    elsewhere = [each for each in TOLD if each not in PINS or not dependencies.facts(PINS[each])]
    assert len(elsewhere) < len(TOLD) / 5


def test_every_root_brings_what_it_asks_for(along: list[Along]) -> None:
    """Callerid, each of its extras, and the SDK."""
    brought = {root: {each.pin.name for each in along if root in each.brought_by} for root in ROOTS}
    assert {"click", "httpx", "httpcore", "certifi"} <= brought["callerid"]
    assert {"grpclib", "h2", "hpack", "cffi"} <= brought["callerid[terraform]"]
    assert {"starlette", "uvicorn"} <= brought["callerid[sandbox]"]
    assert {"pulumi", "starlette"} <= brought["callerid[testing]"]
    assert {"pulumi", "grpcio"} <= brought["pulumi-callerid"]
    assert not brought["callerid"] & (brought["callerid[terraform]"] | {"pulumi", "pytest"})


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("(MIT OR GPL-2.0-only) AND ISC", True),
    ],
)
def test_an_expression_is_weighed(expression: str, allowed: bool) -> None:  # noqa: FBT001 - a row of a table
    """Of what is joined by OR one has to be allowed, of what is joined by AND each."""
    assert licences.is_allowed(expression) == allowed


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ({"license_expression": "MIT", "license": "GPL"}, "MIT"),
        ({"license": "mit"}, "MIT"),
        ({"license": "Permission is hereby granted, (c) 2014", "classifier": [MIT]}, "MIT"),
        ({"classifier": [MIT]}, "MIT"),
    ],
)
def test_the_first_place_counts_that_can_be_read(said: dict[str, Any], licence: str) -> None:
    """The expression, then the older field, then the classifiers."""
    assert licences.licence("some", {**said, "version": "1"}) == licence


@pytest.mark.parametrize("written", ["BSD", "Dual License", "3-Clause BSD License", None])
def test_a_licence_that_nobody_can_read_is_an_error(written: str | None) -> None:
    """It says what to do; a classifier that stands for several licences is none."""
    said = {"license": written} if written else {"classifier": [MIT.replace("MIT", "BSD")]}
    with pytest.raises(licences.UnknownLicenceError, match=r"^some 1 says no .* add a reading to"):
        licences.licence("some", {**said, "version": "1"})


def test_readings_are_of_what_is_written_today(along: list[Along]) -> None:
    """A reading counts for just the text it was made for, and none is left over."""
    for name, reading in licences.READINGS.items():
        assert name in {each.pin.name for each in along}
        assert licences.licence(name, {"license": reading.written, "version": "1"}) == reading.meant
        with pytest.raises(licences.UnknownLicenceError):
            licences.licence(name, {"license": "Another License", "version": "1"})
