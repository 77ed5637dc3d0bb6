"""Threads in the background, on a system that has none to give, or no memory for one."""

from __future__ import annotations

import sys
from threading import Event, Thread

import pytest
from support.commands import run_python

from callerid import background


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no thread for long, and let nothing of it be left for other tests."""
    monkeypatch.setattr(background, "BEGIN_SECONDS", 0.2)
    monkeypatch.setattr(background, "_WAIT", type(background._WAIT)())  # noqa: SLF001 - as said


def test_it_acts() -> None:
    """On a thread that does not hold up the end of the process."""
    acted = Event()
    thread = background.start(acted.set)
    assert thread
    assert thread.daemon
    assert acted.wait(5)


def test_a_thread_that_never_begins_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python starts it, and it dies: so it does for want of memory. The next is not tried soon."""
    acted = Event()
    with monkeypatch.context() as patch:
        patch.setattr(Thread, "_bootstrap", lambda _: None)
        assert background.start(acted.set) is None
    assert background.start(acted.set) is None
    assert not acted.is_set()


def test_a_thread_that_comes_too_late_does_not_act(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever started it may have acted itself by then."""
    acted, go, over = Event(), Event(), Event()
    bootstrap = Thread._bootstrap  # type: ignore[attr-defined]  # noqa: SLF001 - a slow system

    def late(self: Thread) -> None:
        go.wait(5)
        bootstrap(self)
        over.set()

    with monkeypatch.context() as patch:
        patch.setattr(Thread, "_bootstrap", late)
        assert background.start(acted.set) is None
    go.set()
    assert over.wait(5)
    assert not acted.is_set()


def test_a_system_without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so, by an error."""

    def refuse(_: Thread) -> None:
        message = "can't start new thread"
        raise RuntimeError(message)

    monkeypatch.setattr(Thread, "start", refuse)
    assert background.start(print) is None


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_threads_do_not_take_the_last_memory() -> None:
    """Where a limit is close, none is started; where there is none, nothing is little."""
    done = run_python(
        "import resource\n"
        "from pathlib import Path\n"
        "from callerid import background, memory\n"
        "print(memory.little_is_left())\n"
        "size = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
        "for more in (128, 16):\n"
        "    limit = size + more * 1024 * 1024\n"
        "    resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))\n"
        "    print(memory.little_is_left(), background.start(int) is None)\n"
    )
    assert done.stdout.split() == ["False", "False", "False", "True", "True"]
