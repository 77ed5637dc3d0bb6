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
from contextlib import suppress
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
    passed: bool = False
    log: str = ""


@dataclass
class _Copy:
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
    for name in LIBRARIES:
        import_module(name)
    if "callerid" in sys.modules:
        message = "a fork would have callerid as it was loaded here, not the copy's"
        raise RuntimeError(message)
    with TemporaryDirectory() as folder:
        copies = [_copied(root, Path(folder) / str(number)) for number in range(jobs)]
        waiting = iter(attempts)
        while True:
            for copy in copies:
                if copy.attempt is None and (attempt := next(waiting, None)):
                    _begin(copy, attempt)
            if not any(copy.attempt for copy in copies):
                return
            yield _ended(copies)


def _copied(root: Path, folder: Path) -> _Copy:
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
    return _Copy(folder, root)


def _begin(copy: _Copy, attempt: Attempt) -> None:
    copy.attempt, copy.began = attempt, time.monotonic()
    file = copy.root / attempt.file
    file.write_text(attempt.source, encoding="utf-8")
    os.utime(file, (next(_TIMES),) * 2)
    copy.pid = os.fork()
    if copy.pid == 0:
        _leave(lambda: _child(copy.root, attempt))


def _leave(work: Callable[[], int]) -> NoReturn:
    code = 70
    try:
        code = work()
    except BaseException:  # noqa: BLE001 - nothing may leave a fork but its exit code
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _child(root: Path, attempt: Attempt) -> int:
    """Run the tests in the copy, as the leader of a group that can be ended whole."""
    os.setsid()
    log = os.open(root / ".log", os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, target in ((0, nothing), (1, log), (2, log)):
        os.dup2(target, number)
    os.chdir(root)
    folders = [str(root / each) for each in PACKAGES]
    sys.path[:0] = folders
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPATH"] = os.pathsep.join(folders[:2])
    return int(pytest.main([*QUIET, *attempt.tests]))


def _ended(copies: list[_Copy]) -> Attempt:
    """Wait for a attempt to end, and put its file back."""
    while True:
        for copy in copies:
            if (code := _code(copy)) is not None and copy.attempt:
                attempt, copy.attempt = copy.attempt, None
                shutil.copy2(copy.original / attempt.file, copy.root / attempt.file)
                attempt.passed = code == 0
                attempt.log = (copy.root / ".log").read_text(encoding="utf-8", errors="replace")
                return attempt
        time.sleep(0.01)


def _code(copy: _Copy) -> int | None:
    """Return how it ended, with what it left behind gone; -1 for one that was too late."""
    if copy.attempt is None:
        return None
    ended, status = os.waitpid(copy.pid, os.WNOHANG)
    late = time.monotonic() - copy.began > SECONDS + 2 * copy.attempt.seconds
    if not ended and not late:
        return None
    with suppress(ProcessLookupError):
        os.killpg(copy.pid, signal.SIGKILL)
    if not ended:
        os.waitpid(copy.pid, 0)
        return -1
    return os.waitstatus_to_exitcode(status)
