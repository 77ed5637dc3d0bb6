"""The short form of the canaries through real tools: no secret in what they print and keep."""

from __future__ import annotations

import pytest
from support.terraform import REAL

import canaries_of_terraform
from staged import stage
from trial import Scale

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not REAL, reason="neither terraform nor tofu"),
]


def test_no_tool_keeps_a_secret() -> None:
    """Not in state, plan, traces or output; the organization, which is none, is in the plan."""
    with stage("tools", Scale.SHORT) as set_up:
        canaries_of_terraform.run(set_up)
    assert set_up.search.tried("runs").lost == ()
    public = {each.sink for each in set_up.search.public}
    assert {"stdout", "Terraform's plan", "Terraform's state"} <= public
