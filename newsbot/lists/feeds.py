"""Reads the addresses of articles from a feed: RSS of any version, or Atom.

feedparser knows what the formats mean: which of an entry's links is the article's, what a relative one is relative to,
when an id is an address. It is given nothing but the entries' links, made well-formed and a few entries at a time: what
it does with a broken or a hostile feed takes time with the square of its length (400 KB: 20 s). It is given bytes, and
so fetches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import feedparser

from newsbot.lists.list_text import ListDocument, Unaddressed
from newsbot.lists.markup import PAUSE, Markup, Tag, has_entity
from newsbot.reading.limits import has_endless_host

#: The outermost elements of feeds, with the namespace in which feedparser wants each.
ROOTS: Final = {
    "rss": "",
    "feed": ' xmlns="http://www.w3.org/2005/Atom"',
    "rdf": ' xmlns="http://purl.org/rss/1.0/"',
    "channel": "",
}
_PREFIXES: Final = (
    ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
    ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)
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
#: Maximum number of entries that are read, and number given to feedparser at once.
_MOST: Final = 5_000
_BATCH: Final = 100
#: What is an address beyond doubt.
_ADDRESS: Final = re.compile(r"(?:https?:/)?/\S+", re.IGNORECASE)
#: Maximum number of links of an entry.
_MOST_LINKS: Final = 10


class Feed(ListDocument):
    """A feed, as far as it can be read.

    >>> text = "<rss><channel><item><link><![CDATA[https://a.vn/1?a=1&section=2]]></link></item><item><link>https://a.v"
    >>> feed = Feed([text], "https://a.vn/rss")
    >>> [*feed], feed.shortfall
    ([('https://a.vn/1?a=1&section=2',)], 'cut off')
    """

    limit = 8 << 20  # it names only the newest articles

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Yield what may be the address of each article, the likeliest first."""
        markup = Markup(self._text)
        for number, links in enumerate(filter(None, FeedEntries(markup, self._url, self._unaddressed))):
            self.is_one = True
            if number == _MOST:
                self._shortfall = f"more than {_MOST:,} articles"
                return
            yield links
        self.is_one = self.is_one or markup.root in ROOTS
        if self.is_one:
            self._shortfall = self._unaddressed.shortfall if markup.is_whole else "cut off"
        else:
            self._shortfall = f"no feed, but <{markup.root[:20]}>" if markup.root else "no feed"


class FeedEntries:
    """The entries of a feed, each as the links that may be its article's; to be read once.

    >>> from newsbot.lists.markup import Markup
    >>> entry = "<entry><link rel='self' href='x'/><link href='1.html'/><id>tag:1</id></entry>"
    >>> markup = Markup([f"<feed xml:base='/tin/'>{entry}<entry><title>2</title></entry></feed>"])
    >>> unaddressed = Unaddressed()
    >>> [*FeedEntries(markup, "https://a.vn", unaddressed)], unaddressed.shortfall
    ([('https://a.vn/tin/1.html',)], '1 entry has no address')
    """

    def __init__(self, tags: Iterable[Tag], url: str, unaddressed: Unaddressed):
        self._tags = tags
        self._url = url
        self._unaddressed = unaddressed
        self._root, self._base = "rss", ""
        self._waiting: list[_Entry] = []

    def __iter__(self) -> Iterator[tuple[str, ...] | None]:
        """Yield the entries, and None between pieces of a long feed, for the caller to do other work."""
        entry: _Entry | None = None
        others: list[str] = []
        for tag in self._tags:
            if tag is PAUSE:
                yield None
                continue
            if entry and not others:
                entry.pass_by(tag)
            if tag.attributes is not None:
                if tag.name in _ENTRIES:
                    self._take(entry)
                    entry, others = _Entry(tag), []
                elif entry is None:
                    if tag.name in ROOTS:
                        self._root, self._base = tag.name, tag.attributes.get("base", self._base)
                elif tag.name in _OTHERS:
                    others.append(tag.name)
                elif tag.name in _LINKS and not others:
                    entry.begin(tag)
            elif entry and others and tag.name == others[-1]:
                others.pop()
            elif entry and tag.name in _LINKS and not others:
                entry.end(tag)
            elif entry and tag.name in _ENTRIES:
                self._take(entry)
                entry, others = None, []
            if len(self._waiting) >= _BATCH:
                yield from self._links()
        self._take(entry)
        yield from self._links()

    def _take(self, entry: _Entry | None) -> None:
        """Take an entry that has ended; of one that is empty there is nothing to say."""
        if entry is None or entry.is_empty:
            return
        entry.close()
        self._unaddressed.entity = self._unaddressed.entity or entry.entity
        self._unaddressed.number += 1  # until one is found
        if entry.links:
            self._waiting.append(entry)

    def _links(self) -> Iterator[tuple[str, ...]]:
        entries, self._waiting = self._waiting, []
        for links in _read(self._root, self._base, entries, self._url):
            self._unaddressed.number -= 1
            yield links


