"""The house: imports point one way, and each library stays in its room."""

from __future__ import annotations

import ast
from pathlib import Path

import callerid

PROVIDER = Path(callerid.__file__).parent
MAY_IMPORT = {
    "argument_rules": set(),
    "errors": set(),
    "launch": set(),
    "model": set(),
    "nearest": set(),
    "setting_rules": {"nearest"},
    "config": {"errors", "nearest", "setting_rules"},
    "platforms": {"config", "errors", "model"},
    "functions": {"config", "errors", "model", "nearest", "platforms"},
    "core": {
        *("argument_rules", "config", "errors", "functions", "model", "nearest", "platforms"),
    },
    "pulumirpc": {"config", "core", "errors", "functions", "launch", "model", "nearest"},
    "sandbox": {"config", "errors", "nearest"},
    "testing": {"config", "errors", "launch", "nearest", "sandbox"},
    "recording": {"config", "core", "errors", "model", "nearest", "platforms", "sandbox"},
    "cli": {
        *("config", "core", "errors", "model", "nearest", "platforms", "pulumirpc", "recording"),
        *("sandbox", "testing"),
    },
}
"""Room to the rooms it may import from; every arrow points towards the API."""
ROOMS_OF = {
    "httpx": {"platforms/http.py"},
    "httpcore": {"platforms/http.py"},
    "google": {"pulumirpc", "testing"},
    "grpc": {"pulumirpc", "testing"},
    "pulumi": {"testing"},
    "pytest": {"testing/pytest_plugin.py"},
    "starlette": {"sandbox"},
    "uvicorn": {"sandbox"},
    "yaml": {"recording", "sandbox", "testing"},
    "click": {"cli"},
    "rich": {"cli"},
}
"""Library to the rooms or files that know it."""


def _imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _room(file: Path) -> str:
    relative = file.relative_to(PROVIDER)
    return relative.parts[0].removesuffix(".py")


def test_no_arrow_points_back() -> None:
    """Front end, core, functions, platforms, API: nobody imports from where data comes."""
    wrong = [
        f"{file.relative_to(PROVIDER)} imports {name}"
        for file in PROVIDER.rglob("*.py")
        if _room(file) in MAY_IMPORT
        for name in _imports(file)
        if name.startswith("callerid.")
        and (room := name.split(".")[1]) in MAY_IMPORT
        and room not in MAY_IMPORT[_room(file)] | {_room(file)}
    ]
    assert wrong == []


def test_every_room_has_its_rule() -> None:
    """A new file or folder must say what it may import."""
    rooms = {_room(file) for file in PROVIDER.rglob("*.py")}
    assert rooms - {"__init__"} == set(MAY_IMPORT)


def test_libraries_stay_in_their_rooms() -> None:
    """Protobuf in the front ends, httpx in one file, what people need in the command line."""
    wrong = [
        f"{file.relative_to(PROVIDER)} imports {name}"
        for file in PROVIDER.rglob("*.py")
        for name in _imports(file)
        if (rooms := ROOMS_OF.get(name.split(".")[0])) is not None
        and not rooms & {_room(file), file.relative_to(PROVIDER).as_posix()}
    ]
    assert wrong == []


def test_secrets_are_unwrapped_in_one_place() -> None:
    """`get_secret_value` stands in `platforms/auth.py` and nowhere else."""
    files = [
        file.relative_to(PROVIDER).as_posix()
        for file in PROVIDER.rglob("*.py")
        if "get_secret_value" in file.read_text(encoding="utf-8")
    ]
    assert files == ["platforms/auth.py"]
