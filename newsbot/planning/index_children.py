"""Which of the sitemaps that an index names a run asks for, and in which order: those with news first.

An index may name more of them than a run has time for: one a day for ten years. Its word on when each was changed is
taken for a hint that one has; that one has not changed is never believed for longer than any list goes unread.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final, NamedTuple

from newsbot.lists.list_dates import sitemap_span
from newsbot.planning.schedule import read_date, read_moment
from newsbot.state.resources import Resource
from newsbot.vietnamese.dates import VIETNAM

#: Sitemaps that no hint names but whose time has come, in one reading of an index.
_ANYWAY: Final = 6
#: Changes that lie closer together than that, of so many sitemaps, are the time at which the index was made.
_AT_ONCE: Final = timedelta(minutes=1)
_FEW: Final = 3
#: A sitemap of days that are past so long is taken to have got all its articles, and is looked at rarely.
_SETTLED: Final = timedelta(days=3)
_RARELY: Final = timedelta(days=30)
#: Sitemaps that are remembered at once; an index that names more is read again by the next run.
_MOST: Final = 50_000


def order_children(
    children: Mapping[str, str | None], known: Mapping[str, Resource], now: datetime, month_form: str = ""
) -> list[str]:
    """Return the sitemaps of an index that are to be asked for, in their order.

    :param children: the last change of each, as the index gives it.
    :param known: what is known of them.
    :param month_form: how their names say their month, where that is known.

    >>> now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> days = {f"a.vn/{day}.xml": None for day in ("2026-11-20", "2026-11-21", "2026-11-22", "news")}
    >>> order_children(days, {}, now)
    ['a.vn/news.xml', 'a.vn/2026-11-22.xml', 'a.vn/2026-11-21.xml', 'a.vn/2026-11-20.xml']
    >>> row = Resource("1", "a", "sitemap", "1", checked_at="2026-11-22T00:00:00Z", next_check="2026-11-22T10:00:00Z")
    >>> order_children({"1": "0001-01-01"}, {"1": row}, now)  # its time has come, whatever the index says
    ['1']
    >>> row = row._replace(next_check="2026-11-22T18:00:00Z")
    >>> [order_children({"1": changed}, {"1": row}, now) for changed in ("2026-11-22T09:00Z", "2026-11-21T09:00Z")]
    [['1'], []]
    >>> order_children({"1": None}, {"1": row._replace(failures=1, complete=0)}, now)  # it will not be there at once
    []
    """
    changed = believed_changes(children, now)
    wanted, overdue = [], []
    for url in children:
        row = known.get(url)
        if row and row.failures:
            if _next_look(url, row, month_form) <= now:
                wanted.append(url)
        elif row is None or not row.is_complete or (url in changed and changed[url] >= read_date(row.checked_at)):
            wanted.append(url)
        elif _next_look(url, row, month_form) <= now:
            overdue.append(url)
    overdue.sort(key=lambda url: _next_look(url, known[url], month_form))
    return _newest_first([*wanted, *overdue[:_ANYWAY]], changed, month_form)


def believed_changes(children: Mapping[str, str | None], now: datetime) -> dict[str, datetime]:
    """Return the last changes that may be true: not those of all at once, nor of other times than ours.

    >>> now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> believed_changes({"1": "9999-12-31", "2": "0001-01-01T00:00:00+07:00", "3": "2026-11-20T00:00Z"}, now)
    {'3': datetime.datetime(2026, 11, 20, 0, 0, tzinfo=datetime.timezone.utc)}
    >>> believed_changes(dict.fromkeys("123", "2026-11-22T09:00:00Z"), now)
    {}
    """
    changes = {url: moment for url, text in children.items() if text and (moment := read_moment(text, now))}
    if len(changes) >= _FEW and max(changes.values()) - min(changes.values()) <= _AT_ONCE:
        return {}
    return changes


def _next_look(url: str, row: Resource, month_form: str) -> datetime:
    """Return when a sitemap is looked at again that nothing says has changed."""
    checked, span = read_date(row.checked_at), sitemap_span(url, month_form)
    if not row.failures and span and datetime.combine(span.last, time.max, VIETNAM) + _SETTLED < checked:
        return checked + _RARELY
    return read_date(row.next_check) if row.next_check else checked


def _newest_first(urls: list[str], changed: Mapping[str, datetime], month_form: str) -> list[str]:
    """Return sitemaps in the order of their days: those of no days may hold the newest articles."""
    days = {url: _day(url, changed, month_form) for url in urls}
    if not any(days.values()):  # numbered: the newest articles are in the first or in the last
        return [url for pair in zip(urls, reversed(urls), strict=True) for url in pair][: len(urls)]
    always = datetime.max.replace(tzinfo=UTC)
    return sorted(urls, key=lambda url: days[url] or always, reverse=True)


def _day(url: str, changed: Mapping[str, datetime], month_form: str) -> datetime | None:
    span = sitemap_span(url, month_form)
    return datetime.combine(span.last, time.max, VIETNAM) if span else changed.get(url)


class Waiting(NamedTuple):
    """A sitemap that waits."""

    url: str
    #: How deep it stands in sitemaps of sitemaps, and those that it stands in, the outermost first.
    depth: int
    above: tuple[str, ...]
    old_host: bool = False


class Backlog:
    """The sitemaps that wait, by the outermost one that names them: each of those gets its turn.

    >>> backlog = Backlog()
    >>> backlog.add([Waiting("a1", 2, ("a",)), Waiting("a2", 2, ("a",)), Waiting("b1", 2, ("b",))])
    True
    >>> [backlog.take().url for _ in range(3)], backlog.take(), backlog.open()
    (['a1', 'b1', 'a2'], None, set())
    >>> [backlog.add([Waiting("c", 2, ("c",))] * number) for number in (50_000, 1)]
    [True, False]
    """

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Waiting]] = {}
        self._open: Counter[str] = Counter()

    def add(self, sitemaps: list[Waiting]) -> bool:
        """Let sitemaps wait; returns False if there are too many, of which the last are not remembered."""
        kept = sitemaps[: max(0, _MOST - sum(map(len, self._waiting.values())))]
        for each in kept:
            self._waiting.setdefault(each.above[0], deque()).append(each)
            self._open.update(each.above)
        return len(kept) == len(sitemaps)

    def take(self) -> Waiting | None:
        """Return the next sitemap; None if none waits."""
        if not self._waiting:
            return None
        root = next(iter(self._waiting))
        queue = self._waiting.pop(root)
        each = queue.popleft()
        self._open.subtract(each.above)
        if queue:
            self._waiting[root] = queue  # behind the others
        return each

    def open(self) -> set[str]:
        """Return the sitemaps that are not through, since others wait that they name."""
        self._open = +self._open
        return set(self._open)
