"""Commands whose streams are closed, or lead to a disk that is full."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from support import commands

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full and a shell")
FULL = "Error: stdout cannot be written to: No space left on device.\n"


def _shell(redirected: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        ["/bin/sh", "-c", f'"$@" {redirected}', "sh", *commands.CALLERID, *words],
        capture_output=True,
        check=False,
        env=commands.environment(),
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "words", [["--help"], ["whoami", "--help"], ["schema"], ["doctor"], ["sandbox", "--list"]]
)
def test_a_full_disk_is_told(words: list[str]) -> None:
    """In one sentence, with exit code 1."""
    done = _shell(">/dev/full", *words)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", FULL)


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(("words", "code"), [(["schema"], 0), (["doctor"], 1), (["whoami"], 1)])
def test_closed_streams_change_nothing_else(closed: str, words: list[str], code: int) -> None:
    """A command does what it does, and says it where that is still possible."""
    open_ones = _shell("", *words)
    done = _shell(closed, *words)
    assert (open_ones.returncode, done.returncode) == (code, code)
    assert done.stdout == ("" if ">&-" in closed.split() else open_ones.stdout)
    assert done.stderr == ("" if "2>&-" in closed.split() else open_ones.stderr)


def test_what_a_command_opens_is_not_printed_into(tmp_path: Path) -> None:
    """With stdout closed, the next file would get its number."""
    kept = tmp_path / "kept.yaml"
    record = [*commands.CALLERID, "record", "--output", str(kept)]
    done = _shell(">&- 2>&-", "sandbox", "--as", "owner", "--", *record)
    assert done.returncode == 0
    assert "csp:" in kept.read_text("utf-8").splitlines()
