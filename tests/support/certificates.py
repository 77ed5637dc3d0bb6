"""Certificates that sign themselves, made for one test or one run."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from ipaddress import ip_address
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_ALLOWANCE = timedelta(seconds=30)
_LIFE = timedelta(days=1)


class Identity(NamedTuple):
    """A certificate and its key, both as PEM."""

    certificate: str
    key: str


def self_signed(
    host: str,
    curve: ec.EllipticCurve,
    *,
    authority: bool = False,
    begins: timedelta = -_ALLOWANCE,
    ends: timedelta = _LIFE,
) -> Identity:
    """Make one for a host, a name or an address; an `authority` may sign others.

    It is good from `begins` to `ends`, from now.
    """
    key = ec.generate_private_key(curve)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([_general_name(host)]), critical=False)
    )
    if authority:
        limits = x509.BasicConstraints(ca=True, path_length=None)
        builder = builder.add_extension(limits, critical=True)
    certificate = builder.sign(key, hashes.SHA512())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Identity(certificate.public_bytes(Encoding.PEM).decode(), pem.decode())


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
