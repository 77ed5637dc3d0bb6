"""Rows of the printed tables."""

from __future__ import annotations

from typing import NamedTuple

from rich.console import Console
from rich.table import Table


class Row(NamedTuple):
    """One figure: what was measured, ours, the other side's (if there is one), and the aim."""

    what: str
    callerid: str
    other: str
    aim: str


def show(title: str, other: str, rows: list[Row]) -> None:
    """Print a table; `other` names what callerid is compared with."""
    table = Table("what", "callerid", other, "to reach", title=title, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console(width=110).print(table)
