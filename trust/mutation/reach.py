"""Which tests reach which lines, and how long each takes: measured once, kept until a file changes.

Counted is what tests reach in their own process: that is where a mutant is tried.
"""

from __future__ import annotations

import json
import os
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from coverage import CoverageData

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

CONFIGURATION = """
[run]
source_pkgs = callerid
data_file = {folder}/data
"""


@dataclass(frozen=True)
class Reach:
    """What reaches what."""

    tests: dict[str, dict[int, set[str]]]
    """File, line, and the test functions that reach it."""
    seconds: dict[str, float]
    """How long each test function takes, all its cases together."""

    def of(self, file: str, lines: Iterable[int] | None = None) -> list[str]:
        """List the tests that reach a file, or some lines of it; the quickest first."""
        reached = self.tests.get(file, {})
        chosen = reached if lines is None else set(lines) & reached.keys()
        return self._sorted(set[str]().union(*(reached[line] for line in chosen)))

    def within(self, places: Iterable[str]) -> list[str]:
        """List the tests of some files and folders; the quickest first."""
        return self._sorted(each for each in self.seconds if each.startswith(tuple(places)))

    def _sorted(self, tests: Iterable[str]) -> list[str]:
        return sorted(tests, key=lambda test: (self.seconds.get(test, 0.0), test))


class _Clock:
    """Adds up what each test function takes, wherever it runs."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[_function(report.nodeid)] += report.duration


def measure(root: Path, folder: Path, tests: list[str]) -> Reach:
    """Read what was measured, or measure it, if a file is newer."""
    data, seconds = folder / "data", folder / "seconds.json"
    if not (seconds.exists() and seconds.stat().st_mtime > _newest(root)):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "rc").write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
        if _forked(lambda: _run(folder, tests, seconds)) != 0:
            sys.exit("mutation: the tests must pass before their mutants are tried")
    return Reach(_reached(root, data), json.loads(seconds.read_text(encoding="utf-8")))


def _forked(work: Callable[[], int]) -> int:
    """Work in a fork: what it loads of callerid must not be here when mutants are tried."""
    pid = os.fork()
    if pid == 0:
        code = work()
        sys.stdout.flush()
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _run(folder: Path, tests: list[str], seconds: Path) -> int:
    options = [
        *("-q", "-m", "not acceptance", "-n", str(os.cpu_count()), "--dist", "worksteal"),
        *("--cov", f"--cov-config={folder / 'rc'}", "--cov-context=test", "--cov-report="),
    ]
    clock = _Clock()
    code = int(pytest.main([*options, *tests], plugins=[clock]))
    if code == 0:
        seconds.write_text(json.dumps(clock.seconds), encoding="utf-8")
    return code


def _newest(root: Path) -> float:
    files = (each for name in ("provider", "tests") for each in (root / name).rglob("*.py"))
    return max(each.stat().st_mtime for each in files)


def _function(case: str) -> str:
    """Name the test function of a case: a mutant may change how its cases are called."""
    return case.partition("[")[0]


def _reached(root: Path, data_file: Path) -> dict[str, dict[int, set[str]]]:
    data = CoverageData(str(data_file))
    data.read()
    found: dict[str, dict[int, set[str]]] = {}
    for name in data.measured_files():
        lines = data.contexts_by_lineno(name)
        found[name.removeprefix(f"{root}{os.sep}").replace(os.sep, "/")] = {
            line: {_function(each.rpartition("|")[0]) for each in contexts if each}
            for line, contexts in lines.items()
        }
    return found
