"""Reads the addresses of articles, or of other sitemaps, from a sitemap (https://www.sitemaps.org/protocol.html).

As XML, as a text of one address a line, or as a feed, all of which the protocol allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from newsbot.lists.feeds import ROOTS as FEED_ROOTS
from newsbot.lists.feeds import FeedEntries
from newsbot.lists.list_text import MOST_OF_A_SITEMAP, ListDocument, Unaddressed
from newsbot.lists.markup import FEW_PIECES, MOST_OF_A_VALUE, PAUSE, Markup, Tag, has_entity

#: Maximum depth of sitemaps of sitemaps.
DEPTH: Final = 3
_ENTRIES: Final = ("url", "sitemap")
#: Elements with a `loc` of their own: that of a picture, of a film.
_INSETS: Final = ("image", "video", "thumbnail", "content")
_LONGEST_DATE: Final = 40
_LINE_END: Final = re.compile(r"\r\n?|\n")
#: An address that begins a line of a text.
_URL: Final = re.compile(r"""\s*"?(?P<url>https?://[^\s"|]+)""", re.IGNORECASE)
_DATE: Final = r"(?:19|20)\d\d(?:[-/]\d\d?){0,2}(?:T[\d:.Z+-]*)?"
#: What follows it in the next column: a date, a priority, how often it changes.
_COLUMN: Final = re.compile(
    rf"[,;](?:{_DATE}|[01]?\.\d{{1,3}}|always|hourly|daily|weekly|monthly|yearly|never)(?=[,;]|\Z)", re.IGNORECASE
)
_CHANGED: Final = re.compile(rf"""["\s,;|]*(?P<date>{_DATE})""")
#: The first line of a table, which names its columns.
_HEAD: Final = re.compile(r"""\W*(?:loc|url|link|address)\w*"?\s*(?P<separator>[,;\t|])?""", re.IGNORECASE)


class Entry(NamedTuple):
    """One address in a sitemap."""

    url: str
    #: Its last change and its publication as they are given.
    changed: str | None = None
    published: str | None = None
    #: Whether it is a sitemap.
    is_sitemap: bool = False


class Sitemap(ListDocument):
    """A sitemap, as far as it can be read.

    >>> text = "  <?xml version='1.0'?><urlset><url><lastmod>2026-11-22</lastmod><loc> https://a.vn/1 </loc></url><url>"
    >>> sitemap = Sitemap([text, "<loc>https://a.v"], "https://a.vn/sitemap.xml")
    >>> [*sitemap], sitemap.shortfall
    ([Entry(url='https://a.vn/1', changed='2026-11-22', published=None, is_sitemap=False)], 'cut off')
    >>> sitemap = Sitemap(["<html><p>Bảo trì</p></html>"], "https://a.vn/sitemap.xml")
    >>> [*sitemap], sitemap.is_one, sitemap.shortfall
    ([], False, 'no sitemap, but <html>')
    >>> [entry.url for entry in Sitemap(["https://a.vn/1\\nhttps://a.v", "n/2\\n"], "https://a.vn/sitemap.txt")]
    ['https://a.vn/1', 'https://a.vn/2']
    """

    limit = MOST_OF_A_SITEMAP

    def __iter__(self) -> Iterator[Entry]:
        return (entry for entry in self.steps() if entry is not None)

    def steps(self) -> Iterator[Entry | None]:
        """Yield the entries, and None every 10 ms or so in a long sitemap, for the caller to do other work."""
        pieces = iter(self._text)
        beginning = next((piece for piece in pieces if piece.strip()), "").lstrip()
        text = chain([beginning], pieces)
        if not beginning:
            self._shortfall = "empty"
            return
        if not beginning.startswith("<"):
            yield from self._lines(text)
            return
        markup = Markup(text)
        tags = iter(markup)
        first = next((tag for tag in tags if tag.attributes is not None), None)
        root = first.name if first else ""
        self.is_one = root in ("urlset", "sitemapindex", *_ENTRIES, "loc") or root in FEED_ROOTS
        if not self.is_one or first is None:
            self._shortfall = f"no sitemap, but <{root[:20]}>" if root else "no sitemap"
            return
        tags = chain([first], tags)
        entries: FeedEntries | _Entries
        if root in FEED_ROOTS:
            entries = FeedEntries(tags, self._url)
            yield from (Entry(links[0]) if links else None for links in entries.steps())
        else:
            entries = _Entries(tags)
            yield from entries.steps()
        self._shortfall = entries.shortfall if markup.is_whole else "cut off"

    def _lines(self, text: Iterable[str]) -> Iterator[Entry | None]:
        """Yield the addresses of a text that has one in each line, or a table of which they are the first column."""
        last, number, unread, separator = "", 0, 0, ""
        for turn, piece in enumerate(chain(text, ["\n"]), 1):
            *lines, last = _LINE_END.split(last + piece)
            for line in lines:
                if entry := _line(line, separator):
                    self.is_one = True
                    yield entry
                elif number == 0 and (head := _HEAD.match(line)):
                    separator = head["separator"] or ""
                elif line.strip() and not line.lstrip().startswith("#"):
                    unread += 1
                number += 1
            last = last[: 2 * MOST_OF_A_VALUE]
            if turn > FEW_PIECES:
                yield None
        if not self.is_one:
            self._shortfall = "no sitemap"
        elif unread:
            self._shortfall = "1 line is no address" if unread == 1 else f"{unread:,} lines are no addresses"


