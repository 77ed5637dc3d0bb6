"""The wall clock jumps, between questions and amid them; the clock that never jumps goes on."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

from callerid.asking.clock import Clock
from callerid.config import load
from callerid.core import Core
from callerid.errors import CalleridError
from callerid.sandbox.server import Sandbox
from outcome import LATE
from served import FRONTS
from steps import LATENCY, slow_caller
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from served import Front

_REQUESTS = 6
"""What an answer takes at most: a token, who it is, and the policies, each of them twice."""
_HOUR = 3600.0
_YEAR = 8760 * _HOUR
JUMPS = (-10_000 * _HOUR, -_HOUR, -5.0, 5.0, _HOUR, 10_000 * _HOUR)
SHIFTS = (0.0, _HOUR, -_HOUR, _YEAR, -_YEAR)
"""Seconds by which the clock of a process is off, one after the other."""
_SHIFTED = """
import time
real = time.time
def shifted():
    with open({ahead!r}) as file:
        ahead = file.read()
    with open({seen!r}, "w") as file:
        file.write(ahead)
    return real() + float(ahead or 0)
time.time = shifted
"""
"""Python runs this when it starts: the clock is off by what a file says, and says that it was."""


def tried(scale: Scale, environ: Mapping[str, str]) -> Iterator[Tried]:
    """Let it jump, of a core in this process, and of front ends in theirs."""
    yield _between(environ, scale.of(short=100, whole=2_000))
    yield _in_flight(scale.of(short=2, whole=60))
    times = scale.of(short=len(SHIFTS), whole=60)
    lost = [text for front in FRONTS for text in of_process(front, times, environ)]
    what = "jumps of the clock of both front ends' processes, by up to a year"
    yield Tried(what, times * len(FRONTS), tuple(lost))


class _Jumping:
    """A core whose wall clock jumps; the other clock goes on as it does."""

    def __init__(self, environ: Mapping[str, str], seconds: float) -> None:
        self._chance = Random(17)  # noqa: S311 - the same jumps each time
        self._ahead = 0.0
        self._held: list[str] = []
        """What was answered first: a clock changes no roles that never end."""
        self._most = seconds + LATE
        self.core = Core(load({}, environ), Clock(time=lambda: time.time() + self._ahead))

    def jump(self) -> None:
        self._ahead += self._chance.choice(JUMPS)

    def ask(self) -> list[str]:
        """Ask, and tell what is wrong with what comes."""
        started = time.monotonic()
        try:
            held = self.core.ask("getUserOrgRoles", {})["roleNames"]
        except CalleridError as error:
            return [f"{self._ahead:+.0f} s: {error}"]
        self._held = self._held or held
        seconds = time.monotonic() - started
        late = [f"{self._ahead:+.0f} s: {seconds:.1f} s"] if seconds > self._most else []
        return late if held and held == self._held else [f"{self._ahead:+.0f} s: {held}"]


def _between(environ: Mapping[str, str], times: int) -> Tried:
    """Let it jump before each question."""
    lost, jumping = list[str](), _Jumping(environ, 0)
    for _ in range(times):
        jumping.jump()
        lost += jumping.ask()
    jumping.core.close()
    return Tried("jumps of the clock, forth and back by up to a year", times, tuple(lost))


def _in_flight(times: int) -> Tried:
    """Let it jump before a question, and again while the API thinks about it."""
    lost = list[str]()
    with Sandbox.start({"slow": slow_caller()}) as sandbox, ThreadPoolExecutor(1) as pool:
        jumping = _Jumping(sandbox.environment("slow"), _REQUESTS * LATENCY)
        for _ in range(times):
            jumping.jump()
            asking = pool.submit(jumping.ask)
            for _ in range(2):
                time.sleep(LATENCY * 0.7)
                jumping.jump()
            lost += asking.result()
        jumping.core.close()
    return Tried("jumps of the clock while a question is asked", times, tuple(lost))


def of_process(front: Front, times: int, environ: Mapping[str, str]) -> Iterator[str]:
    """Let the clock of a process jump before it is asked about another organization, and its own.

    A jump makes what was kept doubtful, so each is asked upstream, and the token is judged.
    """
    with TemporaryDirectory() as place:
        ahead, seen = (Path(place, name) for name in ("ahead", "seen"))
        Path(place, "sitecustomize.py").write_text(
            _SHIFTED.format(ahead=str(ahead), seen=str(seen)), encoding="utf-8"
        )
        ahead.write_text("0", encoding="utf-8")
        with front.start({**environ, "PYTHONPATH": place}) as served:
            served.go_to("configured")
            for shift in islice(cycle(SHIFTS), times):
                ahead.write_text(f"{shift:g}", encoding="utf-8")
                seen.unlink(missing_ok=True)
                yield from served.ask(str(uuid4())).lost(f"{front.name}, {shift:+g} s")
                yield from served.ask("").lost(f"{front.name}, {shift:+g} s", answer=True)
                if not seen.exists():
                    yield f"{front.name}, {shift:+g} s: nothing was tried: no clock was read"
