"""Threads: a call never waits for another, as long as the system has threads to give."""

from __future__ import annotations

import asyncio
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

    # a system without threads is hard to come by
    monkeypatch.setattr(Thread, "start", _refuse)
    second = threads.submit(str, "second")
    assert not second.done()
    go.set()
    assert (first.result(5), second.result(5)) == ("first", "second")


def test_an_event_loop_may_give_up_a_call() -> None:
    """One that began goes on unheard, and another follows: no thread dies of either."""
    threads = Threads()
    started, go, done = Event(), Event(), Event()

    def hang() -> None:
        started.set()
        go.wait(5)
        done.set()

    async def ask() -> str:
        loop = asyncio.get_running_loop()
        given_up = loop.run_in_executor(threads, hang)
        assert started.wait(5)
        given_up.cancel()
        await asyncio.sleep(0)  # now the thread's side knows
        go.set()
        return await loop.run_in_executor(threads, str, "next")

    assert asyncio.run(ask()) == "next"
    assert done.wait(5)


def test_a_call_given_up_before_its_thread_comes_is_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its turn passes to the next."""
    threads, made, go = Threads(), list[str](), Event()
    busy = threads.submit(go.wait, 5)
    with monkeypatch.context() as patch:
        patch.setattr(Thread, "start", _refuse)
        threads.submit(made.append, "given up").cancel()
    go.set()
    threads.submit(made.append, "wanted").result(5)
    busy.result(5)
    assert made == ["wanted"]


def test_without_any_thread_the_caller_makes_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container at its limit gets its answers late, and not never."""
    threads = Threads()
    assert threads.submit(str, "before").result(5) == "before"
    with monkeypatch.context() as patch:
        patch.setattr(Thread, "start", _refuse)
        assert [threads.submit(str, each).result(5) for each in "abc"] == ["a", "b", "c"]
    assert threads.submit(str, "after").result(5) == "after"


def _refuse(_: Thread) -> None:
    message = "can't start new thread"
    raise RuntimeError(message)
