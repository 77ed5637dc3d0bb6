"""Other users of the machine: the port is open to them, and nothing is answered."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from support import bodies, commands
from support.api import Api, json_reply
from support.plugin import spawn

from callerid.errors import OtherUserError
from callerid.frontends.pulumi import other_users
from callerid.frontends.pulumi.other_users import OtherUsers

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no user ids")
PORT, PEER = 41045, "ipv4:127.0.0.1:58402"
HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
OURS, THEIRS = f"0100007F:{PORT:04X}", "0100007F:E422"
NEXT_TO_OURS, NEXT_TO_THEIRS = f"0200007F:{PORT:04X}", "0200007F:E422"
ONE_OF_V6 = "00000000000000000000000001000000"
LISTENING = (OURS, "00000000:0000", "0A", 0, 7)
OTHER = 4711
SENTENCE = (
    "callerid: this plugin answers the user who started it, and the call came from another user of "
    "this machine. Run the program as the user who runs the plugin."
)


def _mapped(end: str) -> str:
    return f"0000000000000000FFFF0000{end}"


def _other_users(folder: Path, *rows: tuple[str, str, str, int, int]) -> OtherUsers:
    table = folder / "tcp"
    lines = (
        f" 1: {local} {remote} {state} 00000000:00000000 00:00000000 00000000 {uid} 0 {inode} 1\n"
        for local, remote, state, uid, inode in rows
    )
    table.write_text(HEADER + "".join(lines), "ascii")
    made = OtherUsers((str(table), str(folder / "none")))
    made.listen_at(PORT)
    return made


@pytest.mark.parametrize("uid", [0, os.getuid() if hasattr(os, "getuid") else 0])
def test_root_and_oneself_are_let_in(tmp_path: Path, uid: int) -> None:
    """Root may read the process's memory anyway."""
    _other_users(tmp_path, LISTENING, (THEIRS, OURS, "01", uid, 9)).refuse(PEER)


@pytest.mark.parametrize("which", ["getuid", "geteuid"])
def test_the_user_whom_it_acts_as_is_let_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """Linux tells whom a socket acts for: where the set-user-ID bit makes that another, only he."""
    monkeypatch.setattr(os, which, lambda: OTHER)
    made = _other_users(tmp_path, LISTENING, (THEIRS, OURS, "01", OTHER, 9))
    with nullcontext() if which == "geteuid" else pytest.raises(OtherUserError):
        made.refuse(PEER)


@pytest.mark.parametrize("local", [THEIRS, _mapped(THEIRS)], ids=["v4", "mapped"])
@pytest.mark.parametrize("remote", [OURS, _mapped(OURS)], ids=["v4", "mapped"])
@pytest.mark.parametrize("peer", [PEER, "ipv6:%5B::ffff:127.0.0.1%5D:58402"])
def test_ends_are_compared_whole(tmp_path: Path, local: str, remote: str, peer: str) -> None:
    """Address and port, in each way to write them: others may have the port, at other addresses."""
    for owner, stranger in ((0, OTHER), (OTHER, 0)):
        own = (local, remote, "01", owner, 9)
        others = [
            (near, far, "01", stranger, 9)
            for near, far in (
                (_mapped(NEXT_TO_THEIRS), _mapped(OURS)),
                (NEXT_TO_THEIRS, OURS),
                (THEIRS, NEXT_TO_OURS),
                (f"{ONE_OF_V6}:E422", _mapped(OURS)),
            )
        ]
        for rows in ([own, *others], [*others, own]):
            made = _other_users(tmp_path, LISTENING, *rows)
            with nullcontext() if owner == 0 else pytest.raises(OtherUserError):
                made.refuse(peer)


def test_an_address_of_ipv6(tmp_path: Path) -> None:
    """It has one form, and a zone is no part of it."""
    row = (f"{ONE_OF_V6}:E422", OURS, "01", 0, 9)
    _other_users(tmp_path, LISTENING, row).refuse("ipv6:%5B::1%25lo%5D:58402")


@pytest.mark.parametrize(
    "rows",
    [
        [(THEIRS, OURS, "01", 0, 9), (_mapped(THEIRS), _mapped(OURS), "01", OTHER, 9)],
        [(THEIRS, OURS, "01", OTHER, 9)],
        [(THEIRS, OURS, "04", 0, 0)],
        [(THEIRS, OURS, "01", 0, 0)],
        [],
        [(THEIRS, "0100007F:0001", "01", 0, 9)],
    ],
    ids=["several", "another", "closing", "orphan", "gone", "elsewhere"],
)
def test_others_and_nobody_are_not(
    tmp_path: Path, rows: list[tuple[str, str, str, int, int]]
) -> None:
    """Who asks and closes at once is nobody's connection by then; root's, as the system has it."""
    with pytest.raises(OtherUserError) as refused:
        _other_users(tmp_path, LISTENING, *rows).refuse(PEER)
    assert str(refused.value) == SENTENCE


def test_a_port_is_known_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be another's soon."""
    made = _other_users(tmp_path, LISTENING, (THEIRS, OURS, "01", 0, 9))
    made.refuse(PEER)
    _other_users(tmp_path, LISTENING, (THEIRS, OURS, "01", OTHER, 9))
    made.refuse(PEER)
    monkeypatch.setattr(other_users, "_MOST", 0)
    with pytest.raises(OtherUserError):
        made.refuse("ipv4:127.0.0.1:1")
    monkeypatch.setattr(time, "monotonic", lambda: float("inf"))  # later
    with pytest.raises(OtherUserError):
        made.refuse(PEER)


