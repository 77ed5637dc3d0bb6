"""Every command on a terminal of 80 columns."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest
from support import bodies, commands
from support.api import json_reply

from callerid.cli import COMMANDS

if TYPE_CHECKING:
    from support.api import Api

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from support import terminal

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ROLES = [
    {"name": "org_owner"},
    {"name": "developer", "expiresAt": 1609459200},
    {"name": "a-role-with-a-name-that-needs-more-than-its-share", "resource": "some/long/resource"},
]


@pytest.fixture
def environ(api: Api) -> dict[str, str]:
    """Script a person with many and long things; give the whole environment."""
    info = bodies.info(*_ROLES)
    info["user"]["lastName"] = "Hopper" + " von und zu" * 10
    api.on(bodies.INFO, json_reply(info))
    return commands.environment(**commands.csp(api))


def _run(environ: dict[str, str], *args: str, columns: int = 80) -> terminal.Seen:
    return terminal.run([*commands.CALLERID, *args], environ, columns)


@pytest.mark.parametrize("command", ["whoami", "roles"])
@pytest.mark.parametrize("columns", [40, 80, 100])
def test_tables_fit(environ: dict[str, str], command: str, columns: int) -> None:
    """Cells wrap within their column; nothing is cut or lost."""
    seen = _run(environ, command, columns=columns)
    assert seen.code == 0
    assert max(map(len, seen.lines)) <= columns
    assert len("".join(seen.kept.split())) > 100
    assert "…" not in seen.kept


def test_a_wide_terminal_gets_lines_that_can_be_read(environ: dict[str, str]) -> None:
    """100 columns are the most."""
    assert max(map(len, _run(environ, "whoami", columns=300).lines)) <= 100


def test_an_unknown_width_is_80(environ: dict[str, str]) -> None:
    """As over a serial line."""
    assert 60 < max(map(len, _run(environ, "whoami", columns=0).lines)) <= 80


def test_a_table_looks_right(environ: dict[str, str]) -> None:
    """Columns begin where their heads do; what is wrong is told in words, and then in colour."""
    seen = _run(environ, "roles")
    heads = next(line for line in seen.lines if line.startswith("role "))
    expired = next(line for line in seen.lines if line.startswith("developer"))
    assert expired.index("organization") == heads.index("kind")
    assert expired.index("expired") == heads.index("ends")
    assert "\x1b[31mexpired" in seen.raw


@pytest.mark.parametrize("command", ["whoami", "roles"])
def test_no_color(environ: dict[str, str], command: str) -> None:
    """With NO_COLOR there is no style at all, and the same text."""
    plain, styled = _run({**environ, "NO_COLOR": "1"}, command), _run(environ, command)
    assert _COLOUR.search(styled.raw)
    assert not _COLOUR.search(plain.raw)
    assert plain.kept == styled.kept


@pytest.mark.parametrize("command", [*COMMANDS, "install pulumi", ""])
def test_help_fits_and_has_examples(command: str) -> None:
    """80 columns, each example a whole command, no escape codes."""
    seen = _run(commands.environment(), *command.split(), "--help")
    assert seen.code == 0
    assert max(map(len, seen.lines)) <= 80
    assert seen.raw == seen.text.replace("\n", "\r\n")
    examples = [line for line in seen.lines if line.startswith("    ") and "callerid " in line]
    assert examples
    assert not any(line.startswith("  Examples: ") for line in seen.lines)
