"""A plugin with a limit of memory: each call ends, with an answer or with a sentence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2
from support import bodies, commands, memory
from support.api import Api, json_reply
from support.plugin import Plugin, spawn_mortal, struct

from callerid.frontends.memory import TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = memory.LINUX
CALLS = 300
SECONDS = 20


@pytest.fixture
def plugin(api: Api) -> Iterator[Plugin]:
    """Give a plugin that may end as it likes."""
    api.on(bodies.ME, json_reply(bodies.person()))
    with spawn_mortal(environ=commands.m3ter(api)) as running:
        yield running


def _ask(plugin: Plugin) -> Counter[str]:
    """Ask very often at once, and count what comes of it."""
    request = provider_pb2.InvokeRequest(tok="callerid:index:getCurrentUser", args=struct({}))
    calls = [plugin.stub.Invoke.future(request, timeout=SECONDS) for _ in range(CALLS)]
    return Counter(map(_outcome, calls))


def _outcome(call: Any) -> str:
    error = call.exception()
    if error and error.code() == grpc.StatusCode.UNAVAILABLE:
        return "left"
    return str(error.details()) if error else "OK"


@pytest.mark.parametrize("mib", [0, 4, 16])
def test_a_plugin_that_has_answered_goes_on(plugin: Plugin, mib: int) -> None:
    """It has all it needs. gRPC's own thread would wait for a thread that cannot begin."""
    plugin.invoke("getCurrentUser")
    memory.leave(plugin.process.pid, mib)
    assert _ask(plugin) == {"OK": CALLS}
    assert plugin.invoke("getCurrentUser")["displayName"] == "Ada Lovelace"


@pytest.mark.parametrize("mib", [0, 2, 8, 32])
def test_a_plugin_that_cannot_load_what_it_needs_says_so(plugin: Plugin, mib: int) -> None:
    """Or it leaves, which hosts report; nothing hangs, and there is no traceback."""
    assert plugin.stub.GetPluginInfo(empty_pb2.Empty(), timeout=SECONDS).version
    memory.leave(plugin.process.pid, mib)
    assert not _ask(plugin).keys() - {"OK", "left", TEXT}
    plugin.process.kill()
    assert "Traceback" not in plugin.process.communicate(timeout=5)[1]


def test_a_cancel_is_never_refused(plugin: Plugin) -> None:
    """An engine would take the plugin for broken; and what a Cancel ends gives memory back."""
    plugin.stub.GetPluginInfo(empty_pb2.Empty(), timeout=SECONDS)
    memory.leave(plugin.process.pid, 0)
    for _ in range(2):
        assert plugin.refusal("getCurrentUser") == (grpc.StatusCode.RESOURCE_EXHAUSTED, TEXT)
        plugin.cancel()
