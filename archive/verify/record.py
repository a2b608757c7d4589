"""Checks a single record by all rules that need no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archive.http.http_message import MessageError
from archive.http.kept_message import KeptMessage, kept_request, kept_response
from archive.records.digests import DigestError, computed, is_of_nothing, read_digest
from archive.records.members import Block, Member
from archive.verify.heads import check_head
from archive.verify.http import check_body, check_status, is_http
from archive.verify.rules import FAULTS, Problem


class CheckedContent(NamedTuple):
    """A record's HTTP message, if it has one that can be taken apart, and what is wrong with its content."""

    view: KeptMessage | None
    problems: list[Problem]
    #: Of the message's body: other records may explain them.
    doubts: list[Problem]


def record_faults(record: Member) -> list[Problem]:
    """Return what is wrong with a record: its head, its digests, its HTTP framing and encoding."""
    content = checked_content(record)
    problems = [*check_head(record), *content.problems, *content.doubts]
    return [(rule, message) for rule, message in problems if rule in FAULTS]


def checked_content(record: Member) -> CheckedContent:
    """Check a record's digests, and its HTTP framing and encoding."""
    problems: list[Problem] = []
    view = None
    if is_http(record) and (record.block or record.type != "revisit"):
        try:
            view = (kept_request if record.type == "request" else kept_response)(record.block)
        except MessageError as error:
            problems.append(("http-head", str(error)))
        else:
            problems += check_status(record, view)
    problems += check_digests(record, view)
    # The body of a segmented record is in other records, too.
    checked = view and record.type == "response" and not record.get("WARC-Segment-Number")
    return CheckedContent(view, problems, list(check_body(record, view)) if view and checked else [])


def check_digests(record: Member, view: KeptMessage | None) -> Iterator[Problem]:
    """Check what a record says of its block, and of its payload where it has one of its own."""
    yield from check_block(record)
    stated = record.get("WARC-Payload-Digest")
    if not stated or record.type in ("revisit", "continuation") or record.get("WARC-Segment-Number"):
        return  # the payload, or some of it, is in another record
    if view is None:
        yield from _compare("payload-digest", stated, record.block)
        return
    problems = list(_compare("payload-digest", stated, view.payload))
    if view.unchunked is None:
        yield from problems
    elif not problems:
        yield "payload-digest-chunked", "the payload is kept in chunks, the digest is over it without"
    elif any(_compare("payload-digest", stated, view.body)):
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
