"""Where tables and marks are printed: as wide as the terminal, plain on a pipe."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from callerid.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console
    from rich.table import Table

MOST_COLUMNS = 100
"""A table that is wider is hard to read, however wide the terminal is."""
STYLES = {"expired": "red", "no": "yellow"}
"""Words that colour a table's cell; they say all that the colour says."""
_UNCUT = 100_000
"""The columns of a pipe: nothing there wraps, whatever reads it splits at line breaks."""


def console(*, stderr: bool = False) -> Console:
    """Make a console for stdout, or for stderr, as it is now.

    On a terminal it is as wide as that, 80 columns if unknown, at most 100. A pipe gets
    plain text without escape codes, and no line of it is wrapped or cut. With NO_COLOR set there is
    no style either. A character that the stream cannot encode is shown escaped.

    Text is printed as it stands: no markup, no emoji, nothing highlighted. What came from outside
    goes through `one_line` or `callerid.errors.printable` first.
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


def warn(text: str) -> None:
    """Show a warning on stderr."""
    click.echo(wrapped(f"warning: {printable(text)}"), err=True)


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


def one_line(text: str) -> str:
    """Show a text that came from outside, in full, so that it cannot end a line."""
    return printable(text).replace("\n", "\\n")


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
