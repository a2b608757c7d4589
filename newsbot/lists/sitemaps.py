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
from newsbot.lists.list_text import ListDocument, Unaddressed
from newsbot.lists.markup import FEW_PIECES, MOST_OF_A_VALUE, PAUSE, Markup, Tag, has_entity

#: Maximum depth of sitemaps of sitemaps.
DEPTH: Final = 3
_ENTRIES: Final = ("url", "sitemap")
#: Elements with a `loc` of their own: that of a picture, of a film.
_INSETS: Final = ("image", "video", "thumbnail", "content")
_LONGEST_DATE: Final = 40
#: Characters of a line of a text that are read.
_LONGEST_LINE: Final = 2 * MOST_OF_A_VALUE
_LINE_END: Final = re.compile(r"\r\n?|\n")
#: An address that begins a line of a text; one in quotes ends with them.
_URL: Final = re.compile(r"""\s*+(?:"(?P<quoted>https?://[^\s"]+)"|"?(?P<url>https?://[^\s"|]+))""", re.IGNORECASE)
#: What stands between two addresses in a line.
_ANOTHER: Final = re.compile(r"""(?<!["\s,;|])["\s,;|]++(?="?https?://)""", re.IGNORECASE)
_DAY: Final = r"(?:19|20)\d\d[-/]\d\d?[-/]\d\d?(?:T[\d:.Z+-]*)?"
_DATE: Final = rf"(?:{_DAY}|(?:19|20)\d\d(?:[-/]\d\d?)?)"
_VALUE: Final = rf"(?:{_DATE}|[01]?\.\d{{1,3}}|always|hourly|daily|weekly|monthly|yearly|never)"
#: What follows an address in the next columns: a date, a priority, how often it changes. A lone number may be its own.
_COLUMNS: Final = re.compile(rf"([,;])(?:{_DAY}|{_VALUE}\1{_VALUE})(?=[,;]|\Z)", re.IGNORECASE)
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

    limit = 50 << 20  # what the protocol allows

    def __iter__(self) -> Iterator[Entry]:
        return filter(None, self.steps())

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
        if root in FEED_ROOTS:
            feed = FeedEntries(tags, self._url, self._unaddressed)
            yield from (Entry(links[0]) if links else None for links in feed)
        else:
            yield from _entries(tags, self._unaddressed)
        self._shortfall = self._unaddressed.shortfall if markup.is_whole else "cut off"

    def _lines(self, text: Iterable[str]) -> Iterator[Entry | None]:
        """Yield the addresses of a text that has one in each line, or a table of which they are the first column."""
        last, unread = "", 0
        table: _Table | None = None
        for turn, piece in enumerate(chain(text, ["\n"]), 1):
            *lines, last = _LINE_END.split(last + piece)
            if table is None and lines:
                table = _Table([*lines, last])
                lines = lines[table.has_head :]
            for line in lines:
                for entry in table.entries(line) if table else ():
                    if entry:
                        self.is_one = True
                        yield entry
                    else:
                        unread += 1
            last = last[: _LONGEST_LINE + 1]
            if turn > FEW_PIECES:
                yield None
        if not self.is_one:
            self._shortfall = "no sitemap"
        elif unread:
            self._shortfall = "1 line is no address" if unread == 1 else f"{unread:,} lines are no addresses"


