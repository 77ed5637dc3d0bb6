"""Other users of this machine: they can reach the port, and would be answered by our credentials.

Worse, they could name the host that these are sent to. Linux tells whose a connection is; on other
systems everybody is let in.
"""

from __future__ import annotations

import os
import sys
import time
import weakref
from contextlib import suppress
from socket import AF_INET, AF_INET6, inet_pton
from threading import Lock
from typing import TYPE_CHECKING

from callerid.errors import OtherUserError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TABLES = ("/proc/self/net/tcp", "/proc/self/net/tcp6")
SECONDS = 1.0
"""How long a connection counts as the same: later, its port may be another's."""
_MOST = 1000
_LOOKS = 2
"""The system writes a table while connections come and go, and may leave one out."""
_ESTABLISHED = "01"
_NOBODY = -1
_ROOT = 0
_FAMILIES = {"ipv4": AF_INET, "ipv6": AF_INET6}
_MAPPED = bytes(10) + b"\xff\xff"
"""How an address of IPv6 begins that is one of IPv4."""
_CHUNK = 1 << 12
"""What the system gives at once; a call that ends others needs no more memory than this."""
_REFUSAL = (
    "callerid: this plugin answers the user who started it, and the call came from another user of "
    "this machine. Run the program as the user who runs the plugin."
)


class OtherUsers:
    """Refuses calls of other users. Thread-safe."""

    def __init__(self, tables: Sequence[str] = TABLES) -> None:
        """Know nobody yet; hold the tables open, as others can use up all descriptors."""
        self._tables = list(_opened(tables))
        weakref.finalize(self, _close, self._tables)
        self._looking = Lock()
        self._mark = ""
        self._ours: frozenset[str] = frozenset()
        self._is_listed = False
        self._let_in: dict[str, float] = {}

    def listen_at(self, port: int) -> None:
        """Take note of where on 127.0.0.1 the plugin listens."""
        self._mark = f":{port:04X} "
        self._ours = _written(f"ipv4:127.0.0.1:{port}")

    def refuse(self, peer: str) -> None:
        """Refuse a call that comes from another user; `peer` is as gRPC names it.

        Raises:
            OtherUserError: it does.
        """
        if self._is_known(peer):
            return
        with self._looking:  # of thousands of calls at once, one looks
            if self._is_known(peer):
                return
            if not self._may_ask(_written(peer)):
                raise OtherUserError(_REFUSAL)
            if len(self._let_in) >= _MOST:
                self._let_in.clear()
            self._let_in[peer] = time.monotonic() + SECONDS

    def _is_known(self, peer: str) -> bool:
        return self._let_in.get(peer, 0.0) > time.monotonic()

    def _may_ask(self, theirs: frozenset[str]) -> bool:
        """Return whether the one who has the other end may; all may where none can be known."""
        for _ in range(_LOOKS):
            owners = self._owners(theirs)
            if len(owners) == 1:
                return owners <= {_ROOT, os.geteuid()}
        return not self._is_listed

    def _owners(self, theirs: frozenset[str]) -> set[int]:
        """Return who has the other end of a connection with us: one, as a rule."""
        owners = set()
        for local, remote, state, owner, inode in self._rows():
            if local in self._ours:
                self._is_listed = True
            if local in theirs and remote in self._ours:
                is_open = state == _ESTABLISHED and inode != "0"
                owners.add(int(owner) if is_open else _NOBODY)
        return owners

    def _rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Read the rows with our port: the ends of a connection, its state, owner and inode."""
        for table in self._tables:
            for line in self._read(table).splitlines():
                if self._mark in line:
                    _, local, remote, state, _, _, _, owner, _, inode, *_ = line.split()
                    yield local, remote, state, owner, inode

    def _read(self, table: int) -> str:
        os.lseek(table, 0, os.SEEK_SET)
        return b"".join(iter(lambda: os.read(table, _CHUNK), b"")).decode("ascii")


def _opened(tables: Sequence[str]) -> Iterator[int]:
    for table in tables:
        with suppress(OSError):  # of a system that has no such table
            yield os.open(table, os.O_RDONLY)


def _close(tables: Sequence[int]) -> None:
    for table in tables:
        os.close(table)


def _written(end: str) -> frozenset[str]:
    """Return how tables write an end of a connection that gRPC names: address and port.

    One of IPv4 may be written as one of IPv6, by whatever kind of socket is used.
    """
    kind, _, rest = end.partition(":")
    address, _, port = rest.rpartition(":")
    bare = address.removeprefix("%5B").removesuffix("%5D").strip("[]").partition("%")[0]
    if kind not in _FAMILIES:
        return frozenset()
    raw = inet_pton(_FAMILIES[kind], bare)
    short = raw.removeprefix(_MAPPED)
    both = (short, _MAPPED + short) if len(short) < len(_MAPPED) else (short,)
    return frozenset(f"{_words(each)}:{int(port):04X}" for each in both)


def _words(address: bytes) -> str:
    """Write an address as the kernel does: in words of four bytes, in the processor's order."""
    words = (address[at : at + 4] for at in range(0, len(address), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
