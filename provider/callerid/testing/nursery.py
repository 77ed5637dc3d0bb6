"""The nursery's process: it imports once what every run needs, then forks a process per run.

Started by `forks`, never imported by anything that runs. It has one thread, so its forks are whole;
nothing of a run can reach the next, because each run is a fork of the same untouched process.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import struct
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

LENGTH = struct.Struct("!I")
"""What goes before a job: the number of bytes that follow."""

READY, UNFIT = b"+", b"-"
STARTED, ENDED = b"pid ", b"code "
"""What a line of a report begins with: a fork's first one, and the nursery's when it has ended."""
FILES = 4
"""The files that come with a job: stdin, stdout, stderr, and the socket to report on."""

MEASURED = frozenset({"COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"})
"""Variables that ask for a process's coverage; a nursery has none of them, its forks may."""

_LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class _Job:
    argv: list[str]
    cwd: str
    environ: dict[str, str]


def main() -> None:
    """Import, then fork whenever asked; only forks come back from `serve`, to run their program.

    The arguments are the number of the socket to be asked on, the function to run in a fork as
    `module:name`, and the modules to import first.
    """
    control, target, *modules = sys.argv[1:]
    nursery = _Nursery(socket.socket(fileno=int(control)))
    module, _, name = target.partition(":")
    function = getattr(import_module(module), name)
    for each in modules:
        import_module(each)
    _become(nursery.serve())
    function()


class _Nursery:
    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._parent = os.getppid()
        self._reports: dict[int, socket.socket] = {}
        self._woken, self._wake = os.pipe()

    def serve(self) -> _Job:
        """Fork a process for each job; return in the forked one."""
        if _threads() != 1:
            self._control.sendall(UNFIT)
            os._exit(0)
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        gc.collect()
        gc.freeze()
        self._control.sendall(READY)
        while True:
            ready, _, _ = select([self._control.fileno(), self._woken], [], [], _LOOK_SECONDS)
            if os.getppid() != self._parent:
                self._end()
            if self._woken in ready:
                os.read(self._woken, 4096)
                self._collect()
            if self._control.fileno() in ready:
                job = self._fork()
                if job:
                    return job

    def _fork(self) -> _Job | None:
        """Fork for the next job; return the job in the fork, None here."""
        raw, files, _, _ = socket.recv_fds(self._control, LENGTH.size, FILES)
        if len(raw) < LENGTH.size or len(files) != FILES:
            self._end()
        content = json.loads(self._read(LENGTH.unpack(raw)[0]))
        pid = os.fork()
        if not pid:
            self._leave(files)
            return _Job(**content)
        for file in files[:-1]:
            os.close(file)
        self._reports[pid] = socket.socket(fileno=files[-1])
        return None

    def _read(self, size: int) -> bytes:
        content = b""
        while len(content) < size:
            chunk = self._control.recv(size - len(content))
            if not chunk:
                self._end()
            content += chunk
        return content

    def _leave(self, files: Sequence[int]) -> None:
        """In a fork: let go of the nursery, take the job's own files, report the process id."""
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for kept in (self._control, *self._reports.values()):
            kept.close()
        os.close(self._woken)
        os.close(self._wake)
        for number, file in enumerate(files[:-1]):
            os.dup2(file, number)
            os.close(file)
        with socket.socket(fileno=files[-1]) as report:
            report.sendall(b"%b%d\n" % (STARTED, os.getpid()))

    def _collect(self) -> None:
        """Report the exit code of every fork that has ended."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if not pid:
                    return
                with self._reports.pop(pid) as report, suppress(OSError):  # it may not be read
                    report.sendall(b"%b%d\n" % (ENDED, os.waitstatus_to_exitcode(status)))

    def _end(self) -> NoReturn:
        """End with the process that started this: no fork outlives it."""
        for pid in self._reports:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        os._exit(0)


def _threads() -> int:
    """Count this process's threads, with /proc also those that Python does not know."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()


def _become(job: _Job) -> None:
    """Be the process that the job would have been if it had been started by itself."""
    os.environ.clear()
    os.environ.update(job.environ)
    os.chdir(job.cwd)
    sys.argv = job.argv
    if MEASURED & job.environ.keys():
        _measure()


def _measure() -> None:
    """Start coverage as its own hook does at the start of a process."""
    try:
        coverage: Any = import_module("coverage")
    except ImportError:
        return
    coverage.process_startup()
