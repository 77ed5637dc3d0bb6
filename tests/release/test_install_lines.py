"""The lines of the pages that install: they work before a release, and after it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from importlib import metadata
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name
from release.environment import WINDOWS, Environment
from support import index, pages
from support.pages import ROOT

import locks
from callerid import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(WINDOWS, reason="the lines are those of a POSIX shell")

BEFORE = "make dist\npip install dist/*.whl\n"
"""What comes first until there is a release."""
BEGINNINGS = ("README.md", "docs/start.md", "docs/installation-configuration.md")
READMES = [*pages.PAGES, *sorted((ROOT / "examples").glob("*/README.md"))]
LINES = sorted(
    {
        line.strip()
        for page in READMES
        for line in re.findall(r"pip install [^`\n]*", page.read_text(encoding="utf-8"))
    }
    - {*BEFORE.splitlines()}
)
OTHER = "9999"
"""The version of the packages of the same names that the index has."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve what callerid needs, and packages of its names that are somebody else's."""
    needed = locks.packages(ROOT / "requirements-dev.txt")
    served = [index.empty(name, *package) for name, package in needed.items()]
    with index.serve([*served, *(index.empty(name, OTHER) for name in locks.OURS)]) as running:
        yield running


@pytest.fixture
def made(tmp_path: Path, packages: Path) -> Environment:
    """Give an empty environment, and a folder to type in, with what `make dist` has built."""
    made = Environment(tmp_path / "venv", tmp_path / "work")
    venv.create(made.folder, symlinks=True)
    pip = made.scripts / "pip"
    pip.write_text(
        f'#!/bin/sh\nexec {sys.executable} -m pip --python {made.python} "$@"\n', "utf-8"
    )
    pip.chmod(0o755)
    (made.work / "infra").mkdir(parents=True)
    (made.work / "dist").symlink_to(packages)
    for folder in (made.work, made.work / "infra"):
        (folder / "requirements.txt").write_text("pulumi-callerid\n", "utf-8")
    return made


def _type(line: str, made: Environment, url: str) -> dict[str, str]:
    """Give a line to a shell as it stands; tell what is installed then, with the versions."""
    kept = {name: value for name, value in made.variables().items() if not name.startswith("PIP_")}
    own = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": url, "PIP_NO_CACHE_DIR": "1"}
    done = subprocess.run(  # noqa: S603 - a line of our own pages
        ["sh", "-ec", line],  # noqa: S607 - as on PATH
        capture_output=True,
        check=False,
        cwd=made.work,
        encoding="utf-8",
        env={**kept, **own},
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found = metadata.distributions(path=[str(made.libraries)])
    return {canonicalize_name(each.name): each.version for each in found}


def _extras(line: str) -> list[str]:
    """Give the extras that a line asks for, with what they ask for in turn."""
    if "[testing]" in line:
        return ["sandbox", "testing"]
    return ["sandbox"] if "[sandbox]" in line else []


@pytest.mark.parametrize("name", BEGINNINGS)
def test_a_beginner_is_told_what_comes_first(name: str) -> None:
    """Where installing is explained, the first line that installs is that before a release."""
    shown = [each.code for each in pages.blocks(ROOT / name) if "pip install" in each.code]
    assert shown[0] == BEFORE
    assert len(shown) > 1


@pytest.mark.parametrize("line", LINES)
def test_a_line_works_before_a_release(line: str, made: Environment, url: str) -> None:
    """What was built stays, whatever an index has under these names, and the rest is added."""
    first = _type(BEFORE.splitlines()[-1], made, url)
    assert {first[name] for name in locks.OURS} == {__version__}
    then = _type(line, made, url)
    assert first.items() <= then.items()
    assert {need.name for need in locks.ours(*_extras(line))} <= then.keys()


def test_without_what_comes_first_an_index_decides(made: Environment, url: str) -> None:
    """As after a release: so the other packages of these names are really on offer."""
    then = _type('pip install "callerid[testing]" pulumi-callerid', made, url)
    assert {then[name] for name in locks.OURS} == {OTHER}
