"""The house: imports point one way, and each library stays in its room."""

from __future__ import annotations

import ast
import re
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

import callerid
from callerid.config import PLATFORM_TITLES

PROVIDER = Path(callerid.__file__).parent
BASE = {
    *("casing", "config", "ends", "errors", "model", "modelling", "nearest", "nesting"),
    *("platforms/__init__", "registry", "role_rules", "secret", "setting", "shown", "times"),
}
MAY_IMPORT = {
    "argument_rules": set(),
    "background": {"memory"},
    "casing": set(),
    "command": {"cli", "frontends"},
    "derived": {"lean", "registry"},
    "deriving": {
        *("derived", "functions", "model", "platforms/__init__", "registry"),
    },
    "ends": {"model"},
    "errors": set(),
    "files": set(),
    "launch": set(),
    "lean": set(),
    "memory": set(),
    "model": {"casing", "modelling", "role_rules", "times"},
    "modelling": {"derived"},
    "nearest": set(),
    "nesting": set(),
    "processes": set(),
    "registry": set(),
    "replay": set(),
    "role_rules": set(),
    "secret": set(),
    "setting": {"casing", "registry"},
    "setting_rules": {"nearest", "registry"},
    "shown": {"errors"},
    "times": set(),
    "platforms/__init__": {"registry"},
    "platforms/settings": {"setting"},
    "config": {
        *("casing", "errors", "nearest", "platforms/__init__", "registry", "replay", "setting"),
        *("files", "secret", "setting_rules", "shown"),
    },
    "asking": {*BASE, "background", "files", "replay"},
    "platforms/contract": {*BASE, "asking"},
    "platforms/replies": BASE,
    "platforms/organizations": {*BASE, "platforms/replies"},
    "platforms/permissions": {"asking", "model", "platforms/settings"},
    "platforms/results": {*BASE, "platforms/replies"},
    "platforms/client": {*BASE, "asking", "platforms/replies", "platforms/settings"},
    "platforms/roles": {
        *(*BASE, "asking", "platforms/client", "platforms/contract", "platforms/replies"),
        *("platforms/organizations", "platforms/permissions", "platforms/results"),
    },
    "platforms/answers": {
        *(*BASE, "asking", "platforms/client", "platforms/contract", "platforms/replies"),
        *("platforms/organizations", "platforms/permissions", "platforms/results"),
        *("platforms/roles", "platforms/settings"),
    },
    "functions": {*BASE, "asking", "platforms/contract", "platforms/replies", "platforms/results"},
    "guard": {*BASE, "asking", "functions"},
    "core": {*BASE, "argument_rules", "asking", "functions", "replay"},
    "library": {"config", "core", "errors", "functions", "guard", "wording"},
    "wording": {"casing", "config", "errors", "functions"},
    "readiness": {
        *("asking", "config", "core", "functions", "memory", "platforms/__init__"),
        "platforms/contract",
    },
    "frontends": {
        *(*BASE, "background", "core", "functions", "lean", "memory", "processes", "readiness"),
    },
    "frontends/pulumi": {*BASE, "frontends", "functions", "core", "launch", "processes"},
    "frontends/terraform": {
        *(*BASE, "core", "frontends", "functions", "guard", "launch", "processes", "readiness"),
        "wording",
    },
    "sandbox": {
        *(
            "config",
            "errors",
            "files",
            "nearest",
            "platforms/__init__",
            "registry",
            "replay",
            "setting",
        ),
        "shown",
    },
    "platforms/sandbox": {"sandbox"},
    "testing": {"config", "core", "errors", "files", "launch", "nearest", "processes", "sandbox"},
    "recording": {*BASE, "asking", "core", "replay", "sandbox"},
    "platforms/recording": {
        *(*BASE, "asking", "platforms/replies", "platforms/settings", "recording"),
    },
    "cli": {
        *(*BASE, "asking", "core", "frontends", "frontends/pulumi", "frontends/terraform"),
        *("platforms/contract", "recording", "replay", "sandbox", "testing"),
    },
}
"""Room to the rooms it may import from; every arrow points towards the API.

A platform is a column through the floors: each of its files stands on the floor of its name. A
front end is a folder beside what all of them share, which knows none of them.
"""
ROOMS_OF = {
    "httpx": {"asking/network.py", "asking/proxies.py", "asking/transport.py"},
    "httpcore": {"asking/wire.py"},
    "cryptography": {"frontends/terraform/certificate.py"},
    "grpclib": {"frontends/terraform/server.py"},
    "h2": {"frontends/terraform/server.py"},
    "msgpack": {"frontends/terraform/dynamic.py"},
    "google": {"frontends/wire.py", "frontends/pulumi", "frontends/terraform", "testing"},
    "grpc": {"frontends/pulumi", "testing"},
    "pulumi": {"testing"},
    "pytest": {"testing/pytest_plugin.py"},
    "starlette": {"platforms/sandbox", "sandbox"},
    "uvicorn": {"sandbox"},
    "yaml": {"recording", "sandbox", "testing"},
    "click": {"cli"},
    "rich": {"cli"},
}
"""Library to the rooms or files that know it."""
HOSTS_WORDS = ("pulumi", "engine", "invoke", "terraform", "tofu", "diagnostic")
"""What hosts are called, and what they have that others do not."""


