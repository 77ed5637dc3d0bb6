"""Many calls at once, over real connections: each is answered, and none by a limit of gRPC's."""

from __future__ import annotations

import socket
from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf import empty_pb2
from h2.connection import H2Connection
from pulumi.runtime.proto import provider_pb2
from support import bodies
from support.api import Api, json_reply
from support.plugin import Plugin, spawn, struct

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLS = 3000
CONNECTIONS = 3
SECONDS = 60


@pytest.fixture
def plugin(api: Api) -> Iterator[Plugin]:
    """Give a plugin, pointed at a scripted m3ter where anybody is Ada."""
    api.on(bodies.ME, json_reply(bodies.person()))
    variables = {
        "M3TER_BASE_URL": api.url,
        "M3TER_ORG_ID": bodies.ORG,
        "M3TER_API_TOKEN": "t",
    }
    with spawn(environ=variables) as running:
        yield running


def _outcome(call: Any) -> str:
    """Say how a call ended, as a count shows it."""
    error = call.exception()
    return f"{error.code().name}: {error.details()}" if error else "OK"


def test_thousands_of_calls_at_once_are_all_answered(plugin: Plugin, api: Api) -> None:
    """By one request: gRPC alone would drop, at random, what waits beyond a thousand or so."""
    request = provider_pb2.InvokeRequest(tok="callerid:index:getCurrentUser", args=struct({}))
    with ExitStack() as stack:
        each = [stack.enter_context(plugin.connected_again()) for _ in range(CONNECTIONS)]
        calls = [
            each[number % CONNECTIONS].stub.Invoke.future(request, timeout=SECONDS)
            for number in range(CALLS)
        ]
        outcomes = Counter(map(_outcome, calls))
    assert outcomes == {"OK": CALLS}
    assert api.paths() == [bodies.ME] * CONNECTIONS  # each connection has settings of its own


def test_a_call_with_much_metadata_is_answered(plugin: Plugin) -> None:
    """Whoever traces a program may send any amount of baggage; gRPC alone would refuse 16 KiB."""
    metadata = [("baggage", "x" * 1024)] * 200
    assert plugin.stub.GetPluginInfo(empty_pb2.Empty(), metadata=metadata, timeout=SECONDS).version


def test_an_engine_may_ask_often_whether_the_plugin_lives(plugin: Plugin) -> None:
    """GRPC alone would hang up on whoever asks more than a few times in five minutes."""
    pings = 20
    answers: Counter[str] = Counter()
    client = H2Connection()
    client.initiate_connection()
    with socket.create_connection(("127.0.0.1", plugin.port), timeout=SECONDS) as connected:
        for number in range(pings):
            client.ping(number.to_bytes(8, "big"))
            connected.sendall(client.data_to_send())
        while answers["PingAckReceived"] < pings and (data := connected.recv(65536)):
            answers.update(type(each).__name__ for each in client.receive_data(data))
    assert (answers["PingAckReceived"], answers["ConnectionTerminated"]) == (pings, 0)
