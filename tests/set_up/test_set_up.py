"""A set-up that goes wrong: what it says, and that the next call begins anew."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support import index
from support.environments import libraries
from support.pages import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAKE = shutil.which("make")
TOOL = ROOT / "tools" / "set_up.py"
PACKAGE = index.empty("locked", "1.0")
LOCK = f"locked==1.0 --hash=sha256:{PACKAGE.sha256}\n"
NO_INDEX = "http://127.0.0.1:9/simple/"
ANEW = "The next call begins the set-up anew."
BACKEND = """\
import shutil


def build_editable(folder, settings=None, metadata=None):
    return shutil.copy("{wheel}", folder).rpartition("/")[2]
"""
PROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""


@pytest.fixture
def url() -> Iterator[str]:
    """Give an index that has the one package."""
    with index.serve([PACKAGE]) as running:
        yield running


def _environment(url: str, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return {**kept, "PIP_INDEX_URL": url, "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1", **more}


def _set_up(folder: Path, lock: str, url: str, **environ: str) -> subprocess.CompletedProcess[str]:
    file = folder / "lock.txt"
    file.write_text(lock, encoding="utf-8")
    return subprocess.run(  # noqa: S603 - our own tool
        [sys.executable, TOOL, folder / "venv", file],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=_environment(url, PYTHONUTF8="1", **environ),
    )


def test_a_set_up_installs_what_is_locked(tmp_path: Path, url: str) -> None:
    """It says one line; a second lock is added to what is there."""
    done = _set_up(tmp_path, LOCK, url)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 1)
    installed = libraries(tmp_path / "venv")
    assert (installed / "locked-1.0.dist-info").is_dir()
    (installed / "kept.txt").touch()
    assert _set_up(tmp_path, LOCK, url).returncode == 0
    assert (installed / "kept.txt").exists()


@pytest.mark.parametrize(
    ("lock", "index_url", "cure"),
    [
        (LOCK, NO_INDEX, "pip found no package index, or none that has these packages.\nCheck the"),
        (LOCK.replace("locked", "absent"), None, "none that has these packages.\nCheck the net"),
        ("locked==1.0 --hash=sha256:" + "0" * 64, None, "served other files than those locked"),
        ("no requirement at all", None, "pip failed; its own words above say why."),
    ],
    ids=["no index", "no package", "other hash", "no lock"],
)
def test_a_failed_set_up_is_reported(
    tmp_path: Path, url: str, lock: str, index_url: str | None, cure: str
) -> None:
    """With the cure, after pip's own words; the next call leaves nothing of this one behind."""
    done = _set_up(tmp_path, lock, index_url or url)
    assert done.returncode != 0
    assert "ERROR: " in done.stderr
    assert cure in done.stderr
    assert done.stderr.endswith(f"{ANEW}\n")
    assert "Traceback" not in done.stderr
    (libraries(tmp_path / "venv") / "half.txt").touch()
    assert _set_up(tmp_path, LOCK, url).returncode == 0
    assert not (libraries(tmp_path / "venv") / "half.txt").exists()


@pytest.mark.parametrize("name", ["TARGET", "PREFIX", "ROOT", "DRY_RUN", "PYTHON", "USER"])
def test_packages_go_nowhere_else(tmp_path: Path, url: str, name: str) -> None:
    """Variables of pip that would send them elsewhere count for nothing here."""
    value = {"DRY_RUN": "1", "USER": "1", "PYTHON": sys.executable}.get(name, str(tmp_path / "x"))
    assert _set_up(tmp_path, LOCK, url, **{f"PIP_{name}": value}).returncode == 0
    assert (libraries(tmp_path / "venv") / "locked-1.0.dist-info").is_dir()


