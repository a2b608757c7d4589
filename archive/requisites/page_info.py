"""The record that says what a page consists of: ``urn:pageinfo:<url>``, JSON, as browsertrix writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from archive.requisites.answer import Answer
from archive.requisites.requisite import Kind

PREFIX: Final = "urn:pageinfo:"
MIME: Final = "application/json"


def page_info(
    url: str, record_id: str, date: str, answers: Mapping[str, tuple[Kind, Answer]], left_out: Mapping[str, int]
) -> bytes:
    """Return the block of a page's record.

    :param record_id: of the page's own response, with its angle brackets.
    :param answers: what each address gave that the page needs, with what it is needed for.
    :param left_out: how many addresses were not asked for, by reason.
    """
    info = {
        "pageid": record_id.strip("<>").removeprefix("urn:uuid:"),
        "url": url,
        "ts": date,
        "urls": {address: _entry(kind, answer) for address, (kind, answer) in answers.items()},
        "counts": {"jsErrors": 0},
        "leftOut": dict(left_out),
    }
    return json.dumps(info, ensure_ascii=False, separators=(",", ":")).encode()


def _entry(kind: Kind, answer: Answer) -> dict[str, Any]:
    entry = {
        "status": answer.status,
        "mime": answer.mime,
        "type": kind,
        "record": answer.record_id,
        "date": answer.date,
    }
    return {name: value for name, value in (entry | {"error": answer.error}).items() if value}


def captures_of(block: bytes) -> dict[str, tuple[str, str]]:
    """Return WARC-Date and record id of each address that a page consists of; nothing if the block is damaged.

    >>> answers = {"https://a.vn/b.css": ("style", Answer(200, "text/css", "<urn:uuid:1>", "2026-11-29T00:00:00Z"))}
    >>> captures_of(page_info("https://a.vn/", "<urn:uuid:0>", "2026-11-29T00:00:00Z", answers, {}))
    {'https://a.vn/b.css': ('2026-11-29T00:00:00Z', '<urn:uuid:1>')}
    """
    try:
        urls = json.loads(block)["urls"]
        entries = {str(url): (str(entry.get("date", "")), str(entry.get("record", ""))) for url, entry in urls.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
    return {url: found for url, found in entries.items() if all(found)}
