"""Checks what records refer to: warcinfo, concurrent records, a revisit's original, what a page consists of."""

from __future__ import annotations

from typing import Final

from archive.records.members import Member
from archive.records.revisit import Claim, claim
from archive.requisites.page_info import captures_of, described_page
from archive.verify.exchanges import LONGEST_FETCH
from archive.verify.heads import read_date
from archive.verify.report import FileReport, Link, capture_key, digest_key, key

_REFERENCES: Final = {"warc-warcinfo-id": "warcinfo-link", "warc-concurrent-to": "concurrent-link"}
#: The rule for what a page consists of.
REQUISITE: Final = "requisite-missing"


class Links:
    """Gathers what the records of a file refer to, and what they can be referred to by."""

    def __init__(self, report: FileReport):
        self._report = report
        self._known: set[int] = set()
        #: References to records that have not come yet, by key; one for each is enough.
        self._open: dict[int, Link] = {}
        #: Payload digests of the originals so far.
        self._originals: dict[int, int] = {}

    def add(self, record: Member, *, trusted: bool = True) -> None:
        """Take a record, and what it refers to if it can be trusted."""
        report = self._report
        if not report.records and record.type != "warcinfo":
            report.add(record.offset, "warcinfo-first", f"the first record is a {record.type or 'record without type'}")
        self._add_id(record)
        if record.type in ("response", "resource"):
            capture = capture_key(record.get("WARC-Target-URI"), record.get("WARC-Date"))
            digest = digest_key(record.get("WARC-Payload-Digest"))
            report.captures.extend((capture, digest, record.offset))
            self._originals[capture] = digest
        if not trusted:
            return
        if record.type == "revisit":
            self._add_revisit(record)
        if described_page(record):
            self._add_requisites(record)
        for name, value in record.fields:
            rule = _REFERENCES.get(name.lower())
            if rule and (wanted := key(value)) not in self._known:
                self._open.setdefault(wanted, Link(record.offset, rule, f"{name} {value[:200]}", wanted))

    def finish(self) -> None:
        """Hand the links that the file itself does not resolve to the collection."""
        self._report.links += self._open.values()

    def _add_id(self, record: Member) -> None:
        record_id = record.get("WARC-Record-ID")
        own = key(record_id)
        if own in self._known and record_id:
            self._report.add(record.offset, "record-id-repeated", f"{record_id[:200]} stands earlier in the file, too")
        elif record_id:
            self._known.add(own)
            self._open.pop(own, None)
            self._report.ids.append(own)
            self._report.offsets.append(record.offset)

    def _add_requisites(self, record: Member) -> None:
        for url, (date, record_id) in captures_of(record.block).items():
            if (wanted := key(record_id)) not in self._known:
                message = f"{record.url[:300]} names {url[:300]} of {date[:40]}, {record_id[:200]}, which"
                meant = Claim(record_id, url, date, "", "", "", "", is_not_modified=False)
                self._open.setdefault(wanted, Link(record.offset, REQUISITE, message, wanted, claim=meant))

    def _add_revisit(self, record: Member) -> None:
        wanted = claim(record)
        if wanted.is_not_modified and not (wanted.is_named or wanted.digest):
            return  # a 304 response that says nothing more
        link = Link(
            record.offset,
            "revisit-unresolved",
            f"its original is {str(wanted)[:300]}",
            key(wanted.record_id) if wanted.record_id else 0,
            capture_key(wanted.url, wanted.date) if wanted.url and wanted.date else 0,
            digest_key(wanted.digest),
            wanted,
        )
        known = not link.record or link.record in self._known
        if not (known and link.digest and self._originals.get(link.capture) == link.digest):
            self._report.links.append(link)
        first, second = read_date(wanted.date), read_date(wanted.own_date)
        if first and second and first > second + LONGEST_FETCH:
            message = f"it is of {wanted.own_date}, its original of {wanted.date}"
            self._report.add(record.offset, "revisit-date", message)
