"""The pytest plugin, run by a pytest of its own in a folder of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import pulumi
import pulumi_callerid
pulumi.export("name", pulumi_callerid.get_current_user().display_name)
"""
GHOST = "extends: owner\ncsp: {info: {user: {firstName: Boo}}}\n"
INI = """
[pytest]
addopts = -p no:cacheprovider --strict-markers
filterwarnings = error
callerid_scenarios = callers
"""
GOOD = """
import pytest

pytestmark = pytest.mark.callers("owner", "member")


def test_one_run_per_caller_of_the_module(callerid_preview, callerid_caller, callerid_sandbox):
    result = callerid_preview("program").require_ok()
    names = {"owner": "Grace Hopper", "member": "Linus Member"}
    assert result.exports["name"] == names[callerid_caller]
    assert any("info" in request.path for request in callerid_sandbox.requests)


@pytest.mark.callers("ghost")
def test_its_own_marker_wins(callerid_preview):
    assert callerid_preview("program").exports["name"] == "Boo Hopper"


def test_no_preview():
    pass


class TestPlain:
    pytestmark = pytest.mark.callers("person")

    def test_a_call_may_name_another_caller(self, callerid_preview):
        result = callerid_preview("program", caller="service-user", stack="prod")
        assert result.exports["name"] == "deploy-pipeline"
"""
NOBODY = """
def test_without_a_marker_there_is_no_caller(callerid_preview, callerid_caller):
    assert callerid_caller is None
    assert "callerid has no credential" in callerid_preview("program").error


def test_no_program(callerid_preview):
    callerid_preview("absent")
"""
WRONG = """
import pytest

@pytest.mark.callers({arguments})
def test_marked_wrongly({fixture}):
    pass
"""


def _pytest(folder: Path, *arguments: str, **environ: str) -> str:
    """Run pytest in a folder and give what it prints."""
    done = subprocess.run(  # noqa: S603 - our own pytest
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "80", **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def _suite(folder: Path, **files: str) -> Path:
    """Write a program, a caller and test files."""
    for name in ("program", "callers"):
        (folder / name).mkdir()
    (folder / "pytest.ini").write_text(INI, encoding="utf-8")
    (folder / "callers" / "ghost.yaml").write_text(GHOST, encoding="utf-8")
    (folder / "program" / "Pulumi.yaml").write_text("name: p\nruntime: python\n", encoding="utf-8")
    (folder / "program" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    for name, text in files.items():
        (folder / f"test_{name}.py").write_text(text, encoding="utf-8")
    return folder


def test_previews_and_callers(tmp_path: Path) -> None:
    """One test per caller, the nearest marker counts, and a caller may be named in the call."""
    said = _pytest(_suite(tmp_path, good=GOOD), "-v")
    passed = re.findall(r"::(\S+) PASSED", said)
    assert passed == [
        "test_one_run_per_caller_of_the_module[owner]",
        "test_one_run_per_caller_of_the_module[member]",
        "test_its_own_marker_wins[ghost]",
        "test_no_preview",
        "TestPlain::test_a_call_may_name_another_caller[person]",
    ], said
    assert "5 passed" in said


def test_a_test_without_a_caller_and_one_without_a_program(tmp_path: Path) -> None:
    """Without a caller the tester's own credential is not used; a wrong path is one sentence."""
    said = _pytest(_suite(tmp_path, nobody=NOBODY), M3TER_API_TOKEN="of-the-tester")
    assert "1 failed, 1 passed" in said
    assert "There is no program" in said
    assert "Traceback" not in said
    assert "of-the-tester" not in said


def test_a_wrong_marker_is_reported_while_collecting(tmp_path: Path) -> None:
    """Unknown names with those that there are, no names, no fixture: one sentence each."""
    wrong = {
        "unknown": WRONG.format(arguments='"owner", "ghos"', fixture="callerid_preview"),
        "empty": WRONG.format(arguments="", fixture="callerid_preview"),
        "a_list": WRONG.format(arguments='["owner"]', fixture="callerid_preview"),
        "unused": WRONG.format(arguments='"owner"', fixture=""),
    }
    said = _pytest(_suite(tmp_path, **wrong))
    assert "The sandbox has no caller ghos. Did you mean ghost? It has: " in said
    assert said.count("the marker callers takes names, each once, for example: ") == 2
    assert "test_marked_wrongly has callers, but no callerid_preview to run as them." in said
    assert "4 errors" in said
    assert "Traceback" not in said


def test_a_wrong_scenario_is_reported_by_file_and_line(tmp_path: Path) -> None:
    """A mistake in a scenario is one line, from the marker and from the fixture."""
    suite = _suite(tmp_path, good=GOOD, nobody=NOBODY)
    (suite / "callers" / "ghost.yaml").write_text("extends: owner\ncps: {}\n", encoding="utf-8")
    for file in ("test_good.py", "test_nobody.py"):
        said = _pytest(suite, file)
        assert re.search(r"ghost\.yaml:2: .*cps", said), said
        assert "Traceback" not in said


def test_a_missing_extra_is_reported(tmp_path: Path) -> None:
    """Without the libraries that previews need, both ways in say what to install."""
    suite = _suite(tmp_path, good=GOOD, nobody=NOBODY)
    hide = "import sys\nfor each in ('yaml', 'uvicorn', 'pulumi'):\n    sys.modules[each] = None\n"
    (suite / "conftest.py").write_text(hide, encoding="utf-8")
    for file in ("test_good.py", "test_nobody.py"):
        said = _pytest(suite, file)
        assert 'pip install "callerid[testing]"' in said
        assert "Traceback" not in said


def test_the_plugin_costs_others_nothing() -> None:
    """To import it takes the standard library and pytest, and nothing of what previews need."""
    code = (
        "import sys, callerid.testing.pytest_plugin; "
        "heavy = {'pulumi', 'grpc', 'google', 'pydantic', 'yaml', 'httpx', 'uvicorn', 'starlette'};"
        "print(sorted(heavy & {each.partition('.')[0] for each in sys.modules}))"
    )
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
