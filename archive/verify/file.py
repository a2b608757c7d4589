"""The check of one WARC file, by all rules that need no other file."""

from __future__ import annotations

from pathlib import Path

from archive.errors import ArchiveError
from archive.http_message import MessageError
from archive.members import Damage, Member, walk
from archive.verify.digests import check_digests
from archive.verify.exchanges import Exchanges
from archive.verify.gzip_form import GzipForm
from archive.verify.heads import check_head
from archive.verify.http import check_body, is_http, view_http
from archive.verify.links import Links
from archive.verify.report import FileReport
from archive.verify.rules import Problem


def verify_file(path: Path, *, form: bool = True) -> FileReport:
    """Check a file, gzipped or not.

    :param form: whether to check that gzip members of our own writer are, byte for byte, as it makes them. Needed only
        where no digest of the whole file is known, and costs as much as all other checks together.
    """
    report = FileReport(path.name)
    check = _FileCheck(report)
    try:
        report.size = path.stat().st_size
        with path.open("rb", buffering=0) as file:
            gzip_form = GzipForm(file.fileno()) if form and file.read(2) == b"\x1f\x8b" else None
            for found in walk(path):
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
    report.findings.sort(key=lambda finding: finding.offset)
    return report


class _FileCheck:
    """Leads each record through the rules."""

    def __init__(self, report: FileReport):
        self._report = report
        self._links = Links(report)
        self._exchanges = Exchanges(report)

    def add(self, record: Member) -> None:
        report = self._report
        problems = list(check_head(record))
        if record.complete:
            problems += self._content(record)
        else:
            self._links.add(record)
        for rule, message in problems:
            report.add(record.offset, rule, message)
        report.records += 1
        report.content += len(record.head) + len(record.block) + 4

    def finish(self) -> None:
        self._exchanges.finish()
        self._links.finish()

    def _content(self, record: Member) -> list[Problem]:
        problems: list[Problem] = []
        view = None
        if is_http(record):
            try:
                view = view_http(record)
            except MessageError as error:
                problems.append(("http-head", str(error)))
        problems += check_digests(record, view)
        doubts = list(check_body(record, view)) if view and record.type == "response" else []
        self._links.add(record)
        return problems + self._exchanges.add(record, view, doubts)
