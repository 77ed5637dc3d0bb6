"""A copy of a project for the Pulumi CLI that runs in the environment of the original.

The engine looks for lock files and virtual environments around the program, and the copy is
somewhere else. uv would also install the copy into the environment, so it is shown the lock file
and the environment, but no pyproject.toml.

Others may own what is around the copy, so nothing in it leads out by a relative path: neither a
link, nor a field of Pulumi.yaml.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callerid.errors import ConfigurationError
from callerid.testing.toolchain import above

if TYPE_CHECKING:
    from collections.abc import Collection

    from callerid.testing.project import Project
    from callerid.testing.toolchain import Interpreter

_SKIPPED = (
    *("__pycache__", ".git", "node_modules"),
    *("Pulumi.*.yaml", "Pulumi.*.yml", "Pulumi.*.json"),
)
_HIDDEN = {"uv": ("pyproject.toml",)}
_READ = {"poetry": ("poetry.lock", "pyproject.toml"), "uv": ("uv.lock",)}
"""What the engine or its tool reads, from the program's folder upwards."""
_DROPPED = ("backend", "stackConfigDir")
"""Fields of Pulumi.yaml that say where state and configuration are kept: in the copy."""


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
    _lead_back(folder, project.root)
    for file in needed:
        inside = file.is_relative_to(project.root.resolve())
        if not inside and not (folder / file.name).exists():
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


def _lead_back(folder: Path, root: Path) -> None:
    """Let each link of a copy lead where the original's leads, or to the copy of that, if any."""
    whole = root.resolve()
    for parent, folders, files in os.walk(folder):
        for link in (Path(parent, name) for name in (*folders, *files)):
            if link.is_symlink():
                target = Path(os.path.realpath(root / link.relative_to(folder)))
                inside = target.is_relative_to(whole)
                copied = folder / target.relative_to(whole) if inside else target
                end = copied if os.path.lexists(copied) else target
                link.unlink()
                link.symlink_to(end, target_is_directory=target.is_dir())


def _adapt(file: Path, project: Project, interpreter: Interpreter) -> None:
    """Put the project's name, its program and its virtual environment into the copy's file."""
    import yaml  # noqa: PLC0415 - keeps the package cheap to import

    raw = yaml.safe_load(file.read_text(encoding="utf-8"))
    kept = {name: value for name, value in raw.items() if name not in _DROPPED}
    if isinstance(kept.get("config"), str):  # as stackConfigDir was called
        del kept["config"]
    kept |= {"name": project.name, "main": _main(project)}
    kept["runtime"] = {"name": "python", "options": _options(project, interpreter)}
    for name, placed in {"plugins": _plugin, "packages": _package}.items():
        if isinstance(kept.get(name), dict):
            kept[name] = {key: placed(each, project.root) for key, each in kept[name].items()}
    file.unlink()  # it may be a link to the original
    file.write_text(yaml.safe_dump(kept), encoding="utf-8")


def _main(project: Project) -> str:
    """Return where the program is: in the copy, or at its own place if that is elsewhere."""
    root = project.root.resolve()
    inside = project.entry.is_relative_to(root)
    return (project.entry.relative_to(root) if inside else project.entry).as_posix()


def _options(project: Project, interpreter: Interpreter) -> dict[str, Any]:
    options = {**project.options, "toolchain": interpreter.toolchain}
    options.pop("virtualenv", None)
    if interpreter.venv and interpreter.toolchain != "poetry":
        options["virtualenv"] = str(interpreter.venv)
    return options


def _plugin(entries: Any, root: Path) -> Any:
    """Give plugins the paths that they have in the original."""
    if not isinstance(entries, list):
        return entries
    return [
        {**each, "path": str(root / str(each["path"]))}
        if isinstance(each, dict) and each.get("path")
        else each
        for each in entries
    ]


def _package(entry: Any, root: Path) -> Any:
    """Give a package from a folder the path that it has in the original."""
    if isinstance(entry, str):
        source, _, version = entry.partition("@")
        full = {"source": source, **({"version": version} if version else {})}
    elif isinstance(entry, dict):
        full = entry
        source = str(entry.get("source", ""))
    else:
        return entry
    return {**full, "source": str(root / source)} if source.startswith(".") else entry
