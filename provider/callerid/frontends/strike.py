"""Want of something that the system gives: errors of many forms come of one that says it."""

from __future__ import annotations

import time

SECONDS = 10.0
"""How long errors count as the same, after one that says it."""


class Strike:
    """The last time that something was lacking.

    Threads that load a module together meet with different errors: one with the want, the others
    with a module that stays half loaded.
    """

    def __init__(self) -> None:
        """Nothing was lacking yet."""
        self._at: float | None = None

    def now(self) -> None:
        """It is lacking."""
        self._at = time.monotonic()

    def was(self) -> bool:
        """Whether it was ever lacking."""
        return self._at is not None

    def was_lately(self) -> bool:
        """Whether it was lacking so lately that errors are of that."""
        return self._at is not None and time.monotonic() - self._at < SECONDS
