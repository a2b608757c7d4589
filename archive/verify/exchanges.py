"""Checks between the records of a file: responses to HEAD requests, segments, the order of dates."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from archive.http.kept_message import KeptMessage
from archive.records.members import Member
from archive.records.record import FIELDS
from archive.records.run_record import pairs_in
from archive.requisites.page_info import described_page
from archive.verify.heads import read_date
from archive.verify.report import FileReport, Segment, key
from archive.verify.rules import Finding, Problem

#: A record is dated by its begin and written at its end, so one that took long may stand behind younger ones.
LONGEST_FETCH: Final = timedelta(hours=1)
#: Tolerance where the end is known: the clock's resolution and the writer's queue.
_GRAIN: Final = timedelta(seconds=5)
Placed = tuple[str, Segment]


@dataclass(slots=True)
class DateOrder:
    """Follows dates through a file; a warcinfo record begins anew, since files may be joined."""

    _latest: datetime | None = None
    _latest_end: datetime | None = None

    def see(self, record: Member, report: FileReport) -> None:
        """Take a record's date."""
        if record.type == "warcinfo":
            self._latest = self._latest_end = None
            return
        date = read_date(record.get("WARC-Date"))
        if date is None or described_page(record):
            return  # what a page consists of has the page's date, and is known much later
        if self._latest and date < self._latest - LONGEST_FETCH:
            message = f"{record.get('WARC-Date')} stands behind {self._latest:%Y-%m-%dT%H:%M:%SZ}"
            report.add(record.offset, "date-order", message)
        self._latest = max(date, self._latest or date)

    def ended(self, end: datetime, record: Member, report: FileReport) -> None:
        """Take the moment at which an exchange ended: they are written as they end."""
        if self._latest_end and end < self._latest_end - _GRAIN:
            message = f"its exchange ended {end:%Y-%m-%dT%H:%M:%SZ}, one in front of it {self._latest_end:%H:%M:%SZ}"
            report.add(record.offset, "date-order", message)
        self._latest_end = max(end, self._latest_end or end)


@dataclass(slots=True)
class _Response:
    """A response or revisit whose metadata record has not come yet."""

    offset: int
    #: Length of the block; None for a revisit, whose recipe is for more than its block.
    size: int | None
    #: Why its encoding is doubtful; empty if it is not.
    doubt: str = ""


@dataclass(slots=True)
class Exchanges:
    """Puts together what the records of an exchange say of each other."""

    report: FileReport
    order: DateOrder = field(default_factory=DateOrder)
    #: Responses, and requests without a response, that wait for their metadata record.
    _waiting: dict[int, _Response] = field(default_factory=dict)
    _keeps_metadata: bool = False
    #: Ids of HEAD requests and of their responses.
    _heads: set[int] = field(default_factory=set)
    #: Empty bodies under a Content-Length: offset, message, and ids of which one may be known to answer a HEAD.
    _empty: list[tuple[int, str, tuple[int, int]]] = field(default_factory=list)

    def add(self, record: Member, view: KeptMessage | None, doubts: list[Problem]) -> list[Problem]:
        """Take a record and what is doubtful about its body; returns the doubts that no neighbour can explain."""
        own, other = key(record.get("WARC-Record-ID")), key(record.get("WARC-Concurrent-To"))
        if record.type == "metadata":
            # Our writer opens a file with the settings of its crawl.
            kind = record.get("Content-Type")
            self._keeps_metadata |= kind == "application/json" and not record.get("WARC-Target-URI")
            if other in self._waiting and kind.startswith(FIELDS):
                self._explain(record, pairs_in(record), self._waiting.pop(other))
            return doubts
        self.order.see(record, self.report)
        if record.type == "request":
            if bytes(record.block[:5]) == b"HEAD ":
                self._heads |= {own, other}
            if not record.get("WARC-Concurrent-To"):
                self._waiting[own] = _Response(record.offset, None)
        elif record.type == "revisit":
            self._waiting[own] = _Response(record.offset, None)
        elif record.type == "response":
            self._waiting[own] = _Response(record.offset, len(record.block))
            empty = view is not None and not view.body
            self._empty += [(record.offset, text, (own, other)) for rule, text in doubts if empty]
            self._waiting[own].doubt = next((text for rule, text in doubts if rule == "http-encoding"), "")
            return [doubt for doubt in doubts if doubt[0] != "http-encoding" and not empty]
        return doubts

    def finish(self) -> None:
        """Report what nobody explained."""
        for waiting in self._waiting.values():
            if waiting.doubt:
                self.report.add(waiting.offset, "http-encoding", waiting.doubt)
            if self._keeps_metadata:
                self.report.add(waiting.offset, "exchange-torn", "its metadata record is not in the file")
        for offset, message, ids in self._empty:
            if not self._heads.intersection(ids):
                self.report.add(offset, "http-length", message)

    def _explain(self, record: Member, notes: dict[str, str], response: _Response) -> None:
        wire = notes.get("capture-method") == "wire"
        self._keeps_metadata |= wire
        if response.doubt:
            self.report.add(response.offset, "encoding-on-wire" if wire else "http-encoding", response.doubt)
        milliseconds, begun = notes.get("fetchTimeMs", ""), read_date(record.get("WARC-Date"))
        if begun and milliseconds.isdecimal():
            self.order.ended(begun + timedelta(milliseconds=int(milliseconds[:12])), record, self.report)
        recipe = notes.get("wire-recipe")
        if recipe and response.size is not None and not fits(recipe, response.size):
            self.report.add(record.offset, "wire-recipe", f"it does not fit the block of {response.size} bytes")


