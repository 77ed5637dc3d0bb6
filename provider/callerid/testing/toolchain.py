"""Where the engine would run a Python program: the runtime options of Pulumi.yaml, worked out.

The rules are those of Pulumi's language host for Python. Nothing is installed: what the engine
would make first is an error here, with the command that makes it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.errors import ConfigurationError, printable_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from callerid.testing.project import Project

_CHOICES = {"toolchain": ("pip", "poetry", "uv"), "typechecker": ("mypy", "pyright")}
_SUPPORTED = ("toolchain", "virtualenv")
_LOCKS = {"uv.lock": "uv", "poetry.lock": "poetry"}
"""What chooses a toolchain where the options name none, in the order of its search."""

_BIN, _PYTHON = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
_POETRY_SECONDS = 60.0


@dataclass(frozen=True)
class Interpreter:
    """The Python of a program, and how it was found.

    `venv` is the virtual environment, None where the program runs in a Python without one being
    named; `source` says in a word or two what chose it.
    """

    toolchain: str
    python: Path
    venv: Path | None
    source: str

    @property
    def own(self) -> bool:
        """Whether it is the Python that runs this code."""
        this = Path(sys.executable)
        return self.python == this or (
            self.python.resolve() == this.resolve()
            and self.python.parent.resolve() == this.parent.resolve()
        )

    @property
    def title(self) -> str:
        """Name it for people."""
        return f"{self.venv or self.python} ({self.source})"

    @property
    def remedy(self) -> str:
        """The command that installs what a program needs into it."""
        if self.venv is None:
            return f"{self.python} -m pip install pulumi"
        return _REMEDIES[self.toolchain]

    def activated(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return an environment in which its virtual environment is active, if it is one."""
        if self.venv is None:
            return dict(environ)
        kept = {name: value for name, value in environ.items() if name != "PYTHONHOME"}
        folders = [str(self.venv / _BIN), *filter(None, [environ.get("PATH")])]
        return {**kept, "PATH": os.pathsep.join(folders), "VIRTUAL_ENV": str(self.venv)}


_REMEDIES = {"pip": "pulumi install", "poetry": "poetry install", "uv": "uv sync"}


def find(project: Project, environ: Mapping[str, str]) -> Interpreter:
    """Find the Python that the engine would run a program with, in an environment.

    Where nothing names one, that is the Python that runs this: there the SDK and callerid are.

    Raises:
        ConfigurationError: an option has a wrong value, or what it names is not there.
    """
    _check(project)
    toolchain, source = _chosen(project)
    if toolchain == "uv":
        return _uv(project, environ, source)
    if toolchain == "poetry":
        return _poetry(project, environ, source)
    return _pip(project, environ)


def unsupported(project: Project) -> str | None:
    """Name the runtime options that the preview host ignores, None if there are none."""
    names = sorted(printable_line(str(name)) for name in project.options if name not in _SUPPORTED)
    if not names:
        return None
    return (
        f"the preview host does not support the runtime option{'s' if names[1:] else ''} "
        f"{', '.join(names)}; callerid preview --engine cli does"
    )


def above(folder: Path, name: str) -> Path | None:
    """Find the nearest file of a name, in a folder or above it."""
    return next((each / name for each in (folder, *folder.parents) if (each / name).exists()), None)


def _check(project: Project) -> None:
    for name, choices in _CHOICES.items():
        if name in project.options and project.options[name] not in choices:
            *others, last = choices
            message = (
                f"{project.file}: the runtime option {name} must be {', '.join(others)} or {last}."
            )
            raise ConfigurationError(message)
    if not isinstance(project.options.get("virtualenv", ""), str):
        message = f"{project.file}: the runtime option virtualenv must be a text, a folder's path."
        raise ConfigurationError(message)


def _chosen(project: Project) -> tuple[str, str]:
    """Return the toolchain and what chose it."""
    named = project.options.get("toolchain")
    if named:
        return named, f"toolchain {named}"
    for name, toolchain in _LOCKS.items():
        lock = above(project.directory, name)
        if lock:
            return toolchain, f"toolchain {toolchain}, for {lock}"
    return "pip", "virtualenv"


def _uv(project: Project, environ: Mapping[str, str], source: str) -> Interpreter:
    named = project.options.get("virtualenv")
    place = environ.get("UV_PROJECT_ENVIRONMENT") or ".venv"
    venv = project.root / named if named else _uv_folder(project.directory) / place
    return _there("uv", venv, source, _made_by(project, "pip" if named else "uv", source))


def _uv_folder(directory: Path) -> Path:
    """Find the folder that uv keeps the environment of a program in: that of its workspace."""
    marks = (above(directory, name) for name in ("uv.lock", "pyproject.toml"))
    return next((mark.parent for mark in marks if mark), directory)


def _poetry(project: Project, environ: Mapping[str, str], source: str) -> Interpreter:
    poetry = shutil.which("poetry", path=environ.get("PATH", os.defpath))
    if not poetry:
        message = (
            f"There is no poetry on PATH, and only it knows the program's environment "
            f"({source}). Install it{_or_pip(project, source)}."
        )
        raise ConfigurationError(message)
    answer = _ask(poetry, project.directory, environ)
    if not answer:
        message = (
            f"poetry names no virtual environment for {project.directory} ({source}). "
            f"{_made_by(project, 'poetry', source)}"
        )
        raise ConfigurationError(message)
    return _there("poetry", Path(answer), source, _made_by(project, "poetry", source))


def _ask(poetry: str, directory: Path, environ: Mapping[str, str]) -> str:
    """Ask poetry for the path of its environment; empty if it has none."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own
            [poetry, "env", "info", "--path"],
            cwd=directory,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=_POETRY_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return "" if done.returncode else done.stdout.strip()


def _pip(project: Project, environ: Mapping[str, str]) -> Interpreter:
    named = project.options.get("virtualenv")
    if named:
        made_by = _made_by(project, "pip", "")
        return _there("pip", project.root / named, f"virtualenv {named}", made_by)
    command = environ.get("PULUMI_PYTHON_CMD")
    if not command:
        return Interpreter("pip", Path(sys.executable), None, "callerid's own")
    python = shutil.which(command, path=environ.get("PATH", os.defpath))
    if not python:
        message = "PULUMI_PYTHON_CMD names no program on PATH. Correct it, or unset it."
        raise ConfigurationError(message)
    return Interpreter("pip", Path(python).absolute(), None, "PULUMI_PYTHON_CMD")


def _there(toolchain: str, venv: Path, source: str, made_by: str) -> Interpreter:
    venv = Path(os.path.normpath(venv))
    python = venv / _BIN / _PYTHON
    if python.is_file():
        return Interpreter(toolchain, python, venv, source)
    what = "is no virtual environment" if venv.exists() else "is not there"
    message = f"The program's virtual environment {venv} {what} ({source}). {made_by}"
    raise ConfigurationError(message)


def _made_by(project: Project, toolchain: str, source: str) -> str:
    """Describe how to create an environment."""
    command = _REMEDIES[toolchain]
    return f'Run "{command}" in {project.directory}{_or_pip(project, source)}.'


def _or_pip(project: Project, source: str) -> str:
    """Describe how to turn off a toolchain that was not chosen explicitly."""
    if "toolchain" in project.options or not source:
        return ""
    return f", or set toolchain: pip in the runtime options of {project.file.name}"
