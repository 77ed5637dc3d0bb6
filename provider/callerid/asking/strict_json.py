"""JSON as RFC 8259 has it, of texts that UTF-8 can carry on.

A character that cannot be read is shown as U+FFFD, as everywhere: one odd letter in one name must
not hide all the rest.
"""

from __future__ import annotations

import json
from itertools import count
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn

from callerid import files
from callerid.nesting import within

if TYPE_CHECKING:
    from collections.abc import Callable

_CUT = "cut short"
_NO_NUMBER = "with NaN or Infinity in it"
_OUT_OF_RANGE = "with a number that is out of range"
_TWICE = "with a key that stands in it twice"
MOST_PARTS = 20_000
"""How many objects, and how many entries of lists, are read: all of a reply is read after its
deadline, and takes a second then."""
_TOO_MANY = f"with more than {MOST_PARTS:,} objects or entries of lists in it"
_SURROGATE = "\\ud"
"""How the escape of half a character begins, in lower case."""


class NoJsonError(ValueError):
    """It is not JSON; the text says what it is, after `a reply`."""


def loads(content: bytes) -> Any:
    """Read JSON.

    Raises:
        NoJsonError: it is not JSON, or tells one thing twice.
    """
    return read(content, _refuse)


def read(content: bytes, odd: Callable[[str], Any], integer: Callable[[str], Any] = int) -> Any:
    """Read JSON; `odd` gives what stands for a value that JSON has not, or that is told twice.

    Raises:
        NoJsonError: it is not JSON, or nested more deeply or larger than any answer or token is.
    """
    text = files.utf8(content, errors="replace")
    objects = count(1)
    whole = _whole if _SURROGATE in text.lower() else _as_it_is

    def number(text: str) -> Any:
        value = float(text)
        return value if isfinite(value) else odd(_OUT_OF_RANGE)

    def constant(_: str) -> Any:
        return odd(_NO_NUMBER)

    def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if next(objects) > MOST_PARTS:
            raise NoJsonError(_TOO_MANY)
        found: dict[str, Any] = {}
        for name, value in ((whole(name), whole(value)) for name, value in pairs):
            found[name] = odd(_TWICE) if name in found else value
        return found

    try:
        found = json.loads(
            text,
            parse_constant=constant,
            parse_float=number,
            parse_int=integer,
            object_pairs_hook=each_once,
        )
        return _small(within(whole(found)))
    except json.JSONDecodeError as error:
        raise NoJsonError(_CUT if _is_cut(error) else "with a mistake in it") from None
    except NoJsonError:
        raise
    except ValueError:  # so many digits that Python does not read them
        raise NoJsonError(_OUT_OF_RANGE) from None
    except RecursionError:
        message = "that is nested too deeply"
        raise NoJsonError(message) from None


def _small(value: Any) -> Any:
    if _entries(value) > MOST_PARTS:
        raise NoJsonError(_TOO_MANY)
    return value


def _entries(value: Any) -> int:
    """Count the entries of all lists in a value, no further than is needed."""
    if isinstance(value, dict):
        return sum(map(_entries, value.values()))
    if not isinstance(value, list):
        return 0
    return len(value) + (sum(map(_entries, value)) if len(value) <= MOST_PARTS else 0)


def _is_cut(error: json.JSONDecodeError) -> bool:
    return error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip())


def _as_it_is(value: Any) -> Any:
    return value


def _whole(value: Any) -> Any:
    """Replace halves of characters in a text, also in those of a list."""
    if isinstance(value, list):
        return [_whole(each) for each in value]
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _refuse(what: str) -> NoReturn:
    raise NoJsonError(what)
