"""The real engine, where a question fails before anybody is asked: no text speaks of a mock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from support.pulumi import Cli

FAILING = Path(__file__).parents[1] / "sdk" / "programs" / "failing"


PROVIDER = (
    "RunError: get_current_user could not be asked, for its provider or a resource failed: "
    "ResourceMonitor.RegisterResource(pulumi:providers:callerid,p): "
)


@pytest.mark.parametrize(
    ("case", "told"), [("provider", PROVIDER), ("value error", "ValueError: the file is gone")]
)
def test_what_fails_before_the_question_is_named(
    owner: Cli, tmp_path: Path, case: str, told: str
) -> None:
    """A provider with the engine's words, an argument with its own error."""
    project = owner.project(FAILING, tmp_path)
    project.must("config", "set", "form", "get_current_user")
    project.must("config", "set", "case", case)
    done = project.run("preview")
    assert done.code != 0, done.said
    assert f"warning: {told}" in done.said
    assert "mock" not in done.said
