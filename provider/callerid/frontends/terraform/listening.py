"""Where the provider listens: a socket in a folder of its own; on Windows, a port."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from callerid.frontends.terraform import cookie

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONGEST_PATH = 100
"""So many bytes of a socket's path work on every system."""
_NOT_IN_A_LINE = "|\r\n"
"""What would end a part of the handshake, or the whole."""
_USUAL = "/tmp"  # noqa: S108 - the folder in it has a name that nobody can guess, and lets nobody in
_LOOPBACK = "127.0.0.1"
_HIGHEST = 65535


class Place(NamedTuple):
    """A socket that is bound: its network and address, in go-plugin's words."""

    socket: socket.socket
    network: str
    address: str

    def remove(self) -> None:
        """Remove what stands on disk."""
        if self.network == "unix":
            socket_file = Path(self.address)
            for remove in (socket_file.unlink, socket_file.parent.rmdir):
                with suppress(OSError):
                    remove()


@contextmanager
def binding(environ: Mapping[str, str]) -> Iterator[Place]:
    """Bind as `bind` does, and remove what stands on disk however the serving ends.

    Raises:
        OSError: there is no place for it.
    """
    place = bind(environ)
    try:
        yield place
    finally:
        place.remove()


def bind(environ: Mapping[str, str]) -> Place:
    """Bind a socket that only this user can reach; on Windows, a port.

    Raises:
        OSError: there is no place for it.
    """
    if sys.platform == "win32":
        return _port(environ)
    return _socket_in(_folder(environ))


def _folder(environ: Mapping[str, str]) -> Path:
    """Make a folder for this user alone, in TMPDIR, or in `/tmp` where its path is of no use.

    Python's own function for it takes 6 ms to load, and a plan starts three processes.
    """
    name = f"callerid-{os.urandom(8).hex()}"
    folder = Path(environ.get("TMPDIR") or _USUAL, name).absolute()
    path = f"{folder}/s"
    if len(os.fsencode(path)) > _LONGEST_PATH or any(each in path for each in _NOT_IN_A_LINE):
        folder = Path(_USUAL, name)
    folder.mkdir(mode=0o700)
    return folder


def _socket_in(folder: Path) -> Place:
    bound = socket.socket(socket.AF_UNIX)
    path = str(folder / "s")
    try:
        bound.bind(path)
    except OSError:
        bound.close()
        folder.rmdir()
        raise
    return Place(bound, "unix", path)


def _port(environ: Mapping[str, str]) -> Place:
    """Bind a port that the host allows; any port where it does not say."""
    lowest, highest = (environ.get(name, "") for name in (cookie.LOWEST_PORT, cookie.HIGHEST_PORT))
    given = lowest.isdecimal() and highest.isdecimal()
    allowed = range(max(1, int(lowest)), min(_HIGHEST, int(highest)) + 1) if given else range(0)
    *others, last = allowed or [0]
    for port in others:
        with suppress(OSError):
            return _at(port)
    return _at(last)


def _at(port: int) -> Place:
    bound = socket.socket(socket.AF_INET)
    try:
        bound.bind((_LOOPBACK, port))
    except OSError:
        bound.close()
        raise
    return Place(bound, "tcp", f"{_LOOPBACK}:{bound.getsockname()[1]}")
