"""What a sitemap names: articles, or other sitemaps (https://www.sitemaps.org/protocol.html).

As XML, as a text of one address a line, or as a feed, all of which the protocol allows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from newsbot.discovery.feeds import ROOTS as FEED_ROOTS
from newsbot.discovery.feeds import feed_entries
from newsbot.discovery.list_text import MOST_OF_A_SITEMAP, ListDocument
from newsbot.discovery.markup import MOST_OF_A_VALUE, Markup, Tag

#: Sitemaps of sitemaps are followed so deep.
DEPTH: Final = 3
_ENTRIES: Final = ("url", "sitemap")
#: Elements with a `loc` of their own: that of a picture, of a film.
_INSETS: Final = ("image", "video", "thumbnail", "content")
_LONGEST_DATE: Final = 40


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
        if root in FEED_ROOTS:
            yield from (Entry(links[0]) for links in feed_entries(tags, self._url))
        else:
            yield from _entries(tags)
        if not markup.is_whole:
            self._shortfall = "cut off"

    def _lines(self, text: Iterable[str]) -> Iterator[Entry]:
        """Yield the addresses of a text that has one in each line."""
        last = ""
        for piece in text:
            *lines, last = (
                (last + piece).splitlines() if not piece.endswith("\n") else [*(last + piece).splitlines(), ""]
            )
            for line in lines:
                if entry := self._line(line):
                    yield entry
            last = last[:MOST_OF_A_VALUE]
        if entry := self._line(last):
            yield entry
        if not self.is_one:
            self._shortfall = "no sitemap"

    def _line(self, line: str) -> Entry | None:
        url = line.strip()
        if not url.lower().startswith(("http://", "https://")) or len(url) >= MOST_OF_A_VALUE:
            return None
        self.is_one = True
        return Entry(url)


def _entries(tags: Iterable[Tag]) -> Iterator[Entry]:
    """Yield what the tags of a sitemap say; where an end is missing, the next entry begins all the same."""
    found: dict[str, str] = {}
    kind, insets = "url", 0
    for tag in tags:
        if tag.attributes is not None:
            if tag.name in _ENTRIES:
                if "loc" in found:
                    yield _entry(found, kind)
                found, kind, insets = {}, tag.name, 0
            elif tag.name == "sitemapindex":
                kind = "sitemap"
            elif tag.name in _INSETS:
                insets += 1
        elif tag.name in _INSETS:
            insets = max(0, insets - 1)
        elif tag.name == "loc" and not insets and tag.text:
            if "loc" in found:
                yield _entry(found, kind)
                found = {}
            found["loc"] = tag.text
        elif tag.name in ("lastmod", "publication_date"):
            found.setdefault(tag.name, tag.text)
        elif tag.name in _ENTRIES and "loc" in found:
            yield _entry(found, kind)
            found = {}
    if "loc" in found:
        yield _entry(found, kind)


def _entry(found: dict[str, str], kind: str) -> Entry:
    changed, published = found.get("lastmod", ""), found.get("publication_date", "")
    return Entry(found["loc"], changed[:_LONGEST_DATE] or None, published[:_LONGEST_DATE] or None, kind == "sitemap")
