"""One-off certificates: the provider's own, and the host's, which alone may connect.

A key is made for each process, and never written to disk in a form that anyone can read.
"""

from __future__ import annotations

import base64
import os
import ssl
import sys
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from callerid.frontends.terraform import der

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST = "localhost"
"""The name that the host expects."""
_BEFORE = timedelta(days=1)
"""How long ago it began to be valid; clocks differ, and so do time zones by mistake."""
_LIFE = timedelta(days=366)
_SERIAL_BYTES = 16
_UNCOMPRESSED = b"\x04"
WINDOWS = sys.platform == "win32"


class Own(NamedTuple):
    """A certificate, in DER, and its key."""

    certificate: bytes
    key: ec.EllipticCurvePrivateKey

    @property
    def leaf(self) -> str:
        """The certificate as the handshake has it: in base64, without padding."""
        return base64.b64encode(self.certificate).decode().rstrip("=")

    @property
    def pem(self) -> bytes:
        """The certificate as OpenSSL reads it."""
        return ssl.DER_cert_to_PEM_cert(self.certificate).encode()


def make(now: datetime | None = None) -> Own:
    """Make a key, and a certificate that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = now or datetime.now(timezone.utc)
    certificate = der.certificate(
        _HOST,
        _point(key),
        int.from_bytes(os.urandom(_SERIAL_BYTES), "big") + 1,
        now - _BEFORE,
        now + _LIFE,
        lambda content: key.sign(content, ec.ECDSA(hashes.SHA256())),
    )
    return Own(certificate, key)


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    numbers = key.public_key().public_numbers()
    return _UNCOMPRESSED + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def context(own: Own, client: str) -> ssl.SSLContext:
    """Return the TLS side of a server that lets in who holds the key of one certificate.

    Args:
        own: the server's.
        client: the only certificate to trust, as PEM.

    Raises:
        ssl.SSLError: `client` is no certificate.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["h2"])
    try:
        made.load_verify_locations(cadata=client)
    except (TypeError, ValueError) as error:  # it is no text that a certificate could be
        raise ssl.SSLError(*error.args) from None
    made.verify_mode = ssl.CERT_REQUIRED
    (load_by_files if WINDOWS else load_by_pipes)(made, own)
    return made


def load_by_pipes(made: ssl.SSLContext, own: Own) -> None:
    """Hand over the key, which Python takes from paths alone, by paths of pipes."""
    secret = own.key.private_numbers().private_value
    body = base64.encodebytes(der.private_key(secret, _point(own.key)))
    key = b"-----BEGIN EC PRIVATE KEY-----\n%s-----END EC PRIVATE KEY-----\n" % body
    with ExitStack() as stack:
        paths = [stack.enter_context(_pipe(each)) for each in (own.pem, key)]
        made.load_cert_chain(*paths)


@contextmanager
def _pipe(data: bytes) -> Iterator[str]:
    reading, writing = os.pipe()
    try:
        os.write(writing, data)  # it fits: a pipe holds 4 KiB at least
        os.close(writing)
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)


def load_by_files(made: ssl.SSLContext, own: Own) -> None:
    """Hand over the key by a file for a moment, encrypted with a password that is never written."""
    import tempfile  # noqa: PLC0415 - slow to load, and Windows alone needs it

    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - as above
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
    )

    password = os.urandom(32).hex()
    encryption = BestAvailableEncryption(password.encode())
    key = own.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    with tempfile.TemporaryDirectory(prefix="callerid-") as folder:
        certificate, file = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
        certificate.write_bytes(own.pem)
        file.write_bytes(key)
        made.load_cert_chain(certificate, file, password)