def _line(line: str, separator: str = "") -> Entry | None:
    """Return what a line of a text names.

    :param separator: what ends a column, if the table says so; else a comma or a semicolon may belong to the address.

    >>> _line("https://a.vn/1,2026-11-22,0.8")[:2], _line("https://a.vn/tin,anh/1;x")[:2]
    (('https://a.vn/1', '2026-11-22'), ('https://a.vn/tin,anh/1;x', None))
    """
    match = _URL.match(line, 0, 2 * MOST_OF_A_VALUE)
    if match is None:
        return None
    url, rest = match["url"], line[match.end() : match.end() + _LONGEST_DATE]
    if separator:
        url, _, rest = f"{url}{rest}".partition(separator)
        url, rest = url.strip('" '), f"{separator}{rest}"
    elif column := _COLUMN.search(url):
        url, rest = url[: column.start()], url[column.start() :]
    if not 0 < len(url) < MOST_OF_A_VALUE:
        return None
    changed = _CHANGED.match(rest)
    return Entry(url.rstrip(",;"), changed["date"] if changed else None)


class _Entries:
    """What the tags of a sitemap say; where an end is missing, the next entry begins all the same. To be read once."""

    def __init__(self, tags: Iterable[Tag]):
        self._tags = tags
        self._unaddressed = Unaddressed()

    @property
    def shortfall(self) -> str:
        """What was not understood of what was read; empty if all was."""
        return self._unaddressed.shortfall

    def steps(self) -> Iterator[Entry | None]:
        """Yield the entries, and None between pieces, for the caller to do other work."""
        found: dict[str, str] = {}
        kind, insets, own = "url", 0, ""
        for tag in self._tags:
            if tag is PAUSE:
                yield None
            elif tag.attributes is not None:
                if tag.name in _ENTRIES:
                    yield from self._entry(found, kind)
                    found, kind, insets, own = {}, tag.name, 0, tag.space
                elif tag.name == "sitemapindex":
                    kind = "sitemap"
                elif tag.name in _INSETS:
                    insets += 1
            elif tag.name in _INSETS:
                insets -= insets > 0
            elif tag.name == "loc" and insets:
                if tag.space == own:
                    found["held"] = tag.text
            elif tag.name == "loc" and tag.text:
                if "loc" in found:
                    yield from self._entry(found, kind)
                    found = {}
                found["loc"] = tag.text
            elif tag.name in ("lastmod", "publication_date"):
                found.setdefault(tag.name, tag.text)
            elif tag.name in _ENTRIES:
                yield from self._entry(found, kind)
                found = {}
        yield from self._entry(found, kind)

    def _entry(self, found: dict[str, str], kind: str) -> Iterator[Entry]:
        # Where it has none of its own, a picture may lack its end: then the entry's stands behind the picture's.
        url = found.get("loc") or found.get("held", "")
        if has_entity(url):
            self._unaddressed.entity = self._unaddressed.entity or url
            url = ""
        if url:
            changed, published = found.get("lastmod", ""), found.get("publication_date", "")
            is_sitemap = kind == "sitemap"
            yield Entry(url, changed[:_LONGEST_DATE] or None, published[:_LONGEST_DATE] or None, is_sitemap)
        elif any(found.values()):
            self._unaddressed.number += 1
