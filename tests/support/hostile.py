"""What a hostile API, or one in trouble, does to a connection: byte for byte, and in TLS."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from cryptography.hazmat.primitives.asymmetric import ec

from support import bodies
from support.certificates import Identity, self_signed

if TYPE_CHECKING:
    from support.raw import Peer, Talk

BROKE = "the connection broke, the reply was cut short"
LATE = "no answer within"
NO_TLS = "it does not speak TLS, or breaks off the handshake"
NO_TRUST = "its TLS certificate is not trusted ("
BIG, PACKED = "a reply of more than 5 MiB", "a compressed reply, unasked"
REDIRECT, CUT = "a redirect", "a reply cut short instead of JSON"
BODY = json.dumps(bodies.person()).encode()
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"transfer-encoding: chunked\r\n\r\n"
MUCH = 100 * 1024 * 1024


class Case(NamedTuple):
    """What is done, and what people are told of it: nothing where the answer is right."""

    name: str
    talk: Talk
    told: str = ""
    until_late: bool = False
    """Whether it would go on without end."""


class TlsCase(NamedTuple):
    """The same with TLS: whose certificate, if any, and whether its authority is trusted."""

    case: Case
    identity: Identity | None
    trusted: bool = True


def _says(*texts: bytes) -> Talk:
    """Answer with bytes."""

    def talk(peer: Peer) -> None:
        peer.hear()
        peer.say(*texts)

    return talk


def _whole(head: bytes = OK, body: bytes = BODY) -> Talk:
    return _says(head, b"content-length: %d\r\n\r\n" % len(body), body)


def _with(header: bytes) -> Talk:
    return _whole(OK + header + b"\r\n")


def _resets(*texts: bytes, hears: bool = True) -> Talk:
    def talk(peer: Peer) -> None:
        if hears:
            peer.hear()
        peer.say(*texts)
        peer.reset()

    return talk


def _drips(text: bytes, *before: bytes, hears: bool = True) -> Talk:
    def talk(peer: Peer) -> None:
        if hears:
            peer.hear()
        peer.say(*before)
        peer.drip(text)

    return talk


def _floods(text: bytes, *before: bytes, hears: bool = True) -> Talk:
    def talk(peer: Peer) -> None:
        if hears:
            peer.hear()
        peer.say(*before)
        peer.flood(text)

    return talk


def _stalls(*before: bytes, hears: bool = True) -> Talk:
    def talk(peer: Peer) -> None:
        if hears:
            peer.hear()
        peer.say(*before)
        peer.stall()

    return talk


def _chunk(body: bytes, extension: bytes = b"") -> bytes:
    return b"%x%s\r\n%s\r\n" % (len(body), extension, body)


def _huge(peer: Peer) -> None:
    peer.hear()
    peer.say(OK, b'content-length: %d\r\n\r\n"' % MUCH)
    for _ in range(MUCH // 2**20):
        peer.say(b"a" * 2**20)


_BOMB = gzip.compress(b" " * MUCH, 1)
_LENGTH = b"content-length: %d\r\n" % len(BODY)

BOMBS = (
    Case("a gzip bomb", _whole(OK + b"content-encoding: gzip\r\n", _BOMB), PACKED),
    Case("bombs in turn", _whole(OK + b"content-encoding: gzip, gzip\r\n", _BOMB), PACKED),
    Case("a body of 100 MB", _huge, BIG),
    Case("a body without end", _floods(b" ", OK + b"\r\n"), BIG),
    Case("chunks without end", _floods(_chunk(b" " * 1000), CHUNKED), BIG),
    Case("headers without end", _floods(b"x-a: b\r\n", OK), BROKE),
    Case("one header without end", _floods(b"a", OK + b"x-a: "), BROKE),
    Case("a status line without end", _floods(b"a", b"HTTP/1.1 200 "), BROKE),
    Case("hints without end", _floods(b"HTTP/1.1 103 Hints\r\n\r\n"), LATE, until_late=True),
    Case("a chunk's extension without end", _floods(b";a=b", CHUNKED + b"1"), BROKE),
    Case("trailers without end", _floods(b"x-a: b\r\n", CHUNKED + _chunk(BODY) + b"0\r\n"), BROKE),
    Case("a header of 1 MB", _with(b"x-a: " + b"a" * 2**20), BROKE),
)
DRIPS = (
    Case("nothing", _stalls(), LATE, until_late=True),
    Case("nothing, not even listening", _stalls(hears=False), LATE, until_late=True),
    Case("headers, one by one", _drips(b"x-a: b\r\n", OK), LATE, until_late=True),
    Case("a header, byte by byte", _drips(b"a", OK + b"x-a: "), LATE, until_late=True),
    Case("hints, one by one", _drips(b"HTTP/1.1 103 H\r\n\r\n"), LATE, until_late=True),
    Case("a body, byte by byte", _drips(b" ", OK + b"\r\n"), LATE, until_late=True),
    Case("chunks, one by one", _drips(_chunk(b" "), CHUNKED), LATE, until_late=True),
    Case("half a body", _stalls(OK, _LENGTH, b"\r\n", BODY[:9]), LATE, until_late=True),
)
CHUNKS = (
    Case("chunks", _says(CHUNKED, _chunk(BODY[:9]), _chunk(BODY[9:]), b"0\r\n\r\n")),
    Case("a chunk's extension", _says(CHUNKED, _chunk(BODY, b';a="b;c"'), b"0;x\r\n\r\n")),
    Case("trailers", _says(CHUNKED, _chunk(BODY), b"0\r\ncontent-length: 1\r\nx-a: b\r\n\r\n")),
    Case("a chunk of no size", _says(CHUNKED, b"zz\r\n", BODY), BROKE),
    Case("a chunk of less than nothing", _says(CHUNKED, b"-1\r\n", BODY), BROKE),
    Case("a chunk of 2^72 bytes", _says(CHUNKED, b"f" * 18 + b"\r\n", BODY), BROKE),
    Case("a chunk of 2^128 bytes", _says(CHUNKED, b"f" * 32 + b"\r\n", BODY), BROKE),
    Case("a chunk that is longer", _says(CHUNKED, b"2\r\n", BODY, b"\r\n0\r\n\r\n"), BROKE),
    Case("no last chunk", _says(CHUNKED, _chunk(BODY)), BROKE),
    Case("chunked twice", _whole(OK + b"transfer-encoding: chunked, chunked\r\n"), BROKE),
    Case("another encoding", _whole(OK + b"transfer-encoding: gzip\r\n"), BROKE),
    Case("chunks and a length", _says(OK, _LENGTH, CHUNKED[len(OK) :], _chunk(BODY), b"0\r\n\r\n")),
)
LENGTHS = (
    Case("a length too short", _says(OK, b"content-length: 9\r\n\r\n", BODY), CUT),
    Case("a length too long", _says(OK, b"content-length: 9999\r\n\r\n", BODY), BROKE),
    Case("a length below zero", _says(OK, b"content-length: -1\r\n\r\n", BODY), BROKE),
    Case(
        "a length with a sign", _says(OK, b"content-length: +%d\r\n\r\n" % len(BODY), BODY), BROKE
    ),
    Case("a length that is none", _says(OK, b"content-length: many\r\n\r\n", BODY), BROKE),
    Case("a length of 2^72", _says(OK, b"content-length: %d\r\n\r\n" % 2**72, BODY), BROKE),
    Case("two lengths", _says(OK, _LENGTH, b"content-length: 1\r\n\r\n", BODY), BROKE),
    Case("one length twice", _says(OK, _LENGTH, _LENGTH, b"\r\n", BODY)),
    Case("no length", _says(OK, b"\r\n", BODY)),
    Case("a length of nothing", _whole(body=b""), "an empty reply instead of JSON"),
    Case("more than the answer", _says(OK, _LENGTH, b"\r\n", BODY, OK, b"\r\n")),
)
RESETS = (
    Case("at once", _resets(hears=False), BROKE),
    Case("after the request", _resets(), BROKE),
    Case("in the status line", _resets(b"HTTP/1."), BROKE),
    Case("in the headers", _resets(OK, b"content-le"), BROKE),
    Case("after the headers", _resets(OK, _LENGTH, b"\r\n"), BROKE),
    Case("in the body", _resets(OK, _LENGTH, b"\r\n", BODY[:9]), BROKE),
    Case("in a chunk", _resets(CHUNKED, b"ff\r\n", BODY[:9]), BROKE),
    Case("closed after the request", _says(), BROKE),
    Case("closed in the headers", _says(OK, b"content-le"), BROKE),
)
FORMS = (
    Case("HTTP/0.9", _says(BODY), BROKE),
    Case("HTTP/1.0", _whole(b"HTTP/1.0 200 OK\r\n")),
    Case("HTTP/2, by name", _whole(b"HTTP/2 200 OK\r\n"), BROKE),
    Case("HTTP/2's first frame", _says(b"\0\0\x06\x04\0\0\0\0\0\0\x05\0\0@\0"), BROKE),
    Case("another protocol", _says(b"220 mail.example ESMTP\r\n"), BROKE),
    Case("a NUL in a header", _with(b"x-a: \0"), BROKE),
    Case("a NUL in a name", _with(b"x\0a: b"), BROKE),
    Case("a NUL in the status line", _whole(b"HTTP/1.1 200 \0\r\n"), BROKE),
    Case("a NUL in the body", _whole(body=b"\0" + BODY), "text instead of JSON"),
    Case("a header that is none", _with(b"no header"), BROKE),
    Case("a name with a blank", _with(b"x a: b"), BROKE),
    Case("a folded header", _with(b"x-a: b\r\n c")),
    Case("bytes that are no text", _with(b"content-type: \xff\xfe")),
    Case("an unknown charset", _with(b"content-type: application/json; charset=no")),
    Case("lines that end early", _says(OK.replace(b"\r", b""), b"\n", BODY)),
    *(
        Case(f"status {status.decode()}", _whole(b"HTTP/1.1 %s \r\n" % status), told)
        for status, told in (
            (b"199", BROKE),
            (b"999", "HTTP 999"),
            (b"600", "HTTP 600"),
            (b"101", BROKE),
            (b"abc", BROKE),
            (b"99", BROKE),
            (b"1000", BROKE),
            (b"000", BROKE),
            (b"-200", BROKE),
            (b"418", "HTTP 418"),
        )
    ),
    Case("no content", _says(b"HTTP/1.1 204 No\r\n\r\n"), "an empty reply instead of JSON"),
)
REDIRECTS = tuple(
    Case(f"{status.decode()} to {to[:20].decode('latin-1') or 'nowhere'}", _whole(head), REDIRECT)
    for status, to in (
        (b"300", b"/"),
        (b"301", b"https://elsewhere.invalid/"),
        (b"302", b""),
        (b"303", b"http://["),
        (b"307", b"//\xff"),
        (b"308", b"file:///etc/passwd"),
        (b"302", b"a" * 70_000),
        (b"302", b"https://xn--a/"),
        (b"304", b"/"),
    )
    if (head := b"HTTP/1.1 %s R\r\nlocation: %s\r\n" % (status, to))
)
BYTES: dict[str, tuple[Case, ...]] = {
    "bombs and floods": BOMBS,
    "drips and silence": DRIPS,
    "chunks": CHUNKS,
    "lengths": LENGTHS,
    "breaks": RESETS,
    "forms of a reply": FORMS,
    "redirects": REDIRECTS,
}


def tls() -> tuple[TlsCase, ...]:
    """Make the cases with TLS; certificates are made anew."""
    good, day = _identity(), timedelta(days=1)
    expired, early = _identity(begins=-2 * day, ends=-day), _identity(begins=day, ends=2 * day)
    other = self_signed("other.example", ec.SECP256R1(), authority=True)
    hello = b"\x16\x03\x03\0\x7a\x02\0\0\x76\x03\x03" + b"r" * 20
    alert = b"\x15\x03\x03\0\x02\x02\x28"
    return (
        TlsCase(Case("a good certificate", _whole()), good),
        TlsCase(Case("a wrong name", _whole(), NO_TRUST), other),
        TlsCase(Case("an expired certificate", _whole(), NO_TRUST), expired),
        TlsCase(Case("one that is not valid yet", _whole(), NO_TRUST), early),
        TlsCase(Case("one that signs itself", _whole(), NO_TRUST), good, trusted=False),
        TlsCase(Case("plain HTTP", _says_plainly(OK, b"\r\n", BODY), NO_TLS), None),
        TlsCase(Case("an alert", _says_plainly(alert), NO_TLS), None),
        TlsCase(Case("half a hello", _says_plainly(hello), NO_TLS), None),
        TlsCase(Case("a reset for a hello", _resets(hears=False), BROKE), None),
        TlsCase(Case("no hello", _stalls(hears=False), LATE, until_late=True), None),
        TlsCase(
            Case("half, and no more", _stalls(hello, hears=False), LATE, until_late=True), None
        ),
        TlsCase(
            Case("a hello, byte by byte", _drips(b"r", hello, hears=False), LATE, until_late=True),
            None,
        ),
        TlsCase(Case("what is no TLS, without end", _floods(b"r", hears=False), NO_TLS), None),
        TlsCase(Case("a break in the headers", _resets(OK), BROKE), good),
        TlsCase(Case("a break in the body", _resets(OK, _LENGTH, b"\r\n", BODY[:9]), BROKE), good),
        TlsCase(Case("an end in the body", _says(OK, _LENGTH, b"\r\n", BODY[:9]), BROKE), good),
        TlsCase(Case("an end in no length", _says(OK, b"\r\n", BODY[:9]), CUT), good),
        TlsCase(Case("silence", _stalls(OK), LATE, until_late=True), good),
        TlsCase(Case("drips", _drips(b"x-a: b\r\n", OK), LATE, until_late=True), good),
    )


def _identity(
    begins: timedelta = -timedelta(minutes=1), ends: timedelta = timedelta(days=1)
) -> Identity:
    return self_signed("127.0.0.1", ec.SECP256R1(), authority=True, begins=begins, ends=ends)


def _says_plainly(*texts: bytes) -> Talk:
    def talk(peer: Peer) -> None:
        peer.socket.recv(65536)
        peer.say(*texts)

    return talk
