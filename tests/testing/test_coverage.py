"""Coverage of a program in its own process is kept, however the program ends."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

from callerid.testing import PreviewHost

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """
[run]
branch = true
parallel = true
data_file = {folder}/data
source = {folder}
patch = {patch}
"""
ENDS = {
    "ends": ("", None),
    "raises": ("raise ValueError('own')", "ValueError: own"),
    "exits": ("raise SystemExit(3)", "exit code: 3"),
    "breaks the run": (
        "pulumi.CustomResource('callerid:index:Thing', 'thing')",
        "callerid has no resource type callerid:index:Thing.",
    ),
    "is late": ("import time; time.sleep(60)", "did not end within"),
    "leaves at once": ("import os; os._exit(4)", "exit code: 4"),
}


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize(("line", "error"), ENDS.values(), ids=ENDS)
def test_what_ran_is_measured(tmp_path: Path, line: str, error: str | None, *, warm: bool) -> None:
    """The program's lines are in the data, forked or not."""
    if os.name != "posix" and line.startswith(("import time", "pulumi.Custom")):
        pytest.skip("Windows ends a process without asking it")
    rc = tmp_path / "rc"
    patch = "_exit" if "_exit" in line else ""
    rc.write_text(CONFIGURATION.format(folder=tmp_path, patch=patch), encoding="utf-8")
    program = tmp_path / "measured.py"
    program.write_text(f"\nimport pulumi\n{line or 'pulumi'}\n", encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if "COV" not in name}
    with PreviewHost(warm=warm) as host:
        result = host.preview(
            program, environ={**environ, "COVERAGE_PROCESS_START": str(rc)}, timeout=5
        )
    assert (error or "") in (result.error or "")
    assert (error is None) == (result.error is None), result.error
    measured = set()
    for file in tmp_path.glob("data.*"):
        data = CoverageData(str(file))
        data.read()
        measured |= set(data.lines(str(program)) or ())
    assert measured == {2, 3}
