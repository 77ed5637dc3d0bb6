"""One commit, built on two machines that have little in common: the same bytes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from release.repository import commit, git, needs_git

import distributions

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_git
KEPT = {"PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR"}
HERE = {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
THERE = {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"}
LONG_AGO = 946_684_800


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a repository whose one commit is this tree, as it is now, with everything built."""
    root = tmp_path_factory.mktemp("machine") / "one"
    for file in _files():
        target = root / file.relative_to(distributions.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    commit(root)
    _build(root, HERE, umask=0o022)
    return root


@pytest.fixture(scope="module")
def other(one: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a clone of it with other permissions and times of its files, built elsewhere."""
    root = tmp_path_factory.mktemp("another machine") / "with a longer name"
    git(one, "clone", "--quiet", "--no-hardlinks", str(one), str(root))
    for path in root.rglob("*"):
        path.chmod(0o700 if path.is_dir() or path.stat().st_mode & 0o100 else 0o600)
        os.utime(path, (LONG_AGO, LONG_AGO))
    _build(root, THERE, umask=0o077)
    return root


def _files() -> list[Path]:
    """Give the files of this tree, but for those that git ignores."""
    root = distributions.ROOT
    if not (root / ".git").exists():
        pytest.skip("this tree is no clone of the repository")
    names = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return [path for name in names if name and (path := root / name).is_file()]


def _build(root: Path, variables: dict[str, str], umask: int) -> None:
    """Build everything with the tree's own tool."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    subprocess.run(  # noqa: S603 - our own tool
        [sys.executable, str(root / "tools" / "distributions.py")],
        check=True,
        cwd=root.parent,
        env={**kept, **variables},
        stdout=subprocess.DEVNULL,
        umask=umask if os.name == "posix" else -1,
    )


def test_two_machines_build_the_same_bytes(one: Path, other: Path) -> None:
    """Folder, time, permissions, umask, zone, locale and hash seed are others; nothing shows it."""
    built, again = (
        {path.name: path.read_bytes() for path in (root / "dist").iterdir()}
        for root in (one, other)
    )
    assert len(built) == 6
    assert [*sorted(built)] == [*sorted(again)]
    assert [name for name, content in built.items() if again[name] != content] == []


def test_files_are_dated_by_the_commit(other: Path) -> None:
    """Neither by the clock nor by the file system."""
    date = int(git(other, "log", "-1", "--format=%ct"))
    for sdist in (other / "dist").glob("*.tar.gz"):
        with tarfile.open(sdist) as archive:
            assert {int(each.mtime) for each in archive} == {date}
    for wheel in (other / "dist").glob("*.whl"):
        with zipfile.ZipFile(wheel) as packed:
            assert len({each.date_time for each in packed.infolist()}) == 1
    [bill] = (other / "dist").glob(f"*{distributions.BILL}")
    told = json.loads(bill.read_text(encoding="utf-8"))["metadata"]["timestamp"]
    assert datetime.fromisoformat(told).timestamp() == date
