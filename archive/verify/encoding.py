"""Checks that a body can be decoded to its end as its Content-Encoding says."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Final

import brotli

from archive.files.zstd_frame import ZstdDecompressor, ZstdError
from archive.http.gzip_members import whole_member

_CHUNK: Final = 1 << 16
#: Maximum decoded size in bytes that is checked.
_MOST: Final = 1 << 28
#: The same, of what is decoded in one piece.
_AT_ONCE: Final = 1 << 24
_GZIP: Final = b"\x1f\x8b"

Decoded = Iterator[int]


def undecodable(coding: str, body: memoryview, *, whole: bool) -> str:
    """Say why a body cannot be decoded; empty if it can, or the coding is not known here.

    Bytes behind the end are no fault: browsers ignore them, too.

    :param coding: in lower case.
    :param whole: whether the body should be there to its end.

    >>> undecodable("gzip", memoryview(b"<!DOCTYPE html>"), whole=True)
    'it does not begin as such'
    >>> undecodable("aes128gcm", memoryview(b"<!DOCTYPE html>"), whole=True)
    ''
    """
    known: dict[str, Callable[[memoryview], Iterator[int]]] = {
        "gzip": _gzip,
        "x-gzip": _gzip,
        "deflate": _deflate,
        "br": _brotli,
        "zstd": _zstd,
    }
    decode = known.get(coding)
    if decode is None or (decode is _gzip and whole_member(body, _AT_ONCE) is not None):
        return ""
    size = 0
    try:
        for more in decode(body):
            size += more
            if size > _MOST:
                return ""
    except EOFError:
        return f"it ends after {size} decoded bytes, before its end" if whole else ""
    except (zlib.error, brotli.error, ZstdError, ValueError) as error:
        return str(error) if not size else f"broken behind {size} decoded bytes"
    return ""


def _gzip(body: memoryview) -> Decoded:
    start = bytes(body[:2])
    if not start.startswith(_GZIP[: len(start)]):
        raise ValueError("it does not begin as such")
    position = yield from _inflated(body, 0, 16 + zlib.MAX_WBITS)
    while bytes(body[position : position + 2]) == _GZIP:
        position = yield from _inflated(body, position, 16 + zlib.MAX_WBITS)


def _deflate(body: memoryview) -> Decoded:
    """Decode zlib data, or deflate data without its head and checksum, as servers and browsers have it."""
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            zlib.decompressobj(window).decompress(body[:_CHUNK], 1)
        except zlib.error:
            continue
        yield from _inflated(body, 0, window)
        return
    raise ValueError("it does not begin as such")


def _inflated(body: memoryview, position: int, window: int) -> Generator[int, None, int]:
    """Decode a stream; returns where it ends."""
    unpacker = zlib.decompressobj(window)
    pending = b""
    while not unpacker.eof:
        if not pending:
            pending = bytes(body[position : position + _CHUNK])
            position += len(pending)
        at_end = not pending
        data = unpacker.decompress(pending, _CHUNK)
        pending = unpacker.unconsumed_tail
        yield len(data)
        if at_end and not data and not unpacker.eof:
            raise EOFError
    return position - len(unpacker.unused_data)


def _brotli(body: memoryview) -> Decoded:
    unpacker = brotli.Decompressor()
    position = 0
    while not unpacker.is_finished():
        chunk = b""
        if unpacker.can_accept_more_data():
            chunk = bytes(body[position : position + _CHUNK])
            position += len(chunk)
        data = unpacker.process(chunk, output_buffer_limit=_CHUNK)
        if not data and position >= len(body) and not unpacker.is_finished():
            raise EOFError
        yield len(data)


def _zstd(body: memoryview) -> Decoded:
    unpacker = ZstdDecompressor()
    position = 0
    while not unpacker.eof:
        chunk = b""
        if unpacker.needs_input:
            chunk = bytes(body[position : position + _CHUNK])
            position += len(chunk)
            if not chunk:
                raise EOFError
        yield len(unpacker.decompress(chunk, _CHUNK))
