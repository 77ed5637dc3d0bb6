"""Memory of this process: whether a limit of it is close."""

from __future__ import annotations

from contextlib import suppress

LITTLE_BYTES = 64 * 1024 * 1024
"""What a few threads take, or libraries that are loaded."""


def little_is_left() -> bool:
    """Return whether this process has a limit of memory, and comes close to it."""
    with suppress(ImportError, OSError, ValueError):  # of systems that have no such limit
        import resource  # noqa: PLC0415 - not on Windows

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - pathlib takes 3 ms to load
                pages = int(file.read().split()[0])
            return limit < pages * resource.getpagesize() + LITTLE_BYTES
    return False
