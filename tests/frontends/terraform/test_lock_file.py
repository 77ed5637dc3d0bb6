"""The real tools: they find what was installed, and one lock file serves a whole team."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import terraform
from support.commands import CALLERID

import callerid
from callerid.frontends.semver import semver

VERSION = semver(callerid.__version__)
LOCK = ".terraform.lock.hcl"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="packages are scripts")


def _environ(name: str, home: Path, **more: str) -> dict[str, str]:
    home.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([str(Path(terraform.REAL[name]).parent), os.environ["PATH"]])
    return terraform.environment(home, PATH=path, **more)


def _callerid(
    name: str, environ: dict[str, str], *args: str, python: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    tofu = ["--tofu"] if name == "tofu" else []
    return subprocess.run(  # noqa: S603 - our own command
        [python, *CALLERID[1:], "install", "terraform", *tofu, *args],
        capture_output=True,
        check=True,
        env=environ,
        text=True,
    )


def _project(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(terraform.CONFIGURATION, encoding="utf-8")
    return folder


def _hashes(lock: str) -> list[str]:
    return re.findall(r'"(h1:[^"]+)"', lock)


def test_init_finds_it_and_one_lock_file_serves_two_machines(name: str, tmp_path: Path) -> None:
    """Of another home folder and another Python; the second may not change the lock file."""
    first = _environ(name, tmp_path / "ada")
    second = _environ(name, tmp_path / "the home of grace")
    _callerid(name, first)
    python = tmp_path / "other python"
    python.symlink_to(sys.executable)
    _callerid(name, {**second, "PYTHONPATH": os.pathsep.join(sys.path)}, python=str(python))
    launchers = [
        next(Path(each["HOME"]).glob(".local/share/callerid/terraform/*/*")).read_text()
        for each in (first, second)
    ]
    assert launchers[0] != launchers[1]
    project = _project(tmp_path / "project")
    done = terraform.run(name, project, first, "init")
    assert done.returncode == 0, done.stderr
    lock = (project / LOCK).read_text()
    assert f'version = "{VERSION}"' in lock
    assert len(_hashes(lock)) == 1
    again = _project(tmp_path / "again")
    (again / LOCK).write_text(lock)
    done = terraform.run(name, again, second, "init", "-lockfile=readonly")
    assert done.returncode == 0, done.stderr
    assert (again / LOCK).read_text() == lock
    other = _project(tmp_path / "anew")
    assert terraform.run(name, other, second, "init").returncode == 0
    assert (other / LOCK).read_text() == lock
    done = terraform.run(name, project, first, "providers", "schema", "-json")
    [schema] = json.loads(done.stdout)["provider_schemas"].values()
    assert "callerid_current_user" in schema["data_source_schemas"]


def test_a_changed_package_is_refused(name: str, tmp_path: Path) -> None:
    """Whoever puts something else there is found out; `providers lock` adds it, as on Windows."""
    environ = _environ(name, tmp_path / "home")
    _callerid(name, environ)
    project = _project(tmp_path / "project")
    assert terraform.run(name, project, environ, "init").returncode == 0
    [package] = (tmp_path / "home").glob(".terraform.d/plugins/**/terraform-provider-callerid_v*")
    package.write_text(package.read_text() + "# more\n")
    again = _project(tmp_path / "again")
    (again / LOCK).write_text((project / LOCK).read_text())
    done = terraform.run(name, again, environ, "init")
    assert done.returncode == 1
    assert "match" in done.stderr
    root = tmp_path / "home" / ".terraform.d" / "plugins"
    lock = ("providers", "lock", f"-fs-mirror={root}", f"-platform={package.parent.name}")
    assert terraform.run(name, again, environ, *lock).returncode == 0
    assert len(_hashes((again / LOCK).read_text())) == 2
    assert terraform.run(name, again, environ, "init").returncode == 0


def test_init_takes_it_from_a_mirror_for_a_team(name: str, tmp_path: Path) -> None:
    """With the block that the command prints, and not from the home folder."""
    home, root = tmp_path / "home", tmp_path / 'a "team" mirror'
    environ = _environ(name, home)
    done = _callerid(name, environ, "--mirror", str(root))
    assert not (home / ".terraform.d" / "plugins").exists()
    block = done.stdout[done.stdout.index("provider_installation {") :].partition("\n}\n")[0]
    settings = tmp_path / "settings.tfrc"
    settings.write_text(f"{block}\n}}\n", encoding="utf-8")
    project = _project(tmp_path / "project")
    told = {**environ, "TF_CLI_CONFIG_FILE": str(settings)}
    done = terraform.run(name, project, told, "init")
    assert done.returncode == 0, done.stderr
    assert len(_hashes((project / LOCK).read_text())) == 1


def test_one_hash_serves_every_platform(name: str, tmp_path: Path) -> None:
    """`providers lock` adds no second one for another system or processor."""
    root = tmp_path / "mirror"
    environ = _environ(name, tmp_path / "home")
    _callerid(name, environ, "--mirror", str(root))
    project = _project(tmp_path / "project")
    platforms = ("linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64")
    wanted = [f"-platform={each}" for each in platforms]
    done = terraform.run(name, project, environ, "providers", "lock", f"-fs-mirror={root}", *wanted)
    assert done.returncode == 0, done.stderr
    assert len(_hashes((project / LOCK).read_text())) == 1


def test_after_uninstalling_nothing_is_found(name: str, tmp_path: Path) -> None:
    """Nothing of ours is left in the home folder."""
    home = tmp_path / "home"
    environ = _environ(name, home)
    _callerid(name, environ)
    _callerid(name, environ, "--uninstall")
    assert [path for path in home.rglob("*callerid*") if not path.is_dir()] == []


def test_opentofu_keeps_its_own_folders(tmp_path: Path) -> None:
    """Where its settings are in XDG's places, no `.terraform.d` is made, and it finds ours."""
    if "tofu" not in terraform.REAL:
        pytest.skip("there is no tofu")
    home = tmp_path / "home"
    places = {name: str(home / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    environ = _environ("tofu", home, **places)
    _callerid("tofu", environ)
    assert not (home / ".terraform.d").exists()
    project = _project(tmp_path / "project")
    done = terraform.run("tofu", project, environ, "init")
    assert done.returncode == 0, done.stderr
