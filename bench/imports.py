"""What the plugin's imports cost, by package: the next cut stands at the top."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from statistics import median
from typing import TYPE_CHECKING

from start import compiling
from table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RUNS, SHOWN = 5, 12
BEFORE = "callerid.frontends.pulumi.service"
"""The last module that is loaded before the port is printed."""
_PROGRAM = f"""
from callerid.frontends import process
from callerid.frontends.pulumi.__main__ import spare_the_start
spare_the_start()
import callerid.frontends.log, callerid.frontends.pulumi.server, {BEFORE}
process.warm_up()
"""

Costs = dict[str, tuple[float, float]]
"""Package to milliseconds, before the port and behind it."""


def table() -> Table:
    """Import as the plugin does, but on one thread; give the packages that take most."""
    with compiling() as environ:
        _import(environ)
        runs = [_costs(_import(environ)) for _ in range(RUNS)]
    costs = {name: _medians(run.get(name, (0, 0)) for run in runs) for name in set().union(*runs)}
    most = sorted(costs, key=lambda name: sum(costs[name]), reverse=True)
    rows = [_row(name, costs[name]) for name in most[:SHOWN]]
    rest = _sum(costs[name] for name in most[SHOWN:])
    rows.append(_row(f"{len(most) - SHOWN} more", rest))
    rows.append(_row("all", _sum(costs.values())))
    header = ("package", "before the port", "behind it", "together")
    return Table(f"Import time by package, ms (medians of {RUNS})", header, rows)


def _import(environ: Mapping[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-X", "importtime", "-c", _PROGRAM],
        check=True,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ},
    )
    return done.stderr


def _costs(report: str) -> Costs:
    """Add up what `-X importtime` reports, `import time: SELF | CUMULATIVE | MODULE` a line.

    A module's own time is told apart from that of what it imports, so nothing counts twice.
    """
    before: dict[str, float] = defaultdict(float)
    behind: dict[str, float] = defaultdict(float)
    side = before
    for line in report.splitlines()[1:]:
        own, _, module = line.removeprefix("import time:").split("|")
        name = module.strip()
        side[name.partition(".")[0]] += int(own) / 1000
        if name == BEFORE:
            side = behind
    return {name: (before[name], behind[name]) for name in {*before, *behind}}


def _medians(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    before, behind = zip(*pairs, strict=True)
    return median(before), median(behind)


def _sum(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    before, behind = zip(*pairs, strict=True)
    return sum(before), sum(behind)


def _row(name: str, cost: tuple[float, float]) -> tuple[str, ...]:
    return (name, *(f"{each:.1f}" for each in (*cost, sum(cost))))
