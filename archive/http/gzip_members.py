"""Gzip as servers send it: in several members, without its checksum, cut off, or a bomb."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any, Final

from isal import isal_zlib

from archive.files.inflate import header_length

GZIP_BEGINS: Final = b"\x1f\x8b\x08"
#: Bytes unpacked at a time, and fewer where a member begins.
_STEP: Final = 1 << 16
_FIRST_STEP: Final = 1 << 9
#: A million empty ones would cost seconds.
_MOST_MEMBERS: Final = 1_000
_ZEROS: Final = re.compile(rb"\0*")
_ENDS_TOO_EARLY: Final = "its gzip ends too early"
#: How a member begins with nothing in its head but a name perhaps (RFC 1952): whatever reads gzip reads it alike.
_PLAIN_BEGINS: Final = (b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x08")


class GzipMembers:
    """What is packed in the members of a body, in pieces of limited size; to be read once."""

    def __init__(self, body: bytes):
        self._body = body
        #: Where the last member begins.
        self.start = 0
        #: Why it was not read to its end; empty if it was.
        self.shortfall = ""

    def __iter__(self) -> Iterator[bytes]:
        body, position, members = self._body, 0, 0
        try:
            while body.startswith(GZIP_BEGINS, position):
                if members >= _MOST_MEMBERS:
                    self.shortfall = f"more than {_MOST_MEMBERS:,} members of gzip"
                    return
                members += 1
                self.start = position
                unpacker, step = zlib.decompressobj(31), _FIRST_STEP
                while not unpacker.eof and position < len(body):
                    rest = body[position : position + step]
                    position += len(rest)
                    step = min(2 * step, _STEP)
                    while rest and not unpacker.eof:
                        if piece := unpacker.decompress(rest, _STEP):
                            yield piece
                        rest = unpacker.unconsumed_tail
                if not unpacker.eof:
                    self.shortfall = _ENDS_TOO_EARLY
                    return
                # Zeros fill up tapes; what else follows the last member may be anything.
                zeros = _ZEROS.match(body, position - len(unpacker.unused_data))
                position = zeros.end() if zeros else len(body)
        except zlib.error:
            self.shortfall = "its gzip is damaged"


def whole_member(body: bytes | memoryview, limit: int) -> bytes | None:
    """Return what there is in a body that is a single sound gzip member, as most are; None if it is anything else.

    In a quarter of zlib's time, which has to look at the rest.

    :param limit: maximum number of bytes in it.

    >>> import gzip
    >>> packed = gzip.compress(b"ab")
    >>> [whole_member(some, 2) for some in (packed, packed + b"x", packed[:-1], packed[:-1] + b"x", b"ab")]
    [b'ab', None, None, None, None]
    >>> whole_member(packed, 1)
    """
    if body[:4] not in _PLAIN_BEGINS:
        return None
    unpacker = isal_zlib.decompressobj(31)
    try:
        content = unpacker.decompress(body, limit + 1)
    except isal_zlib.IsalError:  # type: ignore[misc]  # its stub calls it an instance
        return None
    return content if unpacker.eof and not unpacker.unused_data and len(content) <= limit else None


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
    if (content := whole_member(body, limit)) is not None:
        return content, True
    members = GzipMembers(body)
    pieces: list[bytes] = []
    left = limit
    for piece in members:
        pieces.append(piece[:left])
        if len(piece) > left:
            return b"".join(pieces), True
        left -= len(piece)
    is_whole = body.startswith(GZIP_BEGINS) and not members.shortfall
    if members.shortfall == _ENDS_TOO_EARLY:
        last = body[members.start :]
        is_whole = ends_deflate(last, header_length(last))
    return b"".join(pieces), is_whole


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
