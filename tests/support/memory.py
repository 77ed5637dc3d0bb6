"""A limit of memory for a process that runs, as `ulimit -v` sets one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

MIB = 1024 * 1024
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits others' memory")


def leave(pid: int, mib: int) -> None:
    """Leave a process so much more than it has now."""
    import resource  # noqa: PLC0415 - not on Windows

    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[0])
    limit = pages * resource.getpagesize() + mib * MIB
    resource.prlimit(pid, resource.RLIMIT_AS, (limit, limit))
