"""What `callerid preview` prints: reports for people, and one document for programs."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from callerid.cli.console import json_text
from callerid.errors import printable, printable_line
from callerid.testing import UNKNOWN, Reference, Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from callerid.testing import PreviewResult

_COLUMNS = 80
_WIDEST_NAME = 30
_TITLES = {"host": "callerid's preview host", "cli": "the pulumi CLI"}
_LIBRARY_FRAME = re.compile(r'  File "[^"]*[\\/]site-packages[\\/][^\n]*\n(?:    [^\n]*\n)*')


@dataclass(frozen=True)
class Chosen:
    """The engine in use, `host` or `cli`, and why or which.

    `python` names the program's Python, None where that is callerid's own; `passed_over` says
    which of the program's runtime options have no effect.
    """

    engine: str
    reason: str | None = None
    python: str | None = None
    passed_over: str | None = None


def first_line(chosen: Chosen) -> str:
    """Describe which engine runs the program, in which Python, and what it does not do."""
    reason = f" ({chosen.reason})" if chosen.reason else ""
    python = f"; the program's Python: {chosen.python}" if chosen.python else ""
    passed_over = f"; {chosen.passed_over}" if chosen.passed_over else ""
    text = f"engine: {_TITLES[chosen.engine]}{reason}{python}{passed_over}"
    return click.style(printable(text), dim=True)


def report(name: str | None, result: PreviewResult, told: str | None = None) -> str:
    """Describe one run: exports, the program's output, warnings except `told`, errors."""
    heading = ["", click.style(f"as {printable(name)}", bold=True)] if name else []
    printed = [f"  | {printable(line)}" for line in result.output.splitlines() if line.strip()]
    warnings = [
        click.style(_said("warning", line.message), fg="yellow")
        for line in result.logs
        if line.severity == "warning" and line.message != f"{told}."
    ]
    errors = [click.style(_said("error", result.error), fg="red")] if result.error else []
    table = _table(result.exports) if result.exports or not result.error else []
    return "\n".join([*heading, *table, *printed, *warnings, *errors])


def _said(kind: str, text: str) -> str:
    """Wrap what was said to the width; a traceback loses the lines of libraries."""
    lines = _LIBRARY_FRAME.sub("", f"{text}\n").splitlines()
    first, *rest = [f"{kind}: {lines[0]}", *lines[1:]]
    return "\n".join(_wrapped(first, "  ", "    ") + _indented(rest))


_INDENT = ("    ", "    ")


def _under_its_indent(line: str) -> list[str]:
    """Wrap a line of a refusal below its own indent; a traceback's lines fit as they are."""
    indent = " " * (4 + len(line) - len(line.lstrip()))
    if len(line) + 4 <= _COLUMNS or line.lstrip().startswith("File "):
        return [f"    {printable(line)}"]
    return _wrapped(line.lstrip(), indent, f"{indent}    ")


def _indented(lines: Iterable[str]) -> list[str]:
    return [
        piece
        for line in lines
        for piece in (_under_its_indent(line) if line.startswith(" ") else _wrapped(line, *_INDENT))
    ]


def _wrapped(text: str, first: str, then: str) -> list[str]:
    return textwrap.wrap(
        printable(text),
        _COLUMNS,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def _table(exports: Mapping[str, Any]) -> list[str]:
    if not exports:
        return ["  (no exports)"]
    shown = {printable_line(name): value for name, value in exports.items()}
    width = min(max(map(len, shown)), _WIDEST_NAME)
    return [
        line
        for name, value in shown.items()
        for line in _wrapped(_text(value), f"  {name:<{width}}  ", " " * (width + 4))
    ]


def _text(value: Any) -> str:
    """Write one export in a line: lists with commas, objects as JSON."""
    shown = plain(value)
    if isinstance(shown, list) and not any(isinstance(each, dict | list) for each in shown):
        return ", ".join(map(_text, shown)) or "(none)"
    return shown if isinstance(shown, str) else json_text(shown)


def plain(value: Any) -> Any:
    """Turn a value of a run into JSON: secrets and unknowns become a word in brackets."""
    if isinstance(value, Secret):
        return "[secret]"
    if value is UNKNOWN:
        return "[unknown]"
    if isinstance(value, Reference):
        return value.urn
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def document(chosen: Chosen, runs: Iterable[tuple[str | None, PreviewResult]]) -> dict[str, Any]:
    """Return everything about all runs as plain values for JSON."""
    return {
        "engine": chosen.engine,
        "reason": chosen.reason,
        "python": chosen.python,
        "runs": [{"caller": name, **_fields(result)} for name, result in runs],
    }


def _fields(result: PreviewResult) -> dict[str, Any]:
    return {
        "error": result.error,
        "exports": plain(dict(result.exports)),
        "invokes": [plain(dict(vars(each))) for each in result.invokes],
        "resources": [plain(dict(vars(each))) for each in result.resources],
        "logs": [dict(vars(each)) for each in result.logs],
        "output": result.output,
    }
