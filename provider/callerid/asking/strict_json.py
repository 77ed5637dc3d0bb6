"""JSON as RFC 8259 has it: UTF-8, no NaN, and no text that UTF-8 could not carry on."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any, NoReturn


def loads(content: bytes) -> Any:
    """Read JSON.

    Raises:
        ValueError: it is not JSON, it tells one thing twice, or it escapes half of a surrogate
            pair, which is no character.
    """
    text = content.decode("utf-8-sig")
    try:
        value = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_each_once
        )
    except RecursionError:
        message = "nested too deeply"
        raise ValueError(message) from None
    if "\\ud" in text.lower():
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        message = "a key stands in it twice"
        raise ValueError(message)
    return found


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _refuse(text)
