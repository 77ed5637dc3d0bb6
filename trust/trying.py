"""`make trust`: everything that callerid promises, tried; what was tried and lost, as a table.

    PYTHONPATH=tests python trust/trying.py [--write | --short] [TRIAL…]

Without names all trials run; the last line tells how long they took. With `--write` the rows of
each go to docs/trust.md, if all of it was tried. Exits with 1 if anything was lost, or not tried.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console

import page
import trials
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHOWN = 10
_CONSOLE = Console(width=110, highlight=False)


class Result(NamedTuple):
    """What a trial did, and how long it took."""

    trial: str
    tried: Tried
    seconds: float


def main() -> None:
    """Try, print each line as soon as it is there, and write each trial's rows if asked to."""
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # hosts write to who has left
    asked = _arguments()
    scale = Scale.SHORT if asked.short else Scale.WHOLE
    tried, seconds = [], 0.0
    for name in asked.trial or trials.NAMES:
        results = []
        for result in run([name], scale):
            _show(result)
            results.append(result)
        if asked.write and all(each.tried.times for each in results):
            page.write(map(row, results))
        tried += [each.tried for each in results]
        seconds += sum(each.seconds for each in results)
    _CONSOLE.print(f"{seconds:.0f} s in all")
    if untried := [each.what for each in tried if not each.times]:
        sys.exit(f"not tried, and not written: {', '.join(untried)}")
    sys.exit(any(each.lost for each in tried))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="trust/trying.py", description="Try what callerid promises."
    )
    parser.add_argument("--write", action="store_true", help="write docs/trust.md")
    parser.add_argument("--short", action="store_true", help="the few seconds that the tests run")
    parser.add_argument("trial", nargs="*", metavar="TRIAL", help=", ".join(trials.NAMES))
    asked = parser.parse_args()
    if asked.write and asked.short:
        parser.error("the page is of whole trials: leave out --write, or --short")
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


def row(result: Result) -> page.Row:
    """Give a result as a row of the page."""
    day = datetime.now(timezone.utc).date().isoformat()
    tried = result.tried
    return page.Row(result.trial, tried.what, tried.times, len(tried.lost), tried.seen, day)


if __name__ == "__main__":
    main()
