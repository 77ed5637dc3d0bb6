"""Every configuration on the pages: valid, and its plans and tests print what is shown."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest
from support import configurations, pages
from support.configurations import NEEDS_TOOL, TOOL, Folder
from support.pages import HCL, ROOT, TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _pytest.mark import ParameterSet
    from support.pages import Block

pytestmark = NEEDS_TOOL
MAIN = "main.tf"
SHOWN = [page for page in pages.PAGES if any(each.language in HCL for each in pages.blocks(page))]
"""The pages that have configurations."""


def _configurations(page: Path) -> list[tuple[str, str]]:
    """Give the configurations of a page; a comment in the first line names the file, if it must."""
    found = []
    for each in pages.blocks(page):
        if each.language in HCL:
            named = re.match(r"# (\S+\.(?:tf|tftest\.hcl))\n", each.code)
            found.append((named[1] if named else "block.tf", each.code))
    return found


def _cases() -> Iterator[ParameterSet]:
    for page in SHOWN:
        for place, (name, code) in enumerate(_configurations(page)):
            yield pytest.param(page, name, code, id=f"{pages.name(page)}-{place}-{name}")


def _main(page: Path) -> str:
    """Give what a page calls its main file; empty where it has none."""
    return dict(_configurations(page)).get(MAIN, "")


@pytest.mark.parametrize(("page", "name", "code"), [*_cases()])
def test_every_configuration_is_valid(page: Path, name: str, code: str, tmp_path: Path) -> None:
    """The tool takes it, and would write it the same; a test beside the page's main file."""
    if name.endswith(".hcl"):
        folder = Folder.make(tmp_path / "page", main=_main(page))
        folder.write(name, code)
        variables = {"TF_VAR_callerid_sandbox": "{}"}
    else:
        folder = Folder.make(tmp_path / "page", main=code)
        variables = {}
    ran = folder.terraform(variables, "validate")
    assert "Success! The configuration is valid" in ran.text, ran.text
    ran = folder.terraform({}, "fmt", "-check", "-recursive", "-diff", ".")
    assert ran.code == 0, ran.text


@pytest.mark.parametrize("page", [page for page in SHOWN if _main(page)], ids=pages.name)
def test_every_run_prints_what_is_shown(page: Path, tmp_path: Path) -> None:
    """The page's main file, and its tests, as the callers that the page names."""
    folder = Folder.make(tmp_path / "page", main=_main(page))
    for name, code in _configurations(page):
        if name.endswith(".hcl"):
            folder.write(name, code)
    blocks = pages.blocks(page)
    commands = [place for place, each in enumerate(blocks) if configurations.runs(each)]
    assert commands
    for place in commands:
        command = blocks[place].code.replace(" terraform ", f" {TOOL} ")
        ran = folder.run({}, *shlex.split(command))
        assert ran.code == 0, ran.text
        shown = _after(blocks, place)
        assert shown is None or pages.shows(shown.code, ran.text), ran.text


def _after(blocks: list[Block], place: int) -> Block | None:
    following = blocks[place + 1 : place + 2]
    return next((each for each in following if each.language == TEXT), None)


@pytest.mark.parametrize(
    "file",
    sorted(path for path in (ROOT / "examples").rglob("*.tf") if "terraform" not in path.parts),
    ids=lambda file: file.parent.name,
)
def test_the_examples_of_the_registrys_pages_are_written_well(file: Path) -> None:
    """Each is on a page, and so was validated above."""
    code = file.read_text(encoding="utf-8").strip("\n") + "\n"
    assert any(code == each for page in SHOWN for _, each in _configurations(page))
