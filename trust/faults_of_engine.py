"""The engine is killed or stopped, at each step: the plugin leaves, or goes on answering."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from support.api_process import ApiProcess
from support.plugin import Plugin, spawn_mortal

from outcome import DEADLINE, ENVIRON, LATE, PLUGIN_LEAVES, ask, begin, untried
from steps import ASKING, LATENCY, STEPS, go_to, slow_caller
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from outcome import Outcome

_ENGINE = """
import sys
sys.path.insert(0, sys.argv[1])
from support.listening import engine
with engine() as (address, said):
    print(address, flush=True)
    sys.stdin.read()
"""


def tried(scale: Scale) -> Iterator[Tried]:
    """Fail at each step; stopping comes first, as it leaves everybody there."""
    steps = scale.some(STEPS, every=2)
    with ApiProcess(slow_caller()) as api:
        lost = [text for step in steps for text in _stopped(step, api)]
        yield Tried("steps of a preview at which the engine is stopped", len(steps), tuple(lost))
        if scale is Scale.WHOLE:
            lost = [text for step in steps for text in _killed(step, api)]
            what = "steps of a preview at which the engine is killed: the plugin leaves"
            yield Tried(what, len(steps), tuple(lost))


def _stopped(step: str, api: ApiProcess) -> Iterator[str]:
    """Answers do not wait for an engine that takes nothing in."""
    when = f"engine stopped when {step}"
    with _engine() as (process, address), _plugin(address, api) as plugin:
        asking = _go_to(step, plugin)
        yield from untried(asking, when)
        process.send_signal(signal.SIGSTOP)
        outcome = asking.result() if asking else ask(plugin)
        yield from outcome.lost(when, answer=True)
        yield from _refused(plugin, when)


def _refused(plugin: Plugin, when: str) -> Iterator[str]:
    """Ask for what is refused with a warning, which the engine is told and takes no notice of."""
    started = time.monotonic()
    answer = plugin.invoke("requireCaller", timeout=DEADLINE * 10, ids=["?"], onRefusal="warn")
    seconds = time.monotonic() - started
    if answer["allowed"] or seconds > DEADLINE + LATE:
        yield f"{when}: a warning: {answer['allowed']} after {seconds:.1f} s"


def _killed(step: str, api: ApiProcess) -> Iterator[str]:
    when = f"engine killed when {step}"
    with _engine() as (process, address), _plugin(address, api) as plugin:
        asking = _go_to(step, plugin)
        yield from untried(asking, when)
        process.kill()
        if asking:
            yield from asking.result().lost(when)
        try:
            code = plugin.process.wait(PLUGIN_LEAVES)
        except subprocess.TimeoutExpired:
            yield f"{when}: the plugin is there after {PLUGIN_LEAVES:g} s"
            return
        said = plugin.process.stderr.read() if plugin.process.stderr else ""
        if code or said:
            yield f"{when}: the plugin left with {code}, and said {said!r}"


def _go_to(step: str, plugin: Plugin) -> Future[Outcome] | None:
    """Do what comes before a step; while asking there is a question that is not answered yet."""
    go_to(step, plugin)
    if step != ASKING:
        return None
    asking = begin(lambda: ask(plugin))
    time.sleep(LATENCY / 2)
    return asking


@contextmanager
def _engine() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start one in a process of its own; give it, and its address."""
    tests = next(each for each in sys.path if each.endswith("tests"))
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", _ENGINE, tests],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout  # noqa: S101 - it is a pipe
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def _plugin(address: str, api: ApiProcess) -> AbstractContextManager[Plugin]:
    return spawn_mortal(address, environ={**api.environ, **ENVIRON})
