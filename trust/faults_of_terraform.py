"""Terraform, or its provider, is killed or stopped in the middle of a real plan."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from support import terraform

import processes
from callerid.frontends.terraform import __main__ as provider_main
from callerid.frontends.terraform.names import FUNCTIONS
from callerid.sandbox.server import Sandbox
from outcome import ENVIRON, NAME
from processes import Process
from steps import ASKING, slow_caller
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROVIDER = provider_main.__name__
_USER, *_ = FUNCTIONS
_CONFIGURATION = f"""{terraform.CONFIGURATION}
provider "callerid" {{}}

data "{_USER}" "me" {{}}

output "name" {{
  value = data.{_USER}.me.display_name
}}
"""
_MOMENTS = ("starting", ASKING)
_PAUSE, ENDING, LEAVING = 0.7, 30.0, 5.0
"""Seconds: how long something is stopped, and until a plan, and then its provider, has ended."""


class Strike(NamedTuple):
    """What happens to the tool or to its provider, and how the plan ends."""

    name: str
    to_provider: bool
    signal: signal.Signals
    codes: tuple[int, ...]
    """With 0 there is an answer, with 1 an error of the tool's."""


_KILLED = -signal.SIGKILL
STRIKES = (
    Strike("the provider is killed", True, signal.SIGKILL, (1,)),  # noqa: FBT003 - a table
    Strike("the provider is stopped, and goes on", True, signal.SIGSTOP, (0,)),  # noqa: FBT003
    Strike("it is killed", False, signal.SIGKILL, (_KILLED,)),  # noqa: FBT003
    Strike("it is stopped, and goes on", False, signal.SIGSTOP, (0,)),  # noqa: FBT003
    Strike("it is interrupted", False, signal.SIGINT, (0, 1)),  # noqa: FBT003
)


def tried(scale: Scale) -> Iterator[Tried]:
    """Strike at two moments; then no provider is left, and the next plan has an answer."""
    strikes = STRIKES[: scale.of(short=1, whole=len(STRIKES))]
    moments = _MOMENTS[scale.of(short=-1, whole=0) :]
    for tool in terraform.REAL:
        with TemporaryDirectory() as place, Sandbox.start({"caller": slow_caller()}) as sandbox:
            plans = _Plans(tool, Path(place), sandbox)
            for strike in strikes:
                lost = [text for moment in moments for text in plans.strike(strike, moment)]
                yield Tried(f"plans of {tool} in which {strike.name}", len(moments), tuple(lost))


class _Plans:
    """A configuration that asks who calls, and a tool that plans it."""

    def __init__(self, tool: str, place: Path, sandbox: Sandbox) -> None:
        self._tool, self._sandbox = tool, sandbox
        self._folder = place / "project"
        self._folder.mkdir()
        (self._folder / "main.tf").write_text(_CONFIGURATION, encoding="utf-8")
        terraform.install(tool, place / "home")
        given = {**sandbox.environment("caller"), **ENVIRON}
        self._environ = terraform.environment(place / "home", **given)
        made = terraform.run(tool, self._folder, self._environ, "init")
        assert made.returncode == 0, made.stderr  # noqa: S101 - else nothing is tried

    def strike(self, strike: Strike, moment: str) -> Iterator[str]:
        """Do it to one plan, and tell what is wrong with its end, and with the plan after it."""
        when = f"{strike.name} when {moment}"
        with self._planning() as plan:
            provider = self._provider(plan.pid, moment)
            victim = provider if strike.to_provider else processes.at(plan.pid)
            _do(strike.signal, victim)
            said, code = _end(plan)
        if code not in strike.codes:
            yield f"{when}: exit code {code}, and it said {said}"
        yield from _wrong(f"{when}, then", said, code)
        if not provider.has_left(LEAVING):
            provider.send(signal.SIGKILL)
            yield f"{when}: the provider is still there"
        with self._planning() as plan:
            said, code = _end(plan)
        if code:
            yield f"the plan after {when}: exit code {code}, and it said {said}"

    def _planning(self) -> subprocess.Popen[str]:
        self._sandbox.requests.clear()
        return subprocess.Popen(  # noqa: S603 - a tool of this machine
            [terraform.REAL[self._tool], "plan", "-no-color"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self._folder,
            env=self._environ,
            text=True,
        )

    def _provider(self, above: int, moment: str) -> Process:
        """Wait for the moment, and give the provider that runs then."""
        give_up = time.monotonic() + processes.STARTING
        while moment == ASKING and not self._sandbox.requests and time.monotonic() < give_up:
            time.sleep(0.01)
        return processes.find(above, _PROVIDER)


def _do(number: signal.Signals, victim: Process) -> None:
    victim.send(number)
    if number == signal.SIGSTOP:
        time.sleep(_PAUSE)
        victim.send(signal.SIGCONT)


def _end(plan: subprocess.Popen[str]) -> tuple[str, int]:
    """Wait until a plan has ended; return what it said, and its exit code."""
    try:
        said, _ = plan.communicate(timeout=ENDING)
    except subprocess.TimeoutExpired:
        plan.kill()
        return "nothing, and did not end", plan.wait()
    return said, plan.returncode


def _wrong(when: str, said: str, code: int) -> Iterator[str]:
    """Tell what is wrong with what a plan said: these are a tool's own words, but for answers."""
    if code == 0 and f'"{NAME}"' not in said:
        yield f"{when}: no answer: {said}"
    if code == 1 and "Error" not in said and "interrupt" not in said.lower():
        yield f"{when}: no error: {said}"
    if "Traceback" in said:
        yield f"{when}: a traceback: {said}"
