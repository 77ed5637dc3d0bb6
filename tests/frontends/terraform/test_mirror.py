"""Packages in a mirror, and this machine's launcher: equal everywhere, ours alone, honest."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from support import planted, terraform

import callerid
from callerid import launch
from callerid.errors import ConfigurationError
from callerid.frontends.semver import semver
from callerid.frontends.terraform import cookie, mirror
from callerid.frontends.terraform.tool import Tool
from callerid.frontends.terraform.tool_log import Sources

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="packages of Windows are executables")
VERSION = semver(callerid.__version__)
NOWHERE = Sources(files=(), explicit=False, overridden=False, folders=())
MISSING = (
    f"callerid: this machine has no callerid {callerid.__version__} for Terraform or OpenTofu: run "
    f'pip install "callerid[terraform]=={callerid.__version__}", then callerid install terraform.\n'
)


def _tool(name: str = "terraform", *folders: Path, explicit: bool = False) -> Tool:
    sources = NOWHERE._replace(folders=(Path("terraform.d/plugins"), *folders), explicit=explicit)
    return Tool(name, Path("/bin") / name, "1.11.4", "linux_amd64", terraform.HOST, sources)


def _environ(home: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", **more}


def _package(root: Path, version: str = VERSION, platform: str = "linux_amd64") -> Path:
    folder = root / terraform.HOST / "callerid" / "callerid" / version / platform
    return folder / f"terraform-provider-callerid_v{version}"


def _launcher(home: Path, version: str = VERSION) -> Path:
    folder = home / ".local" / "share" / "callerid" / "terraform" / version
    return folder / "terraform-provider-callerid"


def _install(root: Path, home: Path) -> Path:
    """Install, and give the package's executable."""
    mirror.install(root, _tool(), _environ(home))
    return _package(root)


def _run(executable: Path, environ: dict[str, str], *args: str) -> tuple[int, str, str]:
    done = subprocess.run(  # noqa: S603 - our own script
        [executable, *args], capture_output=True, check=False, env=environ, text=True, timeout=20
    )
    return done.returncode, done.stdout, done.stderr


@POSIX
def test_installing_twice_is_installing_once(tmp_path: Path) -> None:
    """The same two scripts stand there, executable, and nothing else does."""
    home, root = tmp_path / "home", tmp_path / "plugins"
    for _ in range(2):
        folders = mirror.install(root, _tool(), _environ(home))
        assert folders == [_package(root).parent, _launcher(home).parent]
    files = [path for path in tmp_path.rglob("*") if not path.is_dir()]
    assert sorted(files) == [_launcher(home), _package(root)]
    assert [file.stat().st_mode & 0o777 for file in files] == [0o755, 0o755]


@POSIX
def test_a_package_holds_nothing_of_this_machine(tmp_path: Path) -> None:
    """Two machines with other home folders and other Pythons have the same bytes."""
    first = _install(tmp_path / "one", tmp_path / "ada").read_bytes()
    second = _install(tmp_path / "two", tmp_path / "grace").read_bytes()
    assert first == second
    for own in (str(tmp_path), sys.prefix, sys.executable, callerid.__file__):
        assert own.encode() not in first
    assert sys.executable.encode() in _launcher(tmp_path / "ada").read_bytes()