FUNCTIONS = "functions/get_*.py"
NAMED = (
    ("registry.py", r'"NAME",', "the one line of a platform"),
    (FUNCTIONS, r"NAME: \w+ \| None = None", "a result has one typed field a platform"),
    (FUNCTIONS, r"\"\"\"TITLE's? own answer.*", "and says what is in it"),
    (FUNCTIONS, r"from callerid\.platforms\.NAME\.re\w+ import \w+", "and imports its type"),
    (FUNCTIONS, r'"""Which credential decided the answer, .*', "the schema has an example"),
    ("model.py", r'"""(Its|What it is) .*', "the schema says which platform has a field"),
    (
        "model.py",
        r'(""")?.*(policy|roles|permission).*',
        "and which has a kind of role",
    ),
    ("cli/*.py", r'"callerid \w+ .*",', "a help text has an example"),
    ("cli/preview.py", r"text = f.* for example .*", "so has an error"),
)
"""File, line and reason: where a module outside a platform's folder may name it."""


def _imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _room(file: Path) -> str:
    first, *rest = file.relative_to(PROVIDER).with_suffix("").parts
    if first == "platforms":
        return f"platforms/{rest[min(1, len(rest) - 1)]}"
    return "/".join([first, *rest[:-1]]) if first == "frontends" else first


MODULES = {
    ".".join(("callerid", *file.relative_to(PROVIDER).with_suffix("").parts)).removesuffix(
        ".__init__"
    ): file
    for file in PROVIDER.rglob("*.py")
    if file != PROVIDER / "__init__.py"
}
"""Name to file; the root aside, whose public names are loaded late and are for others."""


def _modules(file: Path) -> set[str]:
    """Give the modules of ours that a file imports, for types alone too."""
    names = (name for name in _imports(file) if name.startswith("callerid"))
    return {name if name in MODULES else name.rpartition(".")[0] for name in names} & set(MODULES)


def test_no_arrow_points_back() -> None:
    """Front end, core, functions, platforms, API: nobody imports from where data comes."""
    wrong = [
        f"{file.relative_to(PROVIDER)} imports {name}"
        for file in MODULES.values()
        if _room(file) in MAY_IMPORT
        for name in _modules(file)
        if (room := _room(MODULES[name])) in MAY_IMPORT
        and room not in MAY_IMPORT[_room(file)] | {_room(file)}
    ]
    assert wrong == []


def test_modules_import_each_other_in_no_circle() -> None:
    """Modules can be put in an order in which each imports from those before it alone."""
    waiting = {name: _modules(file) - {name} for name, file in MODULES.items()}
    while free := {name for name, needs in waiting.items() if not needs & set(waiting)}:
        waiting = {name: needs for name, needs in waiting.items() if name not in free}
    assert sorted(waiting) == []


def test_public_names_are_for_others() -> None:
    """Of the root itself, nothing inside uses more than the version and the place on disk."""
    roots = {
        name
        for file in MODULES.values()
        for name in _imports(file)
        if name.count(".") <= 1 and name.startswith("callerid") and name not in MODULES
    }
    assert roots == {"callerid", "callerid.__version__"}


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


@pytest.mark.parametrize(
    "file", sorted((PROVIDER / "frontends").glob("*.py")), ids=lambda file: file.stem
)
def test_what_front_ends_share_knows_none_of_them(file: Path) -> None:
    """No name and no text of theirs is a host's: each may need these files to the letter."""
    text = file.read_text(encoding="utf-8").lower()
    assert [word for word in HOSTS_WORDS if word in text] == []


def test_secrets_are_unwrapped_in_one_place() -> None:
    """`get_secret_value` is called in `asking/tokens.py` and nowhere else."""
    files = [
        file.relative_to(PROVIDER).as_posix()
        for file in PROVIDER.rglob("*.py")
        if ".get_secret_value" in file.read_text(encoding="utf-8")
    ]
    assert files == ["asking/tokens.py"]


@cache
def _foreign_lines() -> frozenset[tuple[str, str, str, str]]:
    """Find the lines that name a platform outside its folder: file, line, name and title."""
    return frozenset(
        (place, line.strip(), name, title)
        for file in PROVIDER.rglob("*.py")
        for place in [file.relative_to(PROVIDER).as_posix()]
        for name, title in PLATFORM_TITLES.items()
        if not place.startswith(f"platforms/{name}/")
        for line in file.read_text(encoding="utf-8").splitlines()
        if re.search(rf"(?<![a-z]){name}|{title}", line, re.IGNORECASE)
    )


def _allowed(where: str, pattern: str) -> set[tuple[str, str, str, str]]:
    return {
        (place, line, name, title)
        for place, line, name, title in _foreign_lines()
        if fnmatch(place, where)
        and re.fullmatch(pattern.replace("NAME", name).replace("TITLE", title), line)
    }


def test_only_a_platforms_own_folder_names_it() -> None:
    """Whatever else has to know a platform asks the registry; exceptions have their reasons."""
    allowed = {each for where, pattern, _ in NAMED for each in _allowed(where, pattern)}
    assert sorted(_foreign_lines() - allowed) == []


@pytest.mark.parametrize(("where", "pattern", "reason"), NAMED, ids=[each[2] for each in NAMED])
def test_no_exception_is_left_over(where: str, pattern: str, reason: str) -> None:
    """An exception that no line needs any more is to be deleted."""
    del reason
    assert _allowed(where, pattern)
