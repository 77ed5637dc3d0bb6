"""How the real Pulumi CLI comes by the plugin: installed, from source, or running already."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from support.environments import venv_like_ours
from support.pulumi import CALLERID, Cli, cli_in

from callerid import __version__
from callerid.frontends.semver import semver
from callerid.launch import PLUGIN_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from callerid.sandbox.server import Sandbox

VERSION = semver(__version__)
ROOT = Path(__file__).parents[2]
WHOAMI = ROOT / "tests" / "programs" / "whoami"
OWN = "warning: a warning of the program"
"""What this program itself tells."""


def test_installed_plugin_is_listed(cli: Cli) -> None:
    """`pulumi plugin ls` shows the launcher as a plugin of our version."""
    [plugin] = cli.json("plugin", "ls", "--json")
    shown = {key: plugin[key] for key in ("name", "kind", "version")}
    assert shown == {"name": "callerid", "kind": "resource", "version": VERSION}


def test_installed_plugin_is_used(owner: Cli, tmp_path: Path) -> None:
    """The launcher answers, and no plugin on PATH does, in whose place the engine would warn."""
    said = owner.project(WHOAMI, tmp_path).must("preview", told=[OWN]).said
    assert '"Hello, Grace Hopper"' in said


def test_environment_of_the_launcher_is_gone(cli: Cli, tmp_path: Path) -> None:
    """The launcher then says so, and how to install again."""
    home = tmp_path / "home"
    shutil.copytree(cli.home / "plugins", home / "plugins")
    [launcher] = home.rglob(PLUGIN_NAME)
    text = launcher.read_text(encoding="utf-8")
    launcher.write_text(text.replace(sys.executable, "/gone/python"), encoding="utf-8")
    there = cli.with_(PULUMI_HOME=str(home))
    done = there.run("package", "get-schema", f"callerid@{VERSION}")
    assert done.code != 0
    assert "there is no /gone/python, so the Python environment of this plugin is" in done.said
    assert "callerid install pulumi" in done.said


def test_a_provider_started_by_hand_answers_previews(
    cli: Cli, tmp_path: Path, sandbox: Sandbox
) -> None:
    """A provider started by hand answers two previews, with the credential that it has alone."""
    with _provider({**cli.environ, **sandbox.environment("member")}) as line:
        name, _, value = line.partition("=")
        project = cli.with_(**{name: value}).project(WHOAMI, tmp_path)
        for _ in range(2):
            assert '"Hello, Linus Member"' in project.must("preview", told=[OWN]).said


def test_a_plugin_can_be_made_from_a_source_folder(tmp_path: Path, owner: Cli) -> None:
    """The repository's two files make a plugin of a folder whose `venv` has callerid in it."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("PulumiPlugin.yaml", "__main__.py"):
        shutil.copy(ROOT / name, source)
    venv_like_ours(source / "venv")
    cli = cli_in(tmp_path / "cli", owner.executable)
    project = replace(owner, home=cli.home).with_(PULUMI_HOME=str(cli.home))
    project = project.project(WHOAMI, tmp_path)
    plugins = f"plugins:\n  providers:\n    - name: callerid\n      path: {source}\n"
    with (project.cwd / "Pulumi.yaml").open("a", encoding="utf-8") as file:
        file.write(plugins)
    assert '"Hello, Grace Hopper"' in project.must("preview", told=[OWN]).said


@contextmanager
def _provider(environ: dict[str, str]) -> Iterator[str]:
    """Run `callerid provider`, and give the line that it prints."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [CALLERID, "provider"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=10)
