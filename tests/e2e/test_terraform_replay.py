"""Recorded answers in Terraform: refused by every run, a plan too, that is not told otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.commands import CALLERID
from support.configurations import NEEDS_TOOL, TOOL, Folder

from callerid.replay import ALLOW_RECORDED

if TYPE_CHECKING:
    from callerid.sandbox.server import Sandbox

pytestmark = NEEDS_TOOL
CONFIGURATION = """\
data "callerid_current_user" "me" {}

resource "terraform_data" "other" {}

output "branch" {
  value = data.callerid_current_user.me.principal_type
}

output "recorded" {
  value = data.callerid_current_user.me.recorded_at != null
}
"""
REPLAY = (*CALLERID, "sandbox", "--scenario", "pipeline.yaml", "--as", "pipeline", "--")
ALLOWED = {ALLOW_RECORDED: "1"}


@pytest.fixture
def recorded(sandbox: Sandbox, tmp_path: Path) -> Folder:
    """Give a configuration beside a recording of its own plan."""
    folder = Folder.make(tmp_path / "recorded", main=CONFIGURATION)
    record = (*CALLERID, "record", "--output", "pipeline.yaml", "--", str(TOOL), "plan")
    ran = folder.run(sandbox.environment("service-user"), *record)
    assert ran.code == 0, ran.text
    assert '+ branch   = "serviceUser"' in ran.text
    assert "+ recorded = false" in ran.text
    (hint,) = (line for line in ran.text.splitlines() if ALLOW_RECORDED in line)
    plan = f"{Path(str(TOOL)).stem} plan"
    replay = "callerid sandbox --scenario pipeline.yaml --as pipeline"
    assert hint == f"  {ALLOW_RECORDED}=1 {replay} -- {plan}"
    return folder


@pytest.mark.parametrize("command", [("plan",), ("apply", "-auto-approve")])
def test_recorded_answers_are_refused(recorded: Folder, command: tuple[str, ...]) -> None:
    """A plan is refused, too: Terraform does not tell the provider that it is one."""
    ran = recorded.run({}, *REPLAY, str(TOOL), *command)
    assert (ran.code, ran.resources) == (1, set())
    assert "recorded answers must not decide what is changed" in " ".join(ran.text.split())
    assert f"{ALLOW_RECORDED}=1" in ran.text


def test_a_replay_that_is_allowed_needs_no_secret(recorded: Folder) -> None:
    """The variable alone lets it answer; a warning and `recorded_at` tell what it is."""
    ran = recorded.run(ALLOWED, *REPLAY, str(TOOL), "plan")
    assert ran.code == 0, ran.text
    assert '+ branch   = "serviceUser"' in ran.text
    assert "+ recorded = true" in ran.text
    assert "are a replay" in " ".join(ran.text.split())


def test_a_plan_of_recorded_answers_decides(recorded: Folder) -> None:
    """Applied, it is not asked again: the page says not to."""
    assert recorded.run(ALLOWED, *REPLAY, str(TOOL), "plan", "-out=made").code == 0
    assert recorded.terraform({}, "apply", "made").resources == {"other"}


def test_recorded_callers_are_for_tests(recorded: Folder) -> None:
    """`terraform test` replays a recording as it runs made-up callers."""
    recorded.write(
        "tests/replay.tftest.hcl",
        """\
provider "callerid" {
  alias            = "pipeline"
  m3ter_api_key    = var.callerid_sandbox.pipeline.m3ter_api_key
  m3ter_api_secret = var.callerid_sandbox.pipeline.m3ter_api_secret
}

run "the_pipeline" {
  command = plan

  providers = {
    callerid = callerid.pipeline
  }

  assert {
    condition     = output.recorded && output.branch == "serviceUser"
    error_message = "It is ${output.branch}."
  }
}
""",
    )
    test = (*REPLAY[:-3], "--all", "--", str(TOOL), "test")
    ran = recorded.run(ALLOWED, *test)
    assert "Success! 1 passed, 0 failed." in ran.text, ran.text
    assert recorded.run({}, *test).code == 1
