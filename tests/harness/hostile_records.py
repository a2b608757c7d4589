"""Records and pages as nobody should write them, drawn by hypothesis, between two good captures of an article."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import brotli
from hypothesis import strategies as st

from newsbot.spider import Layout, NewsSpider
from tests.harness.warc_making import gz, record

FIRST, LAST = "2026-11-22T03:04:05Z", "2026-11-22T05:04:05Z"
TEXT = "Chợ phiên vùng cao đông khách từ sáng sớm, hàng bán nhiều nhất là rau và gia cầm của bà con các bản."


class BaothuSpider(NewsSpider):
    name = "baothu"
    province = "Sơn La"
    allowed_domains = ["baothu.vn"]
    sections = ("",)
    article_url = (r"-(?P<id>\d+)\.html$",)
    layouts = (Layout(name="only", body="div.body"),)


def page(title: str, *, head: str = "", body: str = TEXT) -> bytes:
    return (
        f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>"
        f'<div class="body"><p>{body}</p><p>{body}</p></div></body></html>'
    ).encode()


def http(body: bytes, *lines: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    return b"\r\n".join([status, b"Content-Type: text/html; charset=utf-8", *lines, b"", body])


def good(number: int, date: str) -> bytes:
    block = http(page(f"Bài báo số {number} về chợ phiên"))
    return record("response", block, warc_target_uri=address(number), warc_date=date)


def address(number: int) -> str:
    return f"https://baothu.vn/cho-phien-{number}.html"


_KEYS = (
    "@context", "@type", "@graph", "@id", "@value", "headline", "author", "name", "datePublished", "dateModified",
    "articleBody", "articleSection", "keywords", "image", "url", "itemListElement", "item", "position", "publisher",
)  # fmt: skip
_WORDS = st.sampled_from(
    [
        "NewsArticle",
        "http://schema.org/NewsArticle",
        "BreadcrumbList",
        "2026-11-22T03:04:05+07:00",
        "9999-12-31",
        "\ud800",
    ]
)
#: JSON with the names that readers look for, in every shape.
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | _WORDS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS) | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)


def _json_ld(value: Any) -> bytes:
    script = json.dumps(value)
    return page("Bài báo có mô tả", head=f'<script type="application/ld+json">{script}</script>')


_ODD = st.text(max_size=20) | st.sampled_from(["", "0", "-1", "9" * 30, "\x00", "\ud800", "é", "[", "a:b:c", "%", "\t"])
_NAMES = st.sampled_from(
    ["og:title", "og:image", "article:published_time", "description", "robots", "keywords", "author"]
)
_METAS = st.lists(st.tuples(_NAMES, st.text(max_size=30)), max_size=4)


def _with_metas(metas: list[tuple[str, str]]) -> bytes:
    head = "".join(f'<meta property="{name}" name="{name}" content="{value}">' for name, value in metas)
    return page(
        "Bài báo có thẻ", head=f"{head}<base href='{metas[0][1] if metas else ''}'>".encode("utf-8", "replace").decode()
    )


BODIES = (
    JSON.map(_json_ld)
    | _METAS.map(_with_metas)
    | st.binary(max_size=200)
    | st.text(max_size=100).map(lambda text: page("Bài báo khác", body=text.encode("utf-8", "replace").decode()))
    | st.just(b"<div>" * 5000)
)
_PACK = st.sampled_from(
    [gzip.compress, zlib.compress, brotli.compress, lambda body: body, lambda body: gzip.compress(body)[:-9]]
)
_CODINGS = st.sampled_from(
    [b"gzip", b"deflate", b"br", b"zstd", b"x-gzip", b"gzip, br", b"aws-chunked", b"identity", b"\xff", b""]
)
_STATUS = st.sampled_from(
    [b"HTTP/1.1 200 OK", b"HTTP/1.0 200", b"HTTP/2 200", b"HTTP/1.1 0", b"HTTP/1.1 404 x", b"HTTP/1.1 301 x",
     b"HTTP/1.1 304 x", b"HTTP/1.1 " + b"9" * 30, b"HTTP/", b"ICY 200 OK", b""]
)  # fmt: skip
_LINES = st.lists(
    st.tuples(
        st.sampled_from(
            [
                b"Transfer-Encoding",
                b"Content-Length",
                b"Location",
                b"ETag",
                b"Content-Type",
                b"X-Robots-Tag",
                b"",
                b"\xff",
            ]
        ),
        st.binary(max_size=20)
        | st.sampled_from([b"chunked", b"-1", b"/", b"http://[", b"text/html; charset=zlib_codec"]),
    ).map(b": ".join),
    max_size=3,
)


@st.composite
def blocks(draw: st.DrawFn) -> bytes:
    """The block of a record: an answer that lies somewhere, or no answer at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=300))
    body = draw(_PACK)(draw(BODIES))
    lines = draw(_LINES)
    if draw(st.booleans()):
        lines.append(b"Content-Encoding: " + draw(_CODINGS))
    return http(body, *lines, status=draw(_STATUS))


_DATES = st.sampled_from(
    ["2026-11-22T04:04:05", "20261122040405", "2026-11-22", "2026", "9999-12-31T23:59:59Z", "0000-00-00T00:00:00Z",
     "2026-11-22T04:04:05+07:00", "2026-11-22T04:04:05.123456789Z", "2026-02-30T00:00:00Z", "yesterday",
     "٢٠٢٦-11-22T04:04:05Z"]
) | _ODD  # fmt: skip
_FIELDS = {
    "warc_date": _DATES,
    "warc_target_uri": _ODD
    | st.sampled_from(["<http://baothu.vn/a-7.html>", "http://[::1", "https://baothu.vn:x/a-7.html"]),
    "warc_payload_digest": _ODD | st.sampled_from(["sha1:AAAA", "sha256:00"]),
    "warc_block_digest": _ODD,
    "warc_record_id": _ODD,
    "warc_refers_to": _ODD,
    "warc_refers_to_date": _DATES,
    "warc_refers_to_target_uri": _ODD | st.just(address(1)),
    "warc_profile": _ODD,
    "warc_truncated": _ODD,
    "warc_ip_address": _ODD,
    "content_type": _ODD | st.sampled_from(["application/http", "application/http; msgtype=response", "text/html"]),
}


@st.composite
def records(draw: st.DrawFn) -> bytes:
    """A record with odd fields, or an odd block, or both."""
    kind = draw(
        st.sampled_from(
            ["response"] * 4 + ["revisit", "metadata", "resource", "request", "warcinfo", "conversion", "x"]
        )
    )
    given = {"warc_target_uri": address(draw(st.integers(3, 6))), "warc_date": "2026-11-22T04:04:05Z"}
    for name in draw(st.lists(st.sampled_from(sorted(_FIELDS)), max_size=3)):
        value = draw(_FIELDS[name]).encode("utf-8", "replace").decode()
        given[name] = value.replace("\r", " ").replace("\n", " ")
    without = draw(st.sampled_from(["", "", "", "WARC-Date", "WARC-Record-ID", "WARC-Target-URI", "Content-Type"]))
    return record(kind, draw(blocks()), without=without, **given)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file with hostile records between two good ones, each a gzip member of its own."""
    return gz(good(1, FIRST), *draw(st.lists(records(), min_size=1, max_size=3)), good(2, LAST))
