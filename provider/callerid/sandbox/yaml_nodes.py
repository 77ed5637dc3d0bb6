"""YAML restricted to JSON's values, as nodes that know the file and line that they come from."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from callerid import files
from callerid.errors import ConfigurationError, one_line, printable_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = "tag:yaml.org,2002:str"
NULL = "tag:yaml.org,2002:null"
MOST_BYTES = 4 * 1024 * 1024
"""The most that a file may have; a caller has some thousand bytes."""
_DEEP = "this is nested too deeply"
_DEEPEST = 100
"""Bodies of the APIs are less than ten deep; Python itself gives up at some hundred."""
_MOST_NODES = 50_000
"""The most that a short file may stand for by its aliases; a longer one, one for each character."""
_JSON = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "null", "bool", "int", "float", "map", "seq")
)


class _JsonLoader(yaml.SafeLoader):
    """YAML restricted to JSON's values.

    PyYAML would make a time of `2023-11-07`, false of the country `NO` and 90 of `1:30`; here all
    of them stay the texts that an API would send.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML declares it as an instance attribute


for _tag, _pattern, _first in (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
    ("float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?$", list("-0123456789")),
):
    _JsonLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def parse(path: Path) -> yaml.MappingNode:
    """Read a file whose top level is a mapping. Every key in it is a text and stands there once.

    Raises:
        ConfigurationError: the file cannot be read, or is something else. The text is one line:
            file, line, what is wrong.
    """
    text = _read(path)
    try:
        loader = _JsonLoader(text)
        loader.name = str(path)
        node = loader.get_single_node()
        for each in in_full(node, len(text)):
            _check_kind(each)
    except yaml.YAMLError as error:
        raise ConfigurationError(told(error, path, text)) from None
    except RecursionError:
        message = f"{path}: {_DEEP}"
        raise ConfigurationError(message) from None
    if not isinstance(node, yaml.MappingNode):
        message = f"{path}:1: top level: expected a mapping"
        raise ConfigurationError(message)
    return node


def construct(node: yaml.Node) -> Any:
    """Make the value that a node describes.

    Raises:
        ConfigurationError: a tag asks for what JSON has not.
    """
    try:
        return _JsonLoader("").construct_document(node)
    except yaml.YAMLError as error:
        raise ConfigurationError(told(error, node.start_mark.name, "")) from None
    except ValueError:
        message = (
            f"{node.start_mark.name}: what is tagged as a number is none, or it has too many digits"
        )
        raise ConfigurationError(message) from None


def _read(path: Path) -> str:
    try:
        return files.utf8(files.read(path, MOST_BYTES))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = f"{path}:{line}: this is no UTF-8 text; save it as UTF-8"
    except OSError as error:
        message = f"{path}: the scenario cannot be read: {error.strerror}"
    raise ConfigurationError(message) from None


def in_full(node: yaml.Node | None, length: int) -> Iterator[yaml.Node]:
    """Give the nodes of a file of this length, each as often as it stands there for an alias.

    Raises:
        yaml.YAMLError: by their aliases they are too many, or without an end; or they are nested
            too deeply.
    """
    left = max(length, _MOST_NODES)
    waiting: list[tuple[yaml.Node, tuple[yaml.Node, ...]]] = [(node, ())] if node else []
    while waiting:
        each, around = waiting.pop()
        left -= 1
        _check_place(each, around, left)
        yield each
        if not isinstance(each, yaml.ScalarNode):
            parts = [part if isinstance(part, tuple) else (part,) for part in each.value]
            inner = list(chain.from_iterable(parts))
            waiting += [(part, (*around, each)) for part in reversed(inner)]


def _check_kind(node: yaml.Node) -> None:
    if isinstance(node, yaml.MappingNode):
        _check_keys(node)
    if isinstance(node, yaml.ScalarNode):
        _check_scalar(node)


def _check_place(node: yaml.Node, around: tuple[yaml.Node, ...], left: int) -> None:
    if node in around:
        _refuse(node, "an alias stands inside of what it stands for")
    if left < 0:
        _refuse(node, "the aliases (*) of this file stand for too much; write out what is meant")
    if len(around) > _DEEPEST:
        _refuse(node, _DEEP)


def _check_scalar(node: yaml.ScalarNode) -> None:
    """Refuse what is no value of JSON, and put together what JSON escapes as a surrogate pair.

    PyYAML reads it as two halves, though JSON is YAML.
    """
    if node.tag not in _JSON:
        _refuse(node, f"the tag {printable_line(node.tag)} is none of JSON's values")
    try:
        node.value = node.value.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        _refuse(node, "half of a surrogate pair is no character")


def _check_keys(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag != TEXT:
            is_plain = isinstance(key, yaml.ScalarNode)
            shown = f"the key {printable_line(key.value)}" if is_plain else "a key"
            _refuse(key, f"{shown} is no text; put it in quotes")
        if key.value in seen:
            _refuse(key, f"the key {printable_line(key.value)} stands here for the second time")
        seen.add(key.value)


def _refuse(node: yaml.Node, problem: str) -> NoReturn:
    raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def told(error: yaml.YAMLError, path: object, text: str) -> str:
    """Tell an error in one line: file, line, and what is wrong."""
    if isinstance(error, yaml.reader.ReaderError):
        number = text[: error.position].count("\n") + 1
        return f"{path}:{number}: this is no YAML: a character that no text has"
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    file, line = (mark.name, f":{mark.line + 1}") if mark else (path, "")
    problem = getattr(error, "problem", None) or "this is no YAML"
    own = next((words for sign, words in _OWN_WORDS.items() if sign in problem), problem)
    return f"{file}{line}: {one_line(own)}"


_OWN_WORDS = {
    "another document": "expected one document; here a second one begins",
    "undefined alias": "expected an anchor before its alias: nothing is anchored (&) by this name",
    "'\\t'": "expected spaces: YAML takes no tab for an indent",
    "mapping values are not allowed": "expected one key and its value; quote a text with a colon",
    "could not find expected ':'": "expected a colon after a key",
}
"""Maps PyYAML's words for common mistakes to text that helps a person."""
