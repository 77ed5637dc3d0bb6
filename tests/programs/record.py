"""Renews tests/programs/results from the real engine. Needs a `pulumi` on PATH.

python tests/programs/record.py            # every case; results without a case go
python tests/programs/record.py reads      # the cases whose name begins so
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from callerid.sandbox.server import Sandbox
from callerid.testing import pulumi_cli

sys.path.insert(0, str(Path(__file__).parent.parent))


def main(beginnings: list[str]) -> int:
    """Record the cases whose names begin as wanted; give the exit code."""
    from support import programs, recordings  # noqa: PLC0415 - on the path since the line above

    cli = pulumi_cli.find_cli()
    if cli is None:
        return _refused("There is no pulumi CLI on PATH to record. Put one there and try again.")
    cases = [case for case in programs.CASES if case.name.startswith(tuple(beginnings or [""]))]
    if not cases:
        return _refused("No case of tests/support/programs.py has such a name.")
    version = _version(cli)
    with TemporaryDirectory() as folder, Sandbox.start() as sandbox:
        bench = programs.Bench(sandbox, programs.lay_launchers(Path(folder)))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = pool.map(lambda case: bench.run(case, pulumi_cli.preview), cases)
            for case, each in zip(cases, found, strict=True):
                recordings.record(case.name, each, version)
    recordings.forget_others({case.name for case in programs.CASES})
    return 0


def _version(cli: Path) -> str:
    """Ask a CLI for its version; one that somebody built may have none."""
    said = subprocess.check_output([cli, "version"], text=True)  # noqa: S603 - the CLI
    return said.strip() or "built without a version"


def _refused(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
