"""What Linux tells of a process: memory, threads, descriptors, time on a processor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

_KIB_PER_MIB = 1024


class Used(NamedTuple):
    """What a process uses now; `memory` in MiB, `seconds` on a processor since its start."""

    memory: float
    threads: int
    descriptors: int
    seconds: float


def used(pid: int) -> Used:
    """Read it.

    Raises:
        FileNotFoundError: the process is gone, or the system has no /proc.
    """
    proc = Path("/proc", str(pid))
    lines = (proc / "status").read_text("utf-8").splitlines()
    status = dict(line.split(":", 1) for line in lines)
    stat = (proc / "stat").read_text("utf-8").rpartition(")")[2].split()
    ticks = int(stat[11]) + int(stat[12])
    return Used(
        int(status["VmRSS"].split()[0]) / _KIB_PER_MIB,
        int(status["Threads"]),
        len(list((proc / "fd").iterdir())),
        ticks / os.sysconf("SC_CLK_TCK"),
    )
