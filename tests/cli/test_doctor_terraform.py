"""`callerid doctor` about Terraform and OpenTofu; the tools are stand-ins."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from support import terraform

import callerid
from callerid.cli.doctor import command
from callerid.frontends.pulumi import plugin_cache
from callerid.frontends.semver import semver
from callerid.frontends.terraform import mirror, tool

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")
VERSION = semver(callerid.__version__)
EXPLICIT = "[DEBUG] Explicit provider installation configuration is set"
FILE = "[INFO] Loading CLI configuration from /home/ada/.terraformrc"
LISTENS = "echo '1|6|unix|/run/s|grpc|'; exec sleep 60"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep this machine's tools out of the tests, and give a home folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "pulumi"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "TF_CLI_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


def _findings(topic: str = "Terraform") -> list[tuple[str, str, str | None]]:
    """Give level, text and fix of what is found about a tool."""
    done = CliRunner().invoke(command, ["--json"])
    assert done.stderr == ""
    return [
        (each["level"], each["text"], each.get("fix"))
        for each in json.loads(done.stdout)["findings"]
        if each["topic"] == topic
    ]


def _looks_in(*folders: Path | str) -> list[str]:
    return [f"[DEBUG] will search for provider plugins in {folder}" for folder in folders]


def _mirror(path: Path) -> str:
    return (
        "[TRACE] Selected provider installation method cliconfig.ProviderInstallation"
        f'FilesystemMirror("{path}") with includes [] and excludes []'
    )


def _install(root: Path, name: str = "terraform") -> Path:
    """Install for a stand-in; give the launcher."""
    asked = tool.ask(name, {"PATH": f"{root.parents[2] / 'bin'}:/usr/bin:/bin"})
    mirror.install(root, asked)
    return mirror.launcher()


def test_no_tool_no_finding() -> None:
    """Whoever has none need not hear of it."""
    assert _findings() == []
    assert _findings("OpenTofu") == []


def test_a_provider_that_is_not_installed(tmp_path: Path, home: Path) -> None:
    """A note, for the tool may be there for other work; another version makes it a problem."""
    root = home / ".terraform.d" / "plugins"
    terraform.stand_in(tmp_path / "bin", log=_looks_in("terraform.d/plugins", root))
    text = f"Version {VERSION} is in no folder where Terraform 1.11.4 looks"
    assert _findings() == [("note", f"{text}.", "callerid install terraform")]
    older = root / terraform.HOST / "callerid" / "callerid" / "0.0.9" / "linux_amd64"
    older.mkdir(parents=True)
    said = f"{text} (there is 0.0.9)."
    assert _findings() == [("problem", said, "callerid install terraform")]


def _plugin() -> tuple[str, str]:
    [(level, text, _)] = _findings("plugin")
    return level, text


def test_who_uses_terraform_needs_no_plugin(tmp_path: Path, home: Path) -> None:
    """Though a pulumi is on PATH; unless the working folder has a program for it."""
    root = home / ".terraform.d" / "plugins"
    terraform.stand_in(tmp_path / "bin", log=_looks_in(root))
    terraform.program(tmp_path / "bin" / "pulumi", "exit 3")
    assert _plugin()[0] == "problem"
    terraform.program(_install(root), LISTENS)
    level, text = _plugin()
    assert level == "note"
    assert text.endswith("There is no Pulumi program in this folder to need it.")
    (tmp_path / "Pulumi.yaml").touch()
    assert _plugin()[0] == "problem"


def test_who_uses_pulumi_needs_no_provider(tmp_path: Path, home: Path) -> None:
    """Though an older one is there; unless the working folder has a configuration."""
    root = home / ".terraform.d" / "plugins"
    older = root / terraform.HOST / "callerid" / "callerid" / "0.0.9" / "linux_amd64"
    older.mkdir(parents=True)
    terraform.stand_in(tmp_path / "bin", log=_looks_in(root))
    assert [level for level, _, _ in _findings()] == ["problem"]
    plugin_cache.install(tmp_path / "pulumi" / "plugins")
    [(level, text, _)] = _findings()
    assert level == "note"
    assert text.endswith("(there is 0.0.9). There is no configuration in this folder to need it.")
    (tmp_path / "main.tf").touch()
    assert [level for level, _, _ in _findings()] == ["problem"]


def test_opentofu_has_its_own_command(tmp_path: Path) -> None:
    """And its own name."""
    terraform.stand_in(tmp_path / "bin", "tofu", version="1.9.0")
    text = f"Version {VERSION} is in no folder where OpenTofu 1.9.0 looks."
    assert _findings("OpenTofu") == [("note", text, "callerid install terraform --tofu")]


def test_an_installed_provider_is_started(tmp_path: Path, home: Path) -> None:
    """The real one, by its launcher; no credential reaches it."""
    root = home / ".terraform.d" / "plugins"
    terraform.stand_in(tmp_path / "bin", log=_looks_in(root))
    launcher = _install(root)
    said = f"Terraform 1.11.4 finds version {VERSION}, and it starts."
    assert _findings() == [("ok", said, None)]
    gone = launcher.read_text().replace(sys.executable, "/gone/python")
    launcher.write_text(gone)
    [(level, text, fix)] = _findings()
    assert (level, fix) == ("problem", "callerid install terraform")
    assert text.startswith(
        "The provider that Terraform finds is of no use: it does not start: callerid: there is no "
        "/gone/python, so the Python"
    )
    launcher.unlink()
    [(level, text, _)] = _findings()
    assert level == "problem"
    assert "it does not start: callerid: this machine has no callerid" in text


def test_a_tool_that_does_not_tell_its_folders(tmp_path: Path, home: Path) -> None:
    """Then the usual one is looked in."""
    terraform.stand_in(tmp_path / "bin")
    root = home / ".terraform.d" / "plugins"
    older = root / terraform.HOST / "callerid" / "callerid" / "0.0.9" / "linux_amd64"
    older.mkdir(parents=True)
    assert [level for level, _, _ in _findings()] == ["problem"]
    terraform.program(_install(root), LISTENS)
    assert [level for level, _, _ in _findings()] == ["ok"]


def test_the_folder_of_a_project_counts_and_is_not_started(tmp_path: Path, home: Path) -> None:
    """A provider in it goes first, as the tool has it; whoever wrote it may be anybody."""
    del home
    terraform.stand_in(tmp_path / "bin", log=_looks_in("terraform.d/plugins"))
    root = tmp_path / "terraform.d" / "plugins"
    folder = root / terraform.HOST / "callerid" / "callerid" / VERSION / "linux_amd64"
    ran = tmp_path / "ran"
    terraform.program(folder / f"terraform-provider-callerid_v{VERSION}", f"touch {ran}")
    [(level, text, _)] = _findings()
    assert level == "note"
    assert text.startswith("Terraform finds the provider in this folder; it was not started: ")
    assert not ran.exists()


def test_settings_that_hide_the_folder(tmp_path: Path, home: Path) -> None:
    """It is installed, and yet not found: with the block that shows it."""
    root = home / ".terraform.d" / "plugins"
    terraform.stand_in(tmp_path / "bin", log=[FILE, EXPLICIT])
    _install(root)
    [(level, text, fix)] = _findings()
    assert level == "problem"
    assert text == (
        f"Version {VERSION} is in no folder where Terraform 1.11.4 looks. /home/ada/.terraformrc "
        "says which they are."
    )
    assert fix is not None
    assert fix.startswith("Merge into its settings:\n  provider_installation {\n")
    assert f'path    = "{root}"' in fix


def test_a_mirror_that_settings_name(tmp_path: Path, home: Path) -> None:
    """The provider is looked for in it."""
    root = tmp_path / "a" / "team" / "mirror"
    terraform.stand_in(tmp_path / "bin", log=[FILE, EXPLICIT, _mirror(root)])
    asked = tool.ask("terraform", {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin"})
    assert [level for level, _, _ in _findings()] == ["note"]
    mirror.write_mirror(root, asked)
    terraform.program(mirror.launcher({"HOME": str(home)}), LISTENS)
    assert [level for level, _, _ in _findings()] == ["ok"]


def test_an_override_is_a_note(tmp_path: Path) -> None:
    """What is in that folder is not looked at, and that is said."""
    log = [FILE, f"Provider {terraform.HOST}/callerid/callerid is overridden by dev_overrides"]
    terraform.stand_in(tmp_path / "bin", log=log)
    [(level, text, fix)] = _findings()
    assert (level, fix) == ("note", "Take the entry out when you need it no more.")
    assert text.startswith("/home/ada/.terraformrc has dev_overrides for callerid/callerid: ")
    assert text.endswith("it was not looked at.")


@pytest.mark.parametrize(
    ("name", "version", "level", "said"),
    [
        ("terraform", "0.15.5", "problem", "Terraform 0.15.5 is too old for this provider: "),
        ("terraform", "1.7.5", "note", "Terraform 1.7.5 has no functions of providers, so no "),
        ("tofu", "1.6.0-rc1", "note", "OpenTofu 1.6.0-rc1 has no functions of providers, so no "),
        ("terraform", "unknown", "problem", "Terraform unknown is too old for this provider: "),
    ],
)
def test_an_old_tool(tmp_path: Path, name: str, version: str, level: str, said: str) -> None:
    """What it cannot do, and from which version on it can."""
    terraform.stand_in(tmp_path / "bin", name, version=version)
    title = tool.TITLES[name]
    found, *_ = _findings(title)
    assert found[0] == level
    assert found[1].startswith(said)
    assert found[2] == f"Use {title} {'1.7' if name == 'tofu' else '1.8'} or a later one."


def test_a_new_tool_is_not_old(tmp_path: Path) -> None:
    """Versions are compared as numbers."""
    terraform.stand_in(tmp_path / "bin", version="1.11.4")
    assert len(_findings()) == 1


def test_a_missing_extra_is_a_note(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider may have an environment of its own; whether that is whole, starting it tells."""
    terraform.stand_in(tmp_path / "bin")
    terraform.program(_install(home / ".terraform.d" / "plugins"), LISTENS)
    monkeypatch.setattr("callerid.sandbox.extra.find_spec", {"msgpack": 1}.get)
    note, started = _findings()
    assert note == (
        "note",
        "Not in this command's environment: cryptography, grpclib.",
        'pip install "callerid[terraform]"',
    )
    assert started[0] == "ok"


