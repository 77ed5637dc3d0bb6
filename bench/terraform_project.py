"""A folder that Terraform is run in: providers from a mirror, and a lock file, as users have it.

Both sides are started alike: by a script in the mirror that names its Python.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from support.terraform import environment

from callerid.frontends.terraform import tool
from callerid.frontends.terraform.mirror import version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.frontends.terraform.tool import Tool

BENCH = Path(__file__).parent
BASELINE_PYTHON = BENCH.parent / ".venv-bench-terraform" / "bin" / "python"
WITNESS = "CALLERID_BENCH_WITNESS"
"""The variable with the folder that a provider's process tells of itself in, if it shall."""
TOOL = shutil.which("terraform")
_SECONDS = 120
_LAUNCHER = """\
#!{python}
import os, sys
sys.path[0:1] = []
sys.path.append({bench!r})
if folder := os.environ.get({witness!r}):
    from terraform_witness import watch
    watch(folder)
from {module} import main
main()
"""
_SETTINGS = "provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n"


class Side(NamedTuple):
    """A provider with the two data sources: its name, the Python that runs it, and its module."""

    name: str
    python: Path
    module: str

    @property
    def source(self) -> str:
        """The address in a configuration."""
        return f"callerid/{self.name}"


CALLERID = Side("callerid", Path(sys.executable), "callerid.frontends.terraform.__main__")
BASELINE = Side("baseline", BASELINE_PYTHON, "terraform_baseline")


class Process(NamedTuple):
    """A provider's process that has ended: seconds of CPU, and what it had loaded."""

    cpu: float
    modules: frozenset[str]


class Project(NamedTuple):
    """An initialized folder."""

    folder: Path
    environ: Mapping[str, str]

    def write(self, text: str) -> None:
        """Put another configuration into it, of the same providers."""
        (self.folder / "main.tf").write_text(text, encoding="utf-8")

    def plan(self) -> str:
        """Plan, and give what Terraform prints."""
        return _run(self.folder, self.environ, "plan", "-input=false")

    def watched_plan(self) -> list[Process]:
        """Plan, and give the provider's processes in the order of their starts."""
        with TemporaryDirectory() as told:
            _run(self.folder, {**self.environ, WITNESS: told}, "plan", "-input=false")
            return [_process(file) for file in sorted(Path(told).iterdir())]


def obstacle() -> str:
    """Say why there is nothing to measure here, or nothing.

    Raises:
        FileNotFoundError: the baseline's environment was not made.
    """
    if TOOL is None:
        return "terraform is not on PATH"
    if sys.version_info < (3, 11):
        return "tf, the baseline's framework, needs Python 3.11 or newer"
    if not BASELINE_PYTHON.is_file():
        message = f"{BASELINE_PYTHON} is not there: run make bench"
        raise FileNotFoundError(message)
    return ""


@contextmanager
def projects(caller: Mapping[str, str], *texts: str) -> Iterator[list[Project]]:
    """Give an initialized project for each configuration; providers are asked as `caller`."""
    with TemporaryDirectory() as temporary:
        root = Path(temporary)
        settings = root / "settings.tfrc"
        path = json.dumps(str(root / "mirror"))
        settings.write_text(_SETTINGS.format(path=path), encoding="utf-8")
        environ = environment(root / "home", TF_CLI_CONFIG_FILE=str(settings), **caller)
        found = tool.ask("terraform", environ)
        for side in (CALLERID, BASELINE):
            _lay(root / "mirror", side, found)
        made = [Project(root / str(number), environ) for number in range(len(texts))]
        for project, text in zip(made, texts, strict=True):
            project.folder.mkdir()
            project.write(text)
            _run(project.folder, environ, "init", "-input=false")
        yield made


def tool_version() -> str:
    """Give Terraform's own version, or say that there is none."""
    return tool.ask("terraform", os.environ).version if TOOL else "none"


def required(side: Side) -> str:
    """Write the block that names a provider."""
    return (
        f'terraform {{\n  required_providers {{\n    {side.name} = {{ source = "{side.source}" }}\n'
        "  }\n}\n"
    )


def _lay(mirror: Path, side: Side, found: Tool) -> None:
    """Put a provider's script into a mirror, where the tool looks for it."""
    script = (
        mirror.joinpath(found.host, side.source, version(), found.platform)
        / f"terraform-provider-{side.name}_v{version()}"
    )
    script.parent.mkdir(parents=True)
    text = _LAUNCHER.format(
        python=side.python, bench=str(BENCH), witness=WITNESS, module=side.module
    )
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)


def _run(folder: Path, environ: Mapping[str, str], *arguments: str) -> str:
    """Run Terraform; what it says when it fails is the error's text."""
    done = subprocess.run(  # noqa: S603 - the tool that is measured
        [TOOL or "terraform", *arguments, "-no-color"],
        cwd=folder,
        env=environ,
        capture_output=True,
        check=False,
        text=True,
        timeout=_SECONDS,
    )
    if done.returncode:
        message = f"terraform {arguments[0]} failed:\n{done.stdout}{done.stderr}"
        raise AssertionError(message)
    return done.stdout


def _process(file: Path) -> Process:
    cpu, *modules = file.read_text(encoding="utf-8").split("\n")
    return Process(float(cpu), frozenset(modules))
