"""The launcher in Pulumi's plugin cache: written whole, found, honest when orphaned."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import planted

import callerid
from callerid.errors import ConfigurationError
from callerid.frontends.pulumi import plugin_cache

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="the launcher of Windows is a .cmd")


def _launcher(plugins: Path, version: str = callerid.__version__) -> Path:
    return plugins / f"resource-callerid-v{version}" / "pulumi-resource-callerid"


def test_the_cache_is_where_pulumi_has_it(tmp_path: Path) -> None:
    """`PULUMI_HOME` decides, else the home folder."""
    assert plugin_cache.plugins_folder({"PULUMI_HOME": str(tmp_path)}) == tmp_path / "plugins"
    assert plugin_cache.plugins_folder({}) == Path.home() / ".pulumi" / "plugins"


@POSIX
def test_installing_twice_is_installing_once(tmp_path: Path) -> None:
    """The same launcher stands there, executable, and nothing else does."""
    for _ in range(2):
        assert plugin_cache.install(tmp_path) == [_launcher(tmp_path).parent]
    assert _launcher(tmp_path).stat().st_mode & 0o777 == 0o755
    assert [path.name for path in tmp_path.rglob("*")] == [
        f"resource-callerid-v{callerid.__version__}",
        "pulumi-resource-callerid",
    ]


@POSIX
def test_the_launcher_starts_the_plugin(tmp_path: Path) -> None:
    """From a folder whose modules would break it, as a user's project may."""
    plugin_cache.install(tmp_path)
    (tmp_path / "grpc.py").write_text("raise SystemExit('the project was imported')")
    process = subprocess.Popen(  # noqa: S603 - our own launcher
        [_launcher(tmp_path), "127.0.0.1:1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert int(process.stdout.readline()) > 0
    process.terminate()
    assert process.communicate(timeout=5) == ("", "")
    assert process.returncode == 0


@POSIX
@pytest.mark.parametrize("lost", [sys.executable, callerid.__file__])
def test_a_launcher_that_lost_its_environment_says_so(tmp_path: Path, lost: str) -> None:
    """Python or callerid in it is gone: one line, on stderr, which the engine shows then."""
    plugin_cache.install(tmp_path)
    launcher = _launcher(tmp_path)
    launcher.write_text(launcher.read_text().replace(lost, "/gone/file"))
    done = subprocess.run([launcher], capture_output=True, text=True, check=False)  # noqa: S603 - our own launcher
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "callerid: there is no /gone/file, so the Python environment of this plugin is gone: run "
        "pip install callerid, then callerid install pulumi.\n"
    )


@POSIX
def test_an_incomplete_environment_is_reported(tmp_path: Path) -> None:
    """A library that cannot be imported is named, without a traceback."""
    plugin_cache.install(tmp_path)
    (tmp_path / "grpc.py").write_text("raise ImportError('no grpc for this Python', name='grpc')")
    done = subprocess.run(  # noqa: S603 - our own launcher
        [_launcher(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "callerid: the Python environment of this plugin is not whole (grpc cannot be imported); "
        "run pip install --force-reinstall callerid, then callerid install pulumi.\n"
    )


@POSIX
def test_an_sdk_of_another_version_is_served_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine matches versions exactly, and the SDK asks for its own."""
    monkeypatch.setattr(plugin_cache, "sdk_version", lambda: "0.0.9")
    plugin_cache.install(tmp_path)
    assert _launcher(tmp_path, "0.0.9").is_file()
    assert _launcher(tmp_path).is_file()


def test_uninstalling_spares_what_somebody_else_put_there(tmp_path: Path) -> None:
    """A plugin of the same name that is no launcher of ours stays."""
    theirs = _launcher(tmp_path, "9.9.9")
    theirs.parent.mkdir()
    theirs.write_bytes(b"\x7fELF")
    ours = plugin_cache.install(tmp_path)
    notes = ours[0] / "notes.txt"
    notes.write_text("mine")
    assert plugin_cache.uninstall(tmp_path) == ours
    assert plugin_cache.uninstall(tmp_path) == []
    assert (theirs.is_file(), notes.is_file()) == (True, True)


@POSIX
def test_installing_replaces_no_executable_of_somebody_else(tmp_path: Path) -> None:
    """It is named, and stays."""
    theirs = _launcher(tmp_path)
    theirs.parent.mkdir()
    theirs.write_bytes(b"\x7fELF")
    with pytest.raises(ConfigurationError, match="was not made by this command"):
        plugin_cache.install(tmp_path)
    assert theirs.read_bytes() == b"\x7fELF"


@POSIX
def test_a_folder_that_is_a_link_is_unlinked(tmp_path: Path) -> None:
    """What it leads to stays."""
    [folder] = plugin_cache.install(tmp_path / "plugins")
    elsewhere = tmp_path / "elsewhere"
    folder.rename(elsewhere)
    folder.symlink_to(elsewhere)
    assert plugin_cache.uninstall(tmp_path / "plugins") == [folder]
    assert (folder.is_symlink(), elsewhere.is_dir()) == (False, True)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With the variable that leads elsewhere."""
    (tmp_path / "plugins").write_text("a file in the way")
    with pytest.raises(ConfigurationError, match="PULUMI_HOME"):
        plugin_cache.install(tmp_path / "plugins")


def test_windows_gets_a_cmd() -> None:
    """The engine tries `.exe` and `.cmd` there; paths are quoted, lines end as cmd.exe likes."""
    command = (r"C:\100%\python.exe", "-c", "import sys")
    text = plugin_cache._launcher(command, windows=True).decode()  # noqa: SLF001 - no Windows here
    name = plugin_cache._launcher_name(windows=True)  # noqa: SLF001 - as above
    assert name == "pulumi-resource-callerid.cmd"
    assert '\r\n"C:\\100%%\\python.exe" "-c" "import sys" %*\r\n' in text
    assert "\n" not in text.replace("\r\n", "")


@POSIX
@pytest.mark.parametrize("kind", ["pipe", "folder", "dangling link", "link"])
def test_what_is_no_launcher_stays(tmp_path: Path, kind: str) -> None:
    """Neither command waits for a pipe, follows a link, or replaces what somebody put there."""
    place = _launcher(tmp_path)
    mine = planted.put(place, kind)
    before = place.lstat()
    with pytest.raises(ConfigurationError, match="was not made by this command, so it stays"):
        plugin_cache.install(tmp_path)
    assert plugin_cache.uninstall(tmp_path) == []
    assert place.lstat().st_ino == before.st_ino
    assert mine.exists() == (kind == "link")


def test_no_distribution_of_ours_is_taken_for_an_sdk_but_the_sdk() -> None:
    """Pulumi takes `pulumi-*` and what holds a pulumi-plugin.json for SDKs and fetches plugins."""
    provider = Path(callerid.__file__).parent
    assert not list(provider.rglob("pulumi-plugin.json"))
    assert provider.name == "callerid"
    import pulumi_callerid  # noqa: PLC0415 - the SDK alone is what the engine may take for one

    sdk = Path(pulumi_callerid.__file__).parent
    assert '"name": "callerid"' in (sdk / "pulumi-plugin.json").read_text()


@POSIX
def test_a_plugin_on_path_is_found_as_the_engine_finds_it(tmp_path: Path) -> None:
    """Unless the engine was told to ignore it."""
    executable = tmp_path / "pulumi-resource-callerid"
    environ = {"PATH": str(tmp_path)}
    assert plugin_cache.on_path(environ) is None
    executable.write_text("#!/bin/sh\n")
    executable.chmod(0o755)
    assert plugin_cache.on_path(environ) == executable
    assert plugin_cache.on_path({**environ, "PULUMI_IGNORE_AMBIENT_PLUGINS": "TRUE"}) is None
    assert plugin_cache.on_path({**environ, "PULUMI_IGNORE_AMBIENT_PLUGINS": "0"}) == executable


@POSIX
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("pulumi-resource-callerid", True),
        ("PulumiPlugin.yaml", True),
        ("pulumi-resource-callerid.old", False),
        ("pulumi-resource-callerid.cmd", False),
    ],
)
def test_what_is_cached_is_what_the_engine_takes(tmp_path: Path, name: str, found: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """By its exact name, and while no installation is half-way."""
    environ = {"PULUMI_HOME": str(tmp_path)}
    folder = _launcher(tmp_path / "plugins", "1.0.0").parent
    folder.mkdir(parents=True)
    (folder / name).touch()
    assert (plugin_cache.cached("1.0.0", environ) is not None) is found
    folder.with_name("resource-callerid-v1.0.0.partial").touch()
    assert plugin_cache.cached("1.0.0", environ) is None


@POSIX
def test_the_engines_notes_go_with_the_launcher(tmp_path: Path) -> None:
    """A half-made installation is made whole by ours, and nothing is left of what was removed."""
    folder = _launcher(tmp_path).parent
    notes = [folder.with_name(f"{folder.name}{end}") for end in (".partial", ".lastused", ".lock")]
    tmp_path.mkdir(exist_ok=True)
    for note in notes:
        note.touch()
    plugin_cache.install(tmp_path)
    assert [note.exists() for note in notes] == [False, True, True]
    plugin_cache.uninstall(tmp_path)
    assert list(tmp_path.iterdir()) == []
