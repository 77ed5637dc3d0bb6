"""docs/trust.md: what was tried last, a row for each line of a trial, and what may come out."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import trials
from planted import PUBLIC, RECORDED, TOLD

if TYPE_CHECKING:
    from collections.abc import Iterable

PAGE = Path(__file__).resolve().parents[1] / "docs" / "trust.md"
BEGIN, END = "<!-- Written by make trust -->", "<!-- End -->"
_HEAD = ("trial", "what was tried", "how often", "lost", "seen", "on")
_RULE = ("---", "---", "---:", "---:", "---", "---")


class Row(NamedTuple):
    """A row of the table."""

    trial: str
    what: str
    times: int
    lost: int
    seen: str
    day: str
    """When it was tried, as a whole: 2026-11-28."""

    def cells(self) -> tuple[str, ...]:
        """Write it as a person reads it."""
        trial = self.trial.replace("_", " ")
        return (trial, self.what, f"{self.times:,}", f"{self.lost:,}", self.seen, self.day)


def rows() -> list[Row]:
    """Read the table."""
    _, _, table = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    lines = [line.split("|")[1:-1] for line in table.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line] for line in lines[2:]]
    return [
        Row(trial.replace(" ", "_"), what, _number(times), _number(lost), seen, day)
        for trial, what, times, lost, seen, day in cells
    ]


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def write(new: Iterable[Row]) -> None:
    """Put rows in place of those of the same trials; all others stay."""
    added = list(new)
    trials_of_new = {each.trial for each in added}
    kept = [each for each in rows() if each.trial not in trials_of_new]
    ordered = sorted([*kept, *added], key=lambda each: trials.NAMES.index(each.trial))
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    where = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"
    text = f"{before}{BEGIN}\n\n{where}.\n\n{_table(ordered)}\n\n{END}{after}"
    PAGE.write_text(text, encoding="utf-8", newline="\n")


def _table(told: Iterable[Row]) -> str:
    lines = [_HEAD, _RULE, *(each.cells() for each in told)]
    return "\n".join(f"| {' | '.join(cell.replace('|', '') for cell in line)} |" for line in lines)


def allowed() -> str:
    """Write the table of what is planted and may come out, and why."""
    settings = {f"the setting `{name}`": why for name, why in PUBLIC.items()}
    recorded = {f"{place}, in a recording": why for place, why in RECORDED.items()}
    told = {re.sub(r"^argument (\w+)$", r"the argument `\1`", place): TOLD[place] for place in TOLD}
    lines = [f"| {what} | {why} |" for what, why in {**settings, **told, **recorded}.items()]
    return "\n".join(["| what | why |", "| --- | --- |", *lines])
