"""Checks a single record by all rules that need no other."""

from __future__ import annotations

from archive.http.http_message import MessageError
from archive.http.kept_message import kept_request, kept_response
from archive.records.members import Member
from archive.verify.file import check_digests
from archive.verify.heads import check_head
from archive.verify.http import check_body, check_status, is_http
from archive.verify.rules import FAULTS, Problem


def record_faults(record: Member) -> list[Problem]:
    """Return what is wrong with a record: its head, its digests, its HTTP framing and encoding."""
    problems = list(check_head(record))
    view = None
    if is_http(record) and (record.block or record.type != "revisit"):
        try:
            view = (kept_request if record.type == "request" else kept_response)(record.block)
        except MessageError as error:
            problems.append(("http-head", str(error)))
        else:
            problems += check_status(record, view)
    problems += check_digests(record, view)
    if view and record.type == "response" and not record.get("WARC-Segment-Number"):
        problems += check_body(record, view)
    return [(rule, message) for rule, message in problems if rule in FAULTS]
