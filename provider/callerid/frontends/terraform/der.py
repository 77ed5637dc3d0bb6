"""Certificates and keys in DER, as far as a one-off certificate needs it.

cryptography writes them too, and takes 21 ms to load what it does that with; a plan starts three
processes. Sources: X.690 (DER), RFC 5280 (certificates), RFC 5915 (private keys).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_INTEGER, _BITS, _OCTETS, _UTF8, _SEQUENCE, _SET = 0x02, 0x03, 0x04, 0x0C, 0x30, 0x31
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_DNS_NAME = 0x82
_TRUE = bytes.fromhex("0101ff")
_EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")
_P256 = bytes.fromhex("06082a8648ce3d030107")
_ECDSA_WITH_SHA256 = bytes.fromhex("06082a8648ce3d040302")
_COMMON_NAME = bytes.fromhex("0603550403")
_ALTERNATIVE_NAME = bytes.fromhex("0603551d11")
_BASIC_CONSTRAINTS = bytes.fromhex("0603551d13")
_LAST_UTC_YEAR = 2049


def certificate(  # noqa: PLR0913, PLR0917 - what it says
    host: str,
    point: bytes,
    serial: int,
    begins: datetime,
    ends: datetime,
    sign: Callable[[bytes], bytes],
) -> bytes:
    """Return a certificate of the curve P-256 that is its own authority, for one host.

    Args:
        host: its name, and the only one that it is good for.
        point: the public key, uncompressed.
        serial: its number, positive.
        begins: when it begins to be valid, in UTC.
        ends: when it ends.
        sign: signs, by ECDSA with SHA-256.
    """
    algorithm = _tlv(_SEQUENCE, _ECDSA_WITH_SHA256)
    name = _tlv(
        _SEQUENCE,
        _tlv(_SET, _tlv(_SEQUENCE, _COMMON_NAME, _tlv(_UTF8, host.encode()))),
    )
    key = _tlv(_SEQUENCE, _tlv(_SEQUENCE, _EC_PUBLIC_KEY, _P256), _bits(point))
    content = _tlv(
        _SEQUENCE,
        _explicit(0, _integer(2)),
        _integer(serial),
        algorithm,
        name,
        _tlv(_SEQUENCE, _time(begins), _time(ends)),
        name,
        key,
        _explicit(3, _tlv(_SEQUENCE, _constraints(), _alternative(host))),
    )
    return _tlv(_SEQUENCE, content, algorithm, _bits(sign(content)))


def private_key(secret: int, point: bytes) -> bytes:
    """Return a private key of the curve P-256."""
    return _tlv(
        _SEQUENCE,
        _integer(1),
        _tlv(_OCTETS, secret.to_bytes(32, "big")),
        _explicit(0, _P256),
        _explicit(1, _bits(point)),
    )


def _constraints() -> bytes:
    value = _tlv(_SEQUENCE, _TRUE)
    return _tlv(_SEQUENCE, _BASIC_CONSTRAINTS, _TRUE, _tlv(_OCTETS, value))


def _alternative(host: str) -> bytes:
    value = _tlv(_SEQUENCE, _tlv(_DNS_NAME, host.encode()))
    return _tlv(_SEQUENCE, _ALTERNATIVE_NAME, _tlv(_OCTETS, value))


def _tlv(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:  # noqa: PLR2004 - from here on the length has a length
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _explicit(number: int, content: bytes) -> bytes:
    return _tlv(0xA0 | number, content)


def _integer(value: int) -> bytes:
    return _tlv(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _bits(content: bytes) -> bytes:
    return _tlv(_BITS, b"\x00", content)


def _time(moment: datetime) -> bytes:
    if moment.year > _LAST_UTC_YEAR:
        return _tlv(_GENERALIZED_TIME, f"{moment:%Y%m%d%H%M%SZ}".encode())
    return _tlv(_UTC_TIME, f"{moment:%y%m%d%H%M%SZ}".encode())
