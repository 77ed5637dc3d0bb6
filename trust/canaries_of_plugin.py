"""The Pulumi plugin over gRPC, at the level of debuggers, with an engine that it logs to."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2
from support import listening as engines
from support.plugin import Plugin, struct

from callerid import launch
from callerid.config import BY_NAME
from callerid.functions import FILES
from callers import RULES
from front import ask_everything
from heard import hear
from pasted import proxies
from staged import TIMEOUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from callers import Spied
    from staged import Stage

_URN = "urn:pulumi:dev::infra::pulumi:providers:callerid::default_0_1_0"
_FLAGS = ("--logtostderr", "-v=9")
_RESOURCES = {
    "Check": provider_pb2.CheckRequest,
    "Create": provider_pb2.CreateRequest,
    "Call": provider_pb2.CallRequest,
}
"""RPCs about resources, which there are none of, and what they are sent."""


class Pulumi:
    """The plugin as a front end."""

    def __init__(self, plugin: Plugin) -> None:
        """Speak to this one."""
        self._plugin = plugin

    def begin(self, secret: str) -> None:
        """Ask what an engine asks first, and what no engine asks."""
        stub, properties = self._plugin.stub, struct({"secret": secret})
        with suppress(grpc.RpcError):
            stub.GetPluginInfo(empty_pb2.Empty())
            self._plugin.handshake()
            stub.GetSchema(provider_pb2.GetSchemaRequest())
        sent = {"Check": "news", "Create": "properties", "Call": "args"}
        for rpc, field in sent.items():
            with suppress(grpc.RpcError):
                getattr(stub, rpc)(_RESOURCES[rpc](**{field: properties}))

    def configure(self, settings: Mapping[str, str]) -> bool:
        """Check, compare with what was, and configure."""
        news = struct(settings)
        with suppress(grpc.RpcError):
            failures = self._plugin.check_config(urn=_URN, **settings).failures
            old = struct({name: f"{value}-old" for name, value in settings.items()})
            self._plugin.stub.DiffConfig(provider_pb2.DiffRequest(olds=old, news=news))
            self._plugin.configure(urn=_URN, **settings)
            return not failures
        return False

    def ask(self, argument: str = "") -> int:
        """Call every function."""
        answered = 0
        about: dict[str, Any] = {"orgId": argument} if argument else {}
        for function in FILES:
            with suppress(grpc.RpcError, AssertionError):
                self._plugin.invoke(function, **RULES.get(function, {}), **about)
                answered += 1
        return answered

    def guard(self, arguments: Mapping[str, Any]) -> None:
        """Call requireCaller, which may refuse the arguments."""
        with suppress(grpc.RpcError, AssertionError):
            self._plugin.invoke("requireCaller", **arguments)


def run(stage: Stage) -> None:
    """Ask as every caller: with explicit settings, and with variables."""
    for number, caller in enumerate(stage.scale.some(stage.callers, every=2)):
        for explicit in stage.ways(number):
            with started(stage, caller.environ(explicit=explicit), explicit=explicit) as front:
                ask_everything(stage, caller, front, explicit=explicit)
    with proxies(stage.planted, stage.search) as wrong:
        for each in stage.scale.some(wrong, every=len(wrong)):
            _behind(stage, stage.callers[0].elsewhere(), each.name, each.variables)


def _behind(stage: Stage, caller: Spied, name: str, variables: Mapping[str, str]) -> None:
    stage.search.begin(f"{stage.what}: {caller.name}, {name}")
    with started(stage, {**caller.environ(), **variables}, explicit=False) as front:
        front.configure({"requestTimeoutSeconds": TIMEOUT})
        front.ask()


@contextmanager
def started(
    stage: Stage,
    environ: Mapping[str, str],
    *,
    explicit: bool,
    command: Sequence[str] = launch.PLUGIN,
) -> Iterator[Pulumi]:
    """Start the plugin in a project that has a secret in plain text, and hear all that it says."""
    listening = stage.listening("plugin")
    plain = stage.planted.at("Pulumi.dev.yaml in plain text")
    secret = next(each.name for each in BY_NAME.values() if each.secret)
    listening.put("cwd/Pulumi.yaml", "name: infra\nruntime: python\n")
    listening.put("cwd/Pulumi.dev.yaml", f"config:\n  callerid:{secret}: {plain!r}\n")
    given = {} if explicit else {"PULUMI_CONFIG": f'{{"callerid:{secret}":"{plain}"}}'}
    with engines.engine() as (address, logged):
        with listening.serving([*command, *_FLAGS, address], {**environ, **given}) as serving:
            plugin = Plugin(serving.process, int(serving.line))
            hear(plugin, stage.search)
            front = Pulumi(plugin)
            front.begin(stage.planted.at("a resource's input"))
            yield front
            with suppress(grpc.RpcError):
                plugin.cancel()
            plugin.channel.close()
        stage.search.look("Engine.Log", "\n".join(logged))
