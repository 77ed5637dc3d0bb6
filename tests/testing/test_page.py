"""The page on testing: its programs run, its settings are settings, its links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import callerid.testing
from callerid.testing import PreviewResult, pytest_plugin

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    """Give all code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(  # noqa: S603 - this Python
        [sys.executable, *command],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if "COV" not in name},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def test_everything_shown_runs(tmp_path: Path) -> None:
    """Files by the name in their first line, the script as it stands, the caller, the settings."""
    (tmp_path / "infra").mkdir()
    project = "name: infra\nruntime: python\n"
    (tmp_path / "infra" / "Pulumi.yaml").write_text(project, encoding="utf-8")
    scripts = []
    for block in _blocks("python"):
        name = re.match(r"# (\S+\.py)\n", block)
        if name:
            (tmp_path / name[1]).write_text(block, encoding="utf-8")
        else:
            scripts.append(block)
    (tmp_path / "callers").mkdir()
    (scenario,) = (block for block in _blocks("yaml") if block.startswith("extends"))
    (tmp_path / "callers" / "auditor.yaml").write_text(scenario, encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("\n".join(_blocks("toml")), encoding="utf-8")
    own = '@pytest.mark.callers("auditor")\ndef test_the_auditor_is_a_caller(callerid_preview):\n'
    own += '    assert "Linus Member" in callerid_preview("infra").exports["summary"]\n'
    (tmp_path / "test_own.py").write_text(f"import pytest\n\n\n{own}", encoding="utf-8")
    said = _run(tmp_path, "-m", "pytest", "--cov", "-p", "no:cacheprovider")
    assert "8 passed" in said, said
    assert re.search(r"^infra/__main__\.py .* 100%$", said, re.MULTILINE), said
    (script,) = scripts
    assert _run(tmp_path, "-c", script).splitlines() == [
        "Grace Hopper gets 4 GB",
        "Linus Member gets 1 GB",
        "deploy-pipeline gets 1 GB",
    ]


def test_every_field_and_fixture_is_listed() -> None:
    """The tables name each field of a result and each fixture, and nothing else."""
    found = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    fixtures = {name for name in vars(pytest_plugin) if name.startswith("callerid_")}
    assert found == fixtures | set(PreviewResult.__dataclass_fields__)


def test_everything_public_has_a_docstring() -> None:
    """Whoever asks `help` finds a sentence."""
    public = [getattr(callerid.testing, name) for name in callerid.testing.__all__]
    assert [each for each in public if not each.__doc__] == []


def test_links_lead_somewhere() -> None:
    """Every relative link names a file, or a heading of the page."""
    targets = re.findall(r"\]\((?!https?://)(.*?)\)", PAGE)
    headings = {
        f"#{each.lower().replace(' ', '-').replace(chr(39), '')}"
        for each in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    }
    wrong = [
        each
        for each in targets
        if each not in headings and not (ROOT / "docs" / each.partition("#")[0]).is_file()
    ]
    assert targets
    assert wrong == []
