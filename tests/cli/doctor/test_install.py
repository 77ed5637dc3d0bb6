"""`callerid doctor` about what is installed."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from support.doctor import POSIX, findings, told

from callerid.cli import doctor_install
from callerid.frontends.pulumi import plugin_cache

if TYPE_CHECKING:
    from pathlib import Path


def _program(path: Path, program: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
    path.chmod(0o755)


def _plugins(**environ: str) -> list[dict[str, str]]:
    return [each for each in findings(environ) if each["topic"] == "plugin"]


def _plugin() -> tuple[str, ...]:
    return told(findings({}), "plugin")


def _launcher(tmp_path: Path) -> Path:
    """Install the launcher, and give it."""
    [folder, *_] = plugin_cache.install(tmp_path / "pulumi" / "plugins")
    [launcher] = folder.iterdir()
    return launcher


def test_a_plugin_that_is_not_installed(tmp_path: Path) -> None:
    """A problem for whoever has Pulumi, a note for everybody else."""
    level, text, fix = _plugin()
    assert (level, fix) == ("note", "callerid install pulumi")
    assert "There is no pulumi on PATH" in text
    name = "pulumi.exe" if sys.platform == "win32" else "pulumi"
    _program(tmp_path / "bin" / name)
    (tmp_path / "pulumi" / "plugins" / "resource-callerid-v0.0.9").mkdir(parents=True)
    (tmp_path / "pulumi" / "plugins" / "resource-callerid-v0.0.9.lastused").touch()
    level, text, _ = _plugin()
    assert level == "problem"
    assert "is not in Pulumi's plugin cache (it has 0.0.9), so the engine tries to" in text


@POSIX
def test_a_plugin_on_path_goes_first(tmp_path: Path) -> None:
    """As in the engine: it is started, though one is in the cache, and in the way in every run."""
    launcher = _launcher(tmp_path)
    ambient = tmp_path / "bin" / launcher.name
    ambient.parent.mkdir()
    shutil.copy(launcher, ambient)
    way, answer = _plugins()
    assert way == {
        "topic": "plugin",
        "level": "note",
        "text": f"The engine takes the plugin from PATH, and warns of it in every run: {ambient}",
        "fix": f"rm {ambient}\ncallerid install pulumi",
    }
    assert answer["text"] == f"Version {plugin_cache.versions()[0]} is on PATH, and answers."
    [cached] = _plugins(PULUMI_IGNORE_AMBIENT_PLUGINS="true")
    assert "in Pulumi's plugin cache" in cached["text"]


@POSIX
def test_an_installed_plugin_is_started(tmp_path: Path) -> None:
    """Good, until its Python environment goes."""
    launcher = _launcher(tmp_path)
    version = plugin_cache.versions()[0]
    assert _plugin() == ("ok", f"Version {version} is in Pulumi's plugin cache, and answers.")
    text = launcher.read_text(encoding="utf-8")
    launcher.write_text(text.replace(sys.executable, "/gone/python"), encoding="utf-8")
    level, text, fix = _plugin()
    assert (level, fix) == ("problem", "callerid install pulumi")
    assert text.startswith("The plugin in Pulumi's plugin cache is of no use: it does not start: ")
    assert "callerid: there is no /gone/python, so the Python environment of this plug" in text


@POSIX
@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("echo 1", "is of no use: it does not answer (UNAVAILABLE) ("),
        ("echo no port; exit 3", "is of no use: it does not start ("),
        ("echo why >&2; exit 3", "is of no use: it does not start: why ("),
    ],
)
def test_a_plugin_that_does_not_answer(tmp_path: Path, program: str, said: str) -> None:
    """It is a problem, and named."""
    _program(_launcher(tmp_path), program)
    level, text, fix = _plugin()
    assert (level, fix) == ("problem", "callerid install pulumi")
    assert said in text


@POSIX
def test_a_plugin_of_another_version(tmp_path: Path) -> None:
    """A launcher under our version's name starts what is installed in its own environment."""
    launcher = _launcher(tmp_path)
    text = launcher.read_text(encoding="utf-8")
    older = 'import callerid; callerid.__version__ = "0.0.9"; from callerid.frontends.pulumi'
    launcher.write_text(text.replace("from callerid.frontends.pulumi", older), encoding="utf-8")
    level, text, _ = _plugin()
    assert level == "problem"
    assert f"is version 0.0.9, this command {plugin_cache.versions()[0]}: " in text


@pytest.mark.parametrize(
    ("version", "level", "said"),
    [
        ("0.0.9", "problem", "The SDK is version 0.0.9, the plugin "),
        (None, "note", "pulumi-callerid, which Python programs need, is not in this environment."),
    ],
)
def test_an_sdk_that_does_not_fit(
    monkeypatch: pytest.MonkeyPatch, version: str | None, level: str, said: str
) -> None:
    """Another version, or none at all: with the command that mends it."""
    monkeypatch.setattr(plugin_cache, "sdk_version", lambda: version)
    seen = told(findings({}), "SDK")
    assert seen[0] == level
    assert seen[1].startswith(said)
    assert "pip install pulumi-callerid==" in seen[2]


@pytest.mark.parametrize(
    ("python", "own", "warned"),
    [
        (
            r"C:\Users\me\AppData\Local\Microsoft\WindowsApps\python.exe",
            r"C:\venv\python.exe",
            True,
        ),
        (r"C:\Python313\python.exe", r"C:\venv\python.exe", False),
        (r"C:\x\WindowsApps\python.exe", r"C:\Program Files\WindowsApps\python.exe", False),
        (None, r"C:\venv\python.exe", False),
    ],
)
def test_the_stores_alias(python: str | None, own: str, warned: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Windows may start the Store instead of Python."""
    assert [each.level for each in doctor_install.store_alias(python, own)] == ["note"] * warned


@POSIX
@pytest.mark.usefixtures("nobody")
def test_no_home_folder_for_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A problem for whoever has Pulumi, a note for everybody else; the rest is told too."""
    monkeypatch.delenv("PULUMI_HOME")
    assert {"SDK", "Python"} <= {each["topic"] for each in findings({})}
    level, text, fix = _plugin()
    assert (level, fix) == ("note", "Set PULUMI_HOME or HOME to a folder.")
    assert text.startswith("There is no home folder for Pulumi's plugin cache: HOME is not set,")
    _program(tmp_path / "bin" / "pulumi")
    assert _plugin()[0] == "problem"
