"""Bytes and messages that no host sends: made up, mutated, nested, cut short."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    Connect = Callable[[], socket.socket]

_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
_HELLO = bytes.fromhex("16030100310100002d0303") + bytes(32) + bytes.fromhex("000002c02f0100")
_LONGEST = 4096
_WAIT_SECONDS = 0.2


class Said(NamedTuple):
    """What is said to a socket, and by what name it goes."""

    name: str
    parts: tuple[bytes, ...]


def frame(kind: int, body: bytes = b"", flags: int = 0, stream: int = 0) -> bytes:
    """Write a frame of HTTP/2."""
    head = len(body).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big")
    return head + body


def openings(chance: Random, times: int) -> Iterator[Said]:
    """Give what is no HTTP/2, or not for long."""
    begun = _PREFACE + _SETTINGS
    known = [
        Said("nothing", ()),
        Said("half a preface", (_PREFACE[:9],)),
        Said("HTTP/1", (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",)),
        Said("TLS", (_HELLO,)),
        Said("a preface, byte by byte", tuple(_PREFACE[i : i + 1] for i in range(12))),
        Said("a preface twice", (_PREFACE * 2,)),
        Said("frames of no kind", (begun, *(frame(kind, b"x" * 9) for kind in (0x0B, 0x77, 0xFF)))),
        Said("a frame that is too long", (begun, b"\xff\xff\xff\x00\x00\x00\x00\x00\x01")),
        Said(
            "headers without an end",
            (begun, frame(1, b"\x82", 0, 1) + frame(9, b"\x84" * 900, 0, 1) * 9),
        ),
        Said("headers that cannot be read", (begun, frame(1, b"\xff" * 64, 4, 1))),
        Said("data of no stream", (begun, frame(0, b"x", 1, 7))),
        Said("resets", (begun, b"".join(frame(3, b"\0\0\0\x08", 0, n) for n in range(1, 99, 2)))),
        Said("settings again and again", (begun, _SETTINGS * 500)),
        Said("pings", (begun, frame(6, b"12345678") * 500)),
        Said("a farewell", (begun, frame(7, bytes(8)))),
        Said("windows of no size", (begun, frame(8, bytes(4)))),
    ]
    yield from known[:times]
    for number in range(max(0, times - len(known))):
        start = begun if number % 2 else b""
        yield Said("random bytes", (start + chance.randbytes(chance.randrange(1, _LONGEST)),))


def say(connect: Connect, said: Said) -> None:
    """Say it, and look for a moment what comes of it.

    Raises:
        OSError: there is nobody to say it to.
    """
    with connect() as connected, suppress(OSError):
        connected.settimeout(_WAIT_SECONDS)
        for part in said.parts:
            connected.sendall(part)
        connected.recv(65536)


def crowd(connect: Connect, stack: ExitStack, times: int) -> None:
    """Open many connections that say nothing more, and keep them; each tenth has begun to speak.

    Raises:
        OSError: there are no more to be had.
    """
    for number in range(times):
        connected = stack.enter_context(connect())
        with suppress(OSError):
            connected.sendall(_PREFACE if number % 10 == 0 else b"")


def messages(chance: Random, real: Sequence[bytes], times: int) -> Iterator[bytes]:
    """Give bytes that may be a message: real ones with mistakes, and random ones."""
    for number in range(times):
        if number % 3 == 0:
            yield chance.randbytes(chance.randrange(200))
            continue
        mutated = bytearray(chance.choice(real))
        for _ in range(chance.randrange(1, 5)):
            _mistake(chance, mutated)
        yield bytes(mutated)


def _mistake(chance: Random, message: bytearray) -> None:
    place = chance.randrange(len(message) + 1)
    kind = chance.randrange(4)
    if kind == 0:
        del message[place:]
    elif kind == 1:
        message[place:place] = chance.randbytes(chance.randrange(1, 9))
    elif kind == 2:  # noqa: PLR2004 - one of four
        del message[place : place + chance.randrange(1, 9)]
    elif place < len(message):
        message[place] = chance.randrange(256)
