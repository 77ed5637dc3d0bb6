"""A nursery's forks: like any child process from outside, and none outlives who asked for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from callerid.testing.forks import Fork, Mould, Nursery, NurseryError
from callerid.testing.warm import CAN_FORK, Warm

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="this system has no safe fork")

BEFORE = "import sys; sys.path.insert(0, {folder!r}); "
MOULD = """
import os, sys, time

def main():
    exec(sys.argv[1])
"""
ORPHAN = """
import os, sys, time
from pathlib import Path
from callerid.testing.forks import Fork, Mould, Nursery
nursery = Nursery(Mould(("x",), "mould:main"), Path.cwd(), os.environ)
fork = nursery.fork(["x", "time.sleep(600)"], Path.cwd(), os.environ, -1)
print(nursery._process.pid, fork.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Give an environment in which `mould.main` runs the code that is its argument."""
    (tmp_path / "mould.py").write_text(MOULD, encoding="utf-8")
    return {**os.environ, "PYTHONPATH": str(tmp_path)}


@pytest.fixture
def nursery(environ: dict[str, str], tmp_path: Path) -> Iterator[Nursery]:
    """Give a nursery of `mould.main`."""
    nursery = Nursery(Mould(("/bin/some-command",), "mould:main"), tmp_path, environ)
    yield nursery
    nursery.close()


@contextmanager
def _forked(nursery: Nursery, folder: Path, code: str) -> Iterator[Fork]:
    """Fork to run some code, and close the pipes when the block ends."""
    command = ["/bin/some-command", code]
    fork = nursery.fork(command, folder, os.environ, subprocess.STDOUT)
    try:
        yield fork
    finally:
        for pipe in (fork.stdin, fork.stdout):
            assert pipe
            pipe.close()


def _ended(pid: int) -> bool:
    """Wait until a process is gone, or has ended without anybody to collect it."""
    for _ in range(200):
        status = Path(f"/proc/{pid}/stat")
        try:
            os.kill(pid, 0)
            if status.is_file() and status.read_text("utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_pipes_arguments_and_exit_code(nursery: Nursery, tmp_path: Path) -> None:
    """A fork reads, writes, has its own folder and environment, and ends with its code."""
    code = (
        "print(sys.argv[0], os.getcwd(), os.environ['OWN'], sys.stdin.readline(), end='');"
        "sys.stdout.flush(); os.write(2, b'oh'); sys.exit(5)"
    )
    command = ["/bin/some-command", code]
    fork = nursery.fork(command, tmp_path, {"OWN": "mine"}, subprocess.PIPE)
    assert fork.stdin
    assert fork.stdout
    assert fork.stderr
    assert fork.poll() is None
    with fork.stdin, fork.stdout, fork.stderr:
        fork.stdin.write(b"line\n")
        assert fork.wait(20) == 5
        assert fork.stdout.read() == f"/bin/some-command {tmp_path} mine line\n".encode()
        assert fork.stderr.read() == b"oh"
    assert fork.poll() == 5


def test_signals_and_time_limits(nursery: Nursery, tmp_path: Path) -> None:
    """Waiting has a limit, and a signal is a negative exit code."""
    with _forked(nursery, tmp_path, "time.sleep(600)") as fork:
        assert fork.stderr is None
        with pytest.raises(subprocess.TimeoutExpired):
            fork.wait(0.05)
        fork.terminate()
        assert fork.wait(20) == -signal.SIGTERM


def test_many_at_once(nursery: Nursery, tmp_path: Path) -> None:
    """Forks run side by side, and each is told its own end."""
    with ExitStack() as stack:
        forks = [
            stack.enter_context(_forked(nursery, tmp_path, f"sys.exit({number})"))
            for number in range(8)
        ]
        assert [fork.wait(20) for fork in reversed(forks)] == list(reversed(range(8)))


def test_forks_end_with_the_nursery(nursery: Nursery, tmp_path: Path) -> None:
    """Nothing runs on, and no new fork is made."""
    with _forked(nursery, tmp_path, "time.sleep(600)") as fork:
        nursery.close()
        assert fork.wait(20) < 0
        assert _ended(fork.pid)
    with pytest.raises(NurseryError), _forked(nursery, tmp_path, ""):
        pass


def test_all_end_with_who_started_them(environ: dict[str, str]) -> None:
    """Killed without a chance to clean up, the starter leaves neither nursery nor fork."""
    with subprocess.Popen(  # noqa: S603 - this Python
        [sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, env=environ, text=True
    ) as starter:
        assert starter.stdout
        pids = [int(each) for each in starter.stdout.readline().split()]
        starter.kill()
    assert len(pids) == 2
    ended = [_ended(pid) for pid in pids]
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert ended == [True, True]


def test_no_fork_beside_threads(environ: dict[str, str], tmp_path: Path) -> None:
    """A fork in a process with threads could hang, so such a nursery declines."""
    text = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n"
    (tmp_path / "mould.py").write_text(text + MOULD, encoding="utf-8")
    nursery = Nursery(Mould(("x",), "mould:main"), tmp_path, environ)
    with pytest.raises(NurseryError):
        nursery.fork(["x", ""], tmp_path, environ, subprocess.STDOUT)
    nursery.close()


def test_other_commands_are_started_plainly(tmp_path: Path) -> None:
    """Only a program and callerid's own provider have a nursery."""
    warm = Warm(tmp_path, os.environ)
    try:
        command = [sys.executable, "-c", "import os; print(os.getppid())"]
        process = warm.start(command, tmp_path, os.environ, subprocess.STDOUT)
        assert process.stdout
        with process.stdout:
            assert int(process.stdout.read()) == os.getpid()
        assert process.wait() == 0
        if process.stdin:
            process.stdin.close()
    finally:
        warm.close()
