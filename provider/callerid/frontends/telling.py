"""Telling others: a host's log, and stderr. They may be slow, or gone; no answer waits for them."""

from __future__ import annotations

import atexit
from collections import deque
from contextlib import suppress
from functools import partial
from threading import Condition, Event
from typing import TYPE_CHECKING

from callerid import background
from callerid.frontends import process

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Thread

    Voice = Callable[[str], object]
    """What takes a text to whom it is for, however long that takes."""

MOST = 1000
"""So many texts wait at most; what comes on top is left out, and counted."""
CHANCE_SECONDS = 0.1
"""How long an answer, or the end of the process, may be held up for texts that wait."""
_LEFT_OUT = "{count} messages are left out here, as those before were not taken in time."


class Telling:
    """One queue of texts and one thread that tells them, in their order. Thread-safe."""

    def __init__(self) -> None:
        """Start with no thread: most processes tell nothing."""
        self._changed = Condition()
        self._waiting: deque[Callable[[], object]] = deque()
        self._left_out: dict[Voice, int] = {}
        self._thread: Thread | None = None
        self._busy = False
        self._slow = False

    def tell(self, voice: Voice, text: str) -> None:
        """Let a text be told. It never waits, and never fails."""
        with self._changed:
            if len(self._waiting) >= MOST or not self._has_thread():
                self._left_out[voice] = self._left_out.get(voice, 0) + 1
                return
            self._own_up()
            self._put(partial(voice, text))

    def give_a_chance(self) -> None:
        """Let what was told so far arrive, briefly; not again before a slow one has caught up."""
        if not self._slow and not self.flush(CHANCE_SECONDS):
            self._slow = True

    def flush(self, seconds: float = CHANCE_SECONDS) -> bool:
        """Wait until all is told that was given so far, or for so many seconds."""
        told = Event()
        with self._changed:
            if not self._busy:
                return True
            self._put(told.set)
        return told.wait(seconds)

    def _put(self, act: Callable[[], object]) -> None:
        self._waiting.append(act)
        self._busy = True
        self._changed.notify()

    def _own_up(self) -> None:
        """Say how many texts are missing, where there is room again."""
        for voice, count in self._left_out.items():
            self._put(partial(voice, _LEFT_OUT.format(count=count)))
        self._left_out.clear()

    def _has_thread(self) -> bool:
        if not (self._thread and self._thread.is_alive()):
            self._thread = background.start(self._run)
            if self._thread is None:
                return False
            atexit.register(self.flush)
            process.LAST_WORDS.append(self.flush)
        return True

    def _run(self) -> None:
        while True:
            act = self._next()
            with suppress(Exception):  # whoever is told may be gone
                act()

    def _next(self) -> Callable[[], object]:
        with self._changed:
            while not self._waiting:
                self._own_up()
                if not self._waiting:
                    self._busy = self._slow = False
                    self._changed.wait()
            return self._waiting.popleft()


OTHERS = Telling()
"""Of this process."""
