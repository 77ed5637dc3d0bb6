"""What may be released, and how it is built."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from release.repository import commit, needs_git

import distributions
import versions

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2026-01-31"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a committed tree that may be released as 1.2.3."""
    root = tmp_path / "tree"
    sdk = root / "sdk" / "python"
    plugin = sdk / "pulumi_callerid" / "pulumi-plugin.json"
    texts = {
        root / versions.SOURCE: '__version__ = "1.2.3"\n',
        root / "CHANGELOG.md": f"# Changelog\n\n## 1.2.3 - {DAY}\n",
        root / "schema.json": json.dumps({"version": "1.2.3"}),
        sdk / "pyproject.toml": 'version = "1.2.3"\n',
        plugin: json.dumps({"version": "1.2.3"}),
    }
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    commit(root)
    return root


def _change(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@needs_git
def test_a_finished_tree_may_be_released(tree: Path) -> None:
    """Everything agrees, is dated and committed; with the tag of this version too."""
    assert distributions.refusals(tree) == []
    assert distributions.refusals(tree, "v1.2.3") == []


@needs_git
@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("CHANGELOG.md", DAY, "unreleased", "CHANGELOG.md calls it unreleased. Write the day"),
        ("CHANGELOG.md", "1.2.3", "1.2.2", "CHANGELOG.md says 1.2.2, but provider/"),
        ("schema.json", "1.2.3", "1.2.2", "Run: make sdk"),
        ("sdk/python/pyproject.toml", "1.2.3", "1.2.2", "Run: make sdk"),
    ],
)
def test_an_unfinished_tree_is_refused(
    tree: Path, file: str, old: str, new: str, sentence: str
) -> None:
    """Each refusal is a sentence with the way out, and so is what no commit has."""
    _change(tree / file, old, new)
    reason, uncommitted = distributions.refusals(tree)
    assert sentence in reason
    assert uncommitted == f"uncommitted: {file}. Commit or remove it."


@needs_git
def test_another_tag_is_refused(tree: Path) -> None:
    """A tag that is not v and the version stops the release before anything is built."""
    (reason,) = distributions.refusals(tree, "v1.2.4")
    assert reason == "the tag is v1.2.4, but the version is 1.2.3. Tag v1.2.3."


@needs_git
def test_many_changes_are_not_all_listed(tree: Path) -> None:
    """A refusal stays a line long."""
    for number in range(8):
        (tree / f"new{number}").touch()
    (reason,) = distributions.refusals(tree)
    assert reason.endswith("new4 and 3 more. Commit or remove it.")


@needs_git
def test_a_tree_without_git_is_refused(tree: Path) -> None:
    """A release comes out of a clone, where everybody can build it again."""
    shutil.rmtree(tree / ".git", onerror=_writable)
    (reason,) = distributions.refusals(tree)
    assert reason.startswith("git does not know this tree.")


def _writable(remove: object, path: str, _: object) -> None:
    """Remove what git made read-only, which Windows refuses."""
    assert callable(remove)
    os.chmod(path, 0o700)  # noqa: PTH101 - the path is a text here
    remove(path)


@needs_git
def test_a_refusal_builds_nothing(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says each reason on a line of its own, and leaves no folder behind."""
    _change(tree / "CHANGELOG.md", DAY, "unreleased")
    assert distributions.main(["--release"], tree) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.partition(": ")[0] for line in said.err.splitlines()] == ["No release"] * 2
    assert not (tree / "dist").exists()


def test_the_checksums_are_right(packages: Path) -> None:
    """Two wheels, two sdists, a bill, and a line for each that `sha256sum --check` reads."""
    lines = (packages / distributions.SUMS).read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert sums == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in packages.iterdir()
        if path.name != distributions.SUMS
    }
    kinds = sorted(
        re.sub(r"-[^-]*?\d+\.\d+\.\d+[^-]*?(?=-py3|\.tar|\.cdx)", "", name) for name in sums
    )
    assert kinds == [
        *("callerid-py3-none-any.whl", "callerid.cdx.json", "callerid.tar.gz"),
        *("pulumi_callerid-py3-none-any.whl", "pulumi_callerid.tar.gz"),
    ]


@pytest.mark.parametrize("name", ["callerid", "pulumi_callerid"])
def test_the_sdist_builds_the_same_wheel(packages: Path, tmp_path: Path, name: str) -> None:
    """Byte for byte: the sdist is whole, and the same sources give the same wheel."""
    (sdist,) = packages.glob(f"{name}-*.tar.gz")
    with tarfile.open(sdist) as archive:
        date = next(iter(archive)).mtime
        safely: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(tmp_path, **safely)  # noqa: S202 - our own archive, just built
    (project,) = tmp_path.iterdir()
    again = tmp_path / "again"
    distributions.hatch(project, again, {**os.environ, "SOURCE_DATE_EPOCH": str(int(date))})
    (wheel,) = packages.glob(f"{name}-*.whl")
    assert (again / wheel.name).read_bytes() == wheel.read_bytes()
