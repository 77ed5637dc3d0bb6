"""The log for debuggers: where things are, never what they hold."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from support import commands

from callerid.frontends import log

if TYPE_CHECKING:
    import pytest


def test_a_call_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """Its name, how it ended, and how long it took."""
    caplog.set_level(logging.DEBUG, "callerid")
    log.call("Ask", "OK", time.monotonic() - 2)
    assert caplog.messages[0].startswith("rpc name=Ask outcome=OK ms=20")


def test_a_bug_is_logged_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    """Kind and places, and not what the exception says: that may be a value."""
    caplog.set_level(logging.DEBUG, "callerid")
    missing = "canary"
    try:
        dict[str, str]()[missing]
    except KeyError as error:
        log.bug(error)
    assert "bug kind=KeyError\n" in caplog.text
    assert "in test_a_bug_is_logged_without_its_text" in caplog.text
    assert "canary" not in caplog.text


def test_nothing_is_written_unless_asked_for() -> None:
    """Then a line goes to stderr, with the time and the name of the program."""
    script = (
        "from callerid.frontends import log\n"
        "log.call('Before', 'OK', 0)\n"
        "log.to_stderr()\n"
        "log.call('After', 'OK', 0)\n"
    )
    done = commands.run_python(script)
    assert done.returncode == 0, done.stderr
    [line] = done.stderr.splitlines()
    assert " callerid rpc name=After outcome=OK ms=" in line
    assert done.stdout == ""
