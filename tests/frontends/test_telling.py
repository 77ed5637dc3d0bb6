"""Telling others: in order, by one thread, and whoever is slow loses lines and holds nobody up."""

from __future__ import annotations

from threading import Event

from support import commands

from callerid.frontends.telling import MOST, Telling

SECONDS = 10.0


class _Stuck:
    """Takes a text, and no more until it is let go."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.began, self.go = Event(), Event()

    def take(self, text: str) -> None:
        self.taken.append(text)
        self.began.set()
        self.go.wait(SECONDS)


def test_texts_arrive_in_their_order() -> None:
    """Whoever they are for."""
    telling, taken = Telling(), list[str]()
    for number in range(MOST):
        telling.tell(taken.append, str(number))
    assert telling.flush(SECONDS)
    assert taken == list(map(str, range(MOST)))


def test_what_is_too_much_is_left_out_and_counted() -> None:
    """The count is told where the gap is, as soon as there is room."""
    telling, stuck = Telling(), _Stuck()
    telling.tell(stuck.take, "first")
    assert stuck.began.wait(SECONDS)
    for _ in range(MOST + 7):
        telling.tell(stuck.take, "more")
    assert not telling.flush(0.01)
    stuck.go.set()
    assert telling.flush(SECONDS)
    telling.tell(stuck.take, "last")
    assert telling.flush(SECONDS)
    *before, gap, last = stuck.taken
    assert before == ["first", *["more"] * MOST]
    assert gap == "7 messages are left out here, as those before were not taken in time."
    assert last == "last"


def test_a_chance_is_given_once_to_whoever_is_slow() -> None:
    """And again when all has been taken: an engine that stutters is shown its warnings in time."""
    telling, stuck, later = Telling(), _Stuck(), _Stuck()
    telling.tell(stuck.take, "first")
    telling.give_a_chance()
    telling.give_a_chance()
    stuck.go.set()
    assert telling.flush(SECONDS)
    later.go.set()
    telling.tell(later.take, "second")
    telling.give_a_chance()
    assert later.taken == ["second"]


def test_an_error_of_one_is_nobodys() -> None:
    """The next is told all the same."""
    telling, taken = Telling(), list[str]()
    telling.tell(int, "no number")
    telling.tell(taken.append, "next")
    assert telling.flush(SECONDS)
    assert taken == ["next"]


def test_a_process_that_ends_tells_the_rest() -> None:
    """What it was about to say when its program was over."""
    script = (
        "from callerid.frontends import log\n"
        "log.to_stderr()\n"
        "for number in range(500): log.call(str(number), 'OK', 0)\n"
    )
    done = commands.run_python(script)
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 500)
    assert " name=499 " in done.stderr.splitlines()[-1]
