"""`callerid record`: keep what the real API answers, redacted, as a caller of the sandbox."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.cli.console import warn
from callerid.cli.examples import epilog
from callerid.cli.sandbox_extra import explain_missing
from callerid.errors import ConfigurationError, printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_EPILOG = epilog(
    "callerid record",
    "callerid record --output tests/callers/owner.yaml -- pulumi preview",
    "callerid sandbox --scenario recorded.yaml --as recorded -- pulumi preview",
)


@click.command(context_settings={"allow_interspersed_args": False}, epilog=_EPILOG)
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("recorded.yaml"),
    show_default=True,
    help="The file to write; its stem becomes the caller's name.",
)
@click.option("--keep-names", is_flag=True, help="Keep people's names and e-mail addresses.")
@click.option(
    "--redact",
    "also",
    metavar="FIELD",
    multiple=True,
    help="A further field whose text is replaced. May be repeated.",
)
@click.argument("argv", metavar="[-- COMMAND...]", nargs=-1, type=click.UNPROCESSED)
def command(*, file: Path, keep_names: bool, also: tuple[str, ...], argv: tuple[str, ...]) -> None:
    """Keep what the real API answers about you, as a caller of the sandbox.

    COMMAND runs with its calls to the API passing through; identity and roles are asked in any
    case. The file holds no credential, and made-up people unless --keep-names. Replayed by the
    sandbox it needs no secret, every answer says when it was recorded, and the plugin refuses it
    outside a preview. The exit code is COMMAND's.
    """
    try:
        code = _record(file, also, argv, keep_names=keep_names)
    except ConfigurationError as error:
        raise click.ClickException(printable(str(error))) from None
    except ModuleNotFoundError as error:
        explain_missing(error)
    name = file.stem
    click.echo(f"Recorded in {file}. To replay it without any secret:", err=True)
    click.echo(f"  callerid sandbox --scenario {file} --as {name} -- pulumi preview", err=True)
    sys.exit(code)


def _record(file: Path, also: Sequence[str], argv: Sequence[str], *, keep_names: bool) -> int:
    from callerid.recording.session import Wishes, now, record  # noqa: PLC0415 - YAML is an extra

    def run(environ: Mapping[str, str]) -> int:
        from callerid.cli.sandbox_run import run as run_one  # noqa: PLC0415 - where it is needed

        return run_one(argv, {file.stem: environ}, lambda: None) if argv else 0

    return record(os.environ, Wishes(file, now(), keep_names, also), run, warn)
