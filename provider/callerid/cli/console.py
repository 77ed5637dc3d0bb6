"""The doors by which commands tell something: text, JSON, and tables as wide as the terminal.

Nothing else in `cli/` writes, so that no name that came from outside moves a cursor or turns a
line, whatever is told.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import click

from callerid.errors import one_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

MOST_COLUMNS = 100
"""A table that is wider is hard to read, however wide the terminal is."""
STYLES = {"expired": "red", "no": "yellow"}
"""Words that colour a table's cell; they say all that the colour says."""
_STYLE = re.compile(r"(\x1b\[[0-9;]*m)")
_UNCUT = 100_000
"""The columns of a pipe: nothing there wraps, whatever reads it splits at line breaks."""


def console(*, stderr: bool = False) -> Console:
    """Make a console for stdout, or for stderr, as it is now.

    On a terminal it is as wide as that, 80 columns if unknown, at most 100. A pipe gets
    plain text without escape codes, and no line of it is wrapped or cut. With NO_COLOR set there is
    no style either. A character that the stream cannot encode is shown escaped.

    Text is printed as it stands: no markup, no emoji, nothing highlighted. What came from outside
    goes through `callerid.errors.one_line` or `printable` first.
    """
    from rich.console import Console  # noqa: PLC0415 - `callerid --version` needs none of it

    stream = sys.stderr if stderr else sys.stdout
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(errors="backslashreplace")
    terminal = stream.isatty()
    made = Console(
        stderr=stderr,
        color_system="auto" if terminal and not os.environ.get("NO_COLOR") else None,
        force_terminal=terminal,
        force_jupyter=False,
        emoji=False,
        highlight=False,
        markup=False,
    )
    made.width = min(made.width, MOST_COLUMNS) if terminal else _UNCUT
    return made


def say(text: str, *, err: bool = False) -> None:
    """Print lines to stdout, or to stderr: what people read, in which nothing is coloured."""
    click.echo(printable(text), err=err)


def say_styled(text: str) -> None:
    """Print lines to stdout that have click's styles, on a terminal and without NO_COLOR."""
    told = "".join(
        each if _STYLE.fullmatch(each) else printable(each) for each in _STYLE.split(text)
    )
    click.echo(told, color=False if os.environ.get("NO_COLOR") else None)


def show_report(report: Text) -> None:
    """Print a report to stdout that was made of printable pieces, and has styles and lines."""
    console().print(report, soft_wrap=True)


def show_file(text: str) -> None:
    """Print a file of ours to stdout, whole and as it is; nobody else wrote in it."""
    click.echo(text, nl=False)


def show_json(value: Any, *, sort_keys: bool = False) -> None:
    """Print a JSON document to stdout; on every system it is the same bytes, in UTF-8."""
    click.echo(f"{json_text(value, indent=2, sort_keys=sort_keys)}\n".encode(), nl=False)


def json_text(value: Any, *, indent: int | None = None, sort_keys: bool = False) -> str:
    """Write JSON that a terminal can be shown: what is not printable is escaped, and so equal."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, sort_keys=sort_keys)
    return "".join(each if each.isprintable() or each == "\n" else _escaped(each) for each in text)


def _escaped(character: str) -> str:
    """Write a character as JSON's escapes, of which one past U+FFFF needs two."""
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def warn(text: str) -> None:
    """Show a warning on stderr."""
    say(wrapped(f"warning: {text}"), err=True)


def wrapped(text: str) -> str:
    """Wrap lines for stderr where that is a terminal, each under its own indent; else as it is."""
    if not sys.stderr.isatty():
        return text
    width = min(shutil.get_terminal_size().columns, MOST_COLUMNS)
    return "\n".join(_wrapped(line, width) for line in text.splitlines())


def _wrapped(line: str, width: int) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.fill(
        line.lstrip(),
        width,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def quoted(text: str) -> str:
    """Quote a word for a shell; one that is not printable in the form of bash, zsh and POSIX."""
    if text.isprintable():
        return shlex.quote(text)
    octets = (f"\\{each:03o}" for each in text.encode(errors="surrogateescape"))
    return f"$'{''.join(octets)}'"


def print_line(text: str) -> None:
    """Print a line to stdout that may hold what came from outside."""
    console().print(one_line(text))


def print_table(rows: Iterable[Sequence[str]], heads: Sequence[str] = ("", "")) -> None:
    """Print rows of texts from anywhere to stdout; cells wrap on a narrow terminal.

    Without `heads` it is a list of names and what they stand for. A cell that begins with a word of
    `STYLES` is shown in that style.
    """
    out, made = console(), _table(rows, heads)
    if out.is_terminal:
        out.print(made)
        return
    with out.capture() as captured:
        out.print(made)
    for line in captured.get().splitlines():
        out.print(line.rstrip())


def _table(rows: Iterable[Sequence[str]], heads: Sequence[str]) -> Table:
    from rich.table import Table  # noqa: PLC0415 - `callerid --version` needs none of it
    from rich.text import Text  # noqa: PLC0415 - as above

    made = Table(box=None, show_header=any(heads), pad_edge=False, padding=(0, 2, 0, 0))
    for number, head in enumerate(heads):
        stands_out = not made.show_header and number == 0
        made.add_column(Text(head, "bold"), overflow="fold", style="bold" if stands_out else None)
    for cells in rows:
        styles = (STYLES.get(cell.partition(" ")[0], "") for cell in cells)
        made.add_row(*map(Text, map(one_line, cells), styles))
    return made
