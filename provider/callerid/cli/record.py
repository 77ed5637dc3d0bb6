"""`callerid record`: keep what the real API answers, redacted, as a caller of the sandbox."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from callerid.cli.asking import INTERRUPTED, TERMINATED, ending_on_signals
from callerid.cli.console import quoted, say, warn
from callerid.cli.examples import epilog
from callerid.cli.progress import Progress
from callerid.errors import ConfigurationError, one_line
from callerid.replay import ALLOW_RECORDED
from callerid.sandbox.extra import explain

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
@click.option(
    "--allow",
    "allowed",
    metavar="PLACE",
    multiple=True,
    help="A place that may hold what looks like a credential. May be repeated.",
)
@click.argument("argv", metavar="[-- COMMAND...]", nargs=-1, type=click.UNPROCESSED)
def command(
    *,
    file: Path,
    keep_names: bool,
    also: tuple[str, ...],
    allowed: tuple[str, ...],
    argv: tuple[str, ...],
) -> None:
    """Keep what the real API answers about you, as a caller of the sandbox.

    COMMAND runs with its calls to the API passing through; identity and roles are asked in any
    case. The file holds no credential, and made-up people unless --keep-names. Replayed by the
    sandbox it needs no secret, every answer says when it was recorded, and the plugin refuses it
    outside a preview. The exit code is COMMAND's.
    """
    try:
        wishes = _Wanted(file, keep_names, also, allowed)
        with ending_on_signals():
            code = _record(wishes, argv)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    except ModuleNotFoundError as error:
        raise click.ClickException(explain(error, "The sandbox", "sandbox")) from None
    say(f"Recorded in {one_line(str(file))}. To replay it without any secret:", err=True)
    say(f"  {_replay(file, argv)}", err=True)
    sys.exit(code)


def _replay(file: Path, argv: Sequence[str]) -> str:
    """Write the command that replays a file, to a host like the one that was recorded.

    Pulumi tells a provider that it previews; Terraform does not tell that it plans.
    """
    tool = Path(argv[0]).stem if argv else ""
    lead, host = "", "pulumi preview"
    if tool in {"terraform", "tofu"}:
        lead, host = f"{ALLOW_RECORDED}=1 ", f"{tool} plan"
    recorded = f"--scenario {quoted(str(file))} --as {quoted(file.stem)}"
    return f"{lead}callerid sandbox {recorded} -- {host}"


class _Wanted(NamedTuple):
    """The options, as far as they are about the file."""

    file: Path
    keep_names: bool
    also: tuple[str, ...]
    allowed: tuple[str, ...]


def _record(wanted: _Wanted, argv: Sequence[str]) -> int:
    from callerid.recording.session import Wishes, now, record  # noqa: PLC0415 - YAML is an extra

    wishes = Wishes(wanted.file, now(), wanted.keep_names, wanted.also, wanted.allowed)
    with Progress() as progress:
        return record(os.environ, wishes, lambda environ: _run(argv, environ), warn, progress.show)


def _run(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run the command; a signal that ends it ends the recording, and nothing is written."""
    from callerid.cli.sandbox_run import run  # noqa: PLC0415 - where there is no command to run

    if not argv:
        return 0
    kept = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        code = run(argv, {"command": environ}, lambda: None)
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
    if code in {INTERRUPTED, TERMINATED}:
        say("Nothing was recorded: the command was told to end.", err=True)
        sys.exit(code)
    return code
