"""The SDK that the real CLI generates for Python: what the pages say of it and of the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from support.pulumi import ENDED

if TYPE_CHECKING:
    from support.pulumi import Cli

LATE = Path(__file__).parent / "programs" / "late"
PARVER = """\
class Version:
    release, pre_tag, dev, local = (0, 1, 0), None, None, None

    @classmethod
    def parse(cls, text):
        return cls
"""
"""What the generated SDK uses of a library that nothing else here needs."""


def _generate(cli: Cli, folder: Path) -> Path:
    """Generate it as `pulumi package add` does; give its folder."""
    cli.must(
        "package", "gen-sdk", "callerid", "--local", "--language", "python", "--out", str(folder)
    )
    sdk = folder / "python"
    (sdk / "parver.py").write_text(PARVER, encoding="utf-8")
    return sdk


def test_a_generated_sdk_has_the_names_of_the_wheel(owner: Cli, tmp_path: Path) -> None:
    """So it takes the wheel's place where both are installed, and the import stays the same."""
    sdk = _generate(owner, tmp_path)
    assert 'name = "pulumi_callerid"' in (sdk / "pyproject.toml").read_text(encoding="utf-8")
    assert (sdk / "pulumi_callerid" / "__init__.py").is_file()


def test_a_generated_guard_passes_while_settings_are_unknown(owner: Cli, tmp_path: Path) -> None:
    """While settings are unknown it gives an empty answer; the wheel's guard stops the program."""
    project = owner.project(LATE, tmp_path)
    project.fail(
        "preview", told=["error: require_caller has no answer: callerid's settings", ENDED]
    )
    generated = project.with_(PYTHONPATH=str(_generate(owner, tmp_path)))
    assert "let pass, allowed: None" in generated.must("preview").said
