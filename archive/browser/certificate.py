"""The certificate with which a recording proxy speaks TLS to its own browser: made at start, kept in memory."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from OpenSSL import crypto
from twisted.internet.ssl import CertificateOptions

#: The machine's clock may be set while the certificate is in use.
_MARGIN: Final = timedelta(days=3650)


class DoorCertificate(NamedTuple):
    """TLS settings for Twisted, and the pin by which Chromium knows the key (SHA-256 of its SPKI, in Base64)."""

    options: Any
    pin: str


def door_certificate() -> DoorCertificate:
    """Make one for all hosts: the browser checks the pin, not the name, and no other program trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "recording proxy")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - _MARGIN)
        .not_valid_after(today + _MARGIN)
        .sign(key, hashes.SHA256())
    )
    info = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    options = CertificateOptions(
        privateKey=crypto.PKey.from_cryptography_key(key),
        certificate=crypto.X509.from_cryptography(certificate),
        acceptableProtocols=[b"http/1.1"],
    )
    return DoorCertificate(options, base64.b64encode(hashlib.sha256(info).digest()).decode())
