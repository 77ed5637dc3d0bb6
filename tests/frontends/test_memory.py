"""Want of memory: which errors are, and the sentence that a process ends with."""

from __future__ import annotations

import errno
import sys
import time

import pytest
from support.commands import run_python

from callerid.frontends import memory, strike


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let none be left of other tests, nor for them: it is of the process."""
    monkeypatch.setattr(memory, "_STRIKE", type(memory._STRIKE)())  # noqa: SLF001 - as said


@pytest.mark.parametrize(
    ("error", "lacks"),
    [
        (MemoryError(), True),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), True),
        (OSError(errno.EMFILE, "Too many open files"), False),
        (RuntimeError("can't start new thread"), True),
        (ImportError("libssl.so.3: failed to map segment from shared object"), True),
        (ImportError("libssl.so.3: cannot open shared object file"), False),
        (RuntimeError("another"), False),
        (KeyError("MemoryError"), False),
        (None, False),
    ],
)
def test_errors_of_too_little_memory(error: BaseException | None, *, lacks: bool) -> None:
    """Shortly after one of them each is another: modules may be half loaded."""
    assert memory.lacks(error) is lacks
    assert memory.lacks(AttributeError("hashlib has no sha256")) is lacks


@pytest.mark.parametrize("is_near", [True, False])
def test_an_error_of_pythons_own_is_one_near_a_limit(
    monkeypatch: pytest.MonkeyPatch, *, is_near: bool
) -> None:
    """It could make no other; anywhere else it is a bug of somebody's."""
    monkeypatch.setattr(memory, "little_is_left", lambda wanted=0: is_near and wanted > 0)
    assert memory.lacks(SystemError("error return without exception set")) is is_near


def test_later_errors_are_bugs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """One call that wanted too much must not hide what is wrong for as long as a process lives."""
    assert memory.lacks(MemoryError())
    later = time.monotonic() + strike.SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert not memory.lacks(KeyError())
    assert memory.lacks(MemoryError())


def test_nothing_is_tried_while_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there was no such error yet, or there is more by now, a call may succeed."""
    monkeypatch.setattr(memory, "little_is_left", lambda: True)  # a limit would be the tests' own
    memory.require()
    assert memory.lacks(MemoryError())
    with pytest.raises(MemoryError):
        memory.require()
    monkeypatch.setattr(memory, "little_is_left", lambda: False)
    memory.require()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits others' memory")
def test_nothing_is_loaded_near_a_limit() -> None:
    """Libraries that get no memory may crash; what is loaded already needs hardly any."""
    done = run_python(
        f"{_PROGRAM}"
        "import resource\n"
        "from pathlib import Path\n"
        "def require(mib):\n"
        "    size = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
        "    limit = size + mib * 1024 * 1024\n"
        "    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))\n"
        "    try: memory.require()\n"
        "    except MemoryError: print('refused')\n"
        "    else: print('tried')\n"
        "require(24)\n"
        "require(40)\n"
        "import callerid.core\n"
        "require(24)\n"
    )
    assert (done.stdout.split(), done.stderr) == (["refused", "tried", "tried"], "")


@pytest.mark.parametrize(
    "struck",
    [
        "raise MemoryError",
        "threading.Thread(target=fail).start(); time.sleep(30)",
        "logging.getLogger('a.library').exception('', exc_info=MemoryError())",
        "failing = Failing(); del failing",
    ],
    ids=["main", "thread", "logged", "unraisable"],
)
def test_it_ends_the_process(struck: str) -> None:
    """By one sentence, whoever met with it."""
    done = run_python(_PROGRAM + struck)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{memory.TEXT}\n")


@pytest.mark.parametrize(
    "other",
    [
        "raise KeyError",
        "fail = {}.popitem; threading.Thread(target=fail).start()",
        "Failing.kind = KeyError; failing = Failing(); del failing",
    ],
    ids=["main", "thread", "unraisable"],
)
def test_other_errors_are_shown(other: str) -> None:
    """They are bugs, for whoever develops."""
    done = run_python(_PROGRAM + other)
    assert "KeyError" in done.stderr
    assert memory.TEXT not in done.stderr


def test_what_libraries_log_is_dropped() -> None:
    """Also where one of them logs past its own logger, which would set up a handler."""
    done = run_python(f"{_PROGRAM}logging.exception('x', exc_info=KeyError()); logging.error('x')")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


_PROGRAM = """
import logging, threading, time
from callerid.frontends import memory, strike

class Failing:
    kind = MemoryError
    def __del__(self): raise self.kind

def fail(): raise MemoryError

memory.end_without()
"""
