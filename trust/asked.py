"""Asking what commands serve, where the line that they print says so."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from support.commands import CALLERID
from support.plugin import Plugin
from support.terraform_host import Host, Line

from callerid.config import BY_NAME
from callerid.setting import setting_name
from callers import variables
from canaries_of_plugin import Pulumi
from canaries_of_provider import Terraform, hear_host
from heard import hear

if TYPE_CHECKING:
    from callers import Spied
    from overheard import Serving
    from staged import Stage


def plugin(stage: Stage, serving: Serving, _: Spied) -> None:
    """Ask as Pulumi's engine does that is told of a port."""
    attached = Plugin(serving.process, int(serving.line.rpartition(":")[2]))
    hear(attached, stage.search)
    _everything(stage, Pulumi(attached))
    attached.channel.close()


def provider(stage: Stage, serving: Serving, _: Spied) -> None:
    """Ask as Terraform does that is told of a socket, without TLS."""
    [told] = json.loads(serving.line.partition("=")[2]).values()
    address = told["Addr"]
    line = Line(
        "1", str(told["ProtocolVersion"]), address["Network"], address["String"], "grpc", ""
    )
    host = Host(serving.process, line, None)
    hear_host(host, stage.search)
    _everything(stage, Terraform(host.connection))
    host.connection.close()


def _everything(stage: Stage, front: Pulumi | Terraform) -> None:
    front.configure({})
    if not front.ask():
        stage.search.miss("nothing was answered")


def sandbox(stage: Stage, serving: Serving, caller: Spied) -> None:
    """Ask by credentials that are none of the sandbox's, which belong elsewhere."""
    found = re.search(r"http://[\d.]+:\d+", serving.line)
    if not found:
        stage.search.miss("no address was told")
        return
    base_url = BY_NAME[setting_name(caller.platform, "BaseUrl")]
    environ = {**caller.environ(), **variables(base_url, found[0], caller.turn)}
    listening = stage.listening("asking")
    if not listening.run([*CALLERID, "whoami"], environ).returncode:
        stage.search.miss("the sandbox knows a credential that is none of its own")
