"""The processes below another one, found by what their command says."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator

STARTING = 30.0
"""Seconds until a process is there."""


class Process(NamedTuple):
    """A process, and when it started: its number may be given to another one."""

    pid: int
    started: str

    def is_there(self) -> bool:
        """Whether it runs, or is stopped."""
        return _started(self.pid) == self.started

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it is there."""
        if self.is_there():
            os.kill(self.pid, number)

    def has_left(self, seconds: float) -> bool:
        """Wait until it is gone, for so long at most."""
        return wait(lambda: not self.is_there(), seconds)


def wait(is_met: Callable[[], bool], seconds: float = STARTING) -> bool:
    """Wait until something is so, for so long at most; tell whether it is."""
    give_up = time.monotonic() + seconds
    while not is_met() and time.monotonic() < give_up:
        time.sleep(0.01)
    return is_met()


def find(above: int, module: str) -> Process:
    """Wait for a process below another one whose command names a module."""
    give_up = time.monotonic() + STARTING
    while time.monotonic() < give_up:
        for each in below(above, module):
            return each
        time.sleep(0.01)
    message = f"no process of {module} came"
    raise AssertionError(message)


def below(above: int, module: str) -> Iterator[Process]:
    """Give each process below another one whose command names a module."""
    for each in Path("/proc").glob("[0-9]*"):
        pid = int(each.name)
        if module in _command(pid) and above in _ancestors(pid):
            yield at(pid)


def at(pid: int) -> Process:
    """Give the process that has a number now."""
    return Process(pid, _started(pid))


def _started(pid: int) -> str:
    stat = _stat(pid)
    return "" if not stat or stat[0] in "ZX" else stat[19]


def _ancestors(pid: int) -> Iterator[int]:
    while pid > 1 and (stat := _stat(pid)):
        pid = int(stat[1])
        yield pid


def _stat(pid: int) -> list[str]:
    """Read what the system says of a process, from its state on; nothing if it is gone."""
    try:
        return Path("/proc", str(pid), "stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path("/proc", str(pid), "cmdline").read_text("utf-8", errors="replace")
    except OSError:
        return ""
