"""When two digests are the same, and which records have a payload with a digest.

Crawlers label and spell digests in many ways: sha1, SHA-1; hex, base32, base64.
"""

from __future__ import annotations

import base64
import hashlib
import re
from binascii import Error as DecodeError
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from archive.http.http_message import MessageError
from archive.http.kept_message import kept_response
from archive.records.record_reader import Block, Member

_LABELLED: Final = re.compile(r"([A-Za-z0-9-]{1,32}):([A-Za-z0-9+/=_-]{1,256})")
#: As indexes give SHA-1, without a label.
_BARE_SHA1: Final = re.compile(r"[A-Z2-7]{32}")
#: Bytes of each digest by its label, lower case and without hyphens.
_SIZES: Final = {
    "md5": 16,
    "sha1": 20,
    "sha224": 28,
    "sha256": 32,
    "sha384": 48,
    "sha512": 64,
    "blake2b": 64,
    "blake2s": 32,
}  # fmt: skip
#: Algorithms tried where an original's record gives no digest, or one of another algorithm.
USUAL: Final = ("sha256", "sha1", "md5")
#: Types of records that hold a payload.
HOLDING: Final = frozenset({"response", "resource"})


class Digest(NamedTuple):
    """A digest, whatever its spelling was."""

    algorithm: str
    value: bytes

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.value.hex()}"


class DigestError(ValueError):
    """A text is no digest; ``is_unknown`` if it may be one of an algorithm that is not known here."""

    def __init__(self, message: str, *, is_unknown: bool = False):
        super().__init__(message)
        self.is_unknown = is_unknown


@lru_cache(maxsize=256)
def read_digest(text: str) -> Digest:
    """Read a digest.

    >>> str(read_digest("SHA-1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"))
    'sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709'

    :raises DigestError: if it is none.
    """
    labelled = _LABELLED.fullmatch(f"sha1:{text}" if _BARE_SHA1.fullmatch(text) else text)
    if not labelled:
        raise DigestError(f"{text[:200]!r} is not of the form algorithm:value")
    algorithm = labelled[1].lower().replace("-", "")
    if algorithm not in _SIZES:
        raise DigestError(f"{labelled[1]} is not known here", is_unknown=True)
    value = _decoded(labelled[2].rstrip("="), _SIZES[algorithm])
    if value is None:
        raise DigestError(f"{text} is no {algorithm} digest")
    return Digest(algorithm, value)


def canonical(text: str) -> str:
    """Return the one spelling of a digest that is compared; of what cannot be read, the text itself.

    >>> canonical("sha-256:" + "AB" * 32) == "sha256:" + "ab" * 32
    True
    """
    try:
        return str(read_digest(text))
    except DigestError:
        return text


def same(first: str, second: str) -> bool:
    """Return whether two texts are one digest.

    >>> same("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", "SHA-1:DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"), same("", "")
    (True, False)
    """
    return bool(first) and canonical(first) == canonical(second)


def computed(algorithm: str, data: Block) -> Digest:
    """Return the digest of data."""
    return Digest(algorithm, getattr(hashlib, algorithm)(data, usedforsecurity=False).digest())


def fits(text: str, data: Iterable[Block]) -> bool | None:
    """Return whether a digest is that of one of some data; None if it cannot be read.

    >>> fits("md5:d41d8cd98f00b204e9800998ecf8427e", [b"a", b""]), fits("xxh3:00", [b""])
    (True, None)
    """
    try:
        wanted = read_digest(text)
    except DigestError:
        return None
    return any(computed(wanted.algorithm, each) == wanted for each in data)


def is_of_nothing(text: str) -> bool:
    """Return whether a digest is that of no bytes at all."""
    return bool(fits(text, [b""]))


def views(record: Member) -> list[Block]:
    """Return what the payload digest of a record may be over; nothing for one that has no payload of its own."""
    if record.type not in HOLDING:
        return []
    try:
        kept = kept_response(record.block)
    except MessageError:
        return [record.block]
    # Crawlers differ in whether they count the chunks.
    return [kept.body] if kept.unchunked is None else [kept.unchunked, kept.body]


def says_chunked(record: Member) -> bool:
    """Return whether the HTTP head in a record says that the body comes in chunks."""
    try:
        return kept_response(record.block).says_chunked
    except MessageError:
        return False


def has_payload(record: Member, digest: str, held: Callable[[str], bool | None]) -> bool | None:
    """Return whether a record has a payload of a digest; None if that cannot be told.

    Of another crawler's record, its own word is enough: it may count a payload as nobody else does.

    :param held: tells, as `fits`, whether a digest is that of what the record holds; called where the record's own word
        is not enough, so that its block need not be at hand else.
    """
    if record.type not in HOLDING:
        return False
    says_so = same(record.get("WARC-Payload-Digest"), digest)
    is_ours = canonical(digest).startswith("sha256:")
    if says_so and not is_ours:
        return True
    fit = held(digest)
    return False if fit is None and says_so else fit


def _decoded(value: str, size: int) -> bytes | None:
    """Return what a value spells; its length tells in which alphabet, once the size of the digest is known."""
    try:
        if len(value) == 2 * size:
            return bytes.fromhex(value)
        if len(value) == -(-8 * size // 5):
            return base64.b32decode(value.upper() + "=" * (-len(value) % 8))
        if len(value) == -(-8 * size // 6):
            return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if set(value) & set("-_") else None)
    except (ValueError, DecodeError):
        pass
    return None
