"""Terraform's provider over go-plugin's TLS, as Terraform calls it, at the level of traces."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from support.terraform_host import Connection, Host, Line, make_identity, packed

from callerid import launch
from callerid.casing import snake
from callerid.frontends.terraform import cookie
from callerid.frontends.terraform.messages import ERROR
from callerid.frontends.terraform.names import FUNCTIONS, GUARD
from front import ask_everything
from pasted import proxies
from staged import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from searched import Search
    from staged import Stage

_RULES: dict[str, dict[str, Any]] = {GUARD: {"any_roles": ["nobody"]}}


class Terraform:
    """The provider as a front end."""

    def __init__(self, connection: Connection) -> None:
        """Speak over this connection."""
        self._connection = connection

    def configure(self, settings: Mapping[str, str]) -> bool:
        """Validate, and configure; what no block can have is sent too, as no host would."""
        known = self._connection.call("GetProviderSchema").provider.block.attributes
        named = {snake(name): value for name, value in settings.items()}
        config = packed({**dict.fromkeys(each.name for each in known), **named})
        rpcs = ("ValidateProviderConfig", "ConfigureProvider")
        told = [self._connection.call(rpc, f"{rpc}Request", config=config) for rpc in rpcs]
        return not any(each.diagnostics for each in told)

    def ask(self, argument: str = "") -> int:
        """Read every data source."""
        answered = 0
        about: dict[str, Any] = {"org_id": argument} if argument else {}
        for name, function in FUNCTIONS.items():
            given = {**_RULES.get(function, {}), **about}
            told = self._connection.read(name, **given).diagnostics
            answered += all(each.severity != ERROR for each in told)
        return answered

    def guard(self, arguments: Mapping[str, Any]) -> None:
        """Read the data source of requireCaller, which may refuse the arguments."""
        given = {snake(name): value for name, value in arguments.items()}
        for name, function in FUNCTIONS.items():
            if function == GUARD:
                self._connection.read(name, **given)


def run(stage: Stage) -> None:
    """Ask as every caller: with explicit settings, and with variables."""
    for number, caller in enumerate(stage.scale.some(stage.callers, start=1, every=2)):
        for explicit in stage.ways(number):
            with started(stage, caller.environ(explicit=explicit)) as front:
                ask_everything(stage, caller, front, explicit=explicit)
    caller = stage.callers[-1].elsewhere()
    with proxies(stage.planted, stage.search) as wrong:
        for each in stage.scale.some(wrong, every=len(wrong)):
            stage.search.begin(f"{stage.what}: {caller.name}, {each.name}")
            with started(stage, {**caller.environ(), **each.variables}) as front:
                front.configure({"requestTimeoutSeconds": TIMEOUT})
                front.ask()


@contextmanager
def started(stage: Stage, environ: Mapping[str, str]) -> Iterator[Terraform]:
    """Start the provider, and hear all that it says."""
    identity = make_identity()
    listening = stage.listening("provider")
    given = {
        cookie.NAME: cookie.VALUE,
        cookie.VERSIONS: "5,6",
        cookie.CLIENT_CERTIFICATE: identity.certificate,
        "TF_LOG": "TRACE",
    }
    with listening.serving(launch.TERRAFORM, {**environ, **given}) as serving:
        line = Line(*serving.line.rstrip("\n").split("|"))
        host = Host(serving.process, line, identity)
        hear_host(host, stage.search)
        yield Terraform(host.connection)
        host.shut_down()
        host.connection.close()


def hear_host(host: Host, search: Search) -> None:
    """Let all that comes back over a host's connection be heard from now on."""

    def hear(response: bytes, metadata: str) -> None:
        search.look("responses to Terraform", response)
        search.look("gRPC trailers", metadata)

    host.connection.hear = hear
