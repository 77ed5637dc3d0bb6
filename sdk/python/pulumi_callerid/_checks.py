# Generated from schema.json by sdk/generate.py; edit those.
"""What a program gives, looked at before the engine is asked.

Plain values are checked at once. An output is checked when it is known, which an unknown one is
not in a preview; a mistake then ends the program as one found at once does. Each is raised as a
`pulumi.RunError`, whose text Pulumi prints without a traceback.
"""

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pulumi

from pulumi_callerid import _argument_rules

__all__ = ["checked", "is_later", "misfits"]

_ONE_VALUE = (str, bytes, bytearray, memoryview)
"""Sequences of Python's that are none of the schema's."""

_FITS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: _is_number(value) and math.isfinite(value),
    "array": lambda value: isinstance(value, Sequence) and not isinstance(value, _ONE_VALUE),
}


def checked(
    values: Mapping[str, Any], problems: Callable[[str, Any], Iterator[str]]
) -> dict[str, Any]:
    """Give values by their names as they came, outputs as ones that fail where theirs is wrong.

    Args:
        values: Plain values, outputs, awaitables, or lists of these.
        problems: Says in sentences what is wrong with a plain value of a name.

    Raises:
        pulumi.RunError: plain values are wrong; the text has a line for each mistake.
    """
    now = [(name, value) for name, value in values.items() if not is_later(value)]
    _refuse([problem for name, value in now for problem in problems(name, value)])

    def when_known(name: str, value: Any) -> Any:
        def look(known: Any) -> Any:
            _refuse(list(problems(name, known)))
            return known

        return pulumi.Output.from_input(value).apply(look)

    return {
        name: when_known(name, value) if is_later(value) else value
        for name, value in values.items()
    }


def is_later(value: Any) -> bool:
    """Tell whether a value is known only later, in whole or in part."""
    if _FITS["array"](value):
        return any(map(is_later, value))
    return isinstance(value, pulumi.Output) or inspect.isawaitable(value)


def misfits(value: Any, kind: str, argument: str, function: str) -> Iterator[str]:
    """Say what is wrong with the type of an argument; None counts as left out.

    `kind` is the schema's type. Lists are of texts, and there is no other kind of them.
    """
    must_be, wanted = _argument_rules.must_be, _argument_rules.WANTED
    if value is not None and not _FITS[kind](value):
        yield must_be(argument, function, wanted[kind])
    elif kind == "array" and not all(map(_FITS["string"], value or ())):
        yield must_be(argument, function, wanted["string"], entry=True)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refuse(problems: list[str]) -> None:
    if problems:
        raise pulumi.RunError("\n".join(problems))
