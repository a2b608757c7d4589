"""Which lists a backfill walks through, in which order, and which of them are done."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from scrapy.http import Response

from archive.clock import now
from newsbot.lists.list_dates import Span, month_span, published_span, sitemap_span
from newsbot.lists.menu import section_key
from newsbot.lists.sitemaps import DEPTH, Entry
from newsbot.planning.backfill.cursors import Cursor
from newsbot.planning.backfill.window import Window
from newsbot.planning.index_children import believed_changes
from newsbot.reading.page import absolute

if TYPE_CHECKING:
    from newsbot.planning.discovery import Discovery


class List(NamedTuple):
    """A list to walk."""

    url: str
    #: "sitemap", "archive" or "section".
    kind: str
    #: Its level in sitemaps of sitemaps.
    depth: int = 1
    #: The sitemap index that names it.
    parent: str | None = None
    #: All its articles are of these days.
    period: Span | None = None


class Lists:
    """The lists to walk and those that are done; a sitemap index is done when all that it names is.

    >>> lists = Lists([List("index", "sitemap"), List("tin", "section")], {})
    >>> lists.take().url, lists.open_index(Cursor("a", "", "", "index", "sitemap"), [List("1", "sitemap")])
    ('index', [])
    >>> lists.take().url, [cursor.root for cursor in lists.done("1", "index", "2026-11-22")], lists.take().url
    ('1', ['index'], 'tin')
    """

    def __init__(self, lists: Iterable[List], rows: Mapping[str, Cursor]):
        #: How far each list has come, by URL.
        self.rows = dict(rows)
        self._waiting = deque(lists)
        self._all = {each.url for each in self._waiting} | self.rows.keys()
        self._indexes: dict[str, tuple[Cursor, set[str], str | None]] = {}
        #: Lists that were not read to their end: they are not done even if everything they are known to name is.
        self._unread: set[str] = set()

    def take(self) -> List | None:
        """Return the next list that is not done."""
        while self._waiting:
            each = self._waiting.popleft()
            row = self.rows.get(each.url)
            if row is None or not row.is_done:
                return each
        return None

    def open_index(self, cursor: Cursor, children: Iterable[List], parent: str | None = None) -> list[Cursor]:
        """Add the lists that a sitemap index names; returns the indexes that are done, if none of its lists is left."""
        new = [each for each in children if each.url not in self._all]
        urls = {each.url for each in new}
        self._all |= urls
        self._waiting.extendleft(reversed(new))
        self._indexes[cursor.root] = cursor, urls, parent
        return [] if new else self._close(cursor.root, cursor.done_at)

    def leave_unread(self, url: str) -> None:
        """Note that a list was not read to its end: the next run reads it again."""
        self._unread.add(url)

    def done(self, url: str, parent: str | None, at: str) -> list[Cursor]:
        """Note that a list is done; returns the sitemap indexes that are done with it."""
        if parent not in self._indexes:
            return []
        self._indexes[parent][1].discard(url)
        return self._close(parent, at)

    def _close(self, index: str, at: str) -> list[Cursor]:
        cursor, children, parent = self._indexes[index]
        if children or index in self._unread:
            return []
        del self._indexes[index]
        self.rows[index] = cursor._replace(done_at=at)
        return [self.rows[index], *self.done(index, parent, at)]

    def counts(self) -> tuple[int, int]:
        """Return how many lists there are, and how many of them are done."""
        return len(self._all), sum(row.is_done for row in self.rows.values())

    def untouched(self) -> Counter[str]:
        """Return how many lists of each kind have not been begun."""
        return Counter(each.kind for each in self._waiting if each.url not in self.rows)


def lists_of(spider: Discovery, window: Window, today: date) -> Iterator[List]:
    """Yield the lists of a source that reach into its past; the front page and feeds do not.

    Sitemaps come first, since they cost least and give dates. If the operator names sections, only those are walked; of
    a source whose menu names sections, those too that its runs for news have asked.
    """
    if not spider.is_told_sections:
        yield from (List(url, "sitemap") for path in spider.sitemaps if (url := absolute(spider.home, path)))
        for form in spider.archives:
            for path, period in periods(form, window, today):
                if url := absolute(spider.home, path):
                    yield List(url, "archive", period=period)
    sections = [url for path in spider.sections if path and (url := absolute(spider.home, path))]
    if spider.sections_from_menu and not spider.is_told_sections:
        known = {section_key(url) for url in (spider.home, *sections)}
        sections += [url for url in spider.crawl_state.sections() if section_key(url) not in known]
    yield from (List(url, "section") for url in sections)


def sitemaps_of(
    spider: Discovery, response: Response, entries: Iterable[Entry], window: Window, parent: List
) -> Iterator[List]:
    """Yield the sitemaps that a sitemap index names, except those on other hosts or with other days in their names.

    Those whose last change is given as before the window come last, not never: many an index is not kept up to date.
    """
    if parent.depth >= DEPTH:
        return
    named = {url: entry for entry in entries if (url := absolute(response.url, entry.url))}
    believed = believed_changes({url: entry.changed for url, entry in named.items()}, now())

    def is_past(url: str) -> bool:
        last = published_span(named[url].changed) if url in believed else None
        return last is not None and window.is_before(last)

    def may_hold(url: str) -> bool:
        return spider.addresses.is_own(url) and window.may_hold(sitemap_span(url, spider.sitemap_month))

    wanted = filter(may_hold, named)
    yield from (List(url, "sitemap", parent.depth + 1, parent.url) for url in sorted(wanted, key=is_past))


def periods(form: str, window: Window, today: date) -> Iterator[tuple[str, Span]]:
    """Yield the paths of a paper's pages by day or month, newest first, each with its days.

    >>> window, today = Window(date(2020, 12, 30), None), date(2021, 1, 1)
    >>> [url for url, _ in periods("tin/%d-%m-%Y.html", window, today)]
    ['tin/01-01-2021.html', 'tin/31-12-2020.html', 'tin/30-12-2020.html']
    >>> [url for url, _ in periods("tin/%Y/%m/", window, today)]
    ['tin/2021/01/', 'tin/2020/12/']
    """
    day = window.end(today)
    while day >= window.since:
        span = Span(day, day) if "%d" in form else month_span(day.year, day.month)
        yield day.strftime(form), span
        day = span.first - timedelta(days=1)
