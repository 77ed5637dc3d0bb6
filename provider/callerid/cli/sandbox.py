"""`callerid sandbox`: serve made-up callers of both APIs, or run a command as one of them."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from callerid.cli import completion
from callerid.cli.console import say, show_file
from callerid.cli.examples import epilog
from callerid.errors import ConfigurationError, one_line
from callerid.sandbox.extra import explain
from callerid.sandbox.schema_file import schema_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

    from callerid.sandbox.library import Entry
    from callerid.sandbox.scenario import Scenario
    from callerid.sandbox.server import Sandbox

_EXAMPLE = "person"
_POLL_SECONDS = 0.2


_EPILOG = epilog(
    "callerid sandbox --list",
    "callerid sandbox --as owner -- pulumi preview",
    "callerid sandbox --as owner --as member -- callerid whoami",
    "callerid sandbox --all -- terraform test",
    "callerid sandbox --port 8080 --verbose",
)


@click.command(context_settings={"allow_interspersed_args": False}, epilog=_EPILOG)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="A port; else a free one.")
@click.option(
    "--scenario",
    "scenarios",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="A YAML file, or a folder of them, in place of the built-in callers. May be repeated.",
)
@click.option(
    "--as",
    "names",
    metavar="NAME",
    multiple=True,
    shell_complete=completion.callers,
    help="The caller to be. May be repeated: COMMAND runs once for each.",
)
@click.option(
    "--all",
    "as_all",
    is_flag=True,
    help="Run COMMAND once, as nobody: it gets the settings of every caller, to choose from.",
)
@click.option("--list", "list_only", is_flag=True, help="List the callers and stop.")
@click.option(
    "--describe",
    "described",
    metavar="NAME",
    shell_complete=completion.callers,
    help="Describe a caller and stop.",
)
@click.option(
    "--schema",
    "schema_only",
    is_flag=True,
    help="Print the JSON schema of scenario files and stop.",
)
@click.option("-v", "--verbose", is_flag=True, help="Print every request to stderr.")
@click.argument("argv", metavar="[-- COMMAND...]", nargs=-1, type=click.UNPROCESSED)
def command(  # noqa: PLR0913 - one parameter an option
    *,
    port: int,
    scenarios: tuple[Path, ...],
    names: tuple[str, ...],
    as_all: bool,
    list_only: bool,
    described: str | None,
    schema_only: bool,
    verbose: bool,
    argv: tuple[str, ...],
) -> None:
    """Stand in for both APIs on this machine, with made-up callers and no account.

    Without COMMAND it serves until Ctrl-C. With --as NAME and COMMAND it runs COMMAND as that
    caller, and exits with its exit code. With several --as it runs COMMAND once for each, under a
    heading on stderr, and exits with the highest exit code.

    With --all it runs COMMAND once, for tests that are several callers by themselves: Terraform's
    find everybody's settings in the variable callerid_sandbox.
    """
    if schema_only:
        show_file(schema_text())
        return
    if argv and not (names or as_all):
        text = "Who shall run COMMAND? Add --as NAME; --list shows the names."
        raise click.UsageError(text)
    if as_all and (names or not argv):
        text = "--all runs a COMMAND, and takes no --as: the command chooses among all callers."
        raise click.UsageError(text)
    try:
        entries = _read(scenarios, (*names, described) if described else names)
        callers = {name: entry.scenario for name, entry in entries.items()}
        if list_only or described:
            say(_told(entries, described))
            return
        _start(callers, port, names, argv, verbose=verbose)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    except ModuleNotFoundError as error:
        raise click.ClickException(explain(error, "The sandbox", "sandbox")) from None


def _read(scenarios: Sequence[Path], names: Sequence[str]) -> dict[str, Entry]:
    """Read the callers, and make sure that those wanted are among them."""
    from callerid.sandbox import library  # noqa: PLC0415 - YAML is an extra
    from callerid.sandbox.extending import built_in_files  # noqa: PLC0415 - as above

    entries = library.entries(scenarios or built_in_files())
    for name in names:
        library.find(entries, name)
    return entries


def _told(entries: Mapping[str, Entry], described: str | None) -> str:
    from callerid.cli import sandbox_text  # noqa: PLC0415 - as above

    if described:
        return sandbox_text.description(described, entries[described])
    return sandbox_text.table({name: entry.scenario for name, entry in entries.items()})


def _start(
    callers: Mapping[str, Scenario],
    port: int,
    names: Sequence[str],
    argv: Sequence[str],
    *,
    verbose: bool,
) -> None:
    from callerid.cli.sandbox_text import welcome  # noqa: PLC0415 - as above
    from callerid.sandbox.server import Sandbox  # noqa: PLC0415 - an extra too, and slow

    with Sandbox.start(callers, port) as sandbox:
        if argv:
            sys.exit(_run(sandbox, names, argv, verbose=verbose))
        shown = names or [_EXAMPLE if _EXAMPLE in callers else next(iter(callers))]
        _serve(sandbox, welcome(sandbox, callers, shown), verbose=verbose)


def _run(sandbox: Sandbox, names: Sequence[str], argv: Sequence[str], *, verbose: bool) -> int:
    from callerid.cli.sandbox_run import run  # noqa: PLC0415 - where there is no command to run
    from callerid.sandbox.environment import as_caller  # noqa: PLC0415 - as above

    def after_each() -> None:
        _print_requests(sandbox, verbose=verbose)

    wanted = {name: sandbox.environment(name) for name in names} or {
        "all": sandbox.environment_of_all()
    }
    environments = {name: as_caller(os.environ, each) for name, each in wanted.items()}
    return run(argv, environments, after_each)


def _serve(sandbox: Sandbox, welcome: str, *, verbose: bool) -> None:
    """Welcome people, wait for SIGINT or SIGTERM, and print what is asked meanwhile."""
    ended = Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    say(welcome)
    while not ended.wait(_POLL_SECONDS):
        _print_requests(sandbox, verbose=verbose)
    _print_requests(sandbox, verbose=verbose)


def _print_requests(sandbox: Sandbox, *, verbose: bool) -> None:
    """Take the requests that came since the last time, and print them if wanted."""
    asked = sandbox.requests[:]
    del sandbox.requests[: len(asked)]
    for request in asked if verbose else ():
        say(one_line(f"{request.method} {request.shown} {request.status}"), err=True)
