"""A mistake in a scenario, reported in one line: file, line, place, what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from callerid.errors import one_line
from callerid.nearest import nearest_expected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

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


def told(node: yaml.Node, error: ErrorDetails) -> str:
    """Word what pydantic found in the value of a node.

    The line is that of the offending key; of a missing one it is that of the mapping.
    """
    place = one_line(".".join(str(part) for part in error["loc"])) or "top level"
    said = error["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    what = _EXPECTED.get(error["type"]) or said
    mark, found = _find(node, [*error["loc"], *error.get("ctx", {}).get("at", ())])
    if error["type"] == "literal_error":
        near = nearest_expected(found.value, error["ctx"]["expected"])
        what += f".{near}" if near else ""
    return f"{mark.name}:{mark.line + 1}: {place}: {what}"


def _find(node: yaml.Node, path: Iterable[str | int]) -> tuple[yaml.Mark, yaml.Node]:
    """Follow a path as far as it leads: the mark of the last key or item on it, and its value."""
    mark = node.start_mark
    for part in path:
        found = _step(node, part)
        if found is None:
            break
        mark, node = found
    return mark, node


def _step(node: yaml.Node, part: str | int) -> tuple[yaml.Mark, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part].start_mark, node.value[part]
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    return next(((key.start_mark, value) for key, value in pairs if key.value == part), None)
