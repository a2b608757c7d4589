"""Checks one WARC file by all rules that need no other file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from archive.files.deflate import is_gzip_member_of
from archive.files.inflate import IN_MEMORY
from archive.files.plain_file import read_at
from archive.index.cdxj import cdxj_line
from archive.records.members import Damage, Member, as_indexed, walk
from archive.verify.exchanges import Exchanges, segments_in
from archive.verify.heads import check_head
from archive.verify.links import Links
from archive.verify.record import checked_content
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
        content = checked_content(record)
        return content.problems + self._exchanges.add(record, content.view, content.doubts)


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
        if is_gzip_member_of(read_at(self._file, record.offset, record.length), record.as_bytes()):
            self._same += 1
        else:
            self._different.append(record.offset)

    def altered(self) -> list[int]:
        """Return the offsets of members that were written here, but not as they are now."""
        return self._different if self._same > len(self._different) else []
