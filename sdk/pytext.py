"""Pieces of Python text: names, docstrings, lists, modules. Layout is left to ruff."""

from __future__ import annotations

import json
import keyword
import textwrap
from typing import TYPE_CHECKING

from callerid import casing

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 100


def snake(name: str) -> str:
    """Turn the schema's camelCase into Python's snake_case, out of the way of keywords."""
    words = casing.snake(name)
    return f"{words}_" if keyword.iskeyword(words) else words


def docstring(text: str, indent: int, *sections: str) -> str:
    """Write a docstring: a summary that fits its line, the rest wrapped."""
    first, _, rest = text.partition("\n\n")
    room = WIDTH - indent - len('"""' * 2)
    if len(first) > room or "\n" in first:
        first, _, more = " ".join(first.split()).partition(". ")
        first, rest = first.rstrip(".") + ".", f"{more}\n\n{rest}".strip()
    paragraphs = [wrap(part, indent) for part in rest.split("\n\n") if part]
    body = "\n\n".join([first, *paragraphs, *sections])
    end = "\n" if "\n" in body else ""
    return textwrap.indent(f'"""{body}{end}"""', " " * indent, lambda line: bool(line.strip()))


def wrap(text: str, indent: int, hanging: str = "") -> str:
    """Fill a paragraph to the line's width at an indent."""
    text = " ".join(text.split())
    return textwrap.fill(
        text,
        WIDTH - indent,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


def note(text: str) -> str:
    """Write the docstring of a field, which need not have a summary line."""
    wrapped = wrap(text, 10)
    end = "\n    " if "\n" in wrapped else ""
    return f'    """{wrapped.replace(chr(10), chr(10) + "    ")}{end}"""'


def module(doc: str, imports: Iterable[str], names: Iterable[str], *parts: str) -> str:
    """Put a module together; `imports` are blocks, standard library first."""
    exported = f"__all__ = {list_of(in_order_of_ruff(names))}"
    return "\n\n".join([docstring(doc, 0), *filter(None, imports), exported, *parts]) + "\n"


def in_order_of_ruff(names: Iterable[str]) -> list[str]:
    """Sort names as ruff wants them: classes before functions."""
    return sorted(names, key=lambda name: (not name[0].isupper(), name))


def list_of(names: Iterable[str]) -> str:
    """Write a list of texts."""
    return f"[{', '.join(map(json.dumps, names))}]"


def table_of(rows: Iterable[tuple[str, str]]) -> str:
    """Write a dictionary of (key, expression) rows."""
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in rows) + "}"
