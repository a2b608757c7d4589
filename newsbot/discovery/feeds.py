"""What a feed names: RSS of any version, or Atom.

feedparser knows what the formats mean: which of an entry's links is the article's, what a relative one is relative to,
when an id is an address. It is given nothing but the entries' links, made well-formed and a few entries at a time: what
it does with a broken or a hostile feed takes time with the square of its length (400 KB: 20 s). It is given bytes, and
so fetches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import feedparser

from newsbot.discovery.list_text import MOST_OF_A_FEED, ListDocument
from newsbot.discovery.markup import Markup, Tag

#: The outermost elements of feeds, with the namespaces in which feedparser wants them.
ROOTS: Final = {
    "rss": "",
    "feed": ' xmlns="http://www.w3.org/2005/Atom"',
    "rdf": ' xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"',
    "channel": "",
}
_ENTRIES: Final = ("item", "entry")
_LINKS: Final = ("link", "guid", "id", "origlink")
_ATTRIBUTES: Final = {
    "href": "href",
    "rel": "rel",
    "type": "type",
    "ispermalink": "isPermaLink",
    "base": "xml:base",
    "about": "rdf:about",
}
#: Elements that may hold links to other things than the article. Not those that hold text: with HTML in it of which
#: not every tag is closed, nobody can tell where they end.
_OTHERS: Final = frozenset({"source", "image", "author", "group"})
#: Entries that are read, and that feedparser is given at once.
_MOST: Final = 5_000
_BATCH: Final = 100
#: Links of an entry.
_MOST_LINKS: Final = 10


class Feed(ListDocument):
    """A feed, as far as it can be read.

    >>> text = "<rss><channel><item><link><![CDATA[https://a.vn/1?a=1&section=2]]></link></item><item><link>https://a.v"
    >>> feed = Feed([text], "https://a.vn/rss")
    >>> [*feed], feed.shortfall
    ([('https://a.vn/1?a=1&section=2',)], 'cut off')
    """

    limit = MOST_OF_A_FEED

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Yield what may be the address of each article, the likeliest first."""
        markup = Markup(self._text)
        number = 0
        for links in feed_entries(markup, self._url):
            if number >= _MOST:
                self._shortfall = f"more than {_MOST:,} articles"
                break
            number += 1
            yield links
        self.is_one = markup.root in ROOTS or number > 0
        if not self.is_one:
            self._shortfall = f"no feed, but <{markup.root[:20]}>" if markup.root else "no feed"
        elif not self._shortfall and not markup.is_whole:
            self._shortfall = "cut off"


def feed_entries(tags: Iterable[Tag], url: str) -> Iterator[tuple[str, ...]]:
    """Yield the links of each entry of a feed, those that lead to no article left out.

    >>> from newsbot.discovery.markup import Markup
    >>> entry = "<entry><link rel='self' href='x'/><link href='1.html'/><id>tag:1</id></entry>"
    >>> [*feed_entries(Markup([f"<feed xml:base='/tin/'>{entry}</feed>"]), "https://a.vn/rss")]
    [('https://a.vn/tin/1.html',)]
    """
    root, base = "rss", ""
    entries: list[_Entry] = []
    entry: _Entry | None = None
    others: list[str] = []
    for tag in tags:
        if tag.attributes is not None:
            if tag.name in _ENTRIES:
                if entry and entry.links:
                    entries.append(entry)
                entry, others = _Entry(tag), []
            elif entry is None:
                root = tag.name if tag.name in ROOTS else root
                base = tag.attributes.get("base", base) if tag.name in ROOTS else base
            elif tag.name in _OTHERS:
                others.append(tag.name)
            elif tag.name in _LINKS and not others:
                entry.begin(tag)
        elif entry and others and tag.name == others[-1]:
            others.pop()
        elif entry and tag.name in _LINKS and not others:
            entry.end(tag)
        elif entry and tag.name in _ENTRIES:
            if entry.links:
                entries.append(entry)
            entry, others = None, []
        if len(entries) >= _BATCH:
            yield from _read(root, base, entries, url)
            entries = []
    if entry and entry.links:
        entries.append(entry)
    yield from _read(root, base, entries, url)


class _Entry:
    """The links of an entry, as the feed has them."""

    def __init__(self, tag: Tag):
        self._tag = tag
        self._open: Tag | None = None
        self.links: list[Tag] = []

    def begin(self, tag: Tag) -> None:
        self._open = tag

    def end(self, tag: Tag) -> None:
        if self._open is not None and self._open.name == tag.name and len(self.links) < _MOST_LINKS:
            self.links.append(Tag(tag.name, self._open.attributes, tag.text))
        self._open = None

    def text(self) -> str:
        """Return it as well-formed XML."""
        links = "".join(_element(link) for link in self.links)
        return f"<{self._tag.name}{_attributes(self._tag)}>{links}</{self._tag.name}>"


def _element(tag: Tag) -> str:
    name = "feedburner:origLink" if tag.name == "origlink" else tag.name
    return f"<{name}{_attributes(tag)}>{escape(tag.text)}</{name}>"


def _attributes(tag: Tag) -> str:
    known = ((_ATTRIBUTES[name], value) for name, value in (tag.attributes or {}).items() if name in _ATTRIBUTES)
    return "".join(f" {name}={quoteattr(value)}" for name, value in known)


def _read(root: str, base: str, entries: Iterable[_Entry], url: str) -> Iterator[tuple[str, ...]]:
    """Yield what feedparser makes of some entries."""
    name, spaces = ("rdf:RDF" if root == "rdf" else root), ROOTS[root]
    spaces += ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    if root != "rdf":
        spaces += ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    at = f" xml:base={quoteattr(base)}" if base else ""
    text = f"<{name}{spaces}{at}>{''.join(entry.text() for entry in entries)}</{name}>"
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    document = BytesIO(text.encode("utf-8", "replace"))
    parsed = feedparser.parse(document, response_headers=headers, sanitize_html=False, resolve_relative_uris=False)
    for entry in parsed.entries:
        alternates = [link.get("href") for link in entry.get("links", ()) if link.get("rel") == "alternate"]
        names = [entry.get("link"), *alternates, entry.get("feedburner_origlink"), entry.get("id")]
        if links := tuple(
            dict.fromkeys(each for each in names if each and each.lower().startswith(("http://", "https://")))
        ):
            yield links
