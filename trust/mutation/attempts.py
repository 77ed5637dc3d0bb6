"""Trying a mutant: a copy of the repository with the fault, and a fork that runs tests in it.

A fork begins with every library loaded and nothing of callerid. Processes that its tests start run
the copy, too.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LIBRARIES = (
    *("click", "google.protobuf.struct_pb2", "grpc", "httpx", "hypothesis", "jsonschema"),
    *("pydantic", "rich", "starlette.applications", "uvicorn", "xdist", "yaml"),
)
PACKAGES = ("provider", "sdk/python", "tests", "sdk", "tools", "docs")
"""Where a copy has what is imported."""
QUIET = (
    *("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # libraries are loaded already
)
_TIMES = count(1)
"""By a file's time Python knows that bytecode is old: no two mutants may have the same."""
_FAILED = 70
"""How a fork ends that could not do what it was for."""
_NO_TESTS = int(pytest.ExitCode.NO_TESTS_COLLECTED)
_TOO_LATE = -1
SECONDS = 30.0
"""More than any test waits for what does not come; the tests' own time comes on top, twice."""


@dataclass
class Attempt:
    """One run of tests with one file changed."""

    file: str
    source: str
    tests: list[str]
    seconds: float
    """How long the tests take without a fault."""
    code: int = _FAILED
    """How the fork ended: 0 if all tests passed."""
    log: str = ""

    @property
    def passed(self) -> bool:
        """Whether tests were run, and none failed."""
        return self.code == 0

    @property
    def survived(self) -> bool:
        """Whether no test failed; nor does one that was not run, whatever was the matter."""
        return self.code in (0, _NO_TESTS, _FAILED)


@dataclass
class Copy:
    """A copy of the repository, and what runs in it."""

    root: Path
    original: Path
    attempt: Attempt | None = None
    pid: int = 0
    began: float = field(default_factory=time.monotonic)


def run(root: Path, attempts: Iterable[Attempt], jobs: int) -> Iterator[Attempt]:
    """Run attempts side by side; each is given back when it has ended.

    Raises:
        RuntimeError: callerid is loaded already.
    """
    with copies(root, jobs) as made:
        waiting = iter(attempts)
        while True:
            for copy in made:
                if copy.attempt is None and (attempt := next(waiting, None)):
                    _begin(copy, attempt)
            if not any(copy.attempt for copy in made):
                return
            yield _ended(made)


@contextmanager
def copies(root: Path, number: int) -> Iterator[list[Copy]]:
    """Make copies of the repository, for forks of this process to work in.

    Raises:
        RuntimeError: callerid is loaded already.
    """
    for name in LIBRARIES:
        import_module(name)
    if "callerid" in sys.modules:
        message = "a fork would have callerid as it was loaded here, not the copy's"
        raise RuntimeError(message)
    with TemporaryDirectory() as folder:
        yield [_copied(root, Path(folder) / str(each)) for each in range(number)]


def _copied(root: Path, folder: Path) -> Copy:
    """Copy what git knows, and what it would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - the user's
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in listed.stdout.splitlines():
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    return Copy(folder, root)


def _begin(copy: Copy, attempt: Attempt) -> None:
    copy.attempt, copy.began = attempt, time.monotonic()
    put(copy.root / attempt.file, attempt.source)
    copy.pid = os.fork()
    if copy.pid == 0:
        os.setsid()
        leave(lambda: call_pytest(copy.root, attempt.tests))


def put(file: Path, source: str) -> None:
    """Write a file, with a time that it never had before."""
    file.write_text(source, encoding="utf-8")
    os.utime(file, (next(_TIMES),) * 2)


def leave(work: Callable[[], int]) -> NoReturn:
    """End a fork with the exit code that its work returns, or with one for a work that failed."""
    code = _FAILED
    try:
        code = work()
    except BaseException:  # noqa: BLE001 - nothing may leave a fork but its exit code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def call_pytest(root: Path, tests: list[str], plugins: list[object] | None = None) -> int:
    """Run tests in a copy, in this process; what they print goes to `.log` there."""
    log = os.open(root / ".log", os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_WRONLY)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in ((0, nothing), (1, log), (2, log)):
        os.dup2(target, number)
    os.chdir(root)
    folders = [str(root / each) for each in PACKAGES]
    sys.path[:0] = folders
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPATH"] = os.pathsep.join(folders[:2])
    return int(pytest.main([*QUIET, *tests], plugins=plugins))


def _ended(copies: list[Copy]) -> Attempt:
    """Wait for an attempt to end, and put its file back."""
    while True:
        for copy in copies:
            if (code := _code(copy)) is not None and copy.attempt:
                attempt, copy.attempt = copy.attempt, None
                shutil.copy2(copy.original / attempt.file, copy.root / attempt.file)
                attempt.code = code
                attempt.log = (copy.root / ".log").read_text(encoding="utf-8", errors="replace")
                return attempt
        time.sleep(0.01)


def _code(copy: Copy) -> int | None:
    """Return how it ended, with what it left behind gone; None if it goes on."""
    if copy.attempt is None:
        return None
    return _ending(copy.pid, copy.began + SECONDS + 2 * copy.attempt.seconds)


def waited(pid: int, seconds: float) -> int:
    """Wait for the leader of a group to end; return its exit code, or one for too late."""
    latest = time.monotonic() + seconds
    while (code := _ending(pid, latest)) is None:
        time.sleep(0.002)
    return code


def _ending(pid: int, latest: float) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended and time.monotonic() < latest:
        return None
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    if not ended:
        os.waitpid(pid, 0)
        return _TOO_LATE
    return os.waitstatus_to_exitcode(status)
