"""How a paper's server answers: pages, feeds and files with their validators, and 304 to who already has them."""

from __future__ import annotations

import gzip
from datetime import datetime
from typing import ClassVar
from zlib import crc32

from tests.replica import printed_dates
from tests.replica.request import Request
from tests.replica.site import Encoding, Framing, Reply


class Answers:
    """Replies of every kind; `framing` and `encoding` are how this server sends its pages."""

    framing: ClassVar[Framing] = "length"
    encoding: ClassVar[Encoding | None] = "gzip"

    def page(self, html: str, *, modified: datetime | None = None, traps: tuple[str, ...] = ()) -> Reply:
        """An HTML page with its validators."""
        body = html.encode()
        media_type = "text/html" if "charset-only-in-meta" in traps else "text/html; charset=UTF-8"
        headers = [("Content-Type", media_type), ("Cache-Control", "private, must-revalidate"), ("ETag", _etag(body))]
        if modified:
            headers.append(("Last-Modified", printed_dates.http(modified)))
        cacheable = "soft-wall" not in traps
        if "gzip-unlabelled" in traps:
            return Reply(200, headers=tuple(headers), body=gzip.compress(body, 6, mtime=0), cacheable=cacheable)
        return Reply(200, None, tuple(headers), body, self.framing, self.encoding, cacheable)

    def text(self, text: str, media_type: str, *, modified: datetime | None = None) -> Reply:
        """A feed, a sitemap, a robots.txt, an answer to a script."""
        body = text.encode()
        headers = [("Content-Type", f"{media_type}; charset=utf-8"), ("ETag", _etag(body))]
        if modified:
            headers.append(("Last-Modified", printed_dates.http(modified)))
        return Reply(200, None, tuple(headers), body, "length", self.encoding, True)

    def file(self, media_type: str, body: bytes, *, open_to: str = "") -> Reply:
        """A picture, a style sheet or a script; they never change. `open_to`: the origins whose pages may read it."""
        headers = (
            ("Content-Type", media_type),
            ("Cache-Control", "public, max-age=2592000"),
            ("ETag", _etag(body)),
            ("Last-Modified", "Tue, 01 Jan 2019 00:00:00 GMT"),
            *((("Access-Control-Allow-Origin", open_to),) if open_to else ()),
        )
        return Reply(200, headers=headers, body=body, cacheable=True)

    def missing(self) -> Reply:
        body = "<!DOCTYPE html><html><title>404</title><body><h1>404 - Không tìm thấy trang</h1></body></html>"
        return Reply(404, headers=(("Content-Type", "text/html; charset=UTF-8"),), body=body.encode())


def _etag(body: bytes) -> str:
    return f'"{len(body):x}-{crc32(body):08x}"'


def conditional(request: Request, reply: Reply) -> Reply:
    """The reply, or 304 if the client already has it; If-None-Match goes before If-Modified-Since (RFC 9110, "
    "13.2.2)."""
    if reply.status != 200 or request.method == "POST":
        return reply
    headers = dict(reply.headers)
    known = request.header("if-none-match")
    if known is not None:
        fresh = headers.get("ETag", "-") in known.replace("W/", "")
    else:
        since = request.header("if-modified-since")
        fresh = since is not None and since == headers.get("Last-Modified")
    if not fresh:
        return reply
    kept = tuple((name, value) for name, value in reply.headers if name in ("ETag", "Last-Modified", "Cache-Control"))
    return Reply(304, headers=kept)
