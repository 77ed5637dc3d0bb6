"""Values from outside: how deeply they may be nested."""

from __future__ import annotations

import pytest

from callerid.nesting import DEEPEST, within


def nested(levels: int, kind: type) -> object:
    """Make objects or lists in each other; nothing stands in the innermost."""
    value: object = kind()
    for _ in range(levels - 1):
        value = {"a": "b", "c": value} if kind is dict else ["b", value]
    return value


@pytest.mark.parametrize("kind", [dict, list])
def test_the_limit(kind: type) -> None:
    """So many levels pass, whatever stands in them, and one more does not."""
    value = nested(DEEPEST, kind)
    assert within(value) is value
    with pytest.raises(RecursionError):
        within(nested(DEEPEST + 1, kind))
