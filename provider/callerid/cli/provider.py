"""`callerid provider`: serve Pulumi, or Terraform, from a process that is started by hand."""

from __future__ import annotations

import os
import signal
import socket
import sys
from threading import Event
from typing import TYPE_CHECKING

import click

from callerid.cli.console import quoted, say
from callerid.cli.examples import epilog
from callerid.errors import ConfigurationError
from callerid.sandbox.extra import explain

if TYPE_CHECKING:
    from types import FrameType

_HOST = "127.0.0.1"
_POLL_SECONDS = 0.2
_OF_A_TERMINAL = ("SIGHUP", "SIGQUIT")
"""Signals that come when it is closed, or from its keys; Windows has none."""
_WELCOME = """\
callerid answers the Pulumi engine here. In another shell:
  export PULUMI_DEBUG_PROVIDERS=callerid:{port}
  pulumi preview
Credentials in the environment are read here, not there. Ctrl-C stops it."""
_WELCOME_TERRAFORM = """\
callerid answers Terraform and OpenTofu here. In another shell:
  export TF_REATTACH_PROVIDERS={value}
  terraform plan
Credentials in the environment are read here, not there. Ctrl-C stops it."""


_EPILOG = epilog(
    "callerid provider --port 4711    (in one shell)",
    "PULUMI_DEBUG_PROVIDERS=callerid:4711 pulumi preview    (in another)",
    "callerid provider --terraform",
)


@click.command("provider", epilog=_EPILOG)
@click.option("--port", type=click.IntRange(0, 65535), help="A port, for Pulumi; else a free one.")
@click.option("--terraform", is_flag=True, help="Serve Terraform or OpenTofu, in place of Pulumi.")
def command(*, port: int | None, terraform: bool) -> None:
    """Serve Pulumi or Terraform until Ctrl-C: for a debugger, or to see what is asked.

    It prints the variable that makes the engine, or Terraform, attach to it instead of starting a
    process, and serves any number of runs, one after another.
    """
    if terraform and port is not None:
        text = "--port is for Pulumi: Terraform finds the provider by the variable alone."
        raise click.UsageError(text)
    stopped = _stop_on_signals()
    try:
        if terraform:
            _serve_terraform(stopped)
        else:
            _serve(port or 0, stopped)
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from None


def _serve(port: int, stopped: Event) -> None:
    from callerid.frontends import memory  # noqa: PLC0415 - as below
    from callerid.frontends.pulumi.server import start  # noqa: PLC0415 - slow, and --help needs none of it
    from callerid.frontends.pulumi.service import Service  # noqa: PLC0415 - as above

    _require_free(port)
    memory.end_without()
    server, bound = start(Service(None, shared=True), port)
    say(f"PULUMI_DEBUG_PROVIDERS=callerid:{bound}")
    say(_WELCOME.format(port=bound), err=True)
    while not stopped.wait(_POLL_SECONDS):  # on Windows a Ctrl-C comes between two waits only
        pass
    server.stop(grace=None)


def _serve_terraform(stopped: Event) -> None:
    try:
        import asyncio  # noqa: PLC0415 - as above

        from callerid.frontends import memory  # noqa: PLC0415 - as above
        from callerid.frontends.terraform.serving import serve_by_hand  # noqa: PLC0415 - as above
    except ModuleNotFoundError as error:
        raise ConfigurationError(explain(error, "Serving Terraform", "terraform")) from None

    def show(value: str) -> None:
        say(f"TF_REATTACH_PROVIDERS={value}")
        say(_WELCOME_TERRAFORM.format(value=quoted(value)), err=True)

    memory.end_without()
    try:
        asyncio.run(serve_by_hand(os.environ, show, stopped.is_set))
    except OSError as error:
        text = f"The provider cannot listen: {error.strerror}. Check TMPDIR."
        raise ConfigurationError(text) from None


def _require_free(port: int) -> None:
    """Refuse a port that is taken, before gRPC does so with a log line of its own.

    Raises:
        ConfigurationError: the port is taken, or needs rights that this user lacks.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gRPC does
        try:
            probe.bind((_HOST, port))
            probe.listen()
        except OSError as error:
            text = (
                f"The provider cannot listen on port {port} of {_HOST}: {error.strerror}. "
                "Choose another port, or leave it out for a free one."
            )
            raise ConfigurationError(text) from None


def _stop_on_signals() -> Event:
    """Return an event that is set by Ctrl-C, SIGTERM, and a terminal that is closed."""
    stopped = Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()

    found = (getattr(signal, name, None) for name in _OF_A_TERMINAL)
    closing = (each for each in found if each and signal.getsignal(each) != signal.SIG_IGN)
    for number in (signal.SIGINT, signal.SIGTERM, *closing):
        signal.signal(number, stop)
    return stopped
