"""The provider's certificate, read by another library: what RFC 5280 wants, and what hosts do."""

from __future__ import annotations

import base64
import ssl
from datetime import datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
)

from callerid.frontends.terraform import der
from callerid.frontends.terraform.certificate import _point, load_by_files, load_by_pipes, make

NOW = datetime(2026, 11, 26, 12, 0, 30, tzinfo=timezone.utc)


@pytest.mark.parametrize("now", [NOW, datetime(2049, 3, 1, tzinfo=timezone.utc)])
def test_what_it_says(now: datetime) -> None:
    """One host, its own authority, of this hour; from 2050 on years are written in another way."""
    own = make(now)
    read = x509.load_der_x509_certificate(own.certificate)
    assert read.version == x509.Version.v3
    assert read.subject.rfc4514_string() == read.issuer.rfc4514_string() == "CN=localhost"
    assert (read.not_valid_before_utc, read.not_valid_after_utc) == (
        now - timedelta(days=1),
        now + timedelta(days=366),
    )
    names = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    constraints = read.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca) == (True, True)
    assert isinstance(read.signature_hash_algorithm, hashes.SHA256)
    read.verify_directly_issued_by(read)
    assert base64.b64decode(own.leaf + "=" * (-len(own.leaf) % 4)) == own.certificate


def test_keys_and_numbers_are_of_one_process() -> None:
    """No two certificates share one, and none is negative or 0."""
    made = [make() for _ in range(20)]
    serials = {x509.load_der_x509_certificate(each.certificate).serial_number for each in made}
    assert len(serials) == len({each.key.private_numbers().private_value for each in made}) == 20
    assert min(serials) > 0


@pytest.mark.parametrize("secret", [1, 2**128, 2**255 + 12345])
def test_a_key_is_read_back(secret: int) -> None:
    """Short ones, too: they are filled up."""
    key = ec.derive_private_key(secret, ec.SECP256R1())
    read = load_der_private_key(der.private_key(secret, _point(key)), None)
    assert isinstance(read, ec.EllipticCurvePrivateKey)
    assert read.private_numbers() == key.private_numbers()
    assert _point(key) == key.public_key().public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )


@pytest.mark.parametrize("load", [load_by_pipes, load_by_files])
def test_tls_takes_both(load: object) -> None:
    """By either way; a key of another certificate is refused."""
    assert callable(load)
    load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), make())
    with pytest.raises(OSError):  # noqa: PT011 - OpenSSL names it in more than one way
        load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), make()._replace(key=make().key))
