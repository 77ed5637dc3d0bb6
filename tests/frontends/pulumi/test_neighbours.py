"""Other users of the machine: the port is open to them, and nothing is answered."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from support import bodies, commands
from support.api import Api, json_reply
from support.plugin import spawn

from callerid.errors import RefusedError
from callerid.frontends.pulumi import neighbours
from callerid.frontends.pulumi.neighbours import Neighbours

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no user ids")
PORT, PEER = 41045, "ipv4:127.0.0.1:58402"
HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
OURS, THEIRS = f"0100007F:{PORT:04X}", "0100007F:E422"
LISTENING = (OURS, "00000000:0000", "0A", 0, 7)
OTHER = 4711
SENTENCE = (
    "callerid: this plugin answers the user who started it, and the call came from another user of "
    "this machine. Run the program as the user who runs the plugin."
)


def _neighbours(folder: Path, *rows: tuple[str, str, str, int, int]) -> Neighbours:
    table = folder / "tcp"
    lines = (
        f" 1: {local} {remote} {state} 00000000:00000000 00:00000000 00000000 {uid} 0 {inode} 1\n"
        for local, remote, state, uid, inode in rows
    )
    table.write_text(HEADER + "".join(lines), "ascii")
    made = Neighbours((str(table), str(folder / "none")))
    made.port = PORT
    return made


@pytest.mark.parametrize("uid", [0, os.getuid() if hasattr(os, "getuid") else 0])
def test_root_and_oneself_are_let_in(tmp_path: Path, uid: int) -> None:
    """Root may read the process's memory anyway."""
    _neighbours(tmp_path, LISTENING, (THEIRS, OURS, "01", uid, 9)).refuse(PEER)


@pytest.mark.parametrize(
    "rows",
    [
        [(THEIRS, OURS, "01", OTHER, 9)],
        [(THEIRS, OURS, "04", 0, 0)],
        [(THEIRS, OURS, "01", 0, 0)],
        [],
        [(THEIRS, "0100007F:0001", "01", 0, 9)],
    ],
    ids=["another", "closing", "orphan", "gone", "elsewhere"],
)
def test_others_and_nobody_are_not(
    tmp_path: Path, rows: list[tuple[str, str, str, int, int]]
) -> None:
    """Who asks and closes at once is nobody's connection by then; root's, as the system has it."""
    with pytest.raises(RefusedError) as refused:
        _neighbours(tmp_path, LISTENING, *rows).refuse(PEER)
    assert str(refused.value) == SENTENCE


def test_a_port_is_known_for_a_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be another's soon."""
    made = _neighbours(tmp_path, LISTENING, (THEIRS, OURS, "01", 0, 9))
    made.refuse(PEER)
    _neighbours(tmp_path, LISTENING, (THEIRS, OURS, "01", OTHER, 9))
    made.refuse(PEER)
    monkeypatch.setattr(neighbours, "_MOST", 0)
    with pytest.raises(RefusedError):
        made.refuse("ipv4:127.0.0.1:1")
    monkeypatch.setattr(time, "monotonic", lambda: float("inf"))  # later
    with pytest.raises(RefusedError):
        made.refuse(PEER)


def test_where_nothing_can_be_known_all_are_let_in(tmp_path: Path) -> None:
    """No such table, or one that does not even know our own port."""
    Neighbours((str(tmp_path / "none"),)).refuse(PEER)
    _neighbours(tmp_path, (THEIRS, OURS, "01", 0, 9)).refuse("unix:")


_INTRUDER = """
import os, sys
import grpc
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc
stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}"))
os.setuid(65534)
args = Struct()
args.update({"m3terBaseUrl": sys.argv[2]})
for name, request in (
    ("Configure", provider_pb2.ConfigureRequest(args=args)),
    ("Invoke", provider_pb2.InvokeRequest(tok="callerid:index:getCurrentUser")),
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
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", _INTRUDER, str(plugin.port), api.url],
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.stdout.splitlines() == [SENTENCE] * 2
        assert api.paths() == []
        plugin.configure()
        assert plugin.invoke("getCurrentUser")["displayName"] == "Ada Lovelace"
