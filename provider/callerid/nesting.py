"""How deeply a value may be nested that came from outside."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")
DEEPEST = 50
"""More levels than any value has that is asked for; who reads it would exceed Python's limit."""
_NESTING = (dict, list)


def within(value: T, levels: int = DEEPEST) -> T:
    """Return a value that has no more levels of objects and lists than that.

    Raises:
        RecursionError: it has, as where Python's own limit is exceeded.
    """
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in parts:
        if isinstance(each, _NESTING):
            if levels == 1:
                raise RecursionError
            within(each, levels - 1)
    return value