class _Entry:
    """The links of an entry, as the feed has them."""

    def __init__(self, tag: Tag):
        self._tag = tag
        self._open: Tag | None = None
        #: An element of a link that has no address in it: it may stand behind, up to the next tag.
        self._awaiting: Tag | None = None
        self.is_empty = not tag.attributes
        self.links: list[Tag] = []
        #: An address that was left out, since it holds an entity.
        self.entity = ""

    def pass_by(self, tag: Tag) -> None:
        """Look at any tag of the entry: before it, an address may stand in the open (`<link/>https://...`)."""
        self.is_empty = self.is_empty and not tag.text and not tag.attributes
        awaiting, self._awaiting = self._awaiting, None
        if awaiting and not self._ends_open(tag) and _ADDRESS.fullmatch(tag.text):
            self._open = None
            self._add("link", awaiting.attributes, tag.text)

    def begin(self, tag: Tag) -> None:
        self._open = tag
        self._await(tag)

    def end(self, tag: Tag) -> None:
        if self._open is not None and self._ends_open(tag):
            if tag.text or "href" in (self._open.attributes or {}):
                self._add(tag.name, self._open.attributes, tag.text)
            else:
                self._await(self._open)
        self._open = None

    def close(self) -> None:
        """Take the address of the entry itself where nothing in it gives one."""
        about = (self._tag.attributes or {}).get("about")
        if about and not self.links:
            self._add("link", {}, about)

    def text(self) -> str:
        """Return it as well-formed XML."""
        links = "".join(_element(link) for link in self.links)
        return f"<{self._tag.name}{_attributes(self._tag)}>{links}</{self._tag.name}>"

    def _ends_open(self, tag: Tag) -> bool:
        return tag.attributes is None and self._open is not None and self._open.name == tag.name

    def _await(self, tag: Tag) -> None:
        if tag.name == "link" and "href" not in (tag.attributes or {}):
            self._awaiting = tag

    def _add(self, name: str, attributes: dict[str, str] | None, text: str) -> None:
        address = (attributes or {}).get("href") or text
        if has_entity(address):
            self.entity = self.entity or address
        elif len(self.links) < _MOST_LINKS and not has_endless_host(address):
            self.links.append(Tag(name, attributes, text))


def _element(tag: Tag) -> str:
    name = "feedburner:origLink" if tag.name == "origlink" else tag.name
    return f"<{name}{_attributes(tag)}>{escape(tag.text)}</{name}>"


def _attributes(tag: Tag) -> str:
    known = ((_ATTRIBUTES[name], value) for name, value in (tag.attributes or {}).items() if name in _ATTRIBUTES)
    return "".join(f" {name}={quoteattr(value)}" for name, value in known if not has_endless_host(value))


def _read(root: str, base: str, entries: Iterable[_Entry], url: str) -> Iterator[tuple[str, ...]]:
    """Yield what feedparser makes of some entries."""
    name = "rdf:RDF" if root == "rdf" else root
    at = f" xml:base={quoteattr(base)}" if base and not has_endless_host(base) else ""
    text = f"<{name}{ROOTS[root]}{_PREFIXES}{at}>{''.join(entry.text() for entry in entries)}</{name}>"
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
