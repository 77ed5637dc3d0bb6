"""The command line for people: one file a command, each imported only when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from callerid import __version__
from callerid.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = ("install", "preview", "provider", "sandbox", "schema")


class _OneFileACommand(click.Group):
    """Finds the command NAME as the object `command` of the module `callerid.cli.NAME`."""

    def list_commands(self, ctx: click.Context) -> Sequence[str]:  # type: ignore[override]
        del ctx
        return COMMANDS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        if cmd_name not in COMMANDS:
            text = f"callerid has no command {cmd_name}.{nearest(cmd_name, COMMANDS)}"
            raise click.UsageError(text, ctx)
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command


@click.group(cls=_OneFileACommand, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="callerid")
def main() -> None:
    """Tell an infrastructure program who is running it, where, and with which roles."""
