"""Memory of this process: whether a limit of it is close."""

from __future__ import annotations

from contextlib import suppress

LITTLE_BYTES = 64 * 1024 * 1024
"""What a few threads take, or libraries that are loaded."""
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
