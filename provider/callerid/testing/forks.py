"""Processes forked by a nursery: seen from here they are like any other child process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from signal import SIGTERM
from threading import Lock
from typing import IO, TYPE_CHECKING

from callerid import launch, processes
from callerid.testing import nursery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_NURSERY = "callerid.testing.nursery:main"
_ENDING_SECONDS = 2.0
_KILLED = -9
_REPORT_BYTES = 64


@dataclass(frozen=True)
class Mould:
    """What a nursery's forks are copies of.

    `command` is how the command begins that a fork stands for; what follows are its arguments.
    `main` is the function to run, as `module:name`, `imports` are modules to import before, and
    `flags` are Python's own.
    """

    command: tuple[str, ...]
    main: str
    imports: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


class NurseryError(Exception):
    """A nursery cannot fork: it has threads, or it is gone."""


class Nursery:
    """A nursery's process, from its start to its end; thread-safe."""

    def __init__(
        self, mould: Mould, cwd: Path, environ: Mapping[str, str], imports: Sequence[str] = ()
    ) -> None:
        """Start the process; it imports while others go on, `imports` besides the mould's own."""
        self._mould = mould
        self._lock = Lock()
        self._ready: bool | None = None
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this Python
                [
                    *launch.command(_NURSERY, *mould.flags),
                    *(str(theirs.fileno()), mould.main, *mould.imports, *imports),
                ],
                cwd=cwd,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def fork(
        self, command: Sequence[str], cwd: Path, environ: Mapping[str, str], stderr: int
    ) -> Fork:
        """Fork a process that stands for a command; arguments are those of `processes.start`.

        Raises:
            NurseryError: the nursery has threads, or is gone.
        """
        arguments = command[len(self._mould.command) :]
        argv = [self._argv0(), *arguments]
        job = {"argv": argv, "cwd": str(cwd), "environ": dict(environ)}
        pipes = _Pipes(stderr)
        try:
            self._send(json.dumps(job).encode(), pipes.theirs)
            return Fork(pipes)
        except (OSError, NurseryError) as error:
            pipes.close()
            message = "the nursery is gone"
            raise NurseryError(message) from error
        finally:
            pipes.close_theirs()

    def _argv0(self) -> str:
        """Return the first argument as Python sets it: for code it is -c."""
        *_, last = self._mould.command
        return "-c" if "-c" in self._mould.command else last

    def _send(self, job: bytes, files: list[int]) -> None:
        with self._lock:
            if self._ready is None:
                self._ready = self._control.recv(1) == nursery.READY
            if not self._ready:
                raise NurseryError
            socket.send_fds(self._control, [nursery.LENGTH.pack(len(job))], files)
            self._control.sendall(job)

    def close(self) -> None:
        """End the process, and with it all its forks."""
        with suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDING_SECONDS)
        processes.kill(self._process)


class _Pipes:
    """The pipes of one fork: our ends and theirs, and the socket that it is reported on."""

    def __init__(self, stderr: int) -> None:
        stdin, self.stdin = os.pipe()
        self.stdout, stdout = os.pipe()
        self.stderr: int | None = None
        errors = stdout
        if stderr != subprocess.STDOUT:
            self.stderr, errors = os.pipe()
        self.report, report = socket.socketpair()
        self.theirs = [stdin, stdout, errors, report.detach()]

    def close_theirs(self) -> None:
        for file in set(self.theirs):
            os.close(file)

    def close(self) -> None:
        self.report.close()
        for file in (self.stdin, self.stdout, self.stderr):
            if file is not None:
                os.close(file)


class Fork:
    """One forked process: the part of `subprocess.Popen` that `processes.Process` names."""

    def __init__(self, pipes: _Pipes) -> None:
        """Wait until the process is there.

        Raises:
            NurseryError: the nursery ended instead.
        """
        self._report = pipes.report
        self._lock = Lock()
        self._unread = b""
        pid = self._told(nursery.STARTED, None)
        if pid is None:
            raise NurseryError
        self.pid = pid
        self.returncode: int | None = None
        self.stdin: IO[bytes] | None = os.fdopen(pipes.stdin, "wb", buffering=0)
        self.stdout: IO[bytes] | None = os.fdopen(pipes.stdout, "rb", buffering=0)
        self.stderr: IO[bytes] | None = (
            None if pipes.stderr is None else os.fdopen(pipes.stderr, "rb", buffering=0)
        )

    def poll(self) -> int | None:
        """Return the exit code (negative: the signal) if it has ended, else None."""
        with suppress(TimeoutError):
            self._end(0.0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, for `timeout` seconds at most, and return the exit code.

        Raises:
            subprocess.TimeoutExpired: it has not ended.
        """
        try:
            return self._end(timeout)
        except TimeoutError:
            command = f"process {self.pid}"
            raise subprocess.TimeoutExpired(command, timeout or 0.0) from None

    def terminate(self) -> None:
        """Ask it to end."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, SIGTERM)

    def _end(self, timeout: float | None) -> int:
        with self._lock:
            if self.returncode is None:
                code = self._told(nursery.ENDED, timeout)
                self.returncode = _KILLED if code is None else code
                self._report.close()
            return self.returncode

    def _told(self, kind: bytes, timeout: float | None) -> int | None:
        """Read the next number reported; None if it is of another kind, or if there is none.

        Raises:
            TimeoutError: nothing was reported within `timeout` seconds.
        """
        self._report.settimeout(timeout)
        while b"\n" not in self._unread:
            told = self._receive()
            if not told:
                return None
            self._unread += told
        line, _, self._unread = self._unread.partition(b"\n")
        return int(line.removeprefix(kind)) if line.startswith(kind) else None

    def _receive(self) -> bytes:
        try:
            return self._report.recv(_REPORT_BYTES)
        except BlockingIOError:
            raise TimeoutError from None
        except ConnectionResetError:
            return b""
