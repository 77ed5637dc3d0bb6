"""Memory of this process: whether a limit of it is close."""

from __future__ import annotations

import sys
from contextlib import suppress

LITTLE_BYTES = 64 * 1024 * 1024
"""What a command takes that starts."""
LOADING_BYTES = 32 * 1024 * 1024
"""Twice what the libraries take that answer (14 MiB were measured)."""
A_THREAD_BYTES = 72 * 1024 * 1024
"""What a thread takes on Linux: a stack (8 MiB), and a heap of its own, reserved (64 MiB)."""
HARDLY_ANY_BYTES = 16 * 1024 * 1024
"""What hundreds of calls take only to be refused."""


def little_is_left(wanted: int = LITTLE_BYTES) -> bool:
    """Return whether this process has a limit of memory, and less than `wanted` bytes up to it."""
    with suppress(ImportError, OSError, ValueError):  # of systems that have no such limit
        import resource  # noqa: PLC0415 - not on Windows

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - pathlib takes 3 ms to load
                pages = int(file.read().split()[0])
            return limit < pages * resource.getpagesize() + wanted
    return False


def cannot_load(wanted: int = LOADING_BYTES) -> bool:
    """Return whether what answers is not loaded yet, and a limit leaves less than `wanted` bytes.

    Libraries that are loaded by halves fail in any way, and those not written in Python may crash.
    """
    return "callerid.core" not in sys.modules and little_is_left(wanted)
