"""CONTRIBUTING.md names what there is."""

from __future__ import annotations

import re

import pytest
from support.pages import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WHERE = TEXT.partition("## Where things are")[2].partition("\n## ")[0]
NAMED = sorted(set(re.findall(r"`((?:bench|docs|tests|tools|trust)/[\w/.-]+)`", TEXT)))


@pytest.mark.parametrize("path", NAMED)
def test_what_it_names_is_there(path: str) -> None:
    """Files and folders that are no part of the provider."""
    assert (ROOT / path).exists()


def test_every_folder_with_programs_has_its_line() -> None:
    """Whoever looks for something finds the folder it is in."""
    folders = {file.parent.name for file in ROOT.glob("[a-z]*/*.py")} - {"site"}
    assert {name for name in folders if f"\n{name}/" not in WHERE} == set()


def test_the_trials_section_has_what_a_trial_needs() -> None:
    """Its module's function, its name, and how to try it alone."""
    section = TEXT.partition("## Adding a trial")[2].partition("\n## ")[0]
    wanted = ("`tried(scale)`", "`Tried`", "`NAMES`", "trust/trying.py --short NAME")
    assert [each for each in wanted if each not in section] == []
