"""`callerid preview`: run a Pulumi program's preview, once or once per made-up caller."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callerid.cli import completion
from callerid.cli.choice import Words
from callerid.cli.console import say_styled, show_json
from callerid.cli.examples import epilog
from callerid.cli.progress import Progress
from callerid.errors import ConfigurationError
from callerid.frontends import memory
from callerid.sandbox.extra import demand, explain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from callerid.cli.preview_text import Chosen
    from callerid.testing import PreviewResult
    from callerid.testing.mask import Mask

_BYTES = 896 * 1024 * 1024
"""What a limit of memory has to leave: gRPC and a program take as much without using it."""
_TERMINATED = 128 + signal.SIGTERM
"""The exit code of who was asked to end; leaving this way ends programs and providers too."""


@dataclass(frozen=True)
class _Program:
    """What to run, and how long it may take."""

    folder: Path
    config: Mapping[str, str]
    secrets: frozenset[str]
    timeout: float


_EPILOG = epilog(
    "callerid preview .",
    "callerid preview . --as owner --as member --config callerid:platform=csp",
    "callerid preview infra --scenario callers.yaml --as intern --json",
    "callerid preview . --as owner --engine cli    (the real pulumi CLI)",
)


@click.command(epilog=_EPILOG)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--as",
    "names",
    metavar="NAME",
    multiple=True,
    shell_complete=completion.callers,
    help="A sandbox caller to be (callerid sandbox --list).",
)
@click.option(
    "--scenario",
    "scenarios",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="A YAML file, or a folder of them, in place of the built-in callers.",
)
@click.option("--config", metavar="KEY=VALUE", multiple=True, help="Stack configuration.")
@click.option("--secret", metavar="KEY=VALUE", multiple=True, help="The same, as a secret.")
@click.option(
    "--engine",
    type=Words(["host", "cli", "auto"]),
    default="host",
    show_default=True,
    help="callerid's own preview host, a pulumi CLI on PATH, or the CLI if there is one.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=120.0,
    show_default=True,
    help="Seconds for each run.",
)
def command(  # noqa: PLR0913 - one parameter an option
    *,
    folder: Path,
    names: tuple[str, ...],
    scenarios: tuple[Path, ...],
    config: tuple[str, ...],
    secret: tuple[str, ...],
    engine: str,
    as_json: bool,
    timeout: float,
) -> None:
    """Preview the Pulumi program in DIR and show what it exports.

    Without --as it runs once, in the present environment. With --as it runs once for each NAME,
    against callerid's sandbox. --as, --config, --secret and --scenario may be repeated. The exit
    code is 1 when any run fails.
    """
    if scenarios and not names:
        text = "Which caller of the scenario? Add --as NAME."
        raise click.UsageError(text)
    memory.demand(_BYTES)
    secrets = _pairs("--secret", secret)
    program = _Program(
        folder, {**_pairs("--config", config), **secrets}, frozenset(secrets), timeout
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        failed = _preview(program, names, scenarios, engine, as_json=as_json)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None
    except ModuleNotFoundError as error:
        raise click.ClickException(explain(error, "The preview", "testing")) from None
    sys.exit(1 if failed else 0)


def _pairs(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    pairs = dict(text.partition("=")[::2] for text in texts if "=" in text.lstrip("="))
    if len(pairs) < len({text.partition("=")[0] for text in texts}):
        text = f"{option} takes KEY=VALUE, for example {option} callerid:platform=m3ter."
        raise click.UsageError(text)
    return pairs


def _preview(
    program: _Program,
    names: tuple[str, ...],
    scenarios: tuple[Path, ...],
    engine: str,
    *,
    as_json: bool,
) -> bool:
    """Run once per environment, print each run when it ends; return whether one failed."""
    from callerid.cli import preview_text  # noqa: PLC0415 - needs the extra

    demand("testing")
    chosen, mask = _settle(_choose(engine), program)
    runs = ((name, mask.result(each)) for name, each in _runs(program, chosen, names, scenarios))
    if as_json:
        kept = list(runs)
        show_json(preview_text.document(chosen, kept))
        return any(result.error is not None for _, result in kept)
    say_styled(preview_text.first_line(chosen))
    failed = False
    for name, result in runs:
        say_styled(preview_text.report(name, result, chosen.passed_over))
        failed = failed or result.error is not None
    return failed


def _choose(engine: str) -> Chosen:
    from callerid.cli.preview_text import Chosen  # noqa: PLC0415 - needs the extra
    from callerid.testing.pulumi_cli import find_cli  # noqa: PLC0415 - needs the extra

    found = find_cli() if engine != "host" else None
    if engine == "cli" and not found:
        text = "There is no pulumi CLI on PATH. Install it, or use --engine host."
        raise ConfigurationError(text)
    if engine == "auto" and not found:
        return Chosen("host", "no pulumi CLI on PATH")
    return Chosen("cli" if found else "host", str(found) if found else None)


def _settle(chosen: Chosen, program: _Program) -> tuple[Chosen, Mask]:
    """Find out where the program will run, for the first line, and what the report must hide."""
    from callerid.testing import toolchain  # noqa: PLC0415 - needs the extra
    from callerid.testing.mask import Mask  # noqa: PLC0415 - as above
    from callerid.testing.project import load  # noqa: PLC0415 - as above

    project = load(program.folder, program.config, program.secrets)
    interpreter = toolchain.find(project, os.environ)
    python = None if interpreter.own else interpreter.title
    passed_over = toolchain.unsupported(project) if chosen.engine == "host" else None
    return replace(chosen, python=python, passed_over=passed_over), Mask(project)


def _runs(
    program: _Program, chosen: Chosen, names: tuple[str, ...], scenarios: tuple[Path, ...]
) -> Iterator[tuple[str | None, PreviewResult]]:
    """Run once as whoever is there, or once for each name against the sandbox."""
    from callerid.testing import PreviewHost, pulumi_cli  # noqa: PLC0415 - needs the extra

    with PreviewHost(warm=len(names) > 1) as host:
        run = pulumi_cli.preview if chosen.engine == "cli" else host.preview
        for name, environ in _environments(names, scenarios):
            with Progress() as progress:
                progress.show(f"previewing as {name}" if name else "previewing")
                result = run(
                    program.folder,
                    config=program.config,
                    secrets=program.secrets,
                    environ=environ,
                    timeout=program.timeout,
                )
            yield name, result


def _environments(
    names: tuple[str, ...], scenarios: tuple[Path, ...]
) -> Iterator[tuple[str | None, Mapping[str, str]]]:
    """Yield the environment of each run; the sandbox runs until the last one is taken."""
    if not names:
        yield None, os.environ
        return
    from callerid.sandbox import library  # noqa: PLC0415 - YAML is an extra
    from callerid.sandbox.server import Sandbox, as_caller  # noqa: PLC0415 - as above

    callers = library.read(scenarios) if scenarios else library.built_in()
    for name in names:
        library.find(callers, name)
    with Sandbox.start(callers) as sandbox:
        for name in names:
            yield name, as_caller(os.environ, sandbox.environment(name))