@POSIX
def test_a_package_starts_this_machines_launcher(tmp_path: Path) -> None:
    """Before what is on PATH, with its own version first, then what the host gives."""
    home = tmp_path / "the 'home' of $ada"
    executable = _install(tmp_path / "plugins", home)
    terraform.program(_launcher(home), 'printf "%s\\n" own "$@"')
    terraform.program(tmp_path / "bin" / launch.TERRAFORM_NAME, "echo path")
    environ = _environ(home, PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin")
    said = f"own\n--package={callerid.__version__}\none two\nthree\n"
    assert _run(executable, environ, "one two", "three") == (0, said, "")


@POSIX
@pytest.mark.parametrize("home", ["other", None])
def test_a_package_starts_what_is_on_path(tmp_path: Path, home: str | None) -> None:
    """Where the home folder has no launcher, or there is none; with the same arguments."""
    executable = _install(tmp_path / "plugins", tmp_path / "home")
    terraform.program(tmp_path / "bin" / launch.TERRAFORM_NAME, 'printf "%s\\n" path "$@"')
    environ = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"} | ({"HOME": home} if home else {})
    said = f"path\n--package={callerid.__version__}\none two\n"
    assert _run(executable, environ, "one two") == (0, said, "")


@POSIX
def test_a_package_without_callerid_explains_itself(tmp_path: Path) -> None:
    """To people on stderr; to a host on stdout, of which it shows the first line."""
    executable = _install(tmp_path / "plugins", tmp_path / "home")
    environ = _environ(tmp_path / "other")
    assert _run(executable, environ) == (1, "", MISSING)
    assert _run(executable, {**environ, cookie.NAME: cookie.VALUE}) == (1, MISSING, "")


@POSIX
@pytest.mark.parametrize("lost", [sys.executable, callerid.__file__])
def test_a_launcher_that_lost_its_environment_says_so(tmp_path: Path, lost: str) -> None:
    """Python or callerid in it is gone: one line, where the host shows it."""
    executable = _install(tmp_path / "plugins", tmp_path)
    launcher = _launcher(tmp_path)
    launcher.write_text(launcher.read_text().replace(lost, "/gone/file"))
    said = (
        "callerid: there is no /gone/file, so the Python environment of this provider is gone: "
        'run pip install "callerid[terraform]", then callerid install terraform.\n'
    )
    assert _run(executable, _environ(tmp_path)) == (1, "", said)
    assert _run(executable, _environ(tmp_path, **{cookie.NAME: cookie.VALUE})) == (1, said, "")


@POSIX
def test_the_launcher_starts_the_provider(tmp_path: Path) -> None:
    """From a folder whose modules would break it, as a user's project may; by hand it explains."""
    executable = _install(tmp_path / "plugins", tmp_path)
    (tmp_path / "callerid.py").write_text("raise SystemExit('the project was imported')")
    done = subprocess.run(  # noqa: S603 - our own script
        [executable], capture_output=True, check=False, cwd=tmp_path, env=_environ(tmp_path)
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"callerid install terraform" in done.stderr


@POSIX
@pytest.mark.parametrize("kind", ["file", "pipe", "folder", "dangling link", "link"])
@pytest.mark.parametrize("of", ["package", "launcher"])
def test_what_is_not_ours_stays(tmp_path: Path, kind: str, of: str) -> None:
    """Neither command waits for a pipe, follows a link, or replaces what somebody put there."""
    root, home = tmp_path / "home" / ".terraform.d" / "plugins", tmp_path / "home"
    place = {"package": _package(root), "launcher": _launcher(home)}[of]
    planted.put(place, kind)
    before = place.lstat()
    with pytest.raises(ConfigurationError, match="was not made by this command, so it stays"):
        mirror.install(root, _tool(), _environ(home))
    assert place not in [each / place.name for each in mirror.uninstall(_environ(home))]
    assert place.lstat().st_ino == before.st_ino


@POSIX
def test_uninstalling_removes_every_version_and_nothing_else(tmp_path: Path) -> None:
    """Of every host, too; a provider of somebody else and a note beside ours stay."""
    home = tmp_path
    root = home / ".terraform.d" / "plugins"
    ours = _install(root, home)
    older = _package(root, "0.0.9")
    older.parent.mkdir(parents=True)
    older.write_bytes(ours.read_bytes())
    notes = older.with_name("notes.txt")
    notes.write_text("mine")
    theirs = root / terraform.HOST / "acme" / "acme" / "1.0.0" / "linux_amd64" / "x"
    theirs.parent.mkdir(parents=True)
    theirs.touch()
    removed = [older.parent, ours.parent, _launcher(home).parent]
    assert mirror.uninstall(_environ(home)) == removed
    assert mirror.uninstall(_environ(home)) == []
    left = sorted(path for path in home.rglob("*") if not path.is_dir())
    assert left == sorted([notes, theirs])
    assert not (home / ".local" / "share" / "callerid").exists()
    assert not ours.parent.parent.exists()


@POSIX
@pytest.mark.parametrize("below", ["opentofu", "terraform"])
def test_uninstalling_looks_where_opentofu_may_keep_its_files(tmp_path: Path, below: str) -> None:
    """Under XDG's variable; also after the tool itself has gone."""
    data = tmp_path / "data"
    executable = _install(data / below / "plugins", tmp_path / "home")
    environ = _environ(tmp_path / "home", XDG_DATA_HOME=str(data))
    assert executable.parent in mirror.uninstall(environ)


@POSIX
def test_a_folder_that_is_a_link_is_unlinked(tmp_path: Path) -> None:
    """What it leads to stays."""
    executable = _install(tmp_path, tmp_path / "home")
    folder, elsewhere = executable.parent, tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    assert mirror.remove_mirror(tmp_path) == [folder]
    assert (folder.is_symlink(), elsewhere.is_dir()) == (False, True)


@POSIX
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Whichever of the two it is."""
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ConfigurationError, match=f"^The provider cannot be written into {file}"):
        mirror.install(file, _tool(), _environ(tmp_path))
    with pytest.raises(ConfigurationError, match=f"^The provider cannot be written into {file}"):
        mirror.install(tmp_path / "plugins", _tool(), _environ(file))


@POSIX
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do all")
def test_a_folder_that_cannot_be_emptied_is_named(tmp_path: Path) -> None:
    """What is there stays."""
    executable = _install(tmp_path, tmp_path / "home")
    executable.parent.chmod(0o555)
    with pytest.raises(
        ConfigurationError, match=f"^The provider cannot be removed from {tmp_path}"
    ):
        mirror.remove_mirror(tmp_path)
    executable.parent.chmod(0o755)


@POSIX
def test_a_mirror_for_a_team_holds_one_script(tmp_path: Path) -> None:
    """Under every platform of a team, and the tool's own, with the same bytes."""
    asked = _tool()._replace(platform="freebsd_amd64")
    folders = mirror.write_mirror(tmp_path, asked)
    names = ["darwin_amd64", "darwin_arm64", "freebsd_amd64", "linux_amd64", "linux_arm64"]
    assert [folder.name for folder in folders] == names
    files = [path for path in tmp_path.rglob("*") if not path.is_dir()]
    assert len(files) == len(names)
    assert len({file.read_bytes() for file in files}) == 1
    assert mirror.remove_mirror(tmp_path) == folders
    assert list(tmp_path.iterdir()) == []


def test_windows_makes_no_mirror(tmp_path: Path) -> None:
    """Its files would not be executable elsewhere."""
    with pytest.raises(ConfigurationError, match="Make it on Linux or macOS"):
        mirror.write_mirror(tmp_path, _tool(), windows=True)
    assert list(tmp_path.iterdir()) == []


def test_windows_gets_a_copy_of_pips_executable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the package's name, from a folder with any name; it knows its Python by itself."""
    scripts, root = tmp_path / "100% mine" / "Scripts", tmp_path / "plug ins"
    monkeypatch.setattr(sysconfig, "get_path", {"scripts": str(scripts)}.__getitem__)
    asked = _tool()._replace(platform="windows_amd64")
    with pytest.raises(ConfigurationError, match=r"exe cannot be read: .* --force-reinstall"):
        mirror.install(root, asked, _environ(tmp_path), windows=True)
    scripts.mkdir(parents=True)
    content = b"MZ\x00\xffPK from callerid.frontends.terraform.__main__ import main"
    (scripts / "terraform-provider-callerid.exe").write_bytes(content)
    folder = _package(root, platform="windows_amd64").parent
    for _ in range(2):
        assert mirror.install(root, asked, _environ(tmp_path), windows=True) == [folder]
    [file] = folder.iterdir()
    assert file.name == f"terraform-provider-callerid_v{VERSION}.exe"
    assert file.read_bytes() == content
    file.write_bytes(b"MZ of somebody else")
    with pytest.raises(ConfigurationError, match="was not made by this command"):
        mirror.install(root, asked, _environ(tmp_path), windows=True)


def test_the_folder_is_the_first_that_the_tool_looks_in(tmp_path: Path) -> None:
    """Its own word counts; if it says nothing, or its settings hide it, the usual one."""
    usual = tmp_path / ".terraform.d" / "plugins"
    environ = _environ(tmp_path)
    other = tmp_path / "other"
    assert mirror.folder(_tool("terraform", other), environ) == other
    assert mirror.folder(_tool("terraform", other, explicit=True), environ) == usual
    assert mirror.folder(_tool("terraform"), environ) == usual


@pytest.mark.parametrize("variable", ["XDG_CONFIG_HOME", "XDG_DATA_HOME"])
def test_opentofu_is_not_drawn_away_from_its_own_folders(tmp_path: Path, variable: str) -> None:
    """A new `.terraform.d` would hide its settings under XDG's; one that is there is in use."""
    usual, other = tmp_path / ".terraform.d" / "plugins", tmp_path / "data" / "opentofu"
    moved = _environ(tmp_path, **{variable: str(tmp_path / "x")})
    assert mirror.folder(_tool("tofu", usual, other), _environ(tmp_path)) == usual
    assert mirror.folder(_tool("tofu", usual, other), moved) == other
    assert mirror.folder(_tool("terraform", usual, other), moved) == usual
    assert mirror.folder(_tool("tofu", usual), moved) == usual
    usual.parent.mkdir()
    assert mirror.folder(_tool("tofu", usual, other), moved) == usual
