"""What the check of one file gives: findings, and what the check of the whole collection needs of it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from archive.records.digests import canonical
from archive.records.revisit import Claim
from archive.verify.rules import Finding


class Link(NamedTuple):
    """A record's reference that its file does not resolve; keys are 0 where a record does not say."""

    offset: int
    rule: str
    message: str
    #: Key of a record id.
    record: int = 0
    #: Key of the original's URI and date.
    capture: int = 0
    #: Key of the original's payload digest.
    digest: int = 0
    #: What a revisit says of its original.
    claim: Claim | None = None


class Segment(NamedTuple):
    """A part of a record that is spread over several."""

    #: Key of the id of the first part.
    origin: int
    number: int
    offset: int
    #: Bytes of the block.
    size: int
    #: Of all parts together, where the last one says so; else -1.
    total: int


@dataclass(slots=True)
class FileReport:
    """One file, checked. Keys stand for texts (see `key`), so that millions of records fit into memory."""

    name: str
    size: int = 0
    #: Uncompressed bytes of all records.
    content: int = 0
    records: int = 0
    findings: list[Finding] = field(default_factory=list)
    #: Of each record: the key of its id, and its offset.
    ids: array[int] = field(default_factory=lambda: array("Q"))
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    #: Of each original, in turns: the key of its URI and date, that of its payload digest, and its offset.
    captures: array[int] = field(default_factory=lambda: array("Q"))
    links: list[Link] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    #: The lines that an index must have for the file: how many, and the sum of their keys.
    lines: int = 0
    lines_sum: int = 0

    def add(self, offset: int, rule: str, message: str) -> None:
        self.findings.append(Finding(self.name, offset, rule, message))


@lru_cache(maxsize=256)
def key(text: str | bytes) -> int:
    """Return 64 bits that stand for a text.

    >>> key("a") == key(b"a") != key("b")
    True
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return int.from_bytes(blake2b(data, digest_size=8).digest())


def capture_key(uri: str, date: str) -> int:
    """Return the key of a capture; crawlers give the date of an original to the second or finer.

    >>> capture_key("<dns:a.test>", "2026-11-22T03:04:05Z") == capture_key("dns:a.test", "2026-11-22T03:04:05.6Z")
    True
    """
    return key(f"{date[:19]} {uri.strip('<>')}")


def digest_key(digest: str) -> int:
    """Return the key of a digest, however it is spelt.

    >>> digest_key("MD5:1B2M2Y8AsgTpgAmY7PhCfg==") == digest_key("md5:d41d8cd98f00b204e9800998ecf8427e")
    True
    """
    return key(canonical(digest)) if digest else 0