def fits(recipe: str, size: int) -> bool:
    """Return whether a wire recipe is well formed and covers a block of a size.

    >>> fits('[3,-1,"--",3]', 7), fits('[3,-1,"--",3]', 8), fits('[3,', 3)
    (True, False, False)
    """
    try:
        steps = json.loads(recipe)
    except (ValueError, RecursionError):
        return False
    if not isinstance(steps, list) or not all(type(step) in (int, str) for step in steps):
        return False
    return sum(abs(step) for step in steps if isinstance(step, int)) == size


def segments_in(record: Member) -> list[Segment]:
    """Return what a record says of itself as a segment; nothing for most."""
    number = record.get("WARC-Segment-Number")
    is_first = record.type != "continuation"
    if not number.isdecimal() or (is_first and int(number[:18]) != 1):
        return []
    first = record.get("WARC-Record-ID" if is_first else "WARC-Segment-Origin-ID")
    total = record.get("WARC-Segment-Total-Length")
    length = int(total[:18]) if total.isdecimal() else -1
    return [Segment(key(first), int(number[:18]), record.offset, len(record.block), length)]


def check_segments(reports: list[FileReport]) -> Iterator[Finding]:
    """Check that the segments of each record are there, each once, and as long as the last one says.

    :param reports: of all files that are checked together: a record's segments may lie in several.
    """
    records: dict[int, list[Placed]] = {}
    for report in reports:
        for segment in report.segments:
            records.setdefault(segment.origin, []).append((report.name, segment))
    known = {each for report in reports for each in report.ids if each in records} if records else set()
    for origin, segments in records.items():
        segments.sort(key=lambda placed: placed[1].number)
        name, first = segments[0]
        if first.number > 1 and origin in known:
            yield Finding(name, first.offset, "segment-gap", f"segment {first.number} continues what is no first one")
        elif first.number > 1:
            yield Finding(name, first.offset, "segment-elsewhere", f"segment {first.number}: the first is not there")
        yield from _in_order(segments)


def _in_order(segments: list[Placed]) -> Iterator[Finding]:
    whole = segments[0][1].number <= 1
    for (_, before), (name, segment) in pairwise(segments):
        if segment.number != before.number + 1:
            whole = False
            wrong = "stands twice" if segment.number == before.number else f"follows segment {before.number}"
            yield Finding(name, segment.offset, "segment-gap", f"segment {segment.number} {wrong}")
    name, last = segments[-1]
    size = sum(segment.size for _, segment in segments)
    if last.total >= 0 and (size > last.total or (whole and size < last.total)):
        yield Finding(name, last.offset, "segment-gap", f"the segments have {size} bytes, not {last.total}")
    elif whole and last.total < 0:
        yield Finding(name, last.offset, "segment-elsewhere", f"segment {last.number}: the last is not there")
