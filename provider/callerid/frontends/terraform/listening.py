"""Where the provider listens: a socket in a folder of its own; on Windows, a port."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from callerid.frontends.terraform import cookie

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_PATH = 100
"""So many bytes of a socket's path work on every system."""
_LOOPBACK = "127.0.0.1"


class Place(NamedTuple):
    """A socket that is bound: its network and address, in go-plugin's words."""

    socket: socket.socket
    network: str
    address: str

    def remove(self) -> None:
        """Remove what stands on disk."""
        if self.network == "unix":
            with suppress(OSError):
                Path(self.address).unlink()
                Path(self.address).parent.rmdir()


def bind(environ: Mapping[str, str]) -> Place:
    """Bind a socket that only this user can reach; a port where there are no such sockets.

    Raises:
        OSError: there is no place for it.
    """
    if sys.platform != "win32":
        folder = _folder(environ)
        path = str(folder / "s")
        if len(os.fsencode(path)) <= _LONGEST_PATH:
            bound = socket.socket(socket.AF_UNIX)
            bound.bind(path)
            return Place(bound, "unix", path)
        folder.rmdir()
    return _port(environ)


def _folder(environ: Mapping[str, str]) -> Path:
    """Make a folder for this user alone, in the place for such folders.

    Python's own function for it takes 6 ms to load, and a plan starts three processes.
    """
    folder = Path(environ.get("TMPDIR") or "/tmp") / f"callerid-{os.urandom(8).hex()}"  # noqa: S108 - nobody can guess the name, nor enter
    folder.mkdir(mode=0o700)
    return folder


def _port(environ: Mapping[str, str]) -> Place:
    """Bind a port that the host allows; any port where it does not say."""
    lowest, highest = (environ.get(name, "") for name in (cookie.LOWEST_PORT, cookie.HIGHEST_PORT))
    ports = range(int(lowest), int(highest) + 1) if lowest and highest else [0]
    for port in ports[:-1]:
        with suppress(OSError):
            return _at(port)
    return _at(ports[-1])


def _at(port: int) -> Place:
    bound = socket.socket(socket.AF_INET)
    try:
        bound.bind((_LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return Place(bound, "tcp", f"{_LOOPBACK}:{bound.getsockname()[1]}")
