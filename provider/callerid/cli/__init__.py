"""The command line for people: one file a command, each imported only when it is called."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from callerid import __version__
from callerid.cli import streams
from callerid.errors import printable
from callerid.frontends import failures
from callerid.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SECTIONS = {
    "Ask": {
        "whoami": "Show who calls.",
        "roles": "Show the caller's roles.",
        "require": "Stop a pipeline unless the caller may go on.",
        "doctor": "Show what would be used, what is wrong, and how to mend it.",
    },
    "Try": {
        "sandbox": "Stand in for both APIs, with made-up callers.",
        "preview": "Preview a Pulumi program as made-up callers.",
        "record": "Keep what the real API answers, to replay it without a secret.",
    },
    "Set up": {
        "install": "Let the Pulumi engine find callerid.",
        "provider": "Serve the Pulumi engine from here, for a debugger.",
        "schema": "Print the Pulumi schema.",
    },
}
"""What `callerid --help` lists, in an order that helps; nothing is imported for it."""
COMMANDS = tuple(sorted(name for section in _SECTIONS.values() for name in section))


class _OneFileACommand(click.Group):
    """Finds the command NAME as the object `command` of the module `callerid.cli.NAME`."""

    def list_commands(self, ctx: click.Context) -> Sequence[str]:  # type: ignore[override]
        del ctx
        return COMMANDS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            command: click.Command = import_module(f"{__name__}.{cmd_name}").command
            return command
        if ctx.resilient_parsing:  # a shell asks for completions
            return None
        text = f"callerid has no command {cmd_name}.{nearest(cmd_name, COMMANDS)}"
        raise click.UsageError(text, ctx)

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run what the arguments ask for; completion only where there are none.

        Shells ask without arguments. With some, a variable that was left in the environment would
        make `callerid require` exit with 0 without asking anybody.
        """
        given = sys.argv[1:] if args is None else args
        nothing_completes = {"complete_var": ""} if given else {}
        with streams.usable():
            return super().main(args, *rest, **{**nothing_completes, **extra})

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _printable():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _printable():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if streams.is_of_a_stream(error):
                raise  # `main` tells it
            raise click.ClickException(failures.text(error)) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        width = max(map(len, COMMANDS))
        for title, section in _SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(width), text) for name, text in section.items()])


@contextmanager
def _printable() -> Iterator[None]:
    """Let no error write to a terminal what it repeats of the command line, or of a file."""
    try:
        yield
    except click.ClickException as error:
        error.message = printable(error.message)  # type: ignore[misc]  # it is on its way out
        raise


_EPILOG = """\
\b
Without an account:
  callerid sandbox --as person -- callerid whoami

\b
Completion of commands and options, in ~/.bashrc (for zsh and fish put
zsh_source and fish_source in the shell's own file):
  eval "$(_CALLERID_COMPLETE=bash_source callerid)"
"""


@click.group(
    cls=_OneFileACommand,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EPILOG,
)
@click.version_option(__version__, prog_name="callerid")
def main() -> None:
    """Tell an infrastructure program who is running it, where, and with which roles."""
