"""Searches files of any form for a page, by its address and its text, also where it is packed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from archive.files.file_kind import START
from archive.files.inflate import GZIP_MAGIC, Inflated, inflate
from archive.files.packed import PACKING_FAULTS, contents
from archive.files.plain_file import PlainFile
from archive.files.zstd_frame import ZSTD_MAGIC, dictionary, unpack
from archive.records.record_reader import search

_CHUNK: Final = 1 << 20
#: Maximum depth and unpacked size in bytes that are searched; what lies beyond is reported.
_DEEPEST: Final = 5
_MOST: Final = 8 << 30
#: Minimum length of a piece of text that identifies a page; of a longer one than the maximum, the beginning counts.
_SHORTEST: Final = 24
_LONGEST: Final = 120
_7ZIP: Final = b"7z\xbc\xaf\x27\x1c"


class Traces:
    """Looks for a page in bytes.

    :param urls: its addresses.
    :param texts: what it says; of markup, what stands between tags counts.
    """

    def __init__(self, urls: Iterable[str], texts: Iterable[bytes] = ()):
        pieces = {
            piece.strip()[:_LONGEST]
            for text in texts
            for piece in re.split(rb"<[^<>]*>|[\r\n]+", text)
            if len(piece.strip()) >= _SHORTEST
        }
        self._texts = [re.escape(piece) for piece in sorted(pieces)]
        # No longer address: that is another page.
        self._urls = [re.escape(url.encode()) + rb"(?![\w/%-]|\.\w)" for url in urls]

    def in_file(self, path: Path, *, addresses: bool = True) -> str:
        """Return why a file may hold the page; empty if it does not seem to.

        :param addresses: whether an address is enough.
        :raises OSError: if it cannot be read.
        """
        with path.open("rb") as file:
            return self._look(file, self._pattern(addresses), 0)

    def in_range(self, path: Path, offset: int, length: int) -> bool:
        """Return whether a part of a file may hold the page.

        :raises OSError: if it cannot be read.
        """
        with path.open("rb") as file, TemporaryFile() as part:
            file.seek(offset)
            while length > 0 and (chunk := file.read(min(_CHUNK, length))):
                part.write(chunk)
                length -= len(chunk)
            return bool(self._look(part, self._pattern(addresses=True), 0))

    def _pattern(self, addresses: bool) -> re.Pattern[bytes] | None:
        parts = [*self._texts, *(self._urls if addresses else ())]
        return re.compile(b"|".join(parts)) if parts else None

    def _look(self, file: IO[bytes], pattern: re.Pattern[bytes] | None, depth: int) -> str:
        if pattern is None:
            return ""
        file.seek(0)
        start = file.read(START)
        if start.startswith(_7ZIP):
            return "nobody has looked into it: it is a 7-Zip archive"
        if _is_found(file, pattern):
            return "it names or quotes the page"
        size = 0
        try:
            for chunks in _contents(file, start):
                if depth == _DEEPEST:
                    return "it is packed too often to be looked into"
                with TemporaryFile() as unpacked:
                    for chunk in chunks:
                        size += len(chunk)
                        if size > _MOST:
                            return "it is too large to be looked into"
                        unpacked.write(chunk)
                    if why := self._look(unpacked, pattern, depth + 1):
                        return why
        except PACKING_FAULTS as error:
            return f"it cannot be unpacked to its end ({error or 'it ends too early'})"
        except OSError as error:
            if error.errno is not None:
                raise
            return f"it cannot be unpacked to its end ({error})"  # bzip2 says it so
        return ""


def _is_found(file: IO[bytes], pattern: re.Pattern[bytes]) -> bool:
    file.seek(0)
    window = b""
    while chunk := file.read(_CHUNK):
        window = window[-(1 << 13) :] + chunk
        if pattern.search(window):
            return True
    return False


def _contents(file: IO[bytes], start: bytes) -> Iterator[Iterator[bytes]]:
    """Yield what is packed in a file, each in pieces; nothing if it is not packed."""
    if start.startswith(GZIP_MAGIC):
        yield _members(file, GZIP_MAGIC, inflate)
    elif (known := dictionary(file.fileno())) or start.startswith(ZSTD_MAGIC):
        yield _members(file, ZSTD_MAGIC, lambda number, offset: unpack(number, offset, known))
    else:
        for _, inside in contents(file):
            yield iter(partial(inside.read, _CHUNK), b"")


def _members(file: IO[bytes], magic: bytes, one: Callable[[int, int], Inflated]) -> Iterator[bytes]:
    """Yield the content of all members that there are, as far as each can be unpacked."""
    number = file.fileno()
    file.flush()
    plain = PlainFile(number)
    beginning = re.compile(re.escape(magic))
    offset = search(plain, beginning, 0, len(magic))
    while offset < len(plain):
        found = one(number, offset)
        for position in range(0, len(found.content), _CHUNK):
            yield bytes(found.content[position : position + _CHUNK])
        behind = offset + 1 if found.fault else max(found.end, offset + 1)
        offset = search(plain, beginning, behind, len(magic))
