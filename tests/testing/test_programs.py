"""The preview host agrees with the real engine about every example and every small program.

The engine's results are recorded under tests/programs/results. Where a `pulumi` is on PATH, the
recording itself is put to the test; `python tests/programs/record.py` renews it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support.programs import CASES, PROGRAMS, Bench, lay_launchers
from support.recordings import RESULTS, recorded, report

from callerid.testing import UNKNOWN, PreviewHost, PreviewResult, Secret, preview, pulumi_cli

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.programs import Case, Preview

    from callerid.sandbox.server import Sandbox

NEEDS_CLI = pytest.mark.skipif(not pulumi_cli.find_cli(), reason="no pulumi CLI")
NOTHING_TO_COMPARE = {"endless", "protocol"}
"""Only a timeout ends the one, and the other speaks to the host in ways no SDK does."""

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture(scope="session")
def bench(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Give the sandbox, and the echo provider to programs that use it."""
    return Bench(sandbox, lay_launchers(tmp_path_factory.mktemp("launchers")))


@pytest.fixture(scope="session")
def host() -> Iterator[PreviewHost]:
    """Give a host whose processes start warm."""
    with PreviewHost() as running:
        yield running


def _run(bench: Bench, case: Case, by: Preview) -> object:
    if case.needs_echo and sys.platform == "win32":
        pytest.skip("the echo provider's launcher is a POSIX script")
    return bench.run(case, by)


@every_case
def test_host_is_the_engine(bench: Bench, case: Case, host: PreviewHost) -> None:
    """The host gives the exports, errors and warnings that the engine gave when it was recorded."""
    assert recorded(case.name) == _run(bench, case, host.preview)


@NEEDS_CLI
@every_case
def test_recording_is_the_engine(bench: Bench, case: Case) -> None:
    """The engine at hand gives what was recorded."""
    assert recorded(case.name) == _run(bench, case, pulumi_cli.preview)


@pytest.mark.parametrize("by", [preview, pytest.param(pulumi_cli.preview, marks=NEEDS_CLI)])
def test_equal_reads_are_one_question(bench: Bench, by: Preview) -> None:
    """However often and in whatever form a program asks the same, the API is asked once."""
    [case] = [case for case in CASES if case.folder.name == "equal_reads"]
    bench.sandbox.requests.clear()
    bench.run(case, by)
    assert len(bench.sandbox.requests) == 1


def test_every_program_has_a_case() -> None:
    """A program without a case, or a recording without one, would never be compared."""
    folders = {file.parent.name for file in PROGRAMS.glob("*/Pulumi.yaml")}
    assert {case.folder.name for case in CASES if case.folder.parent == PROGRAMS} == (
        folders - NOTHING_TO_COMPARE
    )
    assert {case.name for case in CASES} == {file.stem for file in RESULTS.iterdir()}
    assert len({case.name for case in CASES}) == len(CASES)


def test_recordings_hold_no_secret(sandbox: Sandbox) -> None:
    """No credential and no port of the sandbox is in a recording."""
    hidden = {
        value
        for case in CASES
        for name, value in (sandbox.environment(case.caller).items() if case.caller else ())
        if name.endswith(("TOKEN", "KEY", "SECRET"))
    }
    recordings = "".join(file.read_text(encoding="utf-8") for file in RESULTS.iterdir())
    assert hidden
    assert [value for value in (*hidden, "127.0.0.1", "hushed") if value in recordings] == []


def test_report_keeps_what_matters() -> None:
    """What is unknown, secret, or another text stays apart; only places and ports are forgotten."""
    exports = {"a": UNKNOWN, "b": Secret("s"), "c": ["[secret]", "http://127.0.0.1:1/x", "hushed!"]}
    trace = 'Traceback (most recent call last):\n  File "/a/b", line 1\n    x()\nValueError: no'
    error = f"It failed:\n{trace}"
    assert report(PreviewResult(exports, error=error), ["hushed"]) == {
        "exports": {
            "a": {"$": "unknown"},
            "b": {"$": "secret"},
            "c": ["[secret]", "http://sandbox/x", "[secret]!"],
        },
        "error": "It failed:\nValueError: no",
        "warnings": [],
    }


def test_nothing_is_recorded_without_cli() -> None:
    """Without a CLI the recording stays as it is, and the command says why."""
    before = {file: file.stat().st_mtime_ns for file in RESULTS.iterdir()}
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(PROGRAMS / "record.py")],
        capture_output=True,
        check=False,
        env={**os.environ, "PATH": ""},
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is no pulumi CLI on PATH to record. Put one there and try again.\n"
    assert {file: file.stat().st_mtime_ns for file in RESULTS.iterdir()} == before
