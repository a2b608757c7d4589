"""The record that says what a page consists of: ``urn:pageinfo:<url>``, JSON, as browsertrix writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from archive.records.record_reader import Block, Member
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
    has_record = answer.status > 0  # an exchange without an answer has an id, but no response that bears it
    entry = {
        "status": answer.status,
        "mime": answer.mime,
        "type": kind,
        "record": answer.record_id if has_record else "",
        "date": answer.date if has_record else "",
    }
    return {name: value for name, value in (entry | {"error": answer.error}).items() if value}


def described_page(record: Member) -> str:
    """Return the URL of the page of which a record says what it consists of; empty for other records."""
    return record.url.removeprefix(PREFIX) if record.type == "resource" and record.url.startswith(PREFIX) else ""


def captures_of(block: Block) -> dict[str, tuple[str, str]]:
    """Return WARC-Date and record id of each address that a page consists of; nothing if the block is damaged.

    >>> answers = {"https://a.vn/b.css": ("style", Answer(200, "text/css", "<urn:uuid:1>", "2026-11-29T00:00:00Z"))}
    >>> captures_of(page_info("https://a.vn/", "<urn:uuid:0>", "2026-11-29T00:00:00Z", answers, {}))
    {'https://a.vn/b.css': ('2026-11-29T00:00:00Z', '<urn:uuid:1>')}
    >>> none = {"https://a.vn/c.css": ("style", Answer(0, "", "<urn:uuid:2>", "2026-11-29T00:00:00Z", "lost"))}
    >>> captures_of(page_info("https://a.vn/", "<urn:uuid:0>", "2026-11-29T00:00:00Z", none, {}))
    {}
    """
    entries = _entries(block)
    found = {url: (str(entry.get("date", "")), str(entry.get("record", ""))) for url, entry in entries.items()}
    return {url: capture for url, capture in found.items() if all(capture) and "".join(capture).isascii()}


def kinds_of(block: Block) -> dict[str, str]:
    """Return what each address is needed for that a page consists of, also of another crawler's page.

    >>> kinds_of(page_info("https://a.vn/", "", "", {"https://a.vn/b.css": ("style", Answer(404))}, {"page": 3}))
    {'https://a.vn/b.css': 'style'}
    """
    return {url: str(entry.get("type", "")) for url, entry in _entries(block).items()}


def missed_in(block: Block) -> set[str]:
    """Return the addresses that a page asks for, and of which nothing was had when it was captured.

    >>> answers = {"https://a.vn/b.css": ("style", Answer(404)), "https://a.vn/c.png": ("image", Answer(200))}
    >>> missed_in(page_info("https://a.vn/", "", "", answers, {}))
    {'https://a.vn/b.css'}
    """
    return {url for url, entry in _entries(block).items() if not _is_had(entry)}


def _is_had(entry: dict[str, Any]) -> bool:
    status = entry.get("status")
    return Answer(status if isinstance(status, int) else 0, error=str(entry.get("error", ""))).is_had


def _entries(block: Block) -> dict[str, dict[str, Any]]:
    try:
        urls = json.loads(bytes(block))["urls"]
        # As they go over the wire, addresses are ASCII; what is not stands nowhere in the archive.
        return {url: entry for url, entry in urls.items() if url.isascii() and isinstance(entry, dict)}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}
