"""`callerid install pulumi`, as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import callerid
from callerid.cli import main
from callerid.frontends.pulumi import plugin_cache

CALLERID = Path(sys.executable).with_name("callerid")


def _run(home: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        [CALLERID, "install", "pulumi", *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PULUMI_HOME": str(home)},
    )
    return done.stdout


def test_install_and_uninstall(tmp_path: Path) -> None:
    """Each says what it did and where."""
    folder = tmp_path / "plugins" / f"resource-callerid-v{callerid.__version__}"
    assert _run(tmp_path) == f"Installed {folder}\n"
    assert _run(tmp_path, "--uninstall") == f"Removed {folder}\n"
    assert _run(tmp_path, "--uninstall") == (f"There is nothing of callerid in {folder.parent}.\n")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("0.0.9", "The SDK is version 0.0.9, the plugin"),
        (None, "Python programs need the SDK too: pip install pulumi-callerid=="),
    ],
)
def test_an_sdk_of_another_version_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str | None, said: str
) -> None:
    """Another version, or none at all: with the command that mends it."""
    monkeypatch.setattr(plugin_cache, "sdk_version", lambda: version)
    done = CliRunner().invoke(main, ["install", "pulumi"], env={"PULUMI_HOME": str(tmp_path)})
    assert (done.exit_code, said in done.output) == (0, True)


def test_a_failure_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    """No traceback."""
    (tmp_path / "plugins").write_text("a file in the way")
    with pytest.raises(subprocess.CalledProcessError) as caught:
        _run(tmp_path)
    assert caught.value.returncode == 1
    assert caught.value.stderr.startswith("Error: The launcher cannot be written into")


@pytest.mark.skipif(sys.platform == "win32", reason="the plugin on PATH is a shell script")
def test_a_plugin_on_path_is_reported(tmp_path: Path) -> None:
    """The engine would take it instead: with the command that removes it, which is not done."""
    executable = tmp_path / "an older one" / "pulumi-resource-callerid"
    executable.parent.mkdir()
    executable.write_text("#!/bin/sh\n")
    executable.chmod(0o755)
    environ = {"PULUMI_HOME": str(tmp_path), "PATH": str(executable.parent)}
    done = CliRunner().invoke(main, ["install", "pulumi"], env=environ)
    assert done.exit_code == 0
    assert f"{executable} is in the way: the engine takes it from PATH" in done.stderr
    assert f"Remove it: rm '{executable}'\n" in done.stderr
    assert executable.is_file()
    alone = CliRunner().invoke(main, ["install", "pulumi"], env={**environ, "PATH": ""})
    assert "in the way" not in alone.stderr


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("args", [[], ["--uninstall"]])
def test_without_a_home_folder_one_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch, args: list[str]
) -> None:
    """What is missing, for what, and what helps."""
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    done = CliRunner().invoke(main, ["install", "pulumi", *args])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: There is no home folder for Pulumi's plugin cache: HOME is not set, and the system "
        "does not know this user. Set PULUMI_HOME or HOME to a folder.\n"
    )
