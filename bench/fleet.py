"""A fleet: fifty plugins against an organization that answers ten requests a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.fleet import DEADLINE, Size, sail

from start import compiling
from table import Row

if TYPE_CHECKING:
    from collections import Counter

SIZE = Size(processes=50, within=5.0, per_second=10)
BAR = 50


def rows() -> list[Row]:
    """Start the fleet, wait for every answer, and print the retries over time."""
    with compiling() as environ:
        sailed = sail(SIZE, environ)
    _histogram(sailed.turned_away)
    answered = [each.seconds for each in sailed.ended if not each.error]
    mean = sailed.by_process.total() / SIZE.processes
    most = max(sailed.by_process.values())
    what = f"{SIZE.processes} processes at {SIZE.per_second} requests/s: "
    longest = f"{max(answered):.1f} s"
    return [
        Row(f"{what}answered", str(len(answered)), "", str(SIZE.processes)),
        Row(f"{what}longest wait for an answer", longest, "", f"{DEADLINE:.0f} s"),
        Row(f"{what}requests per process", f"{mean:.1f}, at most {most}", "", ""),
    ]


def _histogram(counts: Counter[int]) -> None:
    """Print how many requests were turned away in each second: a wave would stand out."""
    print("Requests turned away (429), by second since the start")  # noqa: T201 - the bench's output
    for second in range(max(counts, default=0) + 1):
        bar = "#" * min(counts[second], BAR)
        print(f"  {second:>3}  {counts[second]:>3}  {bar}")  # noqa: T201 - as above
