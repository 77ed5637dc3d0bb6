"""A folder that Terraform is run in: providers from a mirror, and a lock file, as users have it.

Both sides are started alike: by a script in the mirror that names its Python.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from support.plugin import environment

from callerid import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
        environ = _environment(root, settings, caller)
        for side in (CALLERID, BASELINE):
            _lay(root / "mirror", side, _place(root / "asked", side, environ))
        made = [Project(root / str(number), environ) for number in range(len(texts))]
        for project, text in zip(made, texts, strict=True):
            project.folder.mkdir()
            project.write(text)
            _run(project.folder, environ, "init", "-input=false")
        yield made


def version() -> str:
    """Give Terraform's own version, or say that there is none."""
    if TOOL is None:
        return "none"
    with TemporaryDirectory() as folder:
        said = _run(Path(folder), {"CHECKPOINT_DISABLE": "1"}, "version", "-json")
    found: str = json.loads(said)["terraform_version"]
    return found


def required(side: Side) -> str:
    """Write the block that names a provider."""
    return (
        f'terraform {{\n  required_providers {{\n    {side.name} = {{ source = "{side.source}" }}\n'
        "  }\n}\n"
    )


def _environment(root: Path, settings: Path, caller: Mapping[str, str]) -> dict[str, str]:
    """Give the caller's variables, no settings of this machine, and a home folder of its own."""
    own = {name: value for name, value in environment({}).items() if not name.startswith("TF_")}
    (root / "home").mkdir()
    return {
        **own,
        "HOME": str(root / "home"),
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_CONFIG_FILE": str(settings),
        **caller,
    }


def _place(folder: Path, side: Side, environ: Mapping[str, str]) -> Path:
    """Ask Terraform where in a mirror a provider is: under a host and a platform of its choice."""
    folder.mkdir(exist_ok=True)
    (folder / "main.tf").write_text(required(side), encoding="utf-8")
    listed = _run(folder, environ, "providers")
    match = re.search(rf"provider\[(\S+/{side.source})\]", listed)
    if match is None:
        message = f"terraform providers does not tell where {side.source} is, but: {listed}"
        raise AssertionError(message)
    platform = json.loads(_run(folder, environ, "version", "-json"))["platform"]
    return Path(match[1], __version__, platform)


def _lay(mirror: Path, side: Side, place: Path) -> None:
    """Put a provider's script into a mirror."""
    script = mirror / place / f"terraform-provider-{side.name}_v{__version__}"
    script.parent.mkdir(parents=True)
    text = _LAUNCHER.format(
        python=side.python, bench=str(BENCH), witness=WITNESS, module=side.module
    )
    script.write_text(text, encoding="utf-8")
    script.chmod(0o755)


def _run(folder: Path, environ: Mapping[str, str], *arguments: str) -> str:
    """Run Terraform; what it says when it fails is the error's text."""
    done = subprocess.run(  # noqa: S603 - the tool that is measured
        [TOOL or "terraform", *arguments, *(() if "-json" in arguments else ("-no-color",))],
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
