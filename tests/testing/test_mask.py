"""Secrets of the configuration do not come out of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callerid.testing import preview

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "canary-7f3a"
PROGRAM = """
import pulumi

secret = pulumi.Config("readme").require("token")
print("printed", secret)
pulumi.log.warn("warned of " + secret)
raise ValueError(secret)
"""


def test_a_secret_that_a_program_prints_is_masked(tmp_path: Path) -> None:
    """In what it prints, logs and raises."""
    (tmp_path / "Pulumi.yaml").write_text("name: readme\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    result = preview(tmp_path, config={"readme:token": CANARY}, secrets={"readme:token"})
    assert CANARY not in repr(result)
    assert "printed [secret]" in result.output
    assert result.error is not None
    assert "[secret]" in result.error
