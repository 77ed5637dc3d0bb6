"""The worked example of tests: it passes as it stands, and reaches every branch of its program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "testing"
PROGRAM = r"^__main__\.py +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)%(.*)$"


def _pytest(folder: Path, *arguments: str) -> str:
    """Run the example's tests in a copy of it, measuring branches; give what is printed."""
    copy = folder / "copy"
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    done = subprocess.run(  # noqa: S603 - our own pytest
        [
            *(sys.executable, "-m", "pytest", "--cov", "--cov-report=term-missing"),
            *("-p", "no:cacheprovider", *arguments),
        ],
        cwd=copy,
        env={name: value for name, value in os.environ.items() if "COV" not in name},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def test_every_branch_is_reached(tmp_path: Path) -> None:
    """All tests pass, the program's coverage is whole, and the page shows the report as it is."""
    said = _pytest(tmp_path)
    assert "5 passed" in said, said
    [(statements, missed, branches, partly, percent, _)] = re.findall(PROGRAM, said, re.MULTILINE)
    assert (int(missed), int(partly), int(percent)) == (0, 0, 100)
    assert int(statements) > 10
    assert int(branches) == 6
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^(Name .*?^TOTAL.*?)$", page, re.MULTILINE | re.DOTALL)
    assert shown in said


def test_what_is_not_reached_is_seen(tmp_path: Path) -> None:
    """With one branch's test alone the others are missing, so the figure means something."""
    said = _pytest(tmp_path, "-k", "guest")
    assert "1 passed" in said, said
    [(_, missed, _, _, percent, lines)] = re.findall(PROGRAM, said, re.MULTILINE)
    assert int(missed) >= 5
    assert int(percent) < 100
    assert lines.strip()
