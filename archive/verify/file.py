"""Checks one WARC file by all rules that need no other file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.files.inflate import IN_MEMORY, gzip_member
from archive.files.plain_file import read_at
from archive.http.http_message import MessageError
from archive.http.kept_message import KeptMessage, kept_request, kept_response
from archive.index.cdxj import cdxj_line
from archive.records.digests import DigestError, computed, is_of_nothing, read_digest
from archive.records.members import Block, Damage, Member, as_indexed, walk
from archive.verify.exchanges import Exchanges, segments_in
from archive.verify.heads import check_head
from archive.verify.http import check_body, check_status, is_http
from archive.verify.links import Links
from archive.verify.report import FileReport, key
from archive.verify.rules import Problem

_64_BITS: Final = (1 << 64) - 1
#: Bytes of a file between two reports of progress.
_STEP: Final = 4 << 20
#: Number of differing members in a row after which a file counts as another program's.
_PATIENCE: Final = 8


def verify_file(
    path: Path, *, sha256: str = "", indexed: bool = False, advance: Callable[[int], object] = lambda count: None
) -> FileReport:
    """Check a file, gzipped or not.

    :param sha256: what the digest of the whole file should be. Where none is known, gzip members of our own writer are
        made again and compared, which costs as much as all other checks together.
    :param indexed: whether to work out the lines that an index must have for the file.
    :param advance: called now and then with how many more bytes of the file have been checked.
    """
    report = FileReport(path.name)
    reached = 0
    check = _FileCheck(report, indexed)
    try:
        report.size = path.stat().st_size
        form = not sha256 or not _is_unchanged(path, sha256, report)
        with path.open("rb", buffering=0) as file:
            gzip_form = GzipForm(file.fileno()) if form and file.read(2) == b"\x1f\x8b" else None
            for found in walk(path):
                if found.offset - reached >= _STEP:
                    advance(found.offset - reached)
                    reached = found.offset
                if isinstance(found, Damage):
                    report.add(found.offset, found.code, found.message)
                    continue
                check.add(found)
                if gzip_form and found.complete and found.alone and not found.damaged:
                    gzip_form.add(found)
        for offset in gzip_form.altered() if gzip_form else ():
            report.add(offset, "gzip-form", "the compressed bytes are not those that were written for this content")
    except (ArchiveError, OSError) as error:
        report.add(0, "unreadable", str(error))
    check.finish()
    advance(report.size - reached)
    report.findings.sort(key=lambda finding: finding.offset)
    return report


def _is_unchanged(path: Path, sha256: str, report: FileReport) -> bool:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        report.add(0, "fixity", f"the file's sha256 is {found}, the manifest's {sha256}")
    return found == sha256


class _FileCheck:
    """Leads each record through the rules."""

    def __init__(self, report: FileReport, indexed: bool):
        self._report = report
        self._indexed = indexed
        self._links = Links(report)
        self._exchanges = Exchanges(report)

    def add(self, record: Member) -> None:
        report = self._report
        problems: list[Problem] = []
        # What a damaged gzip member says need not be what was written; its id is noted, so that links find it.
        self._links.add(record, trusted=not record.damaged)
        if not record.damaged:
            problems += check_head(record)
            self._report.segments += segments_in(record)
        if record.complete and not record.damaged:
            problems += self._content(record)
            if self._indexed and record.alone:
                self._add_line(record)
        for rule, message in problems:
            report.add(record.offset, rule, message)
        report.records += 1
        report.content += len(record.head) + len(record.block) + 4

    def finish(self) -> None:
        self._exchanges.finish()
        self._links.finish()

    def _add_line(self, record: Member) -> None:
        try:
            line = cdxj_line(as_indexed(record), self._report.name)
        except ValueError:
            return  # no date; a finding of the head
        if line:
            self._report.lines += 1
            self._report.lines_sum = (self._report.lines_sum + key(line)) & _64_BITS

    def _content(self, record: Member) -> list[Problem]:
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
        doubts = list(check_body(record, view)) if view and checked else []
        return problems + self._exchanges.add(record, view, doubts)


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


class GzipForm:
    """Compares the members of an open file with what our writer makes of their content.

    A file counts as ours if most of its members are; another program's, or another version's, has none.
    """

    def __init__(self, file: int):
        self._file = file
        self._same = 0
        self._different: list[int] = []

    def add(self, record: Member) -> None:
        """Compare one member."""
        foreign = not self._same and len(self._different) >= _PATIENCE
        if foreign or record.length > IN_MEMORY or len(record.block) > IN_MEMORY:
            return
        made = gzip_member(record.as_bytes())
        if made == read_at(self._file, record.offset, record.length):
            self._same += 1
        else:
            self._different.append(record.offset)

    def altered(self) -> list[int]:
        """Return the offsets of members that were written here, but not as they are now."""
        return self._different if self._same > len(self._different) else []
