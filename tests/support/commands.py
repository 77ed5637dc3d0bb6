"""The command line, run in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from click.testing import CliRunner

from callerid import launch
from callerid.cli import main
from callerid.config import SETTINGS
from support import bodies
from support.api import json_reply

if TYPE_CHECKING:
    from click.testing import Result

    from support.api import Api

CALLERID = [*launch.CALLERID]
TOKEN = "canary-token-7f3a"
UNCOUNTED = {"COVERAGE_PROCESS_CONFIG": ""}
"""For a process whose modules are looked at: counting its lines would load some more."""


def call(*args: str, **environ: str) -> Result:
    """Call it in this process."""
    return CliRunner().invoke(main, args, env=environ, prog_name="callerid")


def environment(**more: str) -> dict[str, str]:
    """Give the environment of a process: ours, without anybody's settings, and `more`."""
    dropped = {name for setting in SETTINGS for name in setting.variables} | {"NO_COLOR", "COLUMNS"}
    return {name: value for name, value in os.environ.items() if name not in dropped} | more


def run(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run it in a process of its own, with pipes; the text is the bytes, as UTF-8."""
    return _run([*CALLERID, *args], environ)


def run_python(program: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a few lines of Python the same way."""
    return _run([sys.executable, "-c", program], environ)


def _run(argv: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(  # noqa: S603 - our own command
        argv,
        capture_output=True,
        check=False,
        env=environment(**environ),
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )


def m3ter(api: Api) -> dict[str, str]:
    """Give the variables of somebody with a ready token at a scripted m3ter."""
    return {
        "M3TER_BASE_URL": api.url,
        "M3TER_ORG_ID": bodies.ORG,
        "M3TER_API_TOKEN": TOKEN,
    }


def csp(api: Api) -> dict[str, str]:
    """Give the variables of a person at scripted VMware Cloud Services, whose token is opaque."""
    api.on(bodies.AUTHORIZE, json_reply(bodies.token(TOKEN)))
    return {
        "CSP_BASE_URL": api.url,
        "CSP_ORG_ID": bodies.ORG,
        "CSP_API_TOKEN": "canary-api-token-7f3a",
    }
