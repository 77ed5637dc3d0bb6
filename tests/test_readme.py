"""The README: what it shows is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from support import pages

from callerid.config import SETTINGS
from callerid.sandbox.server import Sandbox, as_caller
from callerid.testing import preview

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _block(start: str) -> str:
    """Give the code block that begins with `start`."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return next(str(block) for block in blocks if block.startswith(start))


def test_the_program_prints_what_is_shown(tmp_path: Path) -> None:
    """The program and the command of the README, run as they stand."""
    (tmp_path / "Pulumi.yaml").write_text("name: readme\nruntime: python\n", encoding="utf-8")
    program = _block('"""Who may')
    (tmp_path / "__main__.py").write_text(program, encoding="utf-8")
    [command] = re.findall(r"^`callerid (preview .*)` runs the Python", README, re.MULTILINE)
    done = subprocess.run(  # noqa: S603 - our own command
        [Path(sys.executable).with_name("callerid"), *command.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert pages.shows(_block("engine: "), done.stdout), done.stdout


def test_the_refusal_is_what_is_shown(tmp_path: Path) -> None:
    """The guard of the README, run as somebody who may not pass."""
    (tmp_path / "Pulumi.yaml").write_text("name: readme\nruntime: python\n", encoding="utf-8")
    (tmp_path / "__main__.py").write_text(_block("import pulumi_callerid"), encoding="utf-8")
    with Sandbox.start() as sandbox:
        environ = as_caller(os.environ, sandbox.environment("member"))
        result = preview(tmp_path, environ=environ)
    said, _, _ = str(result.error).partition("\nan unhandled error")
    assert pages.shows(_block("callerid: "), said), said


def test_the_table_of_settings_is_the_tables() -> None:
    """Every setting with its variables, its default, and whether it is secret, in order."""
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (yes)? ?\| (.*?) \|$", README, re.MULTILINE)
    shown = [(n, re.findall(r"`(\w+)`", v), bool(s)) for n, v, s, _ in rows]
    assert shown == [(each.name, list(each.env), each.secret) for each in SETTINGS]
    defaults = [default for *_, text in rows for default in re.findall(r"default: `(.*?)`", text)]
    assert defaults == [setting.default for setting in SETTINGS if setting.default]


def test_links_lead_somewhere() -> None:
    """Every relative link names a file."""
    targets = re.findall(r"\]\((?!https?://)(.*?)(?:#.*?)?\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
