"""JSON as RFC 8259 has it: no NaN, and no text that UTF-8 could not carry on."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def loads(content: bytes) -> Any:
    """Read JSON.

    Raises:
        ValueError: it is none, or it escapes half of a surrogate pair, which is no character.
    """
    try:
        value = json.loads(content, parse_constant=_refuse)
    except RecursionError:
        message = "nested too deeply"
        raise ValueError(message) from None
    if b"\\ud" in content.lower():
        json.dumps(value, ensure_ascii=False).encode()
    return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
