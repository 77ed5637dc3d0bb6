"""The same preview through a real Pulumi CLI: the reference for the preview host."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from callerid import launch, processes
from callerid.testing import copied, events, toolchain
from callerid.testing.project import load
from callerid.testing.result import LogLine, PreviewResult

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from callerid.testing.project import Project

_LAST_LINES = 5


def find_cli(environ: Mapping[str, str] | None = None) -> Path | None:
    """Find the executable `pulumi` on the PATH of an environment, by default this process's."""
    found = shutil.which("pulumi", path=(os.environ if environ is None else environ).get("PATH"))
    return Path(found).absolute() if found else None


def preview(  # noqa: PLR0913 - the same keywords as callerid.testing.preview
    program_dir: str | Path,
    *,
    config: Mapping[str, str] | None = None,
    secrets: Collection[str] = (),
    environ: Mapping[str, str] | None = None,
    timeout: float = 120.0,
    project: str | None = None,
    stack: str = "dev",
) -> PreviewResult:
    """Run `pulumi preview` on a temporary copy of a program folder, and leave nothing behind.

    State, plugins, credentials and configuration are temporary too; nothing of the account or
    the stack of whoever calls is read or touched. The program runs in the Python that it has at
    its own place, and nothing is installed there. Arguments are those of
    `callerid.testing.preview`, but that `timeout` is for each call of the CLI, and that the
    organization is always `organization`.

    Returns:
        What the CLI reports: `invokes` is empty, every secret is `Secret("[secret]")` and masked
        elsewhere too, and lines that the program logs as information are part of `output`
        instead of `logs`.

    Raises:
        ConfigurationError: the folder holds no Python program, the configuration is unusable, or
            the program's virtual environment is not there.
        FileNotFoundError: there is no `pulumi` on PATH.
    """
    given = dict(os.environ if environ is None else environ)
    cli = find_cli(given)
    if cli is None:
        message = "no pulumi CLI on PATH"
        raise FileNotFoundError(message)
    with _copy(load(program_dir, config, secrets, project, stack), given) as bench:
        try:
            _install_plugin(bench.environ)
            return _Session(cli, bench, timeout).preview()
        except _CliError as error:
            return _failed(PreviewResult(exports={}), str(error))


@dataclass(frozen=True)
class _Bench:
    """A temporary copy of a project, and the environment that keeps the CLI inside of it."""

    project: Project
    folder: Path
    environ: Mapping[str, str]
    log: Path


@contextmanager
def _copy(project: Project, environ: Mapping[str, str]) -> Iterator[_Bench]:
    with tempfile.TemporaryDirectory(prefix="callerid-", ignore_cleanup_errors=True) as name:
        home, state, program = (Path(name) / part for part in ("home", "state", "program"))
        folder = program / (project.root.name or "root")
        home.mkdir()
        state.mkdir()
        interpreter = toolchain.find(project, environ)
        copied.copy(project, interpreter, folder)
        variables = {**_environment(environ, home, state), **copied.variables(interpreter)}
        yield _Bench(project, folder, variables, Path(name) / "events")


def _environment(environ: Mapping[str, str], home: Path, state: Path) -> dict[str, str]:
    kept = {name: value for name, value in environ.items() if not name.startswith("PULUMI_")}
    folders = [str(Path(sys.executable).parent), environ.get("PATH", os.defpath)]
    return {
        **kept,
        "PATH": os.pathsep.join(folders),
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DEBUG_COMMANDS": "true",
    }


def _install_plugin(environ: Mapping[str, str]) -> None:
    """Do what people do before they call the CLI: the engine finds the plugin in its cache."""
    install = [*launch.CALLERID, "install", "pulumi"]
    done = subprocess.run(  # noqa: S603 - our own command
        install, env=dict(environ), capture_output=True, check=False, encoding="utf-8"
    )
    if done.returncode:
        raise _CliError(done.stderr.strip())


class _CliError(Exception):
    """The CLI failed before the preview began."""


class _Session:
    """The CLI calls of one preview."""

    def __init__(self, cli: Path, bench: _Bench, timeout: float) -> None:
        self._cli = cli
        self._bench = bench
        self._timeout = timeout

    def preview(self) -> PreviewResult:
        project = self._bench.project
        self._call("stack", "init", project.stack)
        for key, value in project.config.items():
            secret = "--secret" if key in project.secrets else "--plaintext"
            self._call("config", "set", secret, "--stack", project.stack, key, given=value)
        arguments = ("--stack", project.stack, "--color", "never")
        code, said = self._run("preview", *arguments, "--event-log", str(self._bench.log))
        if not self._bench.log.is_file():
            return _failed(PreviewResult(exports={}), said)
        result = events.read(self._bench.log.read_text(encoding="utf-8"))
        return _failed(result, said) if code and not result.error else result

    def _call(self, *arguments: str, given: str = "") -> None:
        code, said = self._run(*arguments, given=given)
        if code:
            message = f"pulumi {' '.join(arguments[:2])} failed: {_last(said)}"
            raise _CliError(message)

    def _run(self, *arguments: str, given: str = "") -> tuple[int, str]:
        process = processes.start(
            [str(self._cli), *arguments, "--non-interactive"],
            self._bench.folder,
            self._bench.environ,
            stderr=subprocess.STDOUT,
        )
        try:
            said, _ = process.communicate(given.encode(), self._timeout)
        except subprocess.TimeoutExpired:
            return 1, f"pulumi {arguments[0]} did not end within {self._timeout:g} s"
        finally:
            processes.kill(process)
        return process.returncode, said.decode(errors="replace")


def _failed(result: PreviewResult, said: str) -> PreviewResult:
    error = _last(said)
    return replace(result, error=error, logs=(*result.logs, LogLine("error", error)))


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return "\n".join(lines[-_LAST_LINES:]) or "it said nothing"