def test_what_a_configuration_sends_elsewhere_is_missed(tmp_path: Path, url: str) -> None:
    """An environment without what is locked is not called whole."""
    file = tmp_path / "pip.conf"
    file.write_text(f"[install]\ntarget = {tmp_path / 'x'}\n", encoding="utf-8")
    done = _set_up(tmp_path, LOCK, url, PIP_CONFIG_FILE=str(file))
    assert done.returncode != 0
    assert "lacks locked.\nA configuration of pip may send packages elsewhere" in done.stderr


def test_a_folder_of_somebodys_is_left_alone(tmp_path: Path, url: str) -> None:
    """It is no environment, so it is not emptied to become one."""
    keep = tmp_path / "venv" / "keep.txt"
    keep.parent.mkdir()
    keep.touch()
    done = _set_up(tmp_path, LOCK, url)
    assert done.returncode != 0
    assert "holds files and is no virtual environment." in done.stderr
    assert keep.exists()


def test_an_environment_that_was_only_begun_is_made(tmp_path: Path, url: str) -> None:
    """Interrupted before its first file, it is folders and nothing else."""
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    assert _set_up(tmp_path, LOCK, url).returncode == 0


def test_a_python_without_ensurepip(tmp_path: Path, url: str) -> None:
    """As Debian's without its package python3-venv: the package is named."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    done = _set_up(tmp_path, LOCK, url, PYTHONPATH=str(tmp_path))
    assert done.returncode != 0
    major, minor = sys.version_info[:2]
    assert f"apt install python{major}.{minor}-venv\nOr name another" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(MAKE is None, reason="no make")
def test_a_python_too_old(tmp_path: Path) -> None:
    """Make says which one is needed, and how to name it."""
    old = tmp_path / "python3"
    code = "import sys; sys.version_info = (3, 9, 25); exec(sys.argv[2])"
    old.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{code}" "$@"\n', encoding="utf-8")
    old.chmod(0o755)
    done = _make(_repository(tmp_path / "copy"), NO_INDEX, f"PYTHON={old}")
    assert done.returncode != 0
    assert "callerid needs Python 3.10 or newer; name one with: make PYTHON=" in done.stderr


@pytest.mark.skipif(MAKE is None, reason="no make")
def test_make_begins_anew_after_a_failure(tmp_path: Path, url: str) -> None:
    """It fails without an index, sets up with one, then has nothing to do while Python is there."""
    copy = _repository(tmp_path)
    done = _make(copy, NO_INDEX)
    assert done.returncode != 0
    assert "Check the network" in done.stderr
    assert _make(copy, url).returncode == 0
    assert {"locked-1.0.dist-info", "ours-1.0.dist-info", "sdk-1.0.dist-info"} <= {
        path.name for path in libraries(copy / ".venv").iterdir()
    }
    assert "Nothing to be done" in _make(copy, NO_INDEX).stdout
    python = copy / ".venv" / "bin" / "python"
    python.unlink()
    assert "Nothing to be done" not in _make(copy, url).stdout
    assert python.exists()


def _repository(folder: Path) -> Path:
    """Give a folder with our Makefile, and projects and locks that ask for next to nothing."""
    for project, name in ((folder, "ours"), (folder / "sdk" / "python", "sdk")):
        wheel = index.empty(name, "1.0")
        project.mkdir(parents=True, exist_ok=True)
        (project / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
        (project / "backend.py").write_text(BACKEND.format(wheel=wheel.name), encoding="utf-8")
        (project / wheel.name).write_bytes(wheel.content)
    (folder / "tools").mkdir()
    shutil.copy(TOOL, folder / "tools")
    shutil.copy(ROOT / "Makefile", folder)
    for name in ("dev", "preview"):
        (folder / f"requirements-{name}.txt").write_text(LOCK, encoding="utf-8")
    return folder


def _make(folder: Path, url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    python = f"PYTHON={sys.executable}"
    return subprocess.run(  # noqa: S603 - our own Makefile
        [MAKE or "make", "setup", python, *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        encoding="utf-8",
        env=_environment(url, PYTHONUTF8="1", LC_ALL="C"),
    )
