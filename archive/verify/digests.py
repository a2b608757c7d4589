"""Digests of blocks and payloads, in the algorithms and spellings that crawlers use."""

from __future__ import annotations

import base64
import hashlib
import re
from binascii import Error as DecodeError
from collections.abc import Iterator
from typing import Final

from archive.records.members import Block, Member
from archive.verify.http import HttpView, payload_of
from archive.verify.rules import Problem

_LABELLED: Final = re.compile(r"([A-Za-z0-9-]+):([A-Za-z0-9+/=_-]+)")
_ALGORITHMS: Final = {
    name.replace("-", ""): name.replace("-", "") for name in ("md5", "sha-1", "sha-256", "sha-384", "sha-512")
} | {"blake2b": "blake2b", "blake2s": "blake2s"}


def check_digests(record: Member, view: HttpView | None) -> Iterator[Problem]:
    """Check what a record says of its block, and of its payload where it has one of its own."""
    yield from check_block(record)
    stated = record.get("WARC-Payload-Digest")
    if not stated or record.type in ("revisit", "continuation") or record.get("WARC-Segment-Number"):
        return  # the payload, or some of it, is in another record
    if view is None:
        yield from _compare("payload-digest", stated, record.block)
        return
    problems = list(_compare("payload-digest", stated, payload_of(record, view)))
    if view.unchunked is None:
        yield from problems
    elif not problems:
        yield "payload-digest-chunked", "the payload is kept in chunks, the digest is over it without"
    elif any(_compare("payload-digest", stated, memoryview(record.block)[view.payload_start :])):
        yield from problems
    elif view.unchunked.complete:
        # Else the body is no chunks at all, whatever its head says, and that is found elsewhere.
        yield "payload-digest-framing", f"{stated} is the digest of the payload in its chunks"


def check_block(record: Member) -> Iterator[Problem]:
    """Check the block digest alone."""
    stated = record.get("WARC-Block-Digest")
    if not stated:
        yield "digest-missing", "there is no WARC-Block-Digest"
    yield from _compare("block-digest", stated, record.block)


def _compare(rule: str, stated: str, data: Block) -> Iterator[Problem]:
    if not stated:
        return
    labelled = _LABELLED.fullmatch(stated)
    if not labelled:
        yield "digest-form", f"{stated[:200]!r} is not of the form algorithm:value"
        return
    algorithm = _ALGORITHMS.get(labelled[1].lower().replace("-", ""))
    if algorithm is None:
        yield "digest-unknown", f"{labelled[1]} is not known here"
        return
    computed = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    if labelled[2] == computed.hex():
        return
    values = readings(labelled[2], len(computed))
    if not values:
        yield "digest-form", f"{stated} is no {algorithm} digest"
    elif computed not in values:
        yield rule, f"the head says {stated}, computed is {algorithm}:{computed.hex()}"


def readings(value: str, size: int) -> set[bytes]:
    """Return the digests of ``size`` bytes that a value may spell, in hexadecimal, base32 or base64.

    >>> sorted(readings("3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", 20))[0].hex()
    'da39a3ee5e6b4b0d3255bfef95601890afd80709'
    """
    found = set()
    unpadded = value.rstrip("=")
    for decode in (_hex, _base32, _base64):
        try:
            found.add(decode(unpadded))
        except (ValueError, DecodeError):
            continue
    return {digest for digest in found if len(digest) == size}


def _hex(value: str) -> bytes:
    return bytes.fromhex(value)


def _base32(value: str) -> bytes:
    return base64.b32decode(value.upper() + "=" * (-len(value) % 8))


def _base64(value: str) -> bytes:
    return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_" if set(value) & set("-_") else None)
