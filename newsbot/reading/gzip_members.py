"""Gzip as servers send it: in several members, without its checksum, cut off, or a bomb."""

from __future__ import annotations

import zlib
from typing import Any, Final

GZIP_BEGINS: Final = b"\x1f\x8b\x08"
#: Bytes unpacked at a time, and fewer where a member begins.
_STEP: Final = 1 << 16
_FIRST_STEP: Final = 1 << 9
#: A million empty ones would cost seconds.
MOST_MEMBERS: Final = 1_000
#: Flags of a member's header (RFC 1952, 2.3.1).
_FHCRC, _FEXTRA, _FNAME, _FCOMMENT = 2, 4, 8, 16


def gunzipped(body: bytes, limit: int) -> tuple[bytes, bool]:
    """Return what there is in all members, at most `limit` bytes of it, and whether the last goes on to its end.

    A member is whole though it lacks its checksum; what follows the last may be anything. Of more than `limit` bytes
    the rest is not looked at.

    >>> import gzip
    >>> packed = gzip.compress(b"a") + gzip.compress(bytes(range(256)))
    >>> [gunzipped(some, 999)[1] for some in (packed, packed + b"x", packed[:-5], packed[:-9], packed[:9])]
    [True, True, True, False, False]
    >>> gunzipped(packed, 3), gunzipped(b"a", 3)
    ((b'a\\x00\\x01', True), (b'', False))
    """
    pieces: list[bytes] = []
    size = start = members = 0
    try:
        while body.startswith(GZIP_BEGINS, start) and members < MOST_MEMBERS:
            members += 1
            unpacker = zlib.decompressobj(31)
            at, step = start, _FIRST_STEP
            while at < len(body) and not unpacker.eof:
                piece = body[at : at + step]
                at += len(piece)
                step = min(2 * step, _STEP)
                while piece and not unpacker.eof:
                    if size >= limit:
                        return b"".join(pieces), True
                    pieces.append(unpacker.decompress(piece, min(_STEP, limit - size)))
                    size += len(pieces[-1])
                    piece = unpacker.unconsumed_tail
            if not unpacker.eof:
                return b"".join(pieces), ends_deflate(body, _after_header(body, start))
            start = at - len(unpacker.unused_data)
    except zlib.error:
        return b"".join(pieces), False
    return b"".join(pieces), members > 0 and not body.startswith(GZIP_BEGINS, start)


def ends_deflate(body: bytes, start: int) -> bool:
    """Whether a bare deflate stream that begins at `start` goes on to its last block's end."""
    unpacker: Any = zlib.decompressobj(-15)
    try:
        for at in range(start, len(body), _STEP):
            piece = body[at : at + _STEP]
            while piece and not unpacker.eof:
                unpacker.decompress(piece, _STEP)
                piece = unpacker.unconsumed_tail
    except zlib.error:
        return False
    return bool(unpacker.eof)


def _after_header(body: bytes, start: int) -> int:
    flags = body[start + 3] if len(body) > start + 3 else 0
    at = start + 10
    if flags & _FEXTRA:
        at += 2 + int.from_bytes(body[at : at + 2], "little")
    for flag in (_FNAME, _FCOMMENT):
        if flags & flag:
            end = body.find(b"\0", at)
            at = end + 1 if end >= 0 else len(body)
    return at + 2 * bool(flags & _FHCRC)
