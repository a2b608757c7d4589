"""Estimates when an article was published before it is fetched, from addresses and sitemaps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from newsbot.vietnamese.dates import EARLIEST_YEAR, LATEST_YEAR, VIETNAM

_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_MONTH: Final = r"(?P<month>0[1-9]|1[0-2])"
#: A part of an article's path: /201203/ · /2012/03/ · /2012/03/25/ · /2023-10-4/ · /20120325/
_IN_PATH: Final = tuple(
    re.compile(form)
    for form in (
        rf"/{_YEAR}([/-])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}})/",
        rf"/{_YEAR}{_MONTH}(?P<day>\d\d)/",
        rf"/{_YEAR}/?{_MONTH}/",
    )
)
#: In the name of a sitemap; a month of one digit may be a part's number: sitemap-2019-3.xml.
_IN_NAME: Final = re.compile(rf"(?<!\d){_YEAR}[-_/]?{_MONTH}(?:[-_/]?(?P<day>[0-3]\d))?(?!\d)")
#: Assumed maximum time from publication to the last change.
_CHANGED_WITHIN: Final = timedelta(days=3)
#: Maximum share of articles that may be younger than their last change by mistake.
_STRAY: Final = 0.1


class Span(NamedTuple):
    """The first and the last day on which an article may have been published, in Vietnam's time."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days after the first the last is."""
        return (self.last - self.first).days


def day_span(published_at: str | None) -> Span | None:
    """Return the day of an article's date as its line has it.

    >>> day_span("2020-12-31T23:30:00+00:00") == day_span("2021-01-01")
    True
    """
    if not published_at:
        return None
    moment = datetime.fromisoformat(published_at)
    day = moment.astimezone(VIETNAM).date() if moment.tzinfo else moment.date()
    return Span(day, day)


def month_span(year: int, month: int) -> Span:
    """Return a month.

    >>> month_span(2020, 12).last.isoformat()
    '2020-12-31'
    """
    following = date(year + month // 12, month % 12 + 1, 1)
    return Span(date(year, month, 1), following - timedelta(days=1))


def middle(spans: list[Span]) -> Span | None:
    """Return the middle one of several dates: strays on either side do not move it.

    >>> day = [Span(date(2020, 1, n), date(2020, 1, n)) for n in (3, 1, 2)]
    >>> middle(day) == day[2], middle([])
    (True, None)
    """
    return sorted(spans)[len(spans) // 2] if spans else None


def address_span(url: str) -> Span | None:
    """Return the month or day in an article's address.

    >>> address_span("http://a.vn/the-thao/201203/messi-2162292/").last.isoformat()
    '2012-03-31'
    >>> address_span("http://a.vn/portal/pages/2023-10-4/che.aspx").first.isoformat()
    '2023-10-04'
    >>> address_span("http://a.vn/nam-2019-2354446.html")
    """
    return next((span for form in _IN_PATH if (match := form.search(url)) and (span := _span(match))), None)


def sitemap_span(url: str, form: str = "") -> Span | None:
    """Return the month or day in a sitemap's name.

    :param form: how the names of a source's sitemaps say it, where that is known: a pattern with groups year and month.

    >>> sitemap_span("https://a.vn/sitemap-2019-03.xml").first.isoformat(), sitemap_span("https://a.vn/sitemap-3.xml")
    ('2019-03-01', None)
    >>> sitemap_span("https://a.vn/news-2019-3.xml", r"news-(?P<year>\\d{4})-(?P<month>\\d\\d?)[.]").last.isoformat()
    '2019-03-31'
    """
    match = (re.search(form, url) if form else None) or _IN_NAME.search(url)
    return _span(match) if match else None


def published_span(text: str | None) -> Span | None:
    """Return the day of a moment that a sitemap or a feed gives; without a zone it may be Vietnam's time or UTC.

    >>> [each.isoformat() for each in published_span("2020-12-31T17:30:00Z")], published_span("soon")
    (['2021-01-01', '2021-01-01'], None)
    >>> [each.isoformat() for each in published_span("2020-12-31")]
    ['2020-12-31', '2021-01-01']
    """
    try:
        moment = datetime.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None
    if moment is None or not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        return None
    if moment.tzinfo is None:
        return Span(moment.date(), moment.date() + timedelta(days=1))
    day = moment.astimezone(VIETNAM).date()
    return Span(day, day)


def changed_spans(
    changes: Mapping[str, str | None], sure: Mapping[str, Span] = MappingProxyType({})
) -> dict[str, Span]:
    """Return what the last changes of a sitemap's articles tell of when these were published.

    An article cannot be younger than its last change, and most are changed soon or never. Where one day changed over
    half of all, the site has saved all anew, and its changes do not tell that an article is not older. Where articles
    are younger than that for sure, these dates are none of changes, and tell nothing.

    :param sure: when some of them were published.

    >>> spans = changed_spans({"a": "2020-05-08T09:00Z", "b": "2020-06-08T09:00Z", "c": None})
    >>> [each.isoformat() for each in spans["a"]], "c" in spans
    (['2020-05-05', '2020-05-08'], False)
    >>> changed_spans(dict.fromkeys("abc", "2020-05-08"))["a"].first.isoformat()
    '0001-01-01'
    >>> changed_spans({"a": "2016-05-08", "b": "2016-05-09"}, {"a": month_span(2020, 5)})
    {}
    """
    spans = {url: span for url, text in changes.items() if (span := published_span(text))}
    younger = [each.first > spans[url].last for url, each in sure.items() if url in spans]
    if sum(younger) > _STRAY * len(younger):
        return {}
    days = Counter(span.first for span in spans.values())
    whole = len(spans) > 2 and max(days.values()) * 2 > len(spans)
    return {url: Span(date.min if whole else span.first - _CHANGED_WITHIN, span.last) for url, span in spans.items()}


def _span(match: re.Match[str]) -> Span | None:
    parts = match.groupdict()
    year, month = int(parts["year"]), int(parts["month"])
    try:
        if parts.get("day"):
            day = date(year, month, int(parts["day"]))
            return Span(day, day)
        return month_span(year, month)
    except ValueError:
        return None
