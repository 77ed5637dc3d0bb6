"""What a command waits for, shown to whoever sits at the terminal."""

from __future__ import annotations

import os
import sys
from threading import Lock, Timer
from time import monotonic
from typing import TYPE_CHECKING

from callerid.cli.console import console
from callerid.errors import printable_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.live import Live
    from typing_extensions import Self

PATIENT_SECONDS = 1.0
"""How long to wait before the first word of progress."""
_FRAMES = "|/-\\"
_PER_SECOND = 8


class Progress:
    """The latest sentence on stderr, once the `with` block has lasted for a second.

    Nothing is shown, and nothing is imported for it, where stderr is no terminal. At the end of the
    block it is gone without a trace. Print nothing else to the terminal within the block.
    """

    def __init__(self, after: float = PATIENT_SECONDS) -> None:
        """Show nothing yet; `after` counts seconds."""
        self._timer = Timer(after, self._appear)
        self._timer.daemon = True
        self._lock = Lock()
        self._sentence = ""
        self._due = False
        self._live: Live | None = None

    def show(self, sentence: str) -> None:
        """Show what is waited for, from any thread: a few words such as `asking NAME`."""
        self._sentence = printable_line(sentence)
        with self._lock:
            self._start()

    def __enter__(self) -> Self:
        """Begin to count the time."""
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Take the sentence away."""
        self._timer.cancel()
        with self._lock:
            self._due = False
            if self._live:
                self._live.stop()

    def _appear(self) -> None:
        with self._lock:
            self._due = not self._timer.finished.is_set()  # `cancel` sets it
            self._start()

    def _start(self) -> None:
        if self._due and self._sentence and not self._live:
            self._live = _live(lambda: self._sentence)
            self._live.start(refresh=True)


def _live(sentence: Callable[[], str]) -> Live:
    """Make the line on stderr; it asks for its sentence whenever it is drawn."""
    from rich.live import Live  # noqa: PLC0415 - most commands end before anybody wonders
    from rich.text import Text  # noqa: PLC0415 - as above

    def line() -> Text:
        frame = _FRAMES[int(monotonic() * _PER_SECOND) % len(_FRAMES)]
        return Text(f"{frame} {sentence()}", no_wrap=True, overflow="ellipsis")

    return Live(
        console=console(stderr=True),
        get_renderable=line,
        redirect_stderr=False,
        redirect_stdout=False,
        refresh_per_second=_PER_SECOND,
        transient=True,
    )
