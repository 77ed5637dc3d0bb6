"""Whether enough branches are covered; `coverage report` holds lines and branches to it together.

    python tools/branches.py REPORT

The report is what `coverage json` writes; how many are enough stands in pyproject.toml, in percent.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from coverage import Coverage


def main(report: str) -> None:
    """Print the share, and exit with 1 and a sentence if it is too small."""
    totals = json.loads(Path(report).read_text(encoding="utf-8"))["totals"]
    covered, all_there = totals["covered_branches"], totals["num_branches"]
    least = float(str(Coverage().get_option("report:fail_under")))
    share = 100 * covered / all_there if all_there else 0.0
    told = f"branches: {covered:,} of {all_there:,} are covered, {share:.2f} %"
    if share < least:
        sys.exit(f"{told}; {least:g} % are to be.")
    sys.stdout.write(f"{told}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
