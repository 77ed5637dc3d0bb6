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

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST = "localhost"
"""The name that the host expects."""
_BEFORE = timedelta(days=1)
"""How long ago it began to be valid; clocks differ, and so do time zones by mistake."""
_LIFE = timedelta(days=366)
WINDOWS = sys.platform == "win32"


class Own(NamedTuple):
    """A certificate and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def leaf(self) -> str:
        """The certificate as the handshake has it: DER in base64, without padding."""
        der = self.certificate.public_bytes(Encoding.DER)
        return base64.b64encode(der).decode().rstrip("=")


def make() -> Own:
    """Make a key, and a certificate that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _HOST)])
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Own(certificate, key)


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
    made.load_verify_locations(cadata=client)
    made.verify_mode = ssl.CERT_REQUIRED
    (load_by_files if WINDOWS else load_by_pipes)(made, own)
    return made


def load_by_pipes(made: ssl.SSLContext, own: Own) -> None:
    """Hand over the key, which Python takes from paths alone, by paths of pipes."""
    key = own.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with ExitStack() as stack:
        paths = [stack.enter_context(_pipe(each)) for each in (_pem(own), key)]
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

    password = os.urandom(32).hex()
    encryption = BestAvailableEncryption(password.encode())
    key = own.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    with tempfile.TemporaryDirectory(prefix="callerid-") as folder:
        certificate, file = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
        certificate.write_bytes(_pem(own))
        file.write_bytes(key)
        made.load_cert_chain(certificate, file, password)


def _pem(own: Own) -> bytes:
    return own.certificate.public_bytes(Encoding.PEM)
