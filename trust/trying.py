"""`make trust`: everything that callerid promises, tried; what was tried and lost, as a table.

    PYTHONPATH=tests python trust/trying.py [--write | [--short] [TRIAL…]]

Without names all trials run. With `--write` the table goes to docs/trust.md too. Exits with 1 if
anything was lost.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import re
import sys
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console

import trials
from planted import PUBLIC, RECORDED, TOLD
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGE = Path(__file__).resolve().parents[1] / "docs" / "trust.md"
BEGIN, END = "<!-- Written by make trust -->", "<!-- End -->"
_SHOWN = 10
_CONSOLE = Console(width=110, highlight=False)


class Result(NamedTuple):
    """What a trial did, and how long it took."""

    trial: str
    tried: Tried
    seconds: float


def main() -> None:
    """Try, print each line as soon as it is there, and write the page if asked to."""
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # hosts write to who has left
    asked = _arguments()
    scale = Scale.SHORT if asked.short else Scale.WHOLE
    results = []
    for result in run(asked.trial or trials.NAMES, scale):
        _show(result)
        results.append(result)
    if asked.write:
        write(results, scale)
    sys.exit(any(each.tried.lost for each in results))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="trust/trying.py", description="Try what callerid promises."
    )
    parser.add_argument("--write", action="store_true", help="write docs/trust.md")
    parser.add_argument("--short", action="store_true", help="the few seconds that the tests run")
    parser.add_argument("trial", nargs="*", metavar="TRIAL", help=", ".join(trials.NAMES))
    asked = parser.parse_args()
    if asked.write and (asked.short or asked.trial):
        parser.error("the page is of a whole run: leave out --write, or the rest")
    return asked


def run(names: Iterable[str], scale: Scale) -> Iterator[Result]:
    """Run trials one after the other; each may give several lines."""
    for name in names:
        started = time.monotonic()
        for tried in trials.load(name)(scale):
            ended = time.monotonic()
            yield Result(name, tried, ended - started)
            started = time.monotonic()


def _show(result: Result) -> None:
    tried = result.tried
    more = f", {tried.seen}" if tried.seen else ""
    lost = f"[red]{len(tried.lost)} lost[/red]" if tried.lost else "0 lost"
    line = f"{result.trial}: {tried.what}: {tried.times:,} tried, {lost}{more}"
    _CONSOLE.print(f"{line} ({result.seconds:.0f} s)", soft_wrap=True)
    for text in tried.lost[:_SHOWN]:
        _CONSOLE.print(f"  {text}", markup=False, soft_wrap=True)


def write(results: Iterable[Result], scale: Scale) -> None:
    """Put the table into the page, between its marks."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    text = f"{before}{BEGIN}\n\n{_table(results, scale)}\n{END}{after}"
    PAGE.write_text(text, encoding="utf-8", newline="\n")


class Row(NamedTuple):
    """A line of the page's table, without what else was seen."""

    trial: str
    what: str
    times: int
    lost: int


def rows_on(page: str) -> list[Row]:
    """Read the lines of a page's table."""
    _, _, table = page.partition(BEGIN)
    lines = [line.split("|")[1:5] for line in table.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line] for line in lines[2:]]
    return [
        Row(trial.replace(" ", "_"), what, _number(times), _number(lost))
        for trial, what, times, lost in cells
    ]


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def allowed() -> str:
    """Write the table of what is planted and may come out, and why."""
    settings = {f"the setting `{name}`": why for name, why in PUBLIC.items()}
    recorded = {f"{place}, in a recording": why for place, why in RECORDED.items()}
    told = {re.sub(r"^argument (\w+)$", r"the argument `\1`", place): TOLD[place] for place in TOLD}
    lines = [f"| {what} | {why} |" for what, why in {**settings, **told, **recorded}.items()]
    return "\n".join(["| what | why |", "| --- | --- |", *lines])


def _table(results: Iterable[Result], scale: Scale) -> str:
    date = datetime.now(timezone.utc).date()
    rows = [("trial", "what was tried", "how often", "lost", "seen")]
    rows += [("---", "---", "---:", "---:", "---")]
    rows += [
        (trial.replace("_", " "), each.what, f"{each.times:,}", f"{len(each.lost):,}", each.seen)
        for trial, each, _ in results
    ]
    body = "\n".join(f"| {' | '.join(each.replace('|', '') for each in row)} |" for row in rows)
    where = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores"
    return f"One {scale.value} run on {date}, {where}.\n\n{body}\n"


if __name__ == "__main__":
    main()
