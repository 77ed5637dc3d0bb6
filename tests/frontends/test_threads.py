"""Threads: a call never waits for another, as long as the system has threads to give."""

from __future__ import annotations

import asyncio
import time
from threading import Event
from threading import enumerate as enumerate_threads
from typing import TYPE_CHECKING

import pytest

from callerid import background
from callerid.frontends.threads import KEPT, Threads

if TYPE_CHECKING:
    from threading import Thread


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
    monkeypatch.setattr(background, "start", _refuse)
    others = [threads.submit(str, each) for each in "abc"]
    assert not any(each.done() for each in others)
    go.set()
    assert first.result(5) == "first"
    assert [each.result(5) for each in others] == ["a", "b", "c"]


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
        patch.setattr(background, "start", _refuse)
        threads.submit(made.append, "given up").cancel()
    go.set()
    threads.submit(made.append, "wanted").result(5)
    busy.result(5)
    assert made == ["wanted"]


def test_a_call_is_never_made_by_who_submits_it() -> None:
    """He may be the one who reads what it waits for."""
    threads, ready = Threads(), Event()
    call = threads.submit(ready.wait, 5)
    assert not call.done()
    ready.set()
    assert call.result(5)


def test_a_system_without_any_thread_is_one_without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody could answer a call."""
    monkeypatch.setattr(background, "start", _refuse)
    with pytest.raises(MemoryError):
        Threads()


def test_a_few_threads_stay_and_the_others_end() -> None:
    """After many calls at once; with the pool they end all."""
    before = set(enumerate_threads())
    threads, go = Threads(), Event()
    calls = [threads.submit(go.wait, 5) for _ in range(KEPT * 3)]
    assert len(set(enumerate_threads()) - before) == KEPT * 3
    go.set()
    assert all(call.result(5) for call in calls)
    assert _left(before, KEPT) == KEPT
    threads.shutdown()
    assert _left(before, 0) == 0


def _left(before: set[Thread], wanted: int) -> int:
    """Count the threads that are new; wait until they are as many as wanted, but not for long."""
    end = time.monotonic() + 5
    while (left := len(set(enumerate_threads()) - before)) != wanted and time.monotonic() < end:
        time.sleep(0.01)
    return left


def _refuse(_: object) -> None:
    """Give no thread."""
