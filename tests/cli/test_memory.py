"""Commands with a limit of memory from the start: each says so, and shows nothing of the inside."""

from __future__ import annotations

import pytest
from support import commands, memory

from callerid import launch
from callerid.frontends.memory import TEXT

pytestmark = memory.LINUX
LIMITED = (
    "import os, resource\n"
    "resource.setrlimit(resource.RLIMIT_AS, ({limit}, {limit}))\n"
    "os.execv({argv[0]!r}, {argv!r})\n"
)


def _said(mib: int, *argv: str) -> str:
    """Run a process that has so much memory; give what it says, and demand that it fails."""
    done = commands.run_python(LIMITED.format(limit=mib * memory.MIB, argv=argv))
    assert (done.returncode, done.stdout) == (1, ""), done
    return done.stderr


@pytest.mark.parametrize("mib", range(17, 72, 6))
@pytest.mark.parametrize("line", [("whoami",), ("doctor",), ("sandbox", "--list")])
def test_a_command_that_has_too_little_says_so(mib: int, line: tuple[str, ...]) -> None:
    """In one sentence, before a library that is no Python aborts."""
    assert _said(mib, *launch.CALLERID, *line) == f"{TEXT}\n"


@pytest.mark.parametrize("mib", [112, 144, 256])
def test_a_preview_that_has_too_little_says_so(mib: int) -> None:
    """GRPC would abort, or wait for a thread that never begins."""
    assert _said(mib, *launch.CALLERID, "preview", "examples/python") == f"Error: {TEXT}\n"


@pytest.mark.parametrize("mib", range(17, 36, 3))
def test_a_plugin_that_has_too_little_says_so(mib: int) -> None:
    """Not that its Python environment is not whole, as what cannot be loaded is there."""
    assert _said(mib, *launch.PLUGIN) == f"{TEXT}\n"
