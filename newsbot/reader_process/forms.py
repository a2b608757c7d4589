"""The messages to and from the reader process: lengths, JSON and bytes, never pickled objects.

The process has read a hostile page: its answers may hold nothing but text, numbers and lists of them.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any, Final, NamedTuple

from scrapy.http import Request, Response

from archive.http.exchange import Capture
from newsbot.items import Article
from newsbot.lists.list_dates import Span
from newsbot.lists.section import Section
from newsbot.reading.page_kinds import PageKind

_LENGTHS: Final = struct.Struct("!II")
#: Of the request, what a reader may look at.
_META: Final = ("redirect_urls", "redirect_reasons", "page")


class Reading(NamedTuple):
    """One way to read a response: the spider's method that does it in place, and the form of what it returns."""

    method: str
    to_json: Callable[[Any], Any]
    from_json: Callable[[Any, Response], Any]


def pack(message: Any, body: bytes = b"") -> bytes:
    """Return a message as it goes through a pipe."""
    head = json.dumps(message).encode()
    return _LENGTHS.pack(len(head), len(body)) + head + body


def unpack(read: Callable[[int], bytes]) -> tuple[Any, bytes] | None:
    """Return the next message and its bytes; None if the pipe ends before they do.

    :param read: returns as many bytes as it is told, fewer only at the end.
    """
    lengths = read(_LENGTHS.size)
    if len(lengths) < _LENGTHS.size:
        return None
    sizes = _LENGTHS.unpack(lengths)
    head, body = map(read, sizes)
    return (json.loads(head), body) if (len(head), len(body)) == sizes else None


def response_form(response: Response) -> dict[str, Any]:
    """Return all of a response but its body."""
    headers = [
        (name.decode("latin-1"), [value.decode("latin-1") for value in response.headers.getlist(name)])
        for name in response.headers
    ]
    meta = {name: response.meta[name] for name in _META if name in response.meta}
    return {
        "url": response.url,
        "status": response.status,
        "headers": headers,
        "capture": asdict(response.meta["capture"]),
        "meta": meta,
    }


def response_from(form: Mapping[str, Any], body: bytes) -> Response:
    """Return the response that a form was made of."""
    headers = {name: [value.encode("latin-1") for value in values] for name, values in form["headers"]}
    request = Request(form["url"], meta=form["meta"] | {"capture": Capture(**form["capture"])})
    return Response(form["url"], status=form["status"], headers=headers, body=body, request=request)


def _page_form(found: Article | PageKind) -> dict[str, Any]:
    if isinstance(found, PageKind):
        return {"kind": found.value}
    return {"article": {field.name: getattr(found, field.name) for field in fields(found) if field.name != "capture"}}


def _page_from(form: Any, response: Response) -> Article | PageKind:
    if "kind" in form:
        return PageKind(form["kind"])
    return Article(**form["article"], capture=response.meta["capture"])


def _section_form(found: Section) -> list[Any]:
    dates = {article: [day.isoformat() for day in span] for article, span in found.dates.items()}
    return [found.links, found.following, found.last, dates, found.stands_in, found.breaks_off, [*found.menu]]


def _section_from(form: Any, response: Response) -> Section:
    links, following, last, dates, *rest = form
    spans = {article: Span(*map(date.fromisoformat, days)) for article, days in dates.items()}
    return Section(links, following, last, spans, *rest)


#: By the kind of request (`newsbot.fetching.outcomes.kind`).
READINGS: Final = {
    "article": Reading("read_page_here", _page_form, _page_from),
    "section": Reading("read_section_here", _section_form, _section_from),
    "text": Reading("read_text_here", list, lambda form, response: tuple(form)),
}
