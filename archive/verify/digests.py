"""Digests of blocks and payloads, in the algorithms and spellings that crawlers use."""

from __future__ import annotations

from collections.abc import Iterator

from archive.records.digests import DigestError, computed, is_of_nothing, read_digest
from archive.records.members import Block, Member
from archive.verify.http import HttpView
from archive.verify.rules import Problem


def check_digests(record: Member, view: HttpView | None) -> Iterator[Problem]:
    """Check what a record says of its block, and of its payload where it has one of its own."""
    yield from check_block(record)
    stated = record.get("WARC-Payload-Digest")
    if not stated or record.type in ("revisit", "continuation") or record.get("WARC-Segment-Number"):
        return  # the payload, or some of it, is in another record
    if view is None:
        yield from _compare("payload-digest", stated, record.block)
        return
    body = memoryview(record.block)[view.payload_start :]
    problems = list(_compare("payload-digest", stated, body if view.unchunked is None else view.unchunked))
    if view.unchunked is None:
        yield from problems
    elif not problems:
        yield "payload-digest-chunked", "the payload is kept in chunks, the digest is over it without"
    elif any(_compare("payload-digest", stated, body)):
        yield from problems
    elif view.values(b"transfer-encoding") == [b"chunked"]:  # else the payload has further codings that nobody removes
        yield "payload-digest-framing", f"{stated} is the digest of the payload in its chunks"


def check_block(record: Member) -> Iterator[Problem]:
    """Check the block digest alone."""
    stated = record.get("WARC-Block-Digest")
    if not stated:
        yield "digest-missing", "there is no WARC-Block-Digest"
    if record.type == "revisit" and record.block and is_of_nothing(stated):
        yield "block-digest-empty", f"{stated} is the digest of an empty block; this one has {len(record.block)} bytes"
        return
    yield from _compare("block-digest", stated, record.block)


def _compare(rule: str, stated: str, data: Block) -> Iterator[Problem]:
    if not stated:
        return
    try:
        wanted = read_digest(stated)
    except DigestError as error:
        yield "digest-unknown" if error.is_unknown else "digest-form", str(error)
        return
    if (found := computed(wanted.algorithm, data)) != wanted:
        yield rule, f"the head says {stated}, computed is {found}"
