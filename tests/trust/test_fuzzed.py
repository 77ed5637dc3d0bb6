"""Replies made up by atheris: what it is given to do, and what is told of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

import fuzzed

if TYPE_CHECKING:
    from pathlib import Path

ATHERIS = """\
import contextlib, random, sys

def instrument_imports(include):
    assert (include, "made_up" in sys.modules) == (["callerid"], False)
    return contextlib.nullcontext()

def Setup(argv, judge):
    global seed, chosen
    seed, chosen = int(argv[1].partition("=")[2]), judge

def Fuzz():
    choose = random.Random(seed)
    while True:
        chosen(choose.randbytes(200))
"""
"""What calls as atheris does: it is too large for everybody's set-up."""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a stand-in where modules are looked for, before any other."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    file = tmp_path / "atheris.py"
    file.write_text(ATHERIS, encoding="utf-8")
    return file


@pytest.mark.usefixtures("stand_in")
def test_replies_are_judged() -> None:
    """As many as are asked for, beside a good one for each caller; some of them are answered."""
    [tried] = fuzzed.tried(20, 7)
    assert (tried.times, tried.lost) == (20, ())
    assert "80 calls, of which " in tried.seen
    assert "from seed 7" in tried.seen
    assert list(fuzzed.tried(20, 7)) == [tried]


@pytest.mark.parametrize(
    ("end", "told", "seconds"),
    [
        ("sys.exit('gone')", "it ended with 1: 'gone", fuzzed.STARTING),
        ("while True: pass", "not end", 8.0),
    ],
)
def test_a_broken_run_is_a_loss(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch, end: str, told: str, seconds: float
) -> None:
    """As nothing was tried then."""
    monkeypatch.setattr(fuzzed, "STARTING", seconds)
    stand_in.write_text(f"{ATHERIS.partition('def Fuzz')[0]}def Fuzz():\n    {end}\n", "utf-8")
    [tried] = fuzzed.tried(1, 7)
    assert told in tried.lost[0]


def test_nothing_is_tried_without_atheris(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no wheel of it."""
    monkeypatch.setattr(fuzzed, "find_spec", lambda _: None)
    assert list(fuzzed.tried(20, 7)) == []
