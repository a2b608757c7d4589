"""Decompresses and decodes a list piece by piece, up to the maximum size of its kind.

Nothing is ever decompressed in one piece, because it may be a bomb.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from scrapy.http import Response

from archive.http.gzip_members import GZIP_BEGINS, GzipMembers
from newsbot.reading.page import declared_encoding

_PIECE: Final = 1 << 16
#: Characters of what a message quotes of a list.
_QUOTED: Final = 100


class ListText:
    """The text of an answer, in pieces; to be read once.

    >>> import gzip
    >>> packed = ListText(gzip.compress("<loc>Sơn".encode()) + gzip.compress(b" La</loc>"), limit=99)
    >>> "".join(packed), packed.shortfall
    ('<loc>Sơn La</loc>', '')
    >>> cut = ListText(gzip.compress(bytes(999))[:-9], limit=9999)
    >>> len("".join(cut)), cut.shortfall
    (999, 'its gzip ends too early')
    >>> long = ListText(b"<loc>", limit=3)
    >>> "".join(long), long.shortfall
    ('<lo', 'longer than 3 bytes')
    """

    def __init__(self, body: bytes, content_type: str = "", *, limit: int):
        self._body = body
        self._content_type = content_type
        self._limit = limit
        #: Why it was not read to its end; empty if it was.
        self.shortfall = ""

    def __iter__(self) -> Iterator[str]:
        decoder = None
        for piece in self._bounded():
            if decoder is None:
                charset = _charset(piece, self._content_type)
                decoder = codecs.getincrementaldecoder(charset)(errors="replace")
            yield decoder.decode(piece).removeprefix("\ufeff")
        # What is left in the decoder is half a character, of a text that was cut off.

    def _bounded(self) -> Iterator[bytes]:
        left = self._limit
        members = GzipMembers(self._body)
        for piece in members if self._body.startswith(GZIP_BEGINS) else self._plain():
            if len(piece) > left:
                self.shortfall = f"longer than {self._limit:,} bytes"
                yield piece[:left]
                return
            left -= len(piece)
            yield piece
        self.shortfall = members.shortfall

    def _plain(self) -> Iterator[bytes]:
        return (self._body[start : start + _PIECE] for start in range(0, len(self._body), _PIECE))


@dataclass
class Unaddressed:
    """The entries of a list that were read and name no address.

    >>> Unaddressed().shortfall, Unaddressed(1).shortfall
    ('', '1 entry has no address')
    >>> Unaddressed(2, "&home;/che-7.html").shortfall
    '2 entries have no address: entities are not resolved, as in &home;/che-7.html'
    """

    number: int = 0
    #: An address with an entity in it.
    entity: str = ""

    @property
    def shortfall(self) -> str:
        """What to say of them; empty if there are none."""
        if self.number == 0:
            return ""
        told = "1 entry has no address" if self.number == 1 else f"{self.number:,} entries have no address"
        return f"{told}: entities are not resolved, as in {self.entity[:_QUOTED]}" if self.entity else told


class ListDocument:
    """A list that programs read, as far as it can be read; to be read once."""

    #: Maximum size, unpacked, in bytes. For pages of a section see `newsbot.reading.limits`.
    limit: ClassVar[int]

    def __init__(self, text: Iterable[str], url: str):
        self._text = text
        self._url = url
        self._shortfall = ""
        self._unaddressed = Unaddressed()
        #: Whether it is such a list at all; known when it has been read.
        self.is_one = False

    @classmethod
    def of(cls, response: Response) -> Self:
        """Return the list in a response."""
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return cls(ListText(response.body, content_type, limit=cls.limit), response.url)

    @property
    def shortfall(self) -> str:
        """Why it was not read to its end; empty if it was, and as long as it has not been read."""
        return (self._text.shortfall if isinstance(self._text, ListText) else "") or self._shortfall


def _charset(beginning: bytes, content_type: str) -> str:
    """Return the charset of a text: bytes that are UTF-8 are UTF-8 whatever a header says.

    >>> _charset(b"<?xml version='1.0' encoding='windows-1258'?><a>\\xe0<", "")
    'cp1258'
    >>> _charset(b"\\xe0<", "text/xml; charset=zlib_codec")
    'utf-8'
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return declared_encoding(beginning, content_type)
    return "utf-8"
