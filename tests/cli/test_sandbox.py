"""`callerid sandbox`, as people run it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from callerid.cli import main
from callerid.config import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from click.testing import Result

_CALLERID = [sys.executable, "-c", "from callerid.cli import main; main(prog_name='callerid')"]
_SHOW = "import os; print(*sorted(n for n in os.environ if n[:4] in ('CSP_', 'M3TE')))"
_ASK = """
import os, urllib.request, urllib.error
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    opener.open(os.environ["CSP_BASE_URL"] + "/asked")
except urllib.error.HTTPError as error:
    error.close()
"""
_WAIT = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(41))
signal.signal(signal.SIGTERM, lambda *_: sys.exit(42))
print("ready", flush=True)
time.sleep(30)
"""


def _environ(**more: str) -> dict[str, str]:
    settings = {name for setting in SETTINGS for name in setting.env}
    return {name: value for name, value in os.environ.items() if name not in settings} | more


def _call(*args: str) -> Result:
    """Call it in this process: for what starts no server."""
    return CliRunner().invoke(main, ["sandbox", *args])


def _run(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [*_CALLERID, "sandbox", *args],
        capture_output=True,
        check=False,
        env=_environ(**environ),
        input="from stdin",
        text=True,
        timeout=30,
    )


def _start(*args: str, **environ: str) -> subprocess.Popen[str]:
    """Start it in a session of its own, away from the terminal of whoever runs the tests."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [*_CALLERID, "sandbox", *args],
        env=_environ(**environ),
        start_new_session=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_list() -> None:
    """`--list` names every caller, its platform and who it is."""
    done = _call("--list")
    assert (done.exit_code, done.stderr) == (0, "")
    names = ["app", "csp-sample", "m3ter-sample", "member", "owner", "person", "service-user"]
    assert [line.split()[0] for line in done.stdout.splitlines()] == names


def test_command_is_the_caller() -> None:
    """A command runs as the caller alone, whatever the environment said before."""
    done = _run("--as", "owner", "--", sys.executable, "-c", _SHOW, M3TER_API_KEY="mine")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["CSP_API_TOKEN", "CSP_BASE_URL", "CSP_ORG_ID"]


def test_streams_and_exit_code_pass_through() -> None:
    """stdin, stdout, stderr and the exit code are the command's own, and so are its options."""
    program = "import sys; print(sys.stdin.read()); sys.stderr.write('oh'); sys.exit(7)"
    done = _run("--as", "person", sys.executable, "-c", program)
    assert (done.returncode, done.stdout, done.stderr) == (7, "from stdin\n", "oh")


def test_verbose_shows_what_was_asked() -> None:
    """`--verbose` prints method, path and status to stderr."""
    done = _run("-v", "--as", "owner", "--", sys.executable, "-c", _ASK)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "GET /asked 404\n")


def test_command_not_found() -> None:
    """A command that is not there is 127 and a line that says so."""
    done = _run("--as", "owner", "--", "no-such-command")
    told = "Error: There is no command no-such-command. Check its name and PATH.\n"
    assert (done.returncode, done.stderr) == (127, told)


def test_command_not_executable(tmp_path: Path) -> None:
    """A command that cannot be run is 126 and a line that says why."""
    done = _run("--as", "owner", "--", str(tmp_path))
    told = f"Error: {tmp_path} cannot be run: Permission denied.\n"
    assert (done.returncode, done.stderr) == (126, told)


def test_unknown_caller() -> None:
    """An unknown name is an error that lists the names and says which is nearest."""
    done = _call("--as", "ownr", "--", "true")
    assert done.exit_code == 1
    assert (
        "no caller ownr. Did you mean owner? It has: app, csp-sample, m3ter-sample" in done.stderr
    )


def test_command_without_caller() -> None:
    """A command needs a caller."""
    done = _call("--", "true")
    assert done.exit_code == 2
    assert "Add --as NAME" in done.stderr


def test_own_scenario(tmp_path: Path) -> None:
    """`--scenario` replaces the built-in callers; a mistake in it is one line."""
    path = tmp_path / "me.yaml"
    path.write_text("description: nobody", "utf-8")
    done = _call("--scenario", str(tmp_path), "--list")
    assert done.exit_code == 1
    assert done.stderr == f"Error: {path}: top level: expected one of m3ter, csp, or several\n"


@pytest.mark.parametrize("library", ["starlette", "uvicorn", "yaml"])
def test_missing_library(library: str) -> None:
    """Without the extra it says what to install, in a line."""
    program = f"import sys; sys.modules[{library!r}] = None; {_CALLERID[2]}"
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", program, "sandbox", "--as", "owner", "--", "true"],
        capture_output=True,
        check=False,
        text=True,
        timeout=30,
    )
    told = f'Error: The sandbox needs {library}: pip install "callerid[sandbox]"\n'
    assert (done.returncode, done.stderr) == (1, told)


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 41), (signal.SIGTERM, 42)])
def test_signals_reach_the_command(sent: signal.Signals, code: int) -> None:
    """A signal to us goes on to the command, whose exit code stays ours."""
    with _start("--as", "owner", "--", sys.executable, "-c", _WAIT) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(sent)
        assert process.wait(10) == code


def test_killed_command() -> None:
    """A command that a signal ended is 128 and the signal's number, as in a shell."""
    program = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert _run("--as", "owner", "--", sys.executable, "-c", program).returncode == 137


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_serve_until_told_to_stop(sent: signal.Signals) -> None:
    """It says where it listens and what to paste, and ends quietly, at once, with 0."""
    with _start("--as", "service-user", "--verbose", CSP_URL="x") as process:
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        first = next(lines)
        assert "listens on http://127.0.0.1:" in first
        text = first + "".join(_until_last(lines))
        assert "  unset CSP_URL\n" in text
        assert "  export M3TER_API_SECRET=sandbox-m3ter-secret-service-user\n" in text
        began = time.perf_counter()
        process.send_signal(sent)
        rest, errors = process.communicate(timeout=10)
        assert (process.returncode, rest, errors) == (0, "", "")
        assert time.perf_counter() - began < 3


def _until_last(lines: Iterator[str]) -> list[str]:
    found: list[str] = []
    while not found or "in one go" not in found[-1]:
        found.append(next(lines))
    return found
