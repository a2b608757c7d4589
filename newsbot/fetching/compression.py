"""Decompresses answers, and refuses those that are not encoded as they claim or were truncated.

A Content-Encoding is not trusted: plain text that carries one is read as it is.
"""

from __future__ import annotations

import re
from typing import Final

import brotli
from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse
from scrapy.utils._compression import _DecompressionMaxSizeExceeded

from archive.http.gzip_members import GZIP_BEGINS, ends_deflate, gunzipped, whole_member
from newsbot.reading.limits import MAX_BYTES

_GZIP: Final = (b"gzip", b"x-gzip")
_ZSTD_BEGINS: Final = b"\x28\xb5\x2f\xfd"
#: Control characters that no text has near its begin; UTF-16 says by its first two bytes that it is text all the same.
_NOT_TEXT: Final = bytes({*range(32), 127} - set(b"\t\n\f\r\x1b"))
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT: Final = 1024
#: How a text ends that is whole, whatever its coding lacks.
_ENDS: Final = re.compile(rb"</(?:html|rss|feed|urlset|sitemapindex|rdf:rdf)>\s*(?:<!--[^>]*-->\s*)*\Z", re.IGNORECASE)
_PAGE_BEGINS: Final = re.compile(rb"<!doctype html|<html|<head|<body|<title", re.IGNORECASE)
#: Bytes decompressed at a time.
_STEP: Final = 1 << 16


class CodingError(IgnoreRequest):
    """A body is not packed as its Content-Encoding says, nor is it text; or it was cut off."""


class Compression(HttpCompressionMiddleware):
    """Scrapy's middleware, given the packed answer as what it is.

    Scrapy 2.19 takes it for text because of its Content-Type, and asks it for its encoding when it makes the unpacked
    answer: the packed bytes go through every detector there is, which costs more than to unpack them.
    """

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        if isinstance(response, TextResponse) and "Content-Encoding" in response.headers:
            response = Response(**{name: getattr(response, name) for name in Response.attributes})
        answer = super().process_response(request, response)
        if isinstance(answer, Response) and answer.body.startswith(GZIP_BEGINS):
            _check_unsaid(answer.body)
        return answer

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        """Unpack a body, or return it as it is if it never was packed.

        :raises CodingError: if it cannot be read either way.
        """
        if not body or (_is_unlike(body, encoding) and _is_text(body)):
            return body
        if encoding in _GZIP and (whole := whole_member(body, max_size)) is not None:
            return whole
        name = encoding.decode()
        try:
            decoded = HttpCompressionMiddleware._decode(body, encoding, max_size)
            if _is_whole(body, encoding, decoded) or _ENDS.search(decoded[-_LOOKED_AT:]):
                return decoded
        except _DecompressionMaxSizeExceeded:
            raise
        except Exception as error:  # each unpacker has its own, and a site chooses which of them
            if _is_text(body):
                return body
            raise CodingError(f"its body is not {name}, as it says") from error
        if not decoded and _is_text(body):
            return body
        raise CodingError(f"its body ends before the {name} stream does")


def _check_unsaid(body: bytes) -> None:
    """Look whether a page that came as gzip though no header says so is all there; a list's reader looks by itself.

    :raises CodingError: if it is not.
    """
    unpacked, is_whole = gunzipped(body, MAX_BYTES + 1)
    if not is_whole and _PAGE_BEGINS.search(unpacked[:_LOOKED_AT]) and not _ENDS.search(unpacked[-_LOOKED_AT:]):
        raise CodingError("its body ends before the gzip stream does, of which no header tells")


def _is_unlike(body: bytes, encoding: bytes) -> bool:
    """Whether the first bytes rule a coding out; those of deflate and br can be any."""
    begins = GZIP_BEGINS if encoding in _GZIP else _ZSTD_BEGINS if encoding == b"zstd" else b""
    return not body.startswith(begins)


def _is_text(body: bytes) -> bool:
    r"""Whether a body begins like text.

    >>> _is_text("Đà Nẵng".encode()), _is_text(b"\x1f\x8b\x08\x00")
    (True, False)
    """
    start = body[:_LOOKED_AT]
    return start.startswith(_UTF16) or len(start.translate(None, _NOT_TEXT)) == len(start)


def _is_whole(body: bytes, encoding: bytes, decoded: bytes) -> bool:
    """Whether a packed body goes on to its own end; unpackers return what there is of one that was cut off."""
    if encoding in _GZIP and body[-4:] == (len(decoded) & 0xFFFFFFFF).to_bytes(4, "little"):
        return True  # a gzip member ends with its length: the usual case costs nothing
    if encoding == b"br":
        return _ends_brotli(body)
    if encoding in _GZIP:
        return gunzipped(body, len(decoded) + 1)[1]
    if encoding == b"deflate":  # with the two bytes of zlib's header, or bare
        return ends_deflate(body, 2) or ends_deflate(body, 0)
    return True  # zstd is never asked for


def _ends_brotli(body: bytes) -> bool:
    unpacker = brotli.Decompressor()
    unpacker.process(body, output_buffer_limit=_STEP)
    while not unpacker.is_finished() and unpacker.process(b"", output_buffer_limit=_STEP):
        pass
    return bool(unpacker.is_finished())
