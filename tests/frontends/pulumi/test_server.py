"""The guard around every RPC: what goes wrong in our own code."""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import Any

import grpc
import pytest

from callerid.frontends.pulumi import server


class _AbortedError(Exception):
    """What a context raises when it aborts."""


class _Context:
    """Notes how a call was aborted."""

    def abort(self, code: grpc.StatusCode, text: str) -> None:
        """Abort like gRPC does."""
        raise _AbortedError(code, text)


def _bug(_request: Any, _context: Any) -> Any:
    return dict[str, str]()["canary"]


@pytest.mark.parametrize(("level", "traced"), [(logging.DEBUG, True), (logging.INFO, False)])
def test_a_bug_is_one_line_and_its_traceback_is_for_debuggers(
    caplog: pytest.LogCaptureFixture, level: int, traced: object
) -> None:
    """The engine gets a sentence; the traceback is written at debug level alone."""
    caplog.set_level(level, "callerid")
    handle = server._guarded("Invoke", _bug)  # noqa: SLF001 - no RPC of ours has a bug to call
    with pytest.raises(_AbortedError) as caught:
        handle(object(), _Context())
    code, text = caught.value.args
    assert code == grpc.StatusCode.INTERNAL
    assert text.startswith("callerid internal error (KeyError at pulumi/test_server.py:")
    assert "report" in text
    assert ("in _bug" in caplog.text) is traced
    assert "KeyError: " not in caplog.text


def test_calls_wait_where_the_system_gives_no_more_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The thread that is there takes them one after another."""
    threads = server._Threads()  # noqa: SLF001 - a system without threads is hard to come by
    started, go = Event(), Event()

    def hang() -> str:
        started.set()
        go.wait(5)
        return "first"

    first = threads.submit(hang)
    assert started.wait(5)

    def refuse(_: Thread) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    monkeypatch.setattr(Thread, "start", refuse)
    second = threads.submit(str, "second")
    assert not second.done()
    go.set()
    assert (first.result(5), second.result(5)) == ("first", "second")
