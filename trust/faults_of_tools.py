"""Terraform, OpenTofu, Pulumi, or what answers them, is killed or stopped amid a real plan."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from support import terraform
from support.commands import CALLERID
from support.pulumi import cli_in

import processes
from callerid.frontends.pulumi import __main__ as plugin_main
from callerid.frontends.terraform import __main__ as provider_main
from callerid.frontends.terraform.names import FUNCTIONS
from callerid.sandbox.server import Sandbox
from callerid.testing.pulumi_cli import find_cli
from outcome import ENVIRON, NAME, PLUGIN_LEAVES
from processes import Process
from steps import ASKING, slow_caller
from trial import Scale, Tried

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_PROGRAM = Path(__file__).resolve().parents[1] / "tests" / "programs" / "whoami"
_USER, *_ = FUNCTIONS
_CONFIGURATION = f"""{terraform.CONFIGURATION}
provider "callerid" {{}}

data "{_USER}" "me" {{}}

output "name" {{
  value = data.{_USER}.me.display_name
}}
"""
_MOMENTS = ("starting", ASKING)
_PAUSE, ENDING = 0.7, 30.0
"""Seconds: how long something is stopped, and until a run has ended."""
_OURS = re.compile(r'File "[^"]*/callerid/')
"""Part of a traceback of ours; a program that fails shows one of its own."""


class Strike(NamedTuple):
    """What happens to a tool or to its provider, and how the run may end."""

    name: str
    to: str
    signal: signal.Signals
    ends: frozenset[str]


_TOOL, _PROVIDER = "the tool", "the provider"
_ANSWERED, _FAILED, _GONE = "with an answer", "with an error", "by the signal"
STRIKES = (
    Strike("is killed", _PROVIDER, signal.SIGKILL, frozenset({_FAILED})),
    Strike("is stopped, and goes on", _PROVIDER, signal.SIGSTOP, frozenset({_ANSWERED})),
    Strike("is killed", _TOOL, signal.SIGKILL, frozenset({_GONE})),
    Strike("is stopped, and goes on", _TOOL, signal.SIGSTOP, frozenset({_ANSWERED})),
    Strike("is interrupted", _TOOL, signal.SIGINT, frozenset({_ANSWERED, _FAILED})),
)


class Project(NamedTuple):
    """Something that a tool runs, and that asks who calls."""

    runs: str
    command: list[str]
    module: str
    """What the command of its provider names."""
    leaves: float
    """Seconds until its provider has left, when the tool is gone."""
    folder: Path
    environ: Mapping[str, str]


_TERRAFORM_LEAVES, _PULUMI_LEAVES = 6.0, PLUGIN_LEAVES
"""Seconds until a provider has left whose host was killed, and said nothing."""


def _of_terraform(tool: str) -> Callable[[Path, Mapping[str, str]], Project]:
    def made(place: Path, caller: Mapping[str, str]) -> Project:
        folder = place / "project"
        folder.mkdir()
        (folder / "main.tf").write_text(_CONFIGURATION, encoding="utf-8")
        terraform.install(tool, place / "home")
        environ = terraform.environment(place / "home", **caller)
        begun = terraform.run(tool, folder, environ, "init")
        assert begun.returncode == 0, begun.stderr  # noqa: S101 - else nothing is tried
        command = [terraform.REAL[tool], "plan", "-no-color"]
        return Project(
            f"plans of {tool}",
            command,
            provider_main.__name__,
            _TERRAFORM_LEAVES,
            folder,
            environ,
        )

    return made


def _of_pulumi(executable: Path) -> Callable[[Path, Mapping[str, str]], Project]:
    def made(place: Path, caller: Mapping[str, str]) -> Project:
        cli = cli_in(place / "cli", executable).with_(**caller)
        installing = [*CALLERID, "install", "pulumi"]
        subprocess.run(installing, check=True, capture_output=True, env=dict(cli.environ))  # noqa: S603 - our own command
        cli = cli.project(_PROGRAM, place)
        command = [str(executable), "preview", "--non-interactive", "--color", "never"]
        return Project(
            "previews of pulumi",
            command,
            plugin_main.__name__,
            _PULUMI_LEAVES,
            cli.cwd,
            cli.environ,
        )

    return made


def tried(scale: Scale) -> Iterator[Tried]:
    """Strike at two moments; then no provider is left, and the next run has an answer."""
    strikes = STRIKES[: scale.of(short=1, whole=len(STRIKES))]
    moments = _MOMENTS[scale.of(short=-1, whole=0) :]
    here = {"terraform": bool(terraform.REAL), "pulumi": bool(find_cli())}
    for tool in (name for name in here if not here[name] and scale is Scale.WHOLE):
        yield Tried(f"plans or previews of {tool}", 0, (), f"not tried: there is no {tool} here")
    for make in _makers():
        with TemporaryDirectory() as place, Sandbox.start({"caller": slow_caller()}) as sandbox:
            project = make(Path(place), {**sandbox.environment("caller"), **ENVIRON})
            for strike in strikes:
                lost = [
                    text for each in moments for text in _strike(project, sandbox, strike, each)
                ]
                what = f"{project.runs} in which {strike.to} {strike.name}"
                yield Tried(what, len(moments), tuple(lost))


def _makers() -> list[Callable[[Path, Mapping[str, str]], Project]]:
    pulumi = find_cli()
    return [*map(_of_terraform, terraform.REAL), *([_of_pulumi(pulumi)] if pulumi else [])]


def _strike(project: Project, sandbox: Sandbox, strike: Strike, moment: str) -> Iterator[str]:
    """Do it to one run, and tell what is wrong with its end, and with the run after it."""
    when = f"{strike.to} {strike.name} when {moment}"
    sandbox.requests.clear()
    with _running(project) as run:
        is_asked = processes.wait(lambda: moment != ASKING or bool(sandbox.requests))
        provider = processes.find(run.pid, project.module)
        victim = provider if strike.to == _PROVIDER else processes.at(run.pid)
        if not is_asked or run.poll() is not None or not victim.is_there():
            yield f"{when}: nothing was tried: the moment did not come, or was over"
        _do(strike.signal, victim)
        end, said = _end(run)
    if end not in strike.ends:
        yield f"{when}: it ended {end}, and said {said}"
    if not provider.has_left(project.leaves):
        provider.send(signal.SIGKILL)
        yield f"{when}: the provider is still there"
    with _running(project) as run:
        end, said = _end(run)
    if end != _ANSWERED:
        yield f"the run after {when}: it ended {end}, and said {said}"


def _running(project: Project) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - a tool of this machine
        project.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=project.folder,
        env=dict(project.environ),
        text=True,
    )


def _do(number: signal.Signals, victim: Process) -> None:
    victim.send(number)
    if number == signal.SIGSTOP:
        time.sleep(_PAUSE)
        victim.send(signal.SIGCONT)


def _end(run: subprocess.Popen[str]) -> tuple[str, str]:
    """Wait until a run has ended; return how, and what it said: a tool's own words, mostly."""
    try:
        said, _ = run.communicate(timeout=ENDING)
    except subprocess.TimeoutExpired:
        run.kill()
        return "not in time", ""
    if run.returncode < 0:
        return _GONE, said
    if _OURS.search(said):
        return "with a traceback of ours", said
    if run.returncode == 0:
        return _ANSWERED if NAME in said else "without an answer", said
    return _FAILED if "error" in said.lower() else "without an error", said
