"""The real engine with a plugin that gives a part of an answer, or nothing."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.pulumi import Cli

TESTS = Path(__file__).parents[1]
PROGRAM = TESTS / "sdk" / "programs" / "partial"
ECHO = TESTS / "testing" / "echo_provider.py"
UNUSABLE = "The answer to {} is not usable: "
EMPTY = "{} has no answer: callerid's settings are not known yet in this run; "
FORMS = ["roles", "roles_output", "guard", "guard_output"]


@pytest.fixture
def project(cli: Cli, tmp_path: Path) -> Cli:
    """Give the program in a new stack, with another plugin in callerid's place."""
    home = tmp_path / "home"
    shutil.copytree(cli.home, home)
    other = replace(cli.with_(PULUMI_HOME=str(home)), home=home)
    echoes = f"import runpy\nrunpy.run_path({str(ECHO)!r}, run_name='__main__')\n"
    Path(other.plugin).write_text(f"#!{sys.executable}\n{echoes}", encoding="utf-8")
    found = other.project(PROGRAM, tmp_path / "copy")
    found.must("config", "set", "package", "callerid")
    return found


def _fails(project: Cli, form: str, answer: object, told: str) -> None:
    project.must("config", "set", "form", form)
    giving = project.with_(ECHO_ANSWER=json.dumps(answer))
    for more in ((), ("--skip-preview",)):
        done = giving.run("up", "--yes", *more)
        function = "get_user_org_roles" if form.startswith("roles") else "require_caller"
        assert done.code != 0, done.said
        assert f"error: {told.format(function)}" in done.said
        assert "Traceback" not in done.said
        assert project.created() == set()


@pytest.mark.parametrize("form", FORMS)
def test_a_part_of_an_answer_ends_an_update(project: Cli, form: str) -> None:
    """Nothing is created behind it, and the text names what is missing."""
    _fails(project, form, {"allowed": True, "displayName": "Grace Hopper"}, UNUSABLE)


@pytest.mark.parametrize("form", ["roles_output", "guard_output"])
def test_an_empty_answer_ends_an_update(project: Cli, form: str) -> None:
    """Its preview takes it for settings that are not known yet; the update does not."""
    _fails(project, form, {}, EMPTY)
