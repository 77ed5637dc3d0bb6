"""What commands that ask the APIs share: options, one call, errors and exit codes."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from callerid import config
from callerid.cli.choice import Words
from callerid.cli.console import say, show_json, warn, wrapped
from callerid.cli.progress import Progress
from callerid.errors import ArgumentError, CalleridError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

C = TypeVar("C", bound="Callable[..., object]")
INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM
_OPTIONS = (
    click.option(
        "--platform",
        type=Words(config.PLATFORM_TITLES),
        help="The API to ask; else the one that has a credential.",
    ),
    click.option(
        "--org",
        "org_id",
        metavar="ID",
        help="The organization to ask about; else the one set, else the credential's own.",
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON."),
)

_ARGUMENTS = {"the argument orgId": "--org", "the argument platform": "--platform"}
"""What an error calls the arguments that the options give, and the options."""


def options(command: C) -> C:
    """Add --platform, --org and --json, as the parameters `platform`, `org_id` and `as_json`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def ask(function: str, arguments: Mapping[str, object]) -> dict[str, Any]:
    """Call a function as the caller of the environment, and return its answer.

    Warnings go to stderr; a terminal shows what is waited for.

    Raises:
        click.ClickException: exit code 1, for a call that fails or is refused.
        click.UsageError: exit code 2, for a bad argument.
        SystemExit: on SIGINT and SIGTERM, with a shell's exit code.
    """
    settings = config.load({}, os.environ)
    for warning in settings.warnings:
        warn(warning)
    warnings: list[str] = []
    try:
        with ending_on_signals(), Progress() as progress:
            return _call(function, arguments, settings, warnings.append, progress.show)
    except CalleridError as error:
        _fail(error)
    finally:
        for warning in warnings:
            warn(warning)


def _call(
    function: str,
    arguments: Mapping[str, object],
    settings: config.Config,
    warn: Callable[[str], None],
    tell: Callable[[str], None],
) -> dict[str, Any]:
    from callerid.core import Core  # noqa: PLC0415 - slow, and --help needs none of it

    core = Core(settings, warn=warn, tell=tell)
    try:
        return core.ask(function, arguments)
    finally:
        core.close()


def _fail(error: CalleridError) -> NoReturn:
    text = str(error)
    for argument, option in _ARGUMENTS.items():
        text = text.replace(argument, option)
    text = wrapped(text)
    if isinstance(error, ArgumentError):
        raise click.UsageError(text) from None
    if isinstance(error, RefusedError):
        say(text, err=True)
        sys.exit(1)
    raise click.ClickException(text) from None


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the process with a shell's exit code, and without a word."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    finally:
        signal.signal(signal.SIGTERM, before)


def show_answer(answer: Mapping[str, Any]) -> None:
    """Print an answer as it is: equal answers are equal bytes."""
    show_json(answer, sort_keys=True)
