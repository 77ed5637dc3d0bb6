"""Other users of this machine: they can reach the port, and would be answered by our credentials.

Worse, they could name the host that these are sent to. Linux tells whose a connection is; on other
systems everybody is let in.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from callerid.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TABLES = ("/proc/self/net/tcp", "/proc/self/net/tcp6")
SECONDS = 1.0
"""How long a connection counts as the same: later, its port may be another's."""
_MOST = 1000
_ESTABLISHED, _LISTENING = "01", "0A"
_NOBODY = -1
_ROOT = 0
_REFUSAL = (
    "this plugin answers the user who started it, and the call came from another user of this "
    "machine. Run the program as the user who runs the plugin."
)


class Neighbours:
    """Refuses calls of other users. Thread-safe."""

    def __init__(self, tables: Sequence[str] = TABLES) -> None:
        """Know nobody yet."""
        self.port = 0
        """Where the plugin listens."""
        self._tables = tables
        self._let_in: dict[str, float] = {}

    def refuse(self, peer: str) -> None:
        """Refuse a call that comes from another user; `peer` is as gRPC names it.

        Raises:
            RefusedError: it does.
        """
        now = time.monotonic()
        if self._let_in.get(peer, 0.0) > now:
            return
        owner = self._owner(peer.rpartition(":")[2])
        if owner is not None and owner not in {_ROOT, os.getuid()}:
            raise RefusedError(_REFUSAL)
        if len(self._let_in) >= _MOST:
            self._let_in.clear()
        self._let_in[peer] = now + SECONDS

    def _owner(self, port: str) -> int | None:
        """Return who has the other end; nobody once it is closed; None where none can be known."""
        ours, theirs = f":{self.port:04X}", f":{int(port):04X}" if port.isdecimal() else ""
        known = False
        for local, remote, state, owner, inode in self._rows(ours):
            known = known or (state == _LISTENING and local.endswith(ours))
            if theirs and local.endswith(theirs) and remote.endswith(ours):
                return int(owner) if state == _ESTABLISHED and inode != "0" else _NOBODY
        return _NOBODY if known else None

    def _rows(self, ours: str) -> Iterator[tuple[str, str, str, str, str]]:
        """Read the rows with our port: the ends of a connection, its state, owner and inode."""
        for table in self._tables:
            with suppress(OSError), open(table, encoding="ascii") as file:  # noqa: PTH123 - pathlib is slow to load
                for line in file:
                    if ours in line:
                        _, local, remote, state, _, _, _, owner, _, inode, *_ = line.split()
                        yield local, remote, state, owner, inode
