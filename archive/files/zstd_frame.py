"""Zstandard frames of a ``.warc.zst`` file, which may begin with the dictionary that they need.

The form is that of the IIPC's proposal "Zstandard compression for WARC files": a frame a record; a dictionary lies in a
skippable frame in front of all others, as it is or compressed by itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Final

from archive.files.inflate import STEP, Gathered, Inflated, RefusedError, takes_all
from archive.files.plain_file import read_at

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdDict, ZstdError, ZstdFile
else:
    from backports.zstd import ZstdDecompressor, ZstdDict, ZstdError, ZstdFile

__all__ = [
    "ZSTD_MAGIC",
    "ZstdDecompressor",
    "ZstdError",
    "ZstdFile",
    "dictionary",
    "is_skippable",
    "is_zstd",
    "unpack",
]

ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
#: How a frame begins that holds no content, but for its first byte; of a dictionary that is 0x5D.
_SKIPPABLE: Final = b"\x2a\x4d\x18"
_DICTIONARY: Final = b"\x5d\x2a\x4d\x18"
_SKIPPABLE_HEAD: Final = 8
#: Maximum size of a dictionary in bytes.
_LARGEST_DICTIONARY: Final = 64 << 20
_CHUNK: Final = 1 << 18
#: The type of a block that holds one byte, however long what it gives is.
_REPEATED: Final = 1
#: Maximum number of blocks followed to a frame's end: 2 GB of full ones.
_MOST_BLOCKS: Final = 1 << 14


def is_zstd(start: bytes) -> bool:
    """Return whether a file begins as zstd files do."""
    return start.startswith(ZSTD_MAGIC) or is_skippable(start)


def is_skippable(start: bytes) -> bool:
    return len(start) >= 4 and start[0] & 0xF0 == 0x50 and start[1:4] == _SKIPPABLE


def skippable_length(start: bytes) -> int:
    """Return how long the skippable frame is that begins so, its head included."""
    return _SKIPPABLE_HEAD + int.from_bytes(start[4:8], "little")


def dictionary(file: int) -> ZstdDict | None:
    """Return the dictionary with which a file begins; None if it has none, or one that is damaged.

    :raises OSError: if the file cannot be read.
    """
    head = read_at(file, 0, _SKIPPABLE_HEAD)
    size = skippable_length(head) - _SKIPPABLE_HEAD if head.startswith(_DICTIONARY) else 0
    if not 0 < size <= _LARGEST_DICTIONARY:
        return None
    content = read_at(file, _SKIPPABLE_HEAD, size)
    try:
        if content.startswith(ZSTD_MAGIC):
            content = ZstdDecompressor().decompress(content, _LARGEST_DICTIONARY)
        return ZstdDict(content)
    except (ZstdError, ValueError):
        return None


def frame_end(file: int, offset: int) -> int:
    """Return where a frame ends, as its blocks say (RFC 8878, 3.1.1), or how far they were followed.

    :raises OSError: if the file cannot be read.
    """
    descriptor = read_at(file, offset + 4, 1)[0]
    is_single = descriptor >> 5 & 1
    position = offset + 5 + (1 - is_single) + (0, 1, 2, 4)[descriptor & 3] + (is_single, 2, 4, 8)[descriptor >> 6]
    for _ in range(_MOST_BLOCKS):
        head = read_at(file, position, 3)
        if len(head) < 3:
            break
        block = int.from_bytes(head, "little")
        position += 3 + (1 if block >> 1 & 3 == _REPEATED else block >> 3)
        if block & 1:
            return position + 4 * (descriptor >> 2 & 1)
    return position


def unpack(file: int, offset: int, known: ZstdDict | None, takes: Callable[[bytes], bool] = takes_all) -> Inflated:
    """Decompress the zstd frame at an offset of an open file.

    :param known: the file's dictionary.
    :param takes: as for `archive.files.inflate.inflate`.
    :raises OSError: if the file cannot be read.
    """
    decompressor = ZstdDecompressor(known)
    gathered = Gathered(takes)
    position = offset
    try:
        while not decompressor.eof:
            chunk = b""
            if decompressor.needs_input:
                chunk = os.pread(file, _CHUNK, position)
                if not chunk:
                    return Inflated(gathered.content(), position, "torn")
                position += len(chunk)
            gathered.add(decompressor.decompress(chunk, STEP), position - offset)
    except RefusedError as refused:
        return Inflated(b"", frame_end(file, offset), refused.fault)
    except ZstdError:
        return Inflated(gathered.content(), position, "deflate")
    return Inflated(gathered.content(), position - len(decompressor.unused_data))
