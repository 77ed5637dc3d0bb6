"""Waiting for what happens in another thread or process."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 5.0


def wait_for(condition: Callable[[], object]) -> None:
    """Return as soon as a condition holds; it has to within 5 s."""
    ends = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < ends, f"it did not happen within {SECONDS:g} s"
        time.sleep(0.01)
