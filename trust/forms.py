"""The forms in which a secret may come out: each is undone, and what is there then is searched."""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{11,}")
"""Eight bytes are written as eleven characters, and one that fills up."""
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}[:\s]?){8,}")
_ESCAPED = re.compile(rb"\\u00([0-9A-Fa-f]{2})|\\x([0-9A-Fa-f]{2})|\\(.)")
_FRAME = rb"(?:[ \t|]|\xe2\x94\x82|\xe2\x95\xb7|\xe2\x95\xb5)*"
_WRAPPED = re.compile(_FRAME + rb"\r?\n" + _FRAME)
"""A line that is broken, perhaps within the frame that a tool draws around it."""
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_GZIP_WINDOW = 31
_NO_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, struct.error)
"""How it ends that something only begins as an archive, or is still being written."""
_DEEPEST = 2
"""As many archives within one another are opened."""
_TIMES = 2
"""As many forms within one another are undone: a header within base64, a URL within a URL."""


def forms(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Give bytes in every form that they may be read in, each with its name.

    Parts are searched for one by one, so what is left between them does not matter.
    """
    for part in _unpacked(data):
        yield "raw", part
        yield from _undone(part, {part})


def _undone(data: bytes, seen: set[bytes], times: int = _TIMES) -> Iterator[tuple[str, bytes]]:
    """Undo each form, and what is in it; what came out in two ways is given once."""
    for name, undo in _UNDO.items() if times else ():
        other = undo(data)
        if other and other not in seen:
            seen.add(other)
            yield name, other
            yield from (
                (f"{name}, {inner}", each) for inner, each in _undone(other, seen, times - 1)
            )


def _unpacked(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """Give the bytes, and what is in them if they are an archive."""
    yield data
    if depth < _DEEPEST:
        with suppress(*_NO_ARCHIVE):
            yield from _inside(data, depth)


def _inside(data: bytes, depth: int) -> Iterator[bytes]:
    if data.startswith(_ZIP):
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            for name in opened.namelist():
                yield name.encode()
                yield from _unpacked(opened.read(name), depth + 1)
    elif data.startswith(_GZIP):
        yield from _unpacked(zlib.decompressobj(_GZIP_WINDOW).decompress(data), depth + 1)


def _base64(data: bytes) -> bytes:
    """Decode each run at its four beginnings: three alignments, and a character before it."""
    found = []
    for run in _BASE64.findall(data):
        plain = run.translate(_URL_SAFE)
        for start in range(4):
            whole = plain[start:]
            whole = whole[: len(whole) - (len(whole) % 4 == 1)]
            found.append(base64.b64decode(whole + b"=" * (-len(whole) % 4)))
    return b"\n".join(found)


def _hex(data: bytes) -> bytes:
    found = []
    for run in _HEX.findall(data):
        digits = re.sub(rb"[:\s]", b"", run).decode()
        for start in range(2):
            whole = digits[start : start + (len(digits) - start) // 2 * 2]
            found.append(bytes.fromhex(whole))
    return b"\n".join(found)


def _url(data: bytes) -> bytes:
    return unquote_to_bytes(data.replace(b"+", b" ")) if b"%" in data else b""


def _escaped(data: bytes) -> bytes:
    """Undo the escapes of JSON, Python and shells."""

    def one(found: re.Match[bytes]) -> bytes:
        code = found[1] or found[2]
        return bytes([int(code, 16)]) if code else found[3]

    return _ESCAPED.sub(one, data) if b"\\" in data else b""


def _narrow(data: bytes) -> bytes:
    """Write what is in UTF-16 or UTF-32, in either order of bytes, as ASCII."""
    return data.replace(b"\0", b"") if b"\0" in data else b""


def _unwrapped(data: bytes) -> bytes:
    return _WRAPPED.sub(b"", data) if b"\n" in data else b""


_UNDO: dict[str, Callable[[bytes], bytes]] = {
    "base64": _base64,
    "hex": _hex,
    "URL-encoded": _url,
    "escaped": _escaped,
    "broken into lines": _unwrapped,
    "UTF-16": _narrow,
}
