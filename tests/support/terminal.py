"""A command on a terminal of its own, as wide as a test wants it. POSIX only."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PROGRESS = re.compile(r"\x1b\[\?25l.*?\x1b\[\?25h\r\x1b\[1A\x1b\[2K", re.DOTALL)
"""Everything between hiding the cursor and erasing the line that stood there."""
_CODE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class Seen:
    """What a terminal got from a command: stdout and stderr, escape codes included."""

    code: int
    raw: str

    @property
    def text(self) -> str:
        """Give it without escape codes, and with plain line ends."""
        return _CODE.sub("", self.raw).replace("\r\n", "\n")

    @property
    def kept(self) -> str:
        """Give the text that is there in the end: a slow machine sees progress at times."""
        return Seen(self.code, _PROGRESS.sub("", self.raw)).text

    @property
    def lines(self) -> list[str]:
        """Give the lines of `kept`."""
        return self.kept.splitlines()


def run(argv: Sequence[str], environ: Mapping[str, str], columns: int = 80) -> Seen:
    """Run a command with a terminal as stdin, stdout and stderr, until it ends."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {**environ, "TERM": "xterm-256color"}
    process = subprocess.Popen(  # noqa: S603 - our own command
        argv, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    try:
        raw = _read(ours)
    finally:
        os.close(ours)
    return Seen(process.wait(30), raw)


def _read(descriptor: int) -> str:
    """Read until nobody holds the other end: Linux tells so by an error, others by no bytes."""
    pieces = []
    while True:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:
            break
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces).decode()
