"""Environments of their own for wheels: nothing of this repository is in them, and no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from support.commands import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WINDOWS = os.name == "nt"
_DROPPED = {
    *("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PULUMI_HOME"),
    *("COV_CORE_SOURCE", "COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG"),
}
"""Variables that lead out of an environment."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment, and an empty folder where its commands run."""

    folder: Path
    work: Path

    @property
    def scripts(self) -> Path:
        """The folder of its commands."""
        return self.folder / ("Scripts" if WINDOWS else "bin")

    @property
    def python(self) -> Path:
        """Its Python."""
        return self.scripts / ("python.exe" if WINDOWS else "python")

    @property
    def libraries(self) -> Path:
        """The folder that packages are installed into."""
        return Path(self.ask("import sysconfig; print(sysconfig.get_path('purelib'))"))

    def variables(self, **more: str) -> dict[str, str]:
        """Give the variables of its commands: PATH begins with it, and nothing points out of it.

        The home is a folder of its own, so that no command writes into that of whoever runs the
        tests. `more` comes last, and wins.
        """
        kept = {name: value for name, value in environment().items() if name not in _DROPPED}
        path = os.pathsep.join([str(self.scripts), os.environ["PATH"]])
        homes = dict.fromkeys(("HOME", "USERPROFILE"), str(self.work))
        return {**kept, "PATH": path, **homes, **more}

    def command(self, name: str) -> str:
        """Find one of its own commands."""
        found = shutil.which(name, path=str(self.scripts))
        assert found, f"no command {name} was installed"
        return found

    def run(self, name: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run one of its commands, away from the repository."""
        return subprocess.run(  # noqa: S603 - our own commands
            [self.command(name), *arguments],
            capture_output=True,
            check=False,
            cwd=self.work,
            encoding="utf-8",
            env=self.variables(PYTHONUTF8="1", **environ),
            stdin=subprocess.DEVNULL,
            timeout=120,
        )

    def say(self, name: str, *arguments: str, **environ: str) -> str:
        """Run one of its commands, which must go well and have nothing to complain of."""
        done = self.run(name, *arguments, **environ)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def ask(self, program: str) -> str:
        """Run a line of Python in it."""
        return self.say("python", "-c", program).strip()


def install(folder: Path, wheels: Iterable[Path], requirements: Iterable[str]) -> Environment:
    """Install wheels with pip into a new environment, and beside them what they require.

    `requirements` name those of the wheels that are wanted, with their extras. Their dependencies
    are those of the Python that runs the tests, file by file.
    """
    venv.create(folder / "venv", symlinks=not WINDOWS)
    (folder / "work").mkdir()
    made = Environment(folder / "venv", folder / "work")
    _pip(made, "install", "--no-index", "--no-deps", "--no-compile", *map(str, wheels))
    libraries = made.libraries
    ours = {each.name: each for each in metadata.distributions(path=[str(libraries)])}
    for distribution in _dependencies(map(Requirement, requirements), ours):
        _transplant(distribution, libraries)
    return made


def check(made: Environment) -> str:
    """Let pip compare what is installed with what it requires; give its verdict."""
    return _pip(made, "check")


def _pip(made: Environment, *arguments: str) -> str:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(made.python)]
    done = subprocess.run(  # noqa: S603 - our own pip
        [*pip, *arguments], capture_output=True, check=False, env=made.variables(), text=True
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def _dependencies(
    wanted: Iterable[Requirement], ours: Mapping[str, metadata.Distribution]
) -> list[metadata.Distribution]:
    """Find what is required, and what that requires in turn, but for our own wheels."""
    found: dict[str, metadata.Distribution] = {}
    waiting, seen = list(wanted), set()
    while waiting:
        need = waiting.pop()
        extras = frozenset({"", *need.extras})
        if (need.name, extras) in seen:
            continue
        seen.add((need.name, extras))
        distribution = ours.get(need.name) or metadata.distribution(need.name)
        waiting += _needs(distribution, extras)
        if need.name not in ours:
            found[distribution.name] = distribution
    return list(found.values())


def _needs(distribution: metadata.Distribution, extras: Iterable[str]) -> list[Requirement]:
    """Give what a distribution requires on this machine, with these extras."""
    needs = map(Requirement, distribution.requires or ())
    return [
        need
        for need in needs
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras)
    ]


def _transplant(distribution: metadata.Distribution, libraries: Path) -> None:
    """Link a distribution's files into an environment; its commands stay where they are."""
    for file in distribution.files or ():
        if ".." not in file.parts:
            _link(Path(str(file.locate())), libraries / file)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.exists():  # compiled files may have been cleaned away
        return
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)
