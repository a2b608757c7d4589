"""The key with which a chain is signed (Ed25519, RFC 8032)."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from archive.errors import ArchiveError, os_errors
from archive.files.atomic import make_folder, sync_folder
from archive.files.plain_file import read_regular

#: Maximum size of a file with a key, in bytes.
_MOST: Final = 1 << 16


class SigningKey:
    """A private key in a file that nobody else may read."""

    def __init__(self, key: Ed25519PrivateKey):
        self._key = key
        #: The public key: 32 bytes in hex.
        self.public = key.public_key().public_bytes_raw().hex()

    @classmethod
    def kept_in(cls, path: Path) -> SigningKey:
        """Return the key in a file; one is made if there is none.

        :raises ArchiveError: if it cannot be read or made, or is no Ed25519 key without a password.
        """
        if not path.exists():
            _make(path)
        with os_errors(f"cannot read the signing key {path}"):
            text = read_regular(path, _MOST)
        try:
            key = load_pem_private_key(text, None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise ArchiveError(f"{path} is no private key that can be read: {error}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise ArchiveError(f"{path} is no Ed25519 key")
        return cls(key)

    def sign(self, statement: bytes) -> str:
        """Return the signature of a statement: 64 bytes in hex."""
        return self._key.sign(statement).hex()


def is_signed(statement: bytes, signature: str, public: str) -> bool:
    """Return whether a signature of a statement is that of the key with this public key; both in hex."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), statement)
    except (ValueError, InvalidSignature):
        return False
    return True


def public_pem(public: str) -> str:
    """Return a public key as openssl reads it."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _make(path: Path) -> None:
    """Make a key, durably; one that another process has made meanwhile stays."""
    text = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os_errors(f"cannot make the signing key {path}"):
        make_folder(path.parent)
        with NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.") as file:  # its mode is 0600
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(file.name, path)
        sync_folder(path.parent)
