"""`callerid schema`: the Pulumi schema."""

from __future__ import annotations

import click

from callerid.cli.console import show_file
from callerid.cli.examples import epilog
from callerid.frontends.pulumi.schema_file import schema_text

_EPILOG = epilog(
    "callerid schema > callerid.json",
    "pulumi package gen-sdk callerid.json --language go",
)


@click.command("schema", epilog=_EPILOG)
def command() -> None:
    """Print the Pulumi schema of callerid."""
    show_file(schema_text())
