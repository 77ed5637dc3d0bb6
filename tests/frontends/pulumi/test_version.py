"""A plugin that is asked for its version: whatever it does, the question ends, and so does it."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from callerid import launch
from callerid.frontends.pulumi import version
from callerid.frontends.starting import NoAnswerError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the plugins are shell scripts")
SECONDS = 1.0
CANARY = "canary-token-7f3a"
OURS = " ".join(f"'{word}'" if word == launch.PLUGIN[0] else f'"{word}"' for word in launch.PLUGIN)


def _ask(folder: Path, program: str, seconds: float = SECONDS, **environ: str) -> str:
    executable = folder / launch.PLUGIN_NAME
    executable.write_text(f"#!/bin/sh\n{program}\n", encoding="utf-8")
    executable.chmod(0o755)
    return version.ask(executable, {**os.environ, **environ}, seconds)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_plugin_behind_a_script_answers_and_ends(tmp_path: Path) -> None:
    """A script that does not make way for it, as a launcher of Windows does not."""
    note = tmp_path / "pid"
    program = f"{OURS} & echo $! > {note}; wait"
    assert _ask(tmp_path, program, seconds=20)
    pid = int(note.read_text())
    ends = time.monotonic() + 5
    while _is_running(pid) and time.monotonic() < ends:
        time.sleep(0.02)
    assert not _is_running(pid)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("sleep 60", "it does not start"),
        ("sleep 60 & exec sleep 60", "it does not start"),
        ("printf 47", "it does not answer"),
        ("printf 4711; exec sleep 60", "it does not start"),
        ("echo 99999", "it does not start"),
        ("yes 7 | tr -d '\\n'", "it does not start"),
        ("yes why >&2 & exec sleep 60", "it does not start: why"),
    ],
)
def test_a_plugin_that_never_gets_there(tmp_path: Path, program: str, said: str) -> None:
    """No port, no end of its line, no end of its output, children that hold its pipes."""
    begun = time.monotonic()
    with pytest.raises(NoAnswerError, match=f"^{said}"):
        _ask(tmp_path, program)
    assert time.monotonic() - begun < SECONDS * 10


def test_a_plugin_gets_no_credential(tmp_path: Path) -> None:
    """It needs none, and what it complains of is shown."""
    program = 'echo "token=[$M3TER_API_TOKEN]" >&2; exit 1'
    with pytest.raises(NoAnswerError) as caught:
        _ask(tmp_path, program, M3TER_API_TOKEN=CANARY)
    assert str(caught.value) == "it does not start: token=[]"
