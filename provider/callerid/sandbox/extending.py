"""A scenario file on top of the one that it extends, and so on."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import yaml

from callerid import platforms
from callerid.errors import ConfigurationError, one_line, printable_line
from callerid.nearest import nearest
from callerid.registry import PLATFORMS
from callerid.sandbox import yaml_nodes

if TYPE_CHECKING:
    from collections.abc import Sequence

BUILT_IN = Path(__file__).parent / "callers"
"""Where the callers at several platforms are that come with callerid."""
_SUFFIXES = (".yaml", ".yml")
_KEY = "extends"


class Extended(NamedTuple):
    """A file with all that it extends."""

    node: yaml.MappingNode
    """What all of them say together, without `extends`."""
    files: tuple[Path, ...]
    """The file, what it extends, and so on."""


def scenario_files(folder: Path) -> list[Path]:
    """List the scenario files in a folder by name."""
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)


def built_in_files() -> list[Path]:
    """List the callers that come with callerid by name, those at one platform with all others."""
    own = [Path(platforms.__file__).parent / name / "sandbox" / "callers" for name in PLATFORMS]
    found = [file for folder in (BUILT_IN, *own) for file in scenario_files(folder)]
    return sorted(found, key=lambda file: file.stem)


def extended(path: Path) -> Extended:
    """Read a file with all that it extends.

    Mappings merge, key by key; lists and scalars replace, null included. A credential that is not
    the file's own gets the caller's name at its end, since no two callers may share one.

    Raises:
        ConfigurationError: a file cannot be read, is no mapping, or extends what is not there or
            itself. The text is one line: file, line, what is wrong.
    """
    files = [path]
    nodes = [yaml_nodes.parse(path)]
    while base := _base(files, nodes[-1]):
        files.append(base)
        nodes.append(yaml_nodes.parse(base))
    merged = reduce(_merge, reversed([_without(node, _KEY) for node in nodes]))
    for platform in PLATFORMS:
        _own_credential(_get(_get(merged, platform), "credential"), path)
    return Extended(merged, tuple(files))


def _base(files: Sequence[Path], node: yaml.MappingNode) -> Path | None:
    """Find the file that the last of `files` extends; None where it extends nothing."""
    wanted = _get(node, _KEY)
    if wanted is None or wanted.tag == yaml_nodes.NULL:
        return None
    if not isinstance(wanted, yaml.ScalarNode) or wanted.tag != yaml_nodes.TEXT:
        _refuse(wanted, "expected the name of a caller or the path of a file")
    found = _find(files[-1], wanted)
    known = [file.resolve() for file in files]
    if found.resolve() in known:
        circle = [*files[known.index(found.resolve()) :], found]
        _refuse(wanted, f"a circle: {' -> '.join(file.stem for file in circle)}")
    return found


def _find(path: Path, wanted: yaml.ScalarNode) -> Path:
    name = str(wanted.value)
    built_in = {file.stem: file for file in built_in_files() if file != path}
    if name == path.stem and name not in built_in:
        _refuse(wanted, "a caller cannot extend itself")
    if name.endswith(_SUFFIXES):
        found = path.parent / name
        if not found.is_file():
            _refuse(wanted, f"there is no file {one_line(str(found))}")
        return found
    beside = {file.stem: file for file in scenario_files(path.parent) if file != path}
    known = {**built_in, **beside}
    if name not in known:
        text = f"there is no caller {printable_line(name)}.{nearest(name, known)}"
        _refuse(wanted, f"{text} There are: {', '.join(sorted(known))}; a path ends in .yaml")
    return known[name]


def _refuse(node: yaml.Node, text: str) -> NoReturn:
    mark = node.start_mark
    message = f"{mark.name}:{mark.line + 1}: {_KEY}: {text}"
    raise ConfigurationError(message)


def _merge(base: yaml.Node, over: yaml.Node) -> yaml.MappingNode:
    found = {key.value: (key, value) for key, value in base.value}
    for key, value in over.value:
        _, old = found.get(key.value, (None, None))
        both = isinstance(old, yaml.MappingNode) and isinstance(value, yaml.MappingNode)
        found[key.value] = (key, _merge(old, value) if both else value)
    return _mapping(over, list(found.values()))


def _mapping(like: yaml.Node, pairs: list[tuple[yaml.Node, yaml.Node]]) -> yaml.MappingNode:
    return yaml.MappingNode(like.tag, pairs, like.start_mark, like.end_mark)


def _without(node: yaml.MappingNode, name: str) -> yaml.MappingNode:
    return _mapping(node, [pair for pair in node.value if pair[0].value != name])


def _get(node: yaml.Node | None, name: str) -> yaml.Node | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next((value for key, value in pairs if key.value == name), None)


def _own_credential(credential: yaml.Node | None, path: Path) -> None:
    if isinstance(credential, yaml.MappingNode):
        credential.value = [(key, _own(value, path)) for key, value in credential.value]


def _own(value: yaml.Node, path: Path) -> yaml.Node:
    """Add the caller's name to a text of another file."""
    if value.tag != yaml_nodes.TEXT or value.start_mark.name == str(path):
        return value
    return yaml.ScalarNode(value.tag, f"{value.value}-{path.stem}", value.start_mark)
