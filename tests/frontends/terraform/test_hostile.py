"""A host that keeps no rule, or whoever comes by: it is told so, and others are answered."""

from __future__ import annotations

import socket
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from h2.connection import H2Connection
from h2.events import ResponseReceived, StreamEnded, TrailersReceived
from support.terraform_host import Host, spawn

from callerid.frontends import limits
from callerid.frontends.terraform.server import HEALTH, PROVIDER, SHUTDOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

EMPTY = bytes(5)
SECONDS = 20


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    """Give a provider that must leave well, and without a word, after all of it."""
    with spawn() as running:
        yield running


class Talk:
    """A connection whose frames are made by hand."""

    def __init__(self, host: Host) -> None:
        """Connect."""
        self.client = H2Connection()
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(SECONDS)
        self._socket.connect(host.line.address)
        self.client.initiate_connection()
        self.statuses: Counter[str] = Counter()
        self.ended = 0

    def call(self, path: str, body: bytes = EMPTY, *, end: bool = True) -> None:
        """Begin a call; nothing of it is sent yet."""
        stream = self.client.get_next_available_stream_id()
        names = {":method": "POST", ":scheme": "http", ":path": path, ":authority": "localhost"}
        names |= {"te": "trailers", "content-type": "application/grpc"}
        self.client.send_headers(stream, list(names.items()))
        self.client.send_data(stream, body, end_stream=end)

    def send(self, more: bytes = b"") -> None:
        """Send all in one piece."""
        self._socket.sendall(self.client.data_to_send() + more)

    def hear(self, calls: int) -> Counter[str]:
        """Read until so many calls have ended, or the connection; count gRPC's statuses."""
        with suppress(OSError):
            while self.ended < calls and (data := self._socket.recv(65536)):
                for event in self.client.receive_data(data):
                    self.ended += isinstance(event, StreamEnded)
                    if isinstance(event, ResponseReceived | TrailersReceived):
                        told = dict(event.headers).get(b"grpc-status")
                        self.statuses.update([told.decode()] if told else [])
                self.send()
        return self.statuses

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


@pytest.fixture
def talk(host: Host) -> Iterator[Talk]:
    """Give a connection."""
    made = Talk(host)
    yield made
    made.close()


@pytest.mark.parametrize("depth", [51, 505, 20_000])
@pytest.mark.parametrize("kind", ["msgpack", "json"])
def test_values_nested_too_deeply_are_unreadable(host: Host, depth: int, kind: str) -> None:
    """And no bug: whoever reads them would go as deep."""
    value = {
        "msgpack": b"\x81\xa6org_id" + b"\x91" * depth + b"\xc0",
        "json": b'{"org_id":' + b"[" * depth + b"]" * depth + b"}",
    }[kind]
    for rpc in ("ConfigureProvider", "ValidateProviderConfig"):
        answer = host.connection.call(rpc, f"{rpc}Request", config={kind: value})
        assert [each.summary for each in answer.diagnostics] == ["Wrong argument"]
        assert answer.diagnostics[0].detail.startswith(f"callerid cannot read the request of {rpc}")


def test_a_message_that_is_too_large_is_refused(talk: Talk) -> None:
    """By its length, before it is read; others on the connection are answered."""
    size = limits.MESSAGE_BYTES + 1
    talk.call(f"{PROVIDER}ReadDataSource", b"\0" + size.to_bytes(4, "big") + b"x" * 99, end=False)
    talk.call(HEALTH)
    talk.send()
    assert talk.hear(2) == {"8": 1, "0": 1}


@pytest.mark.parametrize("kind", [0x0B, 0x77, 0xFF])
def test_unknown_frames_are_ignored(talk: Talk, kind: int) -> None:
    """As HTTP/2 has it, for what is to come."""
    talk.send(b"\0\0\3" + bytes((kind, 0)) + bytes(4) + b"abc")
    talk.call(HEALTH)
    talk.send()
    assert talk.hear(1) == {"0": 1}


@pytest.mark.parametrize(
    "garbage", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x01\x31\x01", b"PRI * H"]
)
def test_garbage_disturbs_nobody(host: Host, garbage: bytes) -> None:
    """It ends its own connection at most."""
    with socket.socket(socket.AF_UNIX) as connected:
        connected.connect(host.line.address)
        connected.sendall(garbage)
        assert host.connection.call("GetMetadata").data_sources


def test_all_who_say_at_once_that_it_may_leave_are_answered() -> None:
    """Those whose word has come, that is: it leaves when the first is answered."""
    times = 30
    with spawn() as host:
        made = Talk(host)
        for _ in range(times):
            made.call(SHUTDOWN)
        made.send()
        assert made.hear(times) == {"0": times}
        made.close()
        host.shut_down = lambda: None  # type: ignore[method-assign]  # it is gone
