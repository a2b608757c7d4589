"""RFC 3161 time stamps of a chain's entries: an authority's word that one, and all before it, was there by then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from archive.errors import ArchiveError, os_errors
from archive.files.atomic import make_folder, replace_file
from archive.files.plain_file import read_regular

#: Maximum size of an answer in bytes: one with its certificates takes some thousand.
MOST_BYTES: Final = 1 << 16
#: Maximum size of a file of certificates, in bytes.
_MOST_CERTIFICATES: Final = 1 << 24
_FOLDER: Final = "timestamps"
_SUFFIX: Final = ".tsr"


class StampError(ValueError):
    """A time stamp is none, or not one of what it should be of."""


@dataclass(frozen=True)
class Stamp:
    """What a time stamp says: when an entry was there, by whose word."""

    at: datetime
    authority: str
    #: Whether the authority's certificate leads to one that is trusted; False: none was given to compare it with.
    is_trusted: bool


def request(line: bytes) -> bytes:
    """Return what to send to an authority.

    :param line: the entry's, without its line feed: the authority is told its SHA-256 alone, the root.
    """
    return bytes(TimestampRequestBuilder().data(line).hash_algorithm(HashAlgorithm.SHA256).build().as_bytes())


def read_stamp(answer: bytes, root: str, trusted: Sequence[x509.Certificate] = ()) -> Stamp:
    """Return what an authority's answer says of the entry with a root.

    :param trusted: certificates of authorities; none: those in the answer are taken as they are.
    :raises StampError: if the answer is no time stamp of that, or not signed as it should be.
    """
    try:
        response = decode_timestamp_response(answer)
        certificates = _certificates(response)
        builder = VerifierBuilder()
        for each in trusted or certificates:
            builder = builder.add_root_certificate(each)
        if trusted:
            for each in certificates:
                if each not in trusted and each.issuer != each.subject:
                    builder = builder.add_intermediate_certificate(each)
        builder.build().verify(response, bytes.fromhex(root))
        signer = next(iter(response.signed_data.signer_infos))
        names = [each.subject for each in certificates if each.serial_number == signer.serial_number]
        return Stamp(response.tst_info.gen_time, _name(names[0] if names else signer.issuer), bool(trusted))
    except (VerificationError, ValueError, StopIteration) as error:
        raise StampError(str(error) or "it is no time stamp") from error


class Stamps:
    """The time stamps of a chain, each in a file named after its entry's number.

    :param chain: the chain's folder.
    :raises ArchiveError: from every method, if a file cannot be read or written.
    """

    def __init__(self, chain: Path):
        self._folder = chain / _FOLDER

    def keep(self, entry: int, answer: bytes) -> None:
        """Keep an authority's answer."""
        with os_errors(f"cannot make {self._folder}"):
            make_folder(self._folder)
        replace_file(self._folder / f"{entry:08}{_SUFFIX}", [answer])

    def files(self) -> Iterator[tuple[int, Path]]:
        """Yield the number of each entry that has a stamp, and its file, the first entry first."""
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            yield int(path.stem) if path.stem.isdecimal() else 0, path


def read_certificates(path: Path) -> list[x509.Certificate]:
    """Return the certificates in a PEM file.

    :raises ArchiveError: if it cannot be read, or holds none.
    """
    with os_errors(f"cannot read {path}"):
        text = read_regular(path, _MOST_CERTIFICATES)
    try:
        return x509.load_pem_x509_certificates(text)
    except ValueError as error:
        raise ArchiveError(f"{path} holds no certificates: {error}") from error


def _certificates(response: TimeStampResponse) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(bytes(each)) for each in response.signed_data.certificates]


def _name(name: x509.Name) -> str:
    return name.rfc4514_string()
