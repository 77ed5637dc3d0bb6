"""The calls of one run: which are open, what the Invokes came to, and whether the run is over."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Lock
from typing import TYPE_CHECKING

from callerid.testing.result import Invoke

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from callerid.testing.engine import Diagnostics


class Calls:
    """Keeps the calls of the program to the engine.

    `broken` is set when an error ends the whole run; whoever runs the program then stops it and
    sets `over`, for which the call that broke the run waits.
    """

    def __init__(self) -> None:
        """Start with none."""
        self._lock = Lock()
        self._open: list[str] = []
        self._invokes: list[Invoke] = []
        self.broken = Event()
        self.over = Event()

    @contextmanager
    def open(self, label: str) -> Iterator[None]:
        """Keep `label` among the open calls while the block runs."""
        with self._lock:
            self._open.append(label)
        try:
            yield
        finally:
            with self._lock:
                self._open.remove(label)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The open calls, the oldest first."""
        with self._lock:
            return tuple(self._open)

    @property
    def invokes(self) -> tuple[Invoke, ...]:
        """All Invokes, in the order in which the program sent them."""
        with self._lock:
            return tuple(self._invokes)

    def begin(self, token: str, args: Mapping[str, Any]) -> int:
        """Note that an Invoke has come; return the number under which it is kept."""
        with self._lock:
            self._invokes.append(Invoke(token, args, None, "the preview ended before an answer"))
            return len(self._invokes) - 1

    def end(
        self, number: int, result: Mapping[str, Any] | None = None, error: str | None = None
    ) -> None:
        """Note what an Invoke came to."""
        with self._lock:
            self._invokes[number] = replace(self._invokes[number], result=result, error=error)

    def break_off(self, diagnostics: Diagnostics, error: str) -> None:
        """End the run with an error, unless it is over; return when the program was stopped."""
        with self._lock:
            first = not self.broken.is_set() and not self.over.is_set()
            self.broken.set()
        if first:
            diagnostics.add("error", error)
        self.over.wait()
