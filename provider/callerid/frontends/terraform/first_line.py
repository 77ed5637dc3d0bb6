"""Whether the provider starts: the first line that a host reads from it."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from callerid.errors import printable_line
from callerid.frontends.starting import SECONDS, NoAnswerError, Started
from callerid.frontends.terraform import cookie

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_KEPT = frozenset(
    {
        *("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV"),
        *("APPDATA", "COMSPEC", "LOCALAPPDATA", "PATHEXT", "SYSTEMROOT", "USERPROFILE"),
    }
)
"""Variables that a provider needs to start; others may be secrets, and of any name."""
_FIELDS = 5
_CORE, _NETWORKS, _PROTOCOL = b"1", (b"unix", b"tcp"), b"grpc"


def check(executable: Path, environ: Mapping[str, str], seconds: float = SECONDS) -> None:
    """Start a provider as a host does, wait until it listens, and end it with all it started.

    It gets no variable but those that a start needs, and leaves no socket behind.

    Raises:
        NoAnswerError: it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="callerid-") as temporary:
        asked = {cookie.NAME: cookie.VALUE, cookie.VERSIONS: str(cookie.PROTOCOL)}
        kept = {name: value for name, value in environ.items() if name in _KEPT}
        provider = Started(executable, {**kept, **asked, "TMPDIR": temporary})
        try:
            line = provider.first_line(seconds)
        finally:
            unstarted = provider.end()
    if _is_handshake(line):
        return
    raise NoAnswerError(f"it does not start: {_shown(line)}" if line else unstarted)


def _is_handshake(line: bytes) -> bool:
    fields = line.split(b"|")
    return (
        len(fields) >= _FIELDS
        and fields[:2] == [_CORE, str(cookie.PROTOCOL).encode()]
        and fields[2] in _NETWORKS
        and fields[4] == _PROTOCOL
    )


def _shown(line: bytes) -> str:
    """Give what stands in the line's place: that is what a host shows of a provider's trouble."""
    return printable_line(line.decode(errors="replace"))
