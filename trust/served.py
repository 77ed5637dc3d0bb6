"""The Pulumi plugin and Terraform's provider, asked who calls: what fails around both alike."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, NamedTuple

from support import plugin as pulumi
from support import terraform_host

import outcome
import steps
from callerid.frontends.terraform import dynamic
from outcome import ENVIRON, NAME, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Start = Callable[[Mapping[str, str]], AbstractContextManager["Served"]]

_USER = "callerid_current_user"
_STEPS = ("started", "told the schema", "configured", steps.ASKING, steps.ANSWERED)


class Served(NamedTuple):
    """A front end that runs in a process of its own."""

    pid: int
    go_to: Callable[[str], None]
    """Do all of it up to a step."""
    ask: Callable[[str], Outcome]
    """Ask who calls, in an organization if its id is given; once it is configured."""


@contextmanager
def plugin(environ: Mapping[str, str]) -> Iterator[Served]:
    """Start the Pulumi plugin; afterwards demand that it leave cleanly, without a word."""
    with pulumi.spawn(environ={**environ, **ENVIRON}) as running:
        yield Served(
            running.process.pid,
            lambda step: steps.go_to(step, running),
            lambda org_id: outcome.ask(running, org_id),
        )


@contextmanager
def provider(environ: Mapping[str, str]) -> Iterator[Served]:
    """Start Terraform's provider; afterwards demand the same."""
    with terraform_host.spawn(environ={**environ, **ENVIRON}) as host:
        connection = host.connection

        def ask(org_id: str) -> Outcome:
            started = time.monotonic()
            answer = connection.read(_USER, org_id=org_id or None)
            seconds = time.monotonic() - started
            said = " ".join(each.detail for each in answer.diagnostics)
            if not said:
                name = dynamic.read(answer.state)["display_name"]
                said = "" if name == NAME else f"a wrong answer: {name}"
            return Outcome(answered=not said, said=said, seconds=seconds)

        acts: dict[str, Callable[[], object]] = {
            "told the schema": lambda: connection.call("GetProviderSchema"),
            "configured": connection.configure,
            steps.ANSWERED: lambda: ask(""),
        }

        def go_to(step: str) -> None:
            for name in _STEPS[: _STEPS.index(step) + 1]:
                acts.get(name, lambda: None)()

        yield Served(host.process.pid, go_to, ask)


class Front(NamedTuple):
    """A front end, and what a host does with it, in this order."""

    name: str
    steps: tuple[str, ...]
    start: Start


FRONTS = (
    Front("the Pulumi plugin", steps.STEPS, plugin),
    Front("Terraform's provider", _STEPS, provider),
)
