"""The real CLI, and secrets that were set without `--secret`: no state has them in plain text."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.pulumi import Cli

    from callerid.sandbox.server import Sandbox

PROGRAMS = Path(__file__).parent / "programs"
EXPLICIT = PROGRAMS / "explicit"
"""Of Python: the SDK marks the settings, wherever they come from."""
IN_YAML = PROGRAMS / "plain"
"""Nothing marks them before callerid does."""
DEFAULT = Path(__file__).parents[1] / "programs" / "whoami"
OWN = "warning: a warning of the program"
UP = ("up", "--yes", "--skip-preview")
WARNING = "warning: callerid: the secret of m3terApiKey and m3terApiSecret is in plain text in "
PREFIXES = {"key": "M3TER_API_KEY", "secret": "M3TER_API_SECRET"}


@pytest.fixture
def machine(sandbox: Sandbox) -> dict[str, str]:
    """Give the variables of a service user."""
    return dict(sandbox.environment("service-user"))


def _in_plain_text(project: Cli, machine: dict[str, str]) -> list[str]:
    """Name the places that hold a secret: the exported state, and every file of the state.

    Its history aside, where the engine keeps the stack's settings as their file had them.
    """
    exported = project.must("stack", "export").stdout
    state = Path(project.environ["PULUMI_BACKEND_URL"].removeprefix("file://"))
    files = [file for file in state.rglob("*") if file.is_file() and "history" not in file.parts]
    texts = {"exported": exported}
    texts |= {str(file): file.read_text("utf-8", errors="replace") for file in files}
    assert "m3terApiKey" in exported
    secrets = [machine[name] for name in PREFIXES.values()]
    return [place for place, text in texts.items() if any(each in text for each in secrets)]


def _set(project: Cli, machine: dict[str, str], *flags: str, of: str = "callerid:m3terApi") -> None:
    named = of.endswith("Api")
    for name, variable in PREFIXES.items():
        key = f"{of}{name.capitalize() if named else name}"
        project.must("config", "set", *flags, key, given=machine[variable])


def test_the_default_provider(cli: Cli, tmp_path: Path, machine: dict[str, str]) -> None:
    """It warns in each run until the settings are encrypted; that is no change to the provider."""
    project = cli.project(DEFAULT, tmp_path)
    project.must("config", "set", "callerid:m3terBaseUrl", machine["M3TER_BASE_URL"])
    project.must("config", "set", "callerid:m3terOrgId", machine["M3TER_ORG_ID"])
    _set(project, machine, "--plaintext")
    done = project.must(*UP, told=[f"{WARNING}Pulumi.dev.yaml.", OWN])
    assert done.said.partition("Diagnostics:")[2].count("is in plain text") == 1
    assert "pulumi config set --secret callerid:m3terApiKey" in done.said
    assert "deploy-pipeline" in project.must("stack", "output", "--json").stdout
    assert _in_plain_text(project, machine) == []
    _set(project, machine, "--secret")
    project.must(*UP, "--expect-no-changes", told=[OWN])
    assert _in_plain_text(project, machine) == []


@pytest.mark.parametrize("program", [EXPLICIT, IN_YAML], ids=["python", "yaml"])
def test_an_explicit_provider(
    cli: Cli, tmp_path: Path, machine: dict[str, str], program: Path
) -> None:
    """The command names the key that the program's own configuration has."""
    project = cli.project(program, tmp_path)
    if program is IN_YAML and not project.language("yaml"):
        pytest.skip("no YAML language plugin")
    project.must("config", "set", "url", machine["M3TER_BASE_URL"])
    project.must("config", "set", "organization", machine["M3TER_ORG_ID"])
    _set(project, machine, "--plaintext", of=f"{program.name}:")
    done = project.run(*UP)
    assert done.code == 0, done.said
    warned = [each for each in done.diagnostics if each.startswith(WARNING)]
    assert warned == [f"{WARNING}Pulumi.dev.yaml."]
    assert f"pulumi config set --secret {program.name}:key" in done.said
    assert "deploy-pipeline" in project.must("stack", "output", "--json").stdout
    assert _in_plain_text(project, machine) == []
    _set(project, machine, "--secret", of=f"{program.name}:")
    done = project.must(*UP, "--expect-no-changes")
    assert _in_plain_text(project, machine) == []
