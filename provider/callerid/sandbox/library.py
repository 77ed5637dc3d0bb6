"""Scenarios on disk: YAML that holds JSON, read into callers by name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import ValidationError

from callerid.errors import ConfigurationError, nearest
from callerid.sandbox.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

_BUILT_IN = Path(__file__).parent / "callers"
_EXPECTED = {
    "bool_type": "expected true or false",
    "float_type": "expected a number",
    "int_type": "expected a whole number",
    "dict_type": "expected a mapping",
    "list_type": "expected a list",
    "missing": "missing",
    "model_type": "expected a mapping",
    "string_pattern_mismatch": "expected a UUID",
    "string_too_short": "expected a text that is not empty",
    "string_type": "expected a text",
}


class _JsonLoader(yaml.SafeLoader):
    """YAML restricted to JSON's values.

    PyYAML would make a time of `2023-11-07`, false of the country `NO` and 90 of `1:30`; here all
    of them stay the texts that an API would send. A key that stands twice is an error.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML declares it as an instance attribute

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                problem = f"the key {key.value} stands here for the second time"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


for _tag, _pattern, _first in (
    ("null", r"^(?:null|~|)$", ["n", "~", ""]),
    ("bool", r"^(?:true|false)$", ["t", "f"]),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
    ("float", r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?$", list("-0123456789")),
):
    _JsonLoader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), _first)


def built_in() -> dict[str, Scenario]:
    """Read the callers that come with callerid, by name."""
    return read([_BUILT_IN])


def read(sources: Iterable[Path]) -> dict[str, Scenario]:
    """Read callers from files and folders; a caller's name is its file's stem.

    Raises:
        ConfigurationError: a file cannot be read or is wrong, a folder has no scenario, or two
            files have one name. The text is a line: file, place, what was expected.
    """
    callers: dict[str, Scenario] = {}
    for path in (file for source in sources for file in _files(source)):
        if path.stem in callers:
            text = f"{path}: a caller named {path.stem} was read already; rename the file"
            raise ConfigurationError(text)
        callers[path.stem] = _read_file(path)
    return callers


def find(callers: Mapping[str, Scenario], name: str) -> Scenario:
    """Find a caller by name.

    Raises:
        ConfigurationError: there is none; the text lists the names and says which is nearest.
    """
    if name not in callers:
        known = ", ".join(sorted(callers))
        text = f"The sandbox has no caller {name}.{nearest(name, callers)} It has: {known}."
        raise ConfigurationError(text)
    return callers[name]


def _files(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source]
    found = sorted(path for path in source.iterdir() if path.suffix in {".yaml", ".yml"})
    if not found:
        text = f"{source}: the folder has no scenario; expected files that end in .yaml"
        raise ConfigurationError(text)
    return found


def _read_file(path: Path) -> Scenario:
    try:
        return Scenario.model_validate(_parse(path))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        text = f"{path}: {_mistake(first)}"
        raise ConfigurationError(text) from None


def _parse(path: Path) -> object:
    try:
        text = path.read_text("utf-8")
        return yaml.load(text, Loader=_JsonLoader)  # noqa: S506 - a SafeLoader that knows less
    except yaml.YAMLError as error:
        message = f"{path}{_line(error)}: {getattr(error, 'problem', None) or 'this is no YAML'}"
    except UnicodeDecodeError:
        message = f"{path}: this is no UTF-8 text; save it as UTF-8"
    except OSError as error:
        message = f"{path}: the scenario cannot be read: {error.strerror}"
    raise ConfigurationError(message) from None


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return f":{mark.line + 1}" if mark else ""


def _mistake(error: ErrorDetails) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "top level"
    said = error["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    what = _EXPECTED.get(error["type"]) or said
    return f"{place}: {what}"
