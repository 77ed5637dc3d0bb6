"""A copy of a project for the Pulumi CLI that runs in the environment of the original.

The engine looks for lock files and virtual environments around the program, and the copy is
somewhere else. uv would also install the copy into the environment, so it is shown the lock file
and the environment, but no pyproject.toml.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from callerid.errors import ConfigurationError
from callerid.testing.toolchain import above

if TYPE_CHECKING:
    from collections.abc import Collection

    from callerid.testing.project import Project
    from callerid.testing.toolchain import Interpreter

_SKIPPED = ("__pycache__", ".git", "node_modules", "Pulumi.*.yaml", "Pulumi.*.yml")
_HIDDEN = {"uv": ("pyproject.toml",)}
_READ = {"poetry": ("poetry.lock", "pyproject.toml"), "uv": ("uv.lock",)}
"""What the engine or its tool reads, from the program's folder upwards."""


def copy(project: Project, interpreter: Interpreter, folder: Path) -> None:
    """Copy a project into a folder that is not there yet.

    Raises:
        ConfigurationError: a file is missing that the engine reads.
    """
    if not project.file.is_file():
        message = (
            f"{project.entry.name} has no {project.file.name} beside it, which the pulumi CLI "
            "reads. Add one, or use --engine host."
        )
        raise ConfigurationError(message)
    needed = _needed(project, interpreter)
    skipped = shutil.ignore_patterns(*_SKIPPED, *_HIDDEN.get(interpreter.toolchain, ()))
    above_copy = set(folder.resolve().parents)

    def ignore(parent: str, names: list[str]) -> Collection[str]:
        odd = {each for each in names if _is_odd(Path(parent, each), above_copy)}
        return skipped(parent, names) | odd

    shutil.copytree(project.root, folder, symlinks=True, ignore=ignore)
    for file in needed:
        if not file.is_relative_to(project.root.resolve()):
            shutil.copy(file, folder)
    _adapt(folder / project.file.name, project, interpreter)


def variables(interpreter: Interpreter) -> dict[str, str]:
    """Return the variables, beside those of the copy, that say where the program runs."""
    if interpreter.venv is None:
        return {"PULUMI_PYTHON_CMD": str(interpreter.python)}
    return {"VIRTUAL_ENV": str(interpreter.venv)} if interpreter.toolchain == "poetry" else {}


def _is_odd(path: Path, above_copy: Collection[Path]) -> bool:
    """Return whether a path is no part of a program: environment, pipe, socket, the copy itself."""
    if path.is_symlink():
        return False
    if path.is_dir():
        return (path / "pyvenv.cfg").is_file() or path.resolve() in above_copy
    return not path.is_file()


def _needed(project: Project, interpreter: Interpreter) -> list[Path]:
    found = []
    for name in _READ.get(interpreter.toolchain, ()):
        file = above(project.directory, name)
        if file is None:
            message = (
                f"There is no {name} in {project.directory} or above it, which the pulumi CLI "
                f'reads ({interpreter.source}). Run "{interpreter.remedy}" there.'
            )
            raise ConfigurationError(message)
        found.append(file.resolve())
    return found


def _adapt(file: Path, project: Project, interpreter: Interpreter) -> None:
    """Put the project's name and its virtual environment into the copy of Pulumi.yaml."""
    import yaml  # noqa: PLC0415 - keeps the package cheap to import

    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    options = {**project.options, "toolchain": interpreter.toolchain}
    if interpreter.venv and interpreter.toolchain != "poetry":
        options["virtualenv"] = str(interpreter.venv)
    raw |= {"name": project.name, "runtime": {"name": "python", "options": options}}
    file.unlink()  # it may be a link to the original
    file.write_text(yaml.safe_dump(raw), encoding="utf-8")
