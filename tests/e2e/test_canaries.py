"""The short form of the canaries through real tools: no secret in what they print and keep."""

from __future__ import annotations

import pytest

import canaries
from staged import stage
from trial import Scale

TOOLS = canaries.tools(canaries.found())


@pytest.mark.parametrize("name", ["pulumi", "terraform"])
def test_no_tool_keeps_a_secret(name: str) -> None:
    """Not in state, plan, traces or output; the organization, which is none, is in what is kept."""
    if TOOLS[name].lacks:
        pytest.skip(f"no {TOOLS[name].lacks}")
    with stage(name, Scale.SHORT) as set_up:
        TOOLS[name].run(set_up)
    assert set_up.search.tried("runs").lost == ()
    public = {each.sink for each in set_up.search.public}
    assert {"stdout", f"{name.capitalize()}'s state"} <= public