def test_a_tool_that_fails_is_a_problem(tmp_path: Path) -> None:
    """In the words of the command that installs."""
    terraform.program(tmp_path / "bin" / "terraform", "exit 3")
    [(level, text, fix)] = _findings()
    assert (level, fix) == ("problem", "Try it by hand to see why.")
    assert text.endswith('terraform version" failed (exit 3).')


def test_the_report_puts_it_under_this_machine(tmp_path: Path) -> None:
    """As it does the plugin."""
    terraform.stand_in(tmp_path / "bin")
    text = CliRunner().invoke(command).stdout
    machine = text[text.index("this machine") :]
    assert "  note    Terraform    Version" in machine
    assert "settings" not in machine.splitlines()


@pytest.mark.usefixtures("nobody")
def test_without_a_home_folder_it_says_so(tmp_path: Path) -> None:
    """Once for each tool that needs one, and of nothing that is a bug."""
    terraform.stand_in(tmp_path / "bin")
    said = "There is no home folder for the provider's launcher: HOME is not set, and the system "
    [(level, text, fix)] = _findings()
    assert (level, text.startswith(said), fix) == ("problem", True, "Set HOME to a folder.")


@pytest.mark.usefixtures("nobody")
def test_without_a_home_folder_the_tools_own_folders_count(tmp_path: Path) -> None:
    """A provider that is where the tool looks is found and started."""
    shared = tmp_path / "shared"
    terraform.stand_in(tmp_path / "bin", log=_looks_in(shared))
    executable = mirror.package(shared, terraform.HOST, "linux_amd64")
    executable.parent.mkdir(parents=True)
    executable.write_text(f"#!/bin/sh\n{LISTENS}\n", encoding="utf-8")
    executable.chmod(0o755)
    [(level, _, _)] = _findings()
    assert level == "ok"
