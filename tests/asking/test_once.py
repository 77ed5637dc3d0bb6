"""Asking once: any number of threads, one production, no kept failure."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from math import inf
from threading import Barrier, Event, Thread

import pytest
from support.clock import HandClock

from callerid.asking.clock import Clock
from callerid.asking.once import FEW, Kept, Once


def test_32_threads_produce_one_value() -> None:
    """Everybody gets the value of the first who asked."""
    clock, together, produced = Clock(), Barrier(32), []
    once: Once[object] = Once(clock)

    def produce() -> Kept[object]:
        produced.append(object())
        Event().wait(0.05)
        return Kept(produced[-1], clock.monotonic() + 10)

    def ask(_: int) -> object:
        together.wait()
        return once.get("key", produce, clock.deadline(5))

    with ThreadPoolExecutor(32) as pool:
        answers = set(pool.map(ask, range(32)))
    assert len(produced) == 1
    assert answers == set(produced)


def test_a_value_is_produced_anew_when_its_time_is_over() -> None:
    """Until then it is given again."""
    hand, produced = HandClock(), []
    clock = hand.clock()
    once: Once[int] = Once(clock)

    def produce() -> Kept[int]:
        produced.append(1)
        return Kept(len(produced), hand.now + 300)

    values = []
    for seconds in (0, 299, 2):
        hand.tick(seconds)
        values.append(once.get("key", produce, clock.deadline(5)))
    assert values == [1, 1, 2]


def test_a_failure_reaches_all_who_wait_and_is_not_kept() -> None:
    """The next who asks starts anew."""
    clock, started, go = Clock(), Event(), Event()
    once: Once[str] = Once(clock)

    def fail() -> Kept[str]:
        started.set()
        go.wait(5)
        message = "down"
        raise ConnectionError(message)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(once.get, "key", fail, clock.deadline(5))
        started.wait(5)
        second = pool.submit(once.get, "key", fail, clock.deadline(5))
        go.set()
        for future in (first, second):
            with pytest.raises(ConnectionError, match="down"):
                future.result(5)
    assert once.get("key", lambda: Kept("up", clock.monotonic() + 1), clock.deadline(5)) == "up"


def test_waiting_for_another_thread_ends_at_the_deadline() -> None:
    """A thread that hangs does not hold up the others for longer than they may take."""
    clock, started, go = Clock(), Event(), Event()
    once: Once[str] = Once(clock)

    def hang() -> Kept[str]:
        started.set()
        go.wait(5)
        return Kept("late", clock.monotonic() + 1)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(once.get, "key", hang, clock.deadline(5))
        started.wait(5)
        with pytest.raises(TimeoutError):
            once.get("key", hang, clock.deadline(0.01))
        go.set()
        assert first.result(5) == "late"


def test_dropping_an_old_value_spares_the_new_one() -> None:
    """Two threads that were refused with the same token do not throw the renewed one away."""
    clock = HandClock().clock()
    once: Once[object] = Once(clock)
    old, new = object(), object()

    def ask(value: object) -> object:
        return once.get("key", lambda: Kept(value, clock.monotonic() + 9), clock.deadline(5))

    assert ask(old) is old
    once.drop("key", old)
    assert ask(new) is new
    once.drop("key", old)
    assert ask(object()) is new


def test_a_log_handler_may_ask_for_the_value_whose_use_it_is_told_of() -> None:
    """No lock is held while the logger's handlers run: a script's handler may call callerid."""
    clock = Clock()
    once: Once[str] = Once(clock)
    answers: list[str] = []

    def ask() -> str:
        return once.get("key", lambda: Kept("value", clock.monotonic() + 10), clock.deadline(5))

    class Asking(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            del record
            logger.removeHandler(self)
            answers.append(ask())

    logger, handler = logging.getLogger("callerid"), Asking(logging.DEBUG)
    ask()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        thread = Thread(target=ask, daemon=True)
        thread.start()
        thread.join(10)
    finally:
        logger.setLevel(level)
        logger.removeHandler(handler)
    assert answers == ["value"]


def test_dropping_what_is_not_kept() -> None:
    """Nothing happens, and nothing breaks."""
    once: Once[object] = Once(HandClock().clock())
    once.drop("key", object())


@pytest.mark.parametrize(
    ("jump", "made"), [(0, 1), (299, 1), (300, 2), (3600, 2), (-1, 1), (-2, 2)]
)
def test_a_jump_of_the_wall_clock_ends_what_is_kept(jump: float, made: int) -> None:
    """The monotonic clock may stand still in sleep; a value is good only by both clocks."""
    hand, produced, wall = HandClock(), [], [0.0]
    clock = hand.clock()._replace(time=lambda: hand.now + wall[0])
    once: Once[int] = Once(clock)

    def produce() -> Kept[int]:
        produced.append(1)
        return Kept(len(produced), hand.now + 300)

    once.get("key", produce, clock.deadline(5))
    wall[0] = jump
    assert once.get("key", produce, clock.deadline(5)) == made


def test_what_has_no_end_outlives_every_jump() -> None:
    """An existing token cannot be produced anew."""
    hand, wall = HandClock(), [0.0]
    clock = hand.clock()._replace(time=lambda: hand.now + wall[0])
    once: Once[str] = Once(clock)
    once.get("key", lambda: Kept("first", inf), clock.deadline(5))
    for wall[0] in (-1e9, 1e9):
        assert once.get("key", lambda: Kept("second", inf), clock.deadline(5)) == "first"


def test_what_is_good_no_more_is_dropped() -> None:
    """Keys that nobody asks for again leave nothing behind."""
    hand = HandClock()
    clock = hand.clock()
    once: Once[int] = Once(clock)
    for number in range(1000):
        hand.tick(60)
        once.get(number, lambda: Kept(1, hand.now + 300), clock.deadline(5))
    assert len(once._entries) <= FEW + 1  # noqa: SLF001 - nothing else shows it
    assert once.get(999, lambda: Kept(2, inf), clock.deadline(5)) == 1


def test_a_forked_child_waits_for_no_thread_of_its_parent() -> None:
    """What another thread was producing is produced anew; what was kept is still good."""
    clock, began, goes_on = Clock(), Event(), Event()
    once: Once[int] = Once(clock)

    def slow() -> Kept[int]:
        began.set()
        goes_on.wait(10)
        return Kept(1, inf)

    once.get("kept", lambda: Kept(3, inf), clock.deadline(5))
    thread = Thread(target=once.get, args=("key", slow, clock.deadline(20)))
    thread.start()
    began.wait(10)
    coming = once._coming  # noqa: SLF001 - the thread is here, other than in a child
    once.start_anew()
    assert once.get("key", lambda: Kept(2, inf), clock.deadline(0.5)) == 2
    assert once.get("kept", lambda: Kept(4, inf), clock.deadline(0.5)) == 3
    once._coming = coming  # noqa: SLF001 - as above
    goes_on.set()
    thread.join(10)
