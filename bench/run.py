"""`make bench`: every figure that callerid claims, both sides in one run.

With `--write` the tables go to RESULTS.md too. With `--start` they are the first ones alone, and go
to RESULTS-3.13.md, say, for a second Python. `--compare PATH` measures another executable beside
callerid instead: a provider that prints its port, and answers callerid's getCurrentUser for m3ter
with a service user's key and secret from the same variables.
"""

from __future__ import annotations

import os
import platform
import sys
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import first
import fleet
import imports
import start
import terraform
import terraform_project
import testing
import upstream
from table import Table, compare, markdown, show

if TYPE_CHECKING:
    from collections.abc import Iterator

RESULTS = Path(__file__).with_name("RESULTS.md")
_PYTHON = ".".join(platform.python_version_tuple()[:2])
_START = "Start-up, repeated reads, memory"
LIBRARIES = ("grpcio", "httpx", "protobuf", "pulumi", "pydantic")


def main(arguments: list[str]) -> None:
    """Measure, print each table as soon as it is there, and write the page if asked to."""
    if "--compare" in arguments:
        path = arguments[arguments.index("--compare") + 1]
        show(compare(_START, path, start.rows(start.Side((path,), {}))))
        return
    start_only = "--start" in arguments
    done = []
    for table in _of_start() if start_only else _tables():
        show(table)
        done.append(table)
    if "--write" in arguments:
        file = RESULTS.with_stem(f"RESULTS-{_PYTHON}") if start_only else RESULTS
        file.write_text(_page(done, start_only=start_only), encoding="utf-8")


def _of_start() -> Iterator[Table]:
    yield compare(_START, "baseline", start.rows())
    yield imports.table()


def _tables() -> Iterator[Table]:
    """Give the tables; the fleet comes last, because it leaves a small machine exhausted."""
    yield from _of_start()
    yield compare("Previews in tests", "", testing.rows())
    yield compare("The first minute", "with all tools of development", first.rows())
    yield compare("Requests upstream", "m3ter SDK 0.9.0", upstream.rows())
    yield from terraform.tables()
    yield compare("A fleet under a rate limit", "", fleet.rows())


def _page(tables: list[Table], *, start_only: bool) -> str:
    """Write the whole page: where and when the figures were measured, then the tables."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    head = (_HEAD if start_only else _HEAD + _TERRAFORM).format(
        date=datetime.now(timezone.utc).date(),
        cores=os.cpu_count(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        libraries=f"{libraries}, terraform {terraform_project.tool_version()}",
        starts=start.STARTS,
    )
    return "\n".join([head, *map(markdown, tables)])


_HEAD = """# Results

One run on {date}: {cores} cores, {system}, Python {python}, {libraries}.

`make bench` measures again and prints. To renew this page:
`PYTHONPATH=tests .venv/bin/python bench/run.py --write`, with `--start` that of another Python.

The baseline is `bench/baseline_provider.py`. Both plugins are started in turn against the same
sandbox and talked to as the engine would; figures are medians of {starts} starts a side. Compare
the ratios: milliseconds are those of the machine. httpx's command line is left out on both sides.
Over https the API's certificate is of an authority of the run's own, trusted beside certifi's. The
baseline reads those that are trusted when it makes its client, as httpx does by itself, also where
plain HTTP needs none; callerid reads them beside its other work. `--compare PATH` measures any
other provider executable in the baseline's place.
"""
_TERRAFORM = """
For Terraform the baseline is `bench/terraform_baseline.py`. Both providers come from a mirror, with
a lock file, and are run in turn against the same sandbox; this baseline too reads the certificates.
The CPU of a process is all that it used, from its start to its exit.
"""


if __name__ == "__main__":
    main(sys.argv[1:])
