"""The preview host: serves the engine's side of the protocol while a program runs."""

from __future__ import annotations

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
from pulumi.runtime.proto import engine_pb2_grpc, resource_pb2_grpc

from callerid import launch, processes
from callerid.testing import stopping, toolchain
from callerid.testing.calls import Calls
from callerid.testing.engine import Diagnostics, EngineService
from callerid.testing.mask import Mask
from callerid.testing.monitor import PARALLEL, MonitorService
from callerid.testing.plugin import CHANNEL_OPTIONS, SHUTDOWN_SECONDS, Where
from callerid.testing.program import NO_SDK, REPORTED, WITHOUT_SDK
from callerid.testing.registry import Registry
from callerid.testing.resources import Resources
from callerid.testing.result import PreviewResult
from callerid.testing.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.testing.project import Project
    from callerid.testing.toolchain import Interpreter

PROGRAM_MAIN = "callerid.testing.program:main"
PROGRAM = launch.command(PROGRAM_MAIN, "-u")
"""How the command of every program begins."""

_ELSEWHERE = (
    "import sys, types; sys.path[:1] == [''] and sys.path.pop(0); "
    "package = sys.modules['_callerid_testing'] = types.ModuleType('_callerid_testing'); "
    "package.__path__ = [sys.argv.pop(1)]; "
    "from _callerid_testing.program import main; main()"
)
"""The same in a Python that has no callerid: from the folder that comes as the first argument."""

_THREADS = PARALLEL * 4 + 64
_NAPPING_SECONDS = 0.005
_STOPPING_SECONDS = 2.0
ENDING_SECONDS = _STOPPING_SECONDS + SHUTDOWN_SECONDS
"""What a run takes at most when its time is up, to end the program, and a provider of it."""


def preview(  # noqa: PLR0913 - one keyword for each option of a run
    project: Project,
    *,
    interpreter: Interpreter,
    environ: Mapping[str, str],
    preview: bool,
    timeout: float,
    organization: str,
    start: processes.Start = processes.start,
) -> PreviewResult:
    """Run a program to its end, then end its providers, and say what it came to.

    `interpreter` runs the program; the providers are still those of this Python.
    `timeout` is in seconds; whatever is wrong with the run is the result's `error`. `start` starts
    the program and the providers.
    """
    diagnostics, calls, resources = Diagnostics(), Calls(), Resources()
    passed_over = toolchain.unsupported(project)
    if passed_over:
        diagnostics.add("warning", f"{passed_over}.")
    with _serve() as (server, address):
        where = Where(address, project.directory, environ, start)
        providers = Registry(project, where, diagnostics, preview=preview)
        run = Run(project, organization, preview, providers, resources, calls, diagnostics)
        engine_pb2_grpc.add_EngineServicer_to_server(EngineService(diagnostics), server)
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(MonitorService(run), server)
        server.start()
        try:
            output = _run_program(run, interpreter, where, timeout)
        finally:
            calls.over.set()
            problems = providers.close()
    for problem in problems:
        diagnostics.add("error", problem)
    masked = Mask(project)
    error = diagnostics.error
    return PreviewResult(
        exports=resources.exports,
        invokes=tuple(masked.invoke(each) for each in calls.invokes),
        resources=resources.declared,
        logs=tuple(replace(each, message=masked(each.message)) for each in diagnostics.lines),
        error=masked(error) if error is not None else None,
        output=masked(output),
    )


@contextmanager
def _serve() -> Iterator[tuple[grpc.Server, str]]:
    with ThreadPoolExecutor(_THREADS) as pool:
        server = grpc.server(pool, options=CHANNEL_OPTIONS)
        port = server.add_insecure_port("127.0.0.1:0")
        try:
            yield server, f"127.0.0.1:{port}"
        finally:
            server.stop(grace=None).wait()


def _run_program(run: Run, interpreter: Interpreter, where: Where, timeout: float) -> str:
    try:
        process = where.start(
            _command(run, interpreter, where.engine_address),
            where.cwd,
            _environment(run.project, interpreter.activated(where.environ)),
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        message = f"could not start the program's Python {interpreter.python}: {error.strerror}."
        run.diagnostics.add("error", message)
        return ""
    if not process.stdout:
        raise AssertionError
    collector = processes.Collector(process.stdout)
    try:
        code = _wait(run, process, time.monotonic() + timeout, timeout)
    finally:
        processes.kill(process)
    output = collector.text()
    if code == NO_SDK and output == WITHOUT_SDK:
        run.diagnostics.add("error", _NO_SDK.format(interpreter.title, interpreter.remedy))
        return ""
    if code and code != REPORTED:
        run.diagnostics.add("error", _EXITED.format(code) if code > 0 else _KILLED.format(-code))
    return output


def _command(run: Run, interpreter: Interpreter, address: str) -> list[str]:
    project = run.project
    options = {
        "address": address,
        "project": project.name,
        "stack": project.stack,
        "organization": run.organization,
        "root": str(project.root),
        "pwd": str(project.directory),
        "preview": str(run.preview).lower(),
        "parallel": str(PARALLEL),
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    return [*_beginning(interpreter), *flags, str(project.entry)]


def _beginning(interpreter: Interpreter) -> tuple[str, ...]:
    if interpreter.own:
        return PROGRAM
    return (str(interpreter.python), "-u", "-c", _ELSEWHERE, str(Path(__file__).parent))


def _environment(project: Project, environ: Mapping[str, str]) -> dict[str, str]:
    return {
        **environ,
        "PULUMI_CONFIG": json.dumps(project.config),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(sorted(project.secrets)),
    }


def _wait(run: Run, process: processes.Process, deadline: float, timeout: float) -> int | None:
    """Wait for the end of a program, and return its exit code; None if it was stopped."""
    while process.poll() is None and not run.calls.broken.is_set():
        if time.monotonic() > deadline:
            run.diagnostics.add("error", _late(run, timeout))
            processes.ask(process, stopping.LATE, _STOPPING_SECONDS)
            return None
        run.calls.broken.wait(_NAPPING_SECONDS)
    if run.calls.broken.is_set():
        processes.ask(process, stopping.STOP, _STOPPING_SECONDS)
        return None
    return process.poll()


_EXITED = "an unhandled error occurred: program exited with non-zero exit code: {}"
_KILLED = "the program was ended by signal {}"
_NO_SDK = 'the program\'s Python {} has no Pulumi SDK. Add pulumi to what it needs, and run "{}".'


def _late(run: Run, timeout: float) -> str:
    open_calls = run.calls.waiting_for
    reason = (
        f"It was waiting for: {', '.join(open_calls)}."
        if open_calls
        else "No call to the engine was open: the program itself is busy, or waits for something."
    )
    return f"the program did not end within {timeout:g} s and was stopped. {reason}"
