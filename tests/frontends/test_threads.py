"""Threads: a call never waits for another, as long as the system has threads to give."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING

from callerid.frontends.threads import Threads

if TYPE_CHECKING:
    import pytest


def test_calls_wait_where_the_system_gives_no_more_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The thread that is there takes them one after another."""
    threads = Threads()
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

    # a system without threads is hard to come by
    monkeypatch.setattr(Thread, "start", refuse)
    second = threads.submit(str, "second")
    assert not second.done()
    go.set()
    assert (first.result(5), second.result(5)) == ("first", "second")
