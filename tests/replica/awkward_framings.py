"""Awkward framings and sizes of bodies."""

from __future__ import annotations

from tests.replica.awkward_case import HTML, OK, PAGE, Awkward, awkward, chunk, head, page, zipped
from tests.replica.awkward_codings import TEXT
from tests.replica.request import Request
from tests.replica.site import RawReply

LARGE = 4 * 1024 * 1024  # bytes of the large bodies: ask for them with a smaller maximum


def chunked(*pieces: bytes, head_lines: tuple[bytes, ...] = ()) -> bytes:
    return head(OK, HTML, b"Transfer-Encoding: chunked", *head_lines) + b"".join(pieces)


def large_with_length(_: Request) -> RawReply:
    return RawReply((head(OK, HTML, b"Content-Length: %d" % LARGE), *[b"x" * 65536] * (LARGE // 65536)))


def large_until_close(_: Request) -> RawReply:
    return RawReply((head(OK, HTML), *[b"x" * 65536] * (LARGE // 65536)), "close")


def large_in_chunks(_: Request) -> RawReply:
    return RawReply((chunked(), *[chunk(b"x" * 65536)] * (LARGE // 65536), b"0\r\n\r\n"))


CASES: tuple[Awkward, ...] = (
    awkward("chunked", "three chunks", chunked(chunk(PAGE[:10]), chunk(PAGE[10:60]), chunk(PAGE[60:]), b"0\r\n\r\n")),
    awkward(
        "chunked-slowly",
        "chunks cut apart on the wire, with pauses",
        RawReply(
            (
                chunked(b"1"),
                0.05,
                b"0\r\n" + PAGE[:7],
                0.05,
                PAGE[7:16] + b"\r",
                0.05,
                b"\n" + chunk(PAGE[16:]) + b"0\r\n\r",
                0.05,
                b"\n",
            )
        ),
    ),
    awkward(
        "chunked-trailers",
        "chunk extensions, and headers after the body",
        chunked(
            chunk(PAGE[:20], b";name=value"),
            chunk(PAGE[20:], b' ; quoted="a;b"'),
            b"0;last\r\nX-Trailer: one\r\nX-Trailer: two\r\n\r\n",
            head_lines=(b"Trailer: X-Trailer",),
        ),
    ),
    awkward(
        "chunked-odd-sizes",
        "sizes in capitals and with zeros before them",
        chunked(b"000A\r\n" + PAGE[:10] + b"\r\n", b"%X\r\n" % len(PAGE[10:]) + PAGE[10:] + b"\r\n", b"0000\r\n\r\n"),
    ),
    awkward(
        "chunked-gzip",
        "gzip in chunks",
        chunked(
            chunk(zipped(TEXT)[:9]), chunk(zipped(TEXT)[9:]), b"0\r\n\r\n", head_lines=(b"Content-Encoding: gzip",)
        ),
        payload=zipped(TEXT),
        decoded=TEXT,
    ),
    awkward(
        "chunked-and-length",
        "chunks, and a Content-Length that is not true",
        chunked(chunk(PAGE), b"0\r\n\r\n", head_lines=(b"Content-Length: 5",)),
    ),
    awkward("chunked-empty", "no chunk but the last", chunked(b"0\r\n\r\n"), payload=b""),
    awkward(
        "bad-chunk",
        "a chunk whose size is no number",
        RawReply((chunked(chunk(PAGE[:10]), b"ZZ\r\n" + PAGE[10:] + b"\r\n0\r\n\r\n"),), "close"),
        payload=PAGE[:10],
        outcome="malformed",
    ),
    awkward(
        "chunked-cut",
        "the close in the middle of a chunk",
        RawReply((chunked(chunk(PAGE[:10]), b"40\r\n" + PAGE[10:30]),), "close"),
        payload=PAGE[:30],
        outcome="cut",
    ),
    awkward(
        "chunked-no-end",
        "the close instead of the last chunk",
        RawReply((chunked(chunk(PAGE)),), "close"),
        outcome="cut",
    ),
    awkward("until-close", "no length: the close ends the body", RawReply((head(OK, HTML) + PAGE,), "close")),
    awkward(
        "short-body",
        "fewer bytes than declared, then the close",
        RawReply((head(OK, HTML, b"Content-Length: 500") + PAGE,), "close"),
        outcome="cut",
    ),
    awkward(
        "long-body",
        "more bytes than declared, in one write",
        head(OK, HTML, b"Content-Length: 30") + PAGE,
        payload=PAGE[:30],
    ),
    awkward(
        "leftovers",
        "after the page a second response that nobody asked for",
        page() + page(b"X-Unasked: yes", body=b"<p>unasked\n"),
    ),
    awkward("large-length", "4 MiB, and said so", large_with_length, payload=None, decoded=None),
    awkward("large-chunked", "4 MiB in chunks", large_in_chunks, payload=None, decoded=None),
    awkward("large-close", "4 MiB until the close", large_until_close, payload=None, decoded=None),
)
