"""The message of an error: safe to show, short enough to send."""

from __future__ import annotations

import errno
import sys
import time

import grpc
import pytest
from support.commands import run_python

from callerid.errors import ArgumentError, CalleridError, RefusedError
from callerid.frontends import failures
from callerid.frontends.pulumi.status import of
from callerid.frontends.strike import SECONDS, Strike
from callerid.frontends.terraform.diagnostics import of_error


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (ArgumentError("One line.\nAnother."), "One line.\nAnother."),
        (ArgumentError("Ada\x1b[2J"), "Ada\\x1b[2J"),
        (RefusedError("Ada may not."), "callerid: Ada may not."),
        (ArgumentError("x" * 3000), "x" * 3000),
        (ArgumentError("x" * 3001), "x" * 3000 + " …"),
    ],
)
def test_an_error_of_ours_is_its_own_text(error: CalleridError, shown: str) -> None:
    """With control characters shown, and cut where it would be lost on its way."""
    assert failures.text(error) == shown


def test_a_bug_says_that_it_is_one_and_where() -> None:
    """Its text may hold a value, so only kind, file and line are told."""
    missing = "canary"
    try:
        dict[str, str]()[missing]
    except KeyError as error:
        first, second = failures.text(error).splitlines()
    assert first.startswith(
        "callerid internal error (KeyError at frontends/test_failures.py:",
    )
    assert first.endswith("). This is a bug in callerid, not in your program.")
    assert second == "Please report this line on callerid's issue tracker."
    assert "canary" not in first


def _failed(cause: Exception) -> Exception:
    """Give an error that came of another one."""
    error = RuntimeError()
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (OSError(errno.EMFILE, "Too many open files"), True),
        (OSError(errno.ENFILE, "Too many open files in system"), True),
        (ImportError("libx.so: cannot open shared object file: Too many open files"), True),
        (_failed(OSError(errno.EMFILE, "Too many open files")), True),
        (OSError(errno.ENOENT, "No such file or directory"), False),
        (ImportError("No module named 'x'"), False),
        (ValueError("Too many open files"), False),
    ],
)
def test_a_lack_of_descriptors_is_no_bug(error: Exception, short: object) -> None:
    """What is loaded late, or asked, may need one more than there are."""
    assert failures.text(error).startswith("callerid: this process, or this mach") is short
    status, _ = of(error)
    assert (status is grpc.StatusCode.RESOURCE_EXHAUSTED) is short
    assert (of_error(error).summary == "Out of file descriptors") is short


def test_a_bug_that_was_never_raised_has_no_place() -> None:
    """The sentence stands without it."""
    assert failures.text(ValueError()).startswith("callerid internal error (ValueError). ")


def test_a_module_that_another_thread_could_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waited for it meets with another error, shortly after; a later one is a bug."""
    monkeypatch.setattr(failures, "_STRIKE", Strike())
    half = ImportError("cannot import name 'Core' from 'callerid.core'")
    assert failures.shortage(half) is None
    assert failures.shortage(OSError(errno.EMFILE, "Too many open files"))
    assert failures.shortage(half)
    assert failures.shortage(KeyError()) is None
    later = time.monotonic() + SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert failures.shortage(half) is None


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_bug_is_noted_where_nothing_can_be_loaded() -> None:
    """As what writes its place comes late; where nobody reads it, it is not loaded at all."""
    done = run_python(
        "import resource, sys\n"
        "from callerid.frontends import log, process\n"
        "process.spare_the_start()\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n"
        "log.bug(ValueError())\n"
        "log.to_stderr()\n"
        "log.bug(ValueError())\n"
        "log.bug(ValueError())\n"
    )
    assert done.returncode == 0, done.stderr
    assert "bug kind=ValueError" in done.stderr
    assert "Traceback" not in done.stderr
