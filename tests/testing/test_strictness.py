"""Where the preview host must not be kinder than the engine, and the CLI's copy no messier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.environments import bare_venv

from callerid.testing import preview, pulumi_cli
from callerid.testing.project import load

if TYPE_CHECKING:
    from pathlib import Path

RESOURCE = 'import pulumi\npulumi.CustomResource("callerid:index:Thing", "thing")\n'


def _program(folder: Path, text: str, yaml: str = "name: strict\nruntime: python\n") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "Pulumi.yaml").write_text(yaml, encoding="utf-8")
    (folder / "__main__.py").write_text(text, encoding="utf-8")
    return folder


def test_a_resource_that_its_provider_lacks_is_an_error(tmp_path: Path) -> None:
    """The provider is asked to check it, as the engine asks."""
    result = preview(_program(tmp_path, RESOURCE))
    assert result.error is not None
    assert (
        "callerid has no resource type callerid:index:Thing. It has functions only: "
        in result.error
    )


def test_the_copy_for_the_cli_writes_through_no_link(tmp_path: Path) -> None:
    """Pulumi.yaml may be a link, the virtual environment anywhere: nothing is touched."""
    yaml = "name: own\nruntime:\n  name: python\n  options:\n    virtualenv: ../venv\n"
    shared = tmp_path / "shared.yaml"
    shared.write_text(yaml, encoding="utf-8")
    bare_venv(tmp_path / "venv")
    folder = _program(tmp_path / "program", "")
    (folder / "Pulumi.yaml").unlink()
    (folder / "Pulumi.yaml").symlink_to(shared)
    for _ in range(2):
        with pulumi_cli._copy(load(folder, name="other"), {}) as bench:  # noqa: SLF001 - needs no CLI
            copied = (bench.folder / "Pulumi.yaml").read_text(encoding="utf-8")
            assert "name: other" in copied
            assert str(tmp_path / "venv") in copied
    assert shared.read_text(encoding="utf-8") == yaml
