"""A provider that is tried: whatever it does, the question ends, and so does it."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest
from support import terraform

from callerid import launch
from callerid.frontends.starting import NoAnswerError
from callerid.frontends.terraform import cookie, first_line

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the providers are shell scripts")
GOOD = "1|6|unix|/run/s|grpc|"


def _check(folder: Path, program: str, **environ: str) -> None:
    executable = terraform.program(folder / "terraform-provider-callerid", program)
    first_line.check(executable, {**os.environ, **environ}, 1.0)


@pytest.mark.parametrize(
    "line", [GOOD, "1|6|tcp|127.0.0.1:1234|grpc|" + "A" * 900, "1|6|unix|/run/s|grpc"]
)
def test_a_provider_that_listens(tmp_path: Path, line: str) -> None:
    """With a certificate or without one."""
    _check(tmp_path, f"echo '{line}'; exec sleep 60")


def test_a_provider_may_clear_up(tmp_path: Path) -> None:
    """It is asked to leave before it is killed: its socket may be in `/tmp`."""
    _check(tmp_path, f"trap 'touch {tmp_path}/cleared; exit' TERM; echo '{GOOD}'; sleep 60 & wait")
    assert (tmp_path / "cleared").exists()


def test_the_real_provider_starts(tmp_path: Path) -> None:
    """Ours, by this Python; its socket goes with it."""
    words = " ".join(f"'{word}'" if '"' in word else f'"{word}"' for word in launch.TERRAFORM)
    sockets = tmp_path / "s"
    sockets.mkdir()
    executable = terraform.program(tmp_path / "provider", f"exec {words} --package=0.1.0")
    first_line.check(executable, {**os.environ, "TMPDIR": str(sockets)}, 20)
    assert not list(sockets.iterdir())


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("sleep 60", "it does not start"),
        ("sleep 60 & exec sleep 60", "it does not start"),
        ("exit 1", "it does not start"),
        ("echo why >&2; exit 1", "it does not start: why"),
        ("echo 4711; exec sleep 60", "it does not start: 4711"),
        ("echo '1|5|unix|/run/s|grpc|'", "it does not start: 1|5|unix|/run/s|grpc|"),
        ("echo '1|6|unix|/run/s|netrpc|'", "it does not start: 1|6|unix|/run/s|netrpc|"),
        ("echo '1|6|pipe|/run/s|grpc|'", "it does not start: 1|6|pipe|/run/s|grpc|"),
        ("printf 'no\\033[2J'", "it does not start: no\\x1b[2J"),
    ],
)
def test_a_provider_that_never_gets_there(tmp_path: Path, program: str, said: str) -> None:
    """It is told why, in its own words where it has any."""
    begun = time.monotonic()
    with pytest.raises(NoAnswerError) as caught:
        _check(tmp_path, program)
    assert str(caught.value) == said
    assert time.monotonic() - begun < 10


def test_a_provider_gets_the_cookie_and_no_credential(tmp_path: Path) -> None:
    """As from a host; what it complains of is shown, so it gets no secret."""
    program = f'echo "[${cookie.NAME}|${cookie.VERSIONS}|$M3TER_API_TOKEN]" | tail -c 12 >&2'
    with pytest.raises(NoAnswerError) as caught:
        _check(tmp_path, program, M3TER_API_TOKEN="canary-token-7f3a")
    assert str(caught.value) == f"it does not start: {(cookie.VALUE + '|6|]')[-11:]}"


def test_an_executable_that_cannot_be_started(tmp_path: Path) -> None:
    """The system's own reason is told."""
    with pytest.raises(NoAnswerError, match=r"^it cannot be started: No such file"):
        first_line.check(tmp_path / "none", os.environ)
