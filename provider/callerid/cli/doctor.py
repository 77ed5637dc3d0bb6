"""`callerid doctor`: what would be used and why, what is wrong with it, and how to fix it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from callerid.cli.asking import ending_on_signals
from callerid.cli.console import show_json, show_report
from callerid.cli.examples import epilog
from callerid.cli.progress import Progress
from callerid.frontends import failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from callerid.asking.clock import Clock
    from callerid.cli.doctor_finding import Finding
    from callerid.config import Config, PlatformConfig, PlatformName

_EPILOG = epilog(
    "callerid doctor",
    "callerid doctor --json > findings.json",
    "callerid sandbox --as person -- callerid doctor",
)


@click.command(epilog=_EPILOG)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(*, as_json: bool) -> None:
    """Tell what callerid would use and why, what is wrong, and how to mend it.

    It looks at the environment alone, and asks each API that has a credential in it. No secret is
    printed. The exit code is 1 when there is a problem.
    """
    from callerid.cli import doctor_text  # noqa: PLC0415 - rich; --help needs none of it

    with ending_on_signals(), Progress() as progress:
        findings = list(examine(os.environ, show=progress.show))
    if as_json:
        show_json(doctor_text.document(findings), sort_keys=True)
    else:
        show_report(doctor_text.report(findings))
    sys.exit(0 if doctor_text.is_ok(findings) else 1)


def examine(
    environ: Mapping[str, str], show: Callable[[str], None], clock: Clock | None = None
) -> Iterator[Finding]:
    """Find out everything, one finding after the other; failures are findings, never raised.

    `show` gets a few words about what is waited for; `clock` decides time in tests.
    """
    from callerid import config as settings  # noqa: PLC0415 - --help needs none of it
    from callerid.cli import doctor_install, doctor_settings, doctor_terraform  # noqa: PLC0415 - as above

    config, given = settings.load({}, environ), settings.given(environ)
    yield from _guarded("settings", doctor_settings.of_settings(config, environ))
    for platform in config.platforms:
        of_it = [each for each in given if each.setting.platform == platform.name]
        if of_it or config.platform == platform.name:
            offline = doctor_settings.of_platform(platform, config, given)
            yield from _guarded("credential", offline, platform.name)
            if platform.credential and not platform.problem:
                visit = _visit(platform, config, environ, show, clock)
                yield from _guarded("token", visit, platform.name)
    tools = list(_guarded("Terraform", doctor_terraform.of_tools(environ)))
    served = any(each.level == "ok" for each in tools)
    yield from _guarded("plugin", doctor_install.of_installation(environ, served=served))
    yield from tools


def _visit(
    platform: PlatformConfig,
    config: Config,
    environ: Mapping[str, str],
    show: Callable[[str], None],
    clock: Clock | None,
) -> Iterator[Finding]:
    from callerid.asking.clock import Clock  # noqa: PLC0415 - as above
    from callerid.cli.doctor_platform import Visit  # noqa: PLC0415 - httpx and pydantic

    return Visit(platform, config, environ, clock or Clock(), show).findings()


def _guarded(
    topic: str, findings: Iterator[Finding], platform: PlatformName | None = None
) -> Iterator[Finding]:
    """Turn a bug of ours into a finding: doctor is asked when something is wrong already."""
    from callerid.cli.doctor_finding import Finding  # noqa: PLC0415 - as above

    try:
        yield from findings
    except Exception as error:  # noqa: BLE001 - whatever it is, the rest is still worth telling
        text, _, fix = failures.text(error).partition("\n")
        yield Finding(topic, "problem", text, fix or None, platform)
