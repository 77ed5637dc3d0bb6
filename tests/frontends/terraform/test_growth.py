"""A provider that lives long, as for a debugger, keeps nothing of what is over."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest
from h2.connection import H2Connection
from support import memory
from support.proc import used
from support.terraform_host import Host, spawn

from callerid.frontends.terraform.server import PROVIDER, Provider

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grpclib.protocol import H2Protocol

pytestmark = memory.LINUX
FIRST = 50
MOST = 2.0
"""MiB: less than was ever kept of so many, 8 KiB of a call and 36 KiB of a connection."""
CALL = [
    *((":method", "POST"), (":scheme", "http"), (":path", f"{PROVIDER}GetMetadata")),
    *((":authority", "localhost"), ("te", "trailers"), ("content-type", "application/grpc")),
]


def _connect(host: Host) -> None:
    connection = host.connect()
    connection.call("GetMetadata")
    connection.close()


ACTS: dict[str, tuple[int, Callable[[Host], object]]] = {
    "connections": (150, _connect),
    "schemas": (500, lambda host: host.connection.call("GetProviderSchema")),
    "refusals": (500, lambda host: host.connection.read("callerid_current_user", platform="none")),
}
"""What is done, and how often."""


@pytest.mark.parametrize(("more", "act"), ACTS.values(), ids=list(ACTS))
def test_what_is_over_is_forgotten(more: int, act: Callable[[Host], object]) -> None:
    """Whether or not anything was ever read: garbage is not kept off until then."""
    with spawn() as host:
        host.connection.configure()
        for _ in range(FIRST):
            act(host)
        before = used(host.process.pid).memory
        for _ in range(more):
            act(host)
        assert used(host.process.pid).memory - before < MOST


class _Unanswered(Provider):
    """Answers no call, and notes the last connection."""

    protocol: H2Protocol

    def _protocol_factory(self) -> H2Protocol:
        self.protocol = super()._protocol_factory()
        return self.protocol

    def call(self, answer: Callable[[bytes], bytes], raw: bytes) -> asyncio.Future[bytes]:
        """Let it wait."""
        del answer, raw
        return asyncio.get_running_loop().create_future()


async def _left_of_calls(place: Path, *, at_once: bool) -> tuple[int, int]:
    """Begin calls, and reset each; give how many tasks and streams are left."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(place))
    provider = _Unanswered({})
    await provider.start(sock=listening)
    reader, writer = await asyncio.open_unix_connection(str(place))
    client = H2Connection()
    client.initiate_connection()
    writer.write(client.data_to_send())
    client.receive_data(await reader.read(65536))
    before = len(asyncio.all_tasks())
    for _ in range(FIRST):
        stream = client.get_next_available_stream_id()
        client.send_headers(stream, CALL)
        client.send_data(stream, bytes(5), end_stream=True)
        if not at_once:
            writer.write(client.data_to_send())
            await asyncio.sleep(0.005)
        client.reset_stream(stream, 8)
        writer.write(client.data_to_send())
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.1)
    left = len(asyncio.all_tasks()) - before, len(provider.protocol.processor.streams)
    writer.close()
    provider.close()
    return left


@pytest.mark.parametrize("at_once", [True, False])
def test_a_call_that_is_reset_is_forgotten(tmp_path: Path, *, at_once: bool) -> None:
    """In the same breath as it began, or while it waits for its answer."""
    assert asyncio.run(_left_of_calls(tmp_path / "s", at_once=at_once)) == (0, 0)