class _Table:
    """How a text of addresses is laid out: in the columns that its head names, or that most of its lines have.

    >>> _Table(["loc,lastmod"]).entries('"https://a.vn/a,b.html","2026-11-22"')[0][:2]
    ('https://a.vn/a,b.html', '2026-11-22')
    >>> _Table(["https://a.vn/1,2026-11-22"]).entries("https://a.vn/1,2026-11-22,0.8")[0][:2]
    ('https://a.vn/1', '2026-11-22')
    >>> [entry.url for entry in _Table(["https://a.vn/1"]).entries("https://a.vn/tin,anh/1;x,2026-11-22 https://a.vn/2")]
    ['https://a.vn/tin,anh/1;x,2026-11-22', 'https://a.vn/2']

    :param lines: the first lines.
    """

    def __init__(self, lines: list[str]):
        head = _HEAD.match(lines[0])
        #: What ends a column, if the head says so; else a comma or a semicolon may belong to the address.
        self._separator = (head["separator"] or "") if head else ""
        self.has_head = head is not None
        urls = [match["url"] for line in lines if (match := _URL.match(line, 0, _LONGEST_LINE)) and match["url"]]
        self._has_columns = 2 * sum(bool(_COLUMNS.search(url)) for url in urls) > len(urls)

    def entries(self, line: str) -> list[Entry | None]:
        """Return what a line names; None stands for what is no address."""
        kept = line[:_LONGEST_LINE].strip()
        if not kept or kept.startswith("#"):
            return []
        parts = [kept] if self._separator or self._has_columns else _ANOTHER.split(kept.lstrip('"'))
        if len(line) > _LONGEST_LINE and len(parts) > 1:
            parts[-1] = ""  # it may go on
        return [self._entry(part) for part in parts]

    def _entry(self, text: str) -> Entry | None:
        match = _URL.match(text)
        if match is None:
            return None
        url, rest = match["quoted"] or match["url"], text[match.end() : match.end() + _LONGEST_DATE]
        if match["quoted"] is None:
            if self._separator:
                url, _, rest = f"{url}{rest}".partition(self._separator)
                url, rest = url.strip('" '), f"{self._separator}{rest}"
            elif self._has_columns and (columns := _COLUMNS.search(url)):
                url, rest = url[: columns.start()], url[columns.start() :]
            url = url.rstrip(",;")
        if not 0 < len(url) < MOST_OF_A_VALUE:
            return None
        changed = _CHANGED.match(rest)
        return Entry(url, changed["date"] if changed else None)


def _entries(tags: Iterable[Tag], unaddressed: Unaddressed) -> Iterator[Entry | None]:
    """Yield what the tags of a sitemap say, and None between pieces, for the caller to do other work.

    Where an end is missing, the next entry begins all the same.
    """
    found: dict[str, str] = {}
    kind, insets, own = "url", 0, ""
    for tag in tags:
        if tag is PAUSE:
            yield None
        elif tag.attributes is not None:
            if tag.name in _ENTRIES:
                yield from _entry(found, kind, unaddressed)
                found, kind, insets, own = {}, tag.name, 0, tag.prefix
            elif tag.name == "sitemapindex":
                kind = "sitemap"
            elif tag.name in _INSETS:
                insets += 1
        elif tag.name in _INSETS:
            insets -= insets > 0
        elif tag.name == "loc" and insets:
            if tag.prefix == own:
                found["held"] = tag.text
        elif tag.name == "loc" and tag.text:
            if "loc" in found:
                yield from _entry(found, kind, unaddressed)
                found = {}
            found["loc"] = tag.text
        elif tag.name in ("lastmod", "publication_date"):
            found.setdefault(tag.name, tag.text)
        elif tag.name in _ENTRIES:
            yield from _entry(found, kind, unaddressed)
            found = {}
    yield from _entry(found, kind, unaddressed)


def _entry(found: dict[str, str], kind: str, unaddressed: Unaddressed) -> Iterator[Entry]:
    # Where it has none of its own, a picture may lack its end: then the entry's stands behind the picture's.
    url = found.get("loc") or found.get("held", "")
    if has_entity(url):
        unaddressed.entity = unaddressed.entity or url
        url = ""
    if url:
        changed, published = found.get("lastmod", ""), found.get("publication_date", "")
        yield Entry(url, changed[:_LONGEST_DATE] or None, published[:_LONGEST_DATE] or None, kind == "sitemap")
    elif any(found.values()):
        unaddressed.number += 1
