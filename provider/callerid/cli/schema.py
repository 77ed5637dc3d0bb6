"""`callerid schema`: the Pulumi schema."""

from __future__ import annotations

import click

from callerid.pulumirpc.schema_file import schema_text


@click.command("schema")
def command() -> None:
    """Print the Pulumi schema of callerid.

    \b
    Example:
      callerid schema > callerid.json
      pulumi package gen-sdk callerid.json --language go
    """  # noqa: D301 - \b is click's mark for a paragraph that keeps its lines
    click.echo(schema_text(), nl=False)