def test_descriptors_that_others_used_up_let_nobody_in(tmp_path: Path) -> None:
    """They may open connections until the process can open no file."""
    made = _other_users(tmp_path, LISTENING, (THEIRS, OURS, "01", OTHER, 9))
    (tmp_path / "tcp").unlink()
    with pytest.raises(OtherUserError):
        made.refuse(PEER)


def test_what_was_known_once_is_not_unknown_later(tmp_path: Path) -> None:
    """A table without even our own port was written while it changed."""
    made = _other_users(tmp_path, LISTENING, (THEIRS, OURS, "01", 0, 9))
    made.refuse(PEER)
    _other_users(tmp_path)
    with pytest.raises(OtherUserError):
        made.refuse("ipv4:127.0.0.1:1")


def test_where_nothing_can_be_known_all_are_let_in(tmp_path: Path) -> None:
    """No such table, or one that does not even know our own port."""
    OtherUsers((str(tmp_path / "none"),)).refuse(PEER)
    _other_users(tmp_path, (THEIRS, OURS, "01", 0, 9)).refuse("unix:")


def _told(arguments: list[str]) -> list[str]:
    """Run a program as another user, and return the lines that it prints."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", *arguments], check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.splitlines()


_INTRUDER = """
import os, sys
import grpc
from google.protobuf import empty_pb2
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}"))
os.setuid(65534)
args = Struct()
args.update({"m3terBaseUrl": sys.argv[2]})
for name, request in (
    ("Configure", provider_pb2.ConfigureRequest(args=args)),
    ("Invoke", provider_pb2.InvokeRequest(tok="callerid:index:getCurrentUser")),
    ("Cancel", empty_pb2.Empty()),
):
    try:
        getattr(stub, name)(request, timeout=20)
    except grpc.RpcError as error:
        print(error.details())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs to become another user"
)
def test_another_user_gets_neither_answer_nor_credential(api: Api) -> None:
    """He would name a host of his own as the API's, and be sent the environment's credential."""
    api.on(bodies.ME, json_reply(bodies.person()))
    with spawn(environ=commands.m3ter(api)) as plugin:
        assert _told([_INTRUDER, str(plugin.port), api.url]) == [SENTENCE] * 3
        assert api.paths() == []
        plugin.configure()
        assert plugin.invoke("getCurrentUser")["displayName"] == "Ada Lovelace"


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs to become another user"
)
def test_another_user_ends_no_call(api: Api) -> None:
    """A Cancel on a new connection is for the one engine's calls; not from there."""
    api.on(bodies.ME, replace(json_reply(bodies.person()), delay=5))
    with spawn(environ=commands.m3ter(api)) as plugin, ThreadPoolExecutor(1) as pool:
        plugin.configure()
        asked = pool.submit(plugin.invoke, "getCurrentUser")
        assert _told([_INTRUDER, str(plugin.port), api.url]) == [SENTENCE] * 3
        assert asked.result(30)["displayName"] == "Ada Lovelace"


_FROM_NEXT_DOOR = """
import asyncio, encodings.idna, os, socket, sys
from grpclib import GRPCError
from grpclib.client import Channel, UnaryUnaryMethod
from pulumi.runtime.proto import provider_pb2 as messages
to, host = ("127.0.0.1", int(sys.argv[1])), sys.argv[2]
rows = [line.split() for name in ("tcp", "tcp6") for line in open(f"/proc/net/{name}")]
[theirs] = {row[1][-4:] for row in rows if row[2][-4:] == f"{to[1]:04X}" and row[3] == "01"}
os.setuid(65534)

class Bound(Channel):
    async def _create_connection(self):
        near = socket.create_connection(to, 20, (host, int(theirs, 16)))
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(self._protocol_factory, sock=near))[1]

async def ask(kind, answer):
    async with Bound(*to) as channel:
        invoke = UnaryUnaryMethod(channel, "/pulumirpc.ResourceProvider/Invoke", kind, answer)
        await invoke(kind(tok="callerid:index:getCurrentUser"), timeout=20)

try:
    asyncio.run(ask(messages.InvokeRequest, messages.InvokeResponse))
except GRPCError as error:
    print(error.message)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs to become another user"
)
def test_a_port_like_the_engines_at_another_address_is_no_key(api: Api) -> None:
    """All of 127.0.0.0/8 is this machine, and any user may take the engine's port there."""
    api.on(bodies.ME, json_reply(bodies.person()))
    with spawn(environ=commands.m3ter(api)) as plugin:
        for last in range(2, 6):
            plugin.configure()
            told = _told([_FROM_NEXT_DOOR, str(plugin.port), f"127.0.0.{last}"])
            assert told == [SENTENCE]
        assert api.paths() == []
        assert plugin.invoke("getCurrentUser")["displayName"] == "Ada Lovelace"


_BEGINNER = """
import encodings.idna, os, socket, sys
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ResponseReceived
os.setuid(65534)
connection = H2Connection(H2Configuration(client_side=True))
connection.initiate_connection()
headers = [(":method", "POST"), (":scheme", "http"), (":authority", "a"), ("te", "trailers"),
    ("content-type", "application/grpc")]
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20) as opened:
    for number in range(50):
        path = "/pulumirpc.ResourceProvider/" + ("Invoke" if number % 2 else "Create")
        connection.send_headers(2 * number + 1, [(":path", path), *headers])
    opened.sendall(connection.data_to_send())
    refused = 0
    while refused < 50:
        events = connection.receive_data(opened.recv(65536))
        refused += sum(isinstance(each, ResponseReceived) for each in events)
        opened.sendall(connection.data_to_send())
print(refused)
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs to become another user"
)
def test_another_user_who_only_begins_calls_holds_nothing() -> None:
    """A call whose message never comes is refused as it begins, and holds no thread."""
    with spawn() as plugin:
        assert _told([_BEGINNER, str(plugin.port)]) == ["50"]
