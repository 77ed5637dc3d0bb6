"""The tables, as they are printed and as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich import table as printed
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Sequence


class Row(NamedTuple):
    """One figure: what was measured, ours, the other side's (if there is one), and the aim."""

    what: str
    callerid: str
    other: str
    aim: str


class Table(NamedTuple):
    """A title, the names of the columns, and rows of as many cells."""

    title: str
    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def compare(title: str, other: str, rows: list[Row]) -> Table:
    """Make a table of figures; `other` names what callerid is compared with."""
    return Table(title, ("what", "callerid", other, "to reach"), rows)


def show(table: Table) -> None:
    """Print a table."""
    grid = printed.Table(*table.header, title=table.title, title_justify="left")
    for row in table.rows:
        grid.add_row(*row)
    Console(width=110).print(grid)


def markdown(table: Table) -> str:
    """Write a table as a section of a Markdown page."""
    lines = [table.header, tuple("---" for _ in table.header), *table.rows]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"## {table.title}\n\n{body}\n"
