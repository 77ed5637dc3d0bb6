"""The copy of a project for the Pulumi CLI keeps to itself: its surroundings may be anybody's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from callerid.testing import copied, pulumi_cli, toolchain
from callerid.testing.project import load

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="links need a right of their own")
needs_cli = pytest.mark.skipif(not pulumi_cli.find_cli(), reason="no pulumi CLI")


def _program(folder: Path, text: str = "", **fields: object) -> Path:
    folder.mkdir(parents=True)
    content = {"name": "p", "runtime": "python", **fields}
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    (folder / "__main__.py").write_text(text, encoding="utf-8")
    return folder


def _copy(program: Path, folder: Path) -> dict[str, Any]:
    """Copy a program; return what the copy's Pulumi.yaml says."""
    project = load(program)
    copied.copy(project, toolchain.find(project, {}), folder)
    read: dict[str, Any] = yaml.safe_load((folder / "Pulumi.yaml").read_text(encoding="utf-8"))
    return read


def test_state_and_configuration_stay_in_the_copy(tmp_path: Path) -> None:
    """No field says to keep them elsewhere; what is configuration is kept."""
    backend = {"url": "file:///elsewhere"}
    program = _program(tmp_path / "app", stackConfigDir="../../config", backend=backend)
    assert _copy(program, tmp_path / "copy").keys() == {"name", "runtime", "main"}
    old = _program(tmp_path / "old", config="../../config")
    assert "config" not in _copy(old, tmp_path / "copy of old")
    new = _program(tmp_path / "new", config={"a": "b"})
    assert _copy(new, tmp_path / "copy of new")["config"] == {"a": "b"}


@pytest.mark.parametrize(
    ("main", "expected"),
    [
        (".", "."),
        ("src", "src"),
        ("./src/../src/run.py", "src/run.py"),
        ("../../other", "{}/other"),
        ("../../other/run.py", "{}/other/run.py"),
    ],
)
def test_a_program_elsewhere_runs_where_it_is(tmp_path: Path, main: str, expected: str) -> None:
    """Not at that path as seen from the copy, where others may have put one of theirs."""
    program = _program(tmp_path / "infra" / "app", main=main)
    for folder in (program / "src", tmp_path / "other"):
        folder.mkdir()
        for name in ("__main__.py", "run.py"):
            (folder / name).touch()
    copy = _copy(program, tmp_path / "copy")
    assert copy["main"] == expected.format(tmp_path.resolve().as_posix())


def test_plugins_and_packages_are_where_the_original_has_them(tmp_path: Path) -> None:
    """Relative paths become absolute; whatever is no path stays as it is."""
    local, odd = {"name": "a", "path": "../bin"}, {"name": "b"}
    packages = {
        "folder": "../folder@1.0.0",
        "full": {"source": "./full", "parameters": ["x"]},
        "known": "random@4.13.0",
        "odd": 1,
    }
    plugins = {"providers": [local, odd, "text"], "languages": None}
    app = tmp_path / "app"
    copy = _copy(_program(app, plugins=plugins, packages=packages), tmp_path / "copy")
    assert copy["plugins"] == {
        "providers": [{"name": "a", "path": str(app / "../bin")}, odd, "text"],
        "languages": None,
    }
    assert copy["packages"] == {
        "folder": {"source": str(app / "../folder"), "version": "1.0.0"},
        "full": {"source": str(app / "full"), "parameters": ["x"]},
        "known": "random@4.13.0",
        "odd": 1,
    }


@posix
def test_a_link_leads_where_that_of_the_original_leads(tmp_path: Path) -> None:
    """Out of the project to the original place, and never around the copy; inside to the copy."""
    app = _program(tmp_path / "infra" / "app")
    (tmp_path / "shared").mkdir()
    (app / "inner").mkdir()
    links = {
        "out": "../../shared",
        "inner/deep": "../../../shared",
        "chain": "out",
        "roundabout": "../../infra/app/inner",
        "within": "inner",
        "nowhere": "../../gone",
        "loop": "loop",
    }
    for name, target in links.items():
        (app / name).symlink_to(target)
    copy = tmp_path / "copies" / "copy"
    _copy(app, copy)
    shared, inner = tmp_path / "shared", copy / "inner"
    expected = {
        "out": shared,
        "inner/deep": shared,
        "chain": shared,
        "roundabout": inner,
        "within": inner,
        "nowhere": tmp_path / "gone",
        "loop": copy / "loop",
    }
    assert {name: (copy / name).readlink() for name in links} == expected


@posix
def test_a_lock_file_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    """The copy has the original's link, and nothing is written at its other end."""
    app = _program(tmp_path / "infra" / "app", runtime={"name": "python"})
    lock = tmp_path / "poetry.lock"
    lock.write_text("locked", encoding="utf-8")
    (app / "poetry.lock").symlink_to("../../poetry.lock")
    (tmp_path / "infra" / "pyproject.toml").touch()
    project = load(app)
    poetry = toolchain.Interpreter("poetry", tmp_path / "python", tmp_path, "")
    around = tmp_path / "b"
    copied.copy(project, poetry, around / "a" / "copy")
    assert (around / "a" / "copy" / "poetry.lock").read_text(encoding="utf-8") == "locked"
    assert (around / "a" / "copy" / "pyproject.toml").is_file()
    assert [each.name for each in around.iterdir()] == ["a"]
    assert [each.name for each in (around / "a").iterdir()] == ["copy"]


@needs_cli
@pytest.mark.parametrize("field", ["stackConfigDir", "config"])
@pytest.mark.parametrize("name", ["app", "home", "state"])
def test_the_cli_leaves_nothing_around_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, field: str, name: str
) -> None:
    """Configuration is written into the copy, whatever the project is called or says."""
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(shared))
    text = 'import pulumi\npulumi.export("k", pulumi.Config().require("k"))\n'
    program = _program(tmp_path / name, text, **{field: "../../../config"})
    result = pulumi_cli.preview(program, config={"k": "given"}).require_ok()
    assert result.exports == {"k": "given"}
    assert list(shared.iterdir()) == []
    assert not (tmp_path / "config").exists()
