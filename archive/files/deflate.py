"""Makes gzip members (RFC 1952), each of one record.

What no compression makes smaller, such as a picture or a page that was sent as gzip, is stored (RFC 1951, 3.2.4): igzip
would spell each of its bytes in a code of its own, which takes ten times as long to read.
"""

from __future__ import annotations

import struct
import zlib
from typing import Final

from isal import isal_zlib

#: igzip's best level: within a few percent of zlib's default size at about seven times its speed on news pages.
_LEVEL: Final = 3
_GZIP_WINDOW: Final = 31
_RAW_WINDOW: Final = -15
#: Of a record that compression makes no smaller than this part of it, storing is tried.
_DENSE: Final = 0.9
#: By how much the member may be larger for that.
_TOLERANCE: Final = 1.01
#: Bytes at the beginning that are compressed all the same: the heads.
_HEADS: Final = 1 << 11
#: Maximum length of a stored block.
_BLOCK: Final = (1 << 16) - 1
#: As igzip writes it: no flags, no time, an unknown system.
_GZIP_HEAD: Final = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


def gzip_member(record: bytes | memoryview) -> bytes:
    """Return a serialised record as a gzip member of its own.

    >>> from random import Random
    >>> picture = Random(1).randbytes(100_000)
    >>> zlib.decompress(gzip_member(picture), 31) == picture, picture[50_000:60_000] in gzip_member(picture)
    (True, True)
    """
    packed = _compressed(record)
    if len(record) <= _HEADS or len(packed) < _DENSE * len(record):
        return packed
    stored = _stored(record)
    return stored if len(stored) <= _TOLERANCE * len(packed) else packed


def is_gzip_member_of(member: bytes, record: bytes | memoryview) -> bool:
    """Return whether a member is what `gzip_member` makes of a record, or made before it stored anything."""
    return member == gzip_member(record) or member == _compressed(record)


def _compressed(record: bytes | memoryview) -> bytes:
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_WINDOW)
    return compressor.compress(record) + compressor.flush()


def _stored(record: bytes | memoryview) -> bytes:
    """Return a member of which only the heads are compressed."""
    compressor = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _RAW_WINDOW)
    heads = compressor.compress(record[:_HEADS]) + compressor.flush(isal_zlib.Z_SYNC_FLUSH)
    parts: list[bytes | memoryview] = [_GZIP_HEAD, heads]
    for at in range(_HEADS, len(record), _BLOCK):
        block = record[at : at + _BLOCK]
        is_last = at + _BLOCK >= len(record)
        parts += [struct.pack("<?HH", is_last, len(block), len(block) ^ _BLOCK), block]
    return b"".join((*parts, struct.pack("<II", zlib.crc32(record), len(record) & 0xFFFFFFFF)))
