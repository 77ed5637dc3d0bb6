"""`callerid sandbox`: serve made-up callers of both APIs, or run a command as one of them."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, NoReturn

import click

from callerid.errors import ConfigurationError, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

    from callerid.sandbox.scenario import Scenario
    from callerid.sandbox.server import Sandbox

_EXTRA = {"starlette", "uvicorn", "yaml"}
_EXAMPLE = "person"
_POLL_SECONDS = 0.2
_NOT_EXECUTABLE = 126
_NOT_FOUND = 127


@click.command(context_settings={"allow_interspersed_args": False})
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="A port; else a free one.")
@click.option(
    "--scenario",
    "scenarios",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="A YAML file, or a folder of them, in place of the built-in callers. May be repeated.",
)
@click.option("--as", "name", metavar="NAME", help="The caller to be.")
@click.option("--list", "list_only", is_flag=True, help="List the callers and stop.")
@click.option("-v", "--verbose", is_flag=True, help="Print every request to stderr.")
@click.argument("argv", metavar="[-- COMMAND...]", nargs=-1, type=click.UNPROCESSED)
def command(  # noqa: PLR0913 - one parameter an option
    *,
    port: int,
    scenarios: tuple[Path, ...],
    name: str | None,
    list_only: bool,
    verbose: bool,
    argv: tuple[str, ...],
) -> None:
    """Stand in for both APIs on this machine, with made-up callers and no account.

    Without COMMAND it serves until Ctrl-C. With --as NAME and COMMAND it runs COMMAND as that
    caller, and exits with its exit code.
    """
    if argv and not name:
        text = "Who shall run COMMAND? Add --as NAME; --list shows the names."
        raise click.UsageError(text)
    try:
        callers = _read_callers(scenarios, name)
        if list_only:
            click.echo(_table(callers))
            return
        _start(callers, port, name, argv, verbose=verbose)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    except ModuleNotFoundError as error:
        _explain_missing(error)


def _read_callers(scenarios: Sequence[Path], name: str | None) -> dict[str, Scenario]:
    from callerid.sandbox import library  # noqa: PLC0415 - YAML is an extra

    callers = library.read(scenarios) if scenarios else library.built_in()
    if name:
        library.find(callers, name)
    return callers


def _start(
    callers: Mapping[str, Scenario],
    port: int,
    name: str | None,
    argv: Sequence[str],
    *,
    verbose: bool,
) -> None:
    from callerid.sandbox.server import Sandbox, as_caller  # noqa: PLC0415 - an extra too, and slow

    with Sandbox.start(callers, port) as sandbox:
        if argv and name:
            code = _run(argv, as_caller(os.environ, sandbox.environment(name)))
            _print_requests(sandbox, 0, verbose=verbose)
            sys.exit(code)
        _serve(sandbox, _welcome(sandbox, callers, name), verbose=verbose)


def _explain_missing(error: ModuleNotFoundError) -> NoReturn:
    library = (error.name or "").partition(".")[0]
    if library not in _EXTRA:
        raise error
    text = f'The sandbox needs {library}: pip install "callerid[sandbox]"'
    raise click.ClickException(text) from None


def _table(callers: Mapping[str, Scenario]) -> str:
    width = max(map(len, callers))
    rows = [
        f"  {name:<{width}}  {'+'.join(caller.platforms):<9}  {caller.description}"
        for name, caller in callers.items()
    ]
    return "\n".join(rows)


def _welcome(sandbox: Sandbox, callers: Mapping[str, Scenario], name: str | None) -> str:
    """Say where it listens, who can call, and what to paste to be `name` or some caller."""
    chosen = name or (_EXAMPLE if _EXAMPLE in callers else next(iter(callers)))
    example = f"callerid sandbox --as {chosen} -- pulumi preview"
    return (
        f"callerid's sandbox listens on {sandbox.url}; Ctrl-C stops it. Its callers are made up:\n"
        f"{_table(callers)}\n"
        f"To be {chosen} in another shell (--as NAME shows another), paste:\n"
        f"{_paste(sandbox.environment(chosen))}\n"
        f"Or in one go: {example}"
    )


def _paste(wanted: Mapping[str, str]) -> str:
    """Write the shell's lines; variables that would interfere are unset where they are set here."""
    from callerid.sandbox.environment import INTERFERING  # noqa: PLC0415 - as above

    others = sorted(INTERFERING.intersection(os.environ).difference(wanted))
    unset = [f"  unset {' '.join(others)}"] if others else []
    exports = [f"  export {name}={shlex.quote(value)}" for name, value in wanted.items()]
    return "\n".join([*unset, *exports])


def _serve(sandbox: Sandbox, welcome: str, *, verbose: bool) -> None:
    """Welcome people, wait for SIGINT or SIGTERM, and print what is asked meanwhile."""
    ended = Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    click.echo(welcome)
    shown = 0
    while not ended.wait(_POLL_SECONDS):
        shown = _print_requests(sandbox, shown, verbose=verbose)
    _print_requests(sandbox, shown, verbose=verbose)


def _print_requests(sandbox: Sandbox, shown: int, *, verbose: bool) -> int:
    """Print the requests from number `shown` on; give the number of the next."""
    if verbose:
        for request in sandbox.requests[shown:]:
            shown += 1
            path = printable(request.path).replace("\n", "\\n")
            click.echo(f"{request.method} {path} {request.status}", err=True)
    return shown


def _run(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run a command on our own stdin, stdout and stderr; give its exit code, a shell's way."""
    try:
        process = subprocess.Popen(argv, env=environ)  # noqa: S603 - the user's own command
    except FileNotFoundError:
        return _not_run(_NOT_FOUND, f"There is no command {argv[0]}. Check its name and PATH.")
    except OSError as error:
        return _not_run(_NOT_EXECUTABLE, f"{argv[0]} cannot be run: {error.strerror}.")
    _pass_signals_on(process)
    code = process.wait()
    return code if code >= 0 else 128 - code


def _not_run(code: int, text: str) -> int:
    click.echo(f"Error: {text}", err=True)
    return code


def _pass_signals_on(process: subprocess.Popen[bytes]) -> None:
    """Send SIGINT and SIGTERM on to the command, and wait for it to end by itself.

    A Ctrl-C at the terminal reaches the command without us; a second one would make Pulumi give up
    its cleanup.
    """

    def forward(number: int, frame: FrameType | None) -> None:
        del frame
        if number != signal.SIGINT or not _in_foreground():
            process.send_signal(number)

    signal.signal(signal.SIGINT, forward)
    signal.signal(signal.SIGTERM, forward)


def _in_foreground() -> bool:
    """Tell whether a Ctrl-C at the terminal reaches our whole process group."""
    if sys.platform == "win32":
        return True
    try:
        with Path("/dev/tty").open("rb") as terminal:
            return os.tcgetpgrp(terminal.fileno()) == os.getpgrp()
    except OSError:
        return False
