"""Records that are spread over several: the first segment, and continuations that name it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from archive.records.members import Member
from archive.verify.report import FileReport, Segment, key
from archive.verify.rules import Finding

Placed = tuple[str, Segment]


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
