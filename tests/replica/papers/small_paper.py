"""Plays a small paper as it is declared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.replica import feeds
from tests.replica.day_sitemaps import DaySitemaps
from tests.replica.headlines import Headline, Lane, Numbering, Section
from tests.replica.news import Era, Story
from tests.replica.newspaper import Newspaper
from tests.replica.papers.pages import Pages
from tests.replica.papers.paper import Age, Paper
from tests.replica.papers.section_titles import read_sections
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.sitemaps import Sitemaps

_FIELD = re.compile(r"\{(\w+)[^}]*\}|([^{]+)")
_PATTERNS = {"slug": "[^/]*", "section": "[^?]+?", "moment": r"\d+"}


class SmallPaper(Newspaper):
    """Each of its ages is a lane; pages are made when the first is asked for."""

    def __init__(self, paper: Paper, articles: int, seed: int, now: datetime) -> None:
        self.paper, self.name, self.outlet, self.hosts = paper, paper.name, paper.outlet, paper.hosts
        self.robots, self.look = paper.robots, ()
        self._numberings = [Numbering(age.top) for age in paper.ages]
        self._forms = [_pattern(age) for age in paper.ages]
        super().__init__(articles, seed, now)

    def make_lanes(self) -> tuple[Lane, ...]:
        return tuple(self._lane(age) for age in self.paper.ages)

    def _lane(self, age: Age) -> Lane:
        era = Era(age.newest or self.now - timedelta(minutes=20), age.oldest, age.precision)
        return Lane(
            age.layout, era, read_sections(age.sections, named=age.names_parents), age.traps,
            bylines=age.bylines, tags=age.tags, says_modified=age.says_modified,
        )  # fmt: skip

    def open(self) -> None:
        self._pages: list[Pages] = []

    def pages(self) -> list[Pages]:
        """The pages of each age; ages with one home and the same templates have the same."""
        if not self._pages:
            kinds = [(self.paper.home(age), age.pages) for age in self.paper.ages]
            made = {kind: kind[1](self, tuple(n for n, each in enumerate(kinds) if each == kind)) for kind in kinds}
            self._pages = [made[kind] for kind in kinds]
            self.look = tuple(dict.fromkeys(folder for pages in self._pages for folder in pages.look))
        return self._pages

    # Stories

    def article_id(self, lane: int, index: int) -> str:
        number = self._numberings[lane](index)
        return f"{number:07x}" if self.paper.ages[lane].is_hexadecimal else str(number)

    def identity(self, headline: Headline) -> str:
        age = self.paper.ages[headline.lane]
        if "{id}" in age.article or age.identity != "{id}":
            return age.identity.format(**self._given(headline))
        return urlsplit(headline.url).path.rstrip("/").rpartition("/")[2].partition(".")[0]

    def addresses(
        self, lane: int, index: int, id: str, slug: str, section: Section, moment: datetime
    ) -> tuple[str, ...]:
        age = self.paper.ages[lane]
        if "{id}" not in age.article:
            slug = f"{slug}-{index}"  # no two articles have one address
        home, forms = self.paper.home(age), (age.article, *age.also)
        paths = [form.format(slug=slug, id=id, section=section.slug, moment=moment) for form in forms]
        return tuple(path if "://" in path else f"{home}{path}" for path in paths)

    def pictures(self, headline: Headline, count: int) -> tuple[str, ...]:
        age = self.paper.ages[headline.lane]
        given = self._given(headline) | {"slug": headline.slug[:30], "host": self.paper.host}
        found = [age.picture.format(n=number, **given) for number in range(1, count + 1)]
        return tuple(source if "://" in source else f"{self.paper.home(age)}{source}" for source in found)

    @staticmethod
    def _given(headline: Headline) -> dict[str, Any]:
        section = headline.section.slug
        return {"slug": headline.slug, "id": headline.id, "section": section, "moment": headline.moment}

    def print_date(self, headline: Headline) -> str:
        return self.paper.ages[headline.lane].date(headline.moment)

    # Replies

    def moved(self, request: Request) -> str | None:
        paper = self.paper
        leads = request.host in (f"www.{paper.host}", *paper.leads)
        is_home = any(urlsplit(paper.home(age)).hostname == request.host for age in paper.ages)
        if leads and not is_home:
            return f"https://{paper.host}{request.target}"
        if request.scheme == "http" and f"https://{request.host}" in map(paper.home, paper.ages):
            return f"https://{request.host}{request.target}"
        return None

    def reply(self, request: Request) -> Reply:
        self.pages()
        return super().reply(request)

    def answer(self, request: Request) -> Reply | None:
        host = self.paper.host if request.host in self.paper.mirrors else request.host
        for lane, pages in enumerate(self.pages()):
            if urlsplit(pages.home).hostname == host and (reply := self._answer(request, lane, pages)):
                return reply
        return None

    def _answer(self, request: Request, lane: int, pages: Pages) -> Reply | None:
        path = unquote(request.path)
        if (index := self._index(path, request.query, lane)) is not None:
            html = pages.page_of(story := self.stories[index], request)
            return self.article(request, story, html) if html else None
        if lane != pages.lanes[0]:
            return None  # its lists are those of the first
        if path == "/":
            return self.page(pages.front(), modified=self.now)
        age = self.paper.ages[lane]
        for number, section in enumerate(pages.sections):
            if path == pages.path(section):
                html = pages.section(number, pages.page_number(request))
                return self.page(html) if html else None
            if age.feed and path == age.feed.format(section=section.slug):
                rows = self.listing(pages.lanes, number, 1, 20)
                return self.text(feeds.rss(section.title, pages.home, rows), "application/rss+xml", modified=self.now)
        for section in pages.quiet:
            if path == pages.path(section):
                return self.page(pages.quiet_page(section))
            if age.feed and path == age.feed.format(section=section.slug):
                feed = feeds.rss(section.title, pages.home, self.newest(pages.lanes, 3))
                return self.text(feed, "application/rss+xml", modified=self.now)
        return self._sitemap(path, age, pages) or pages.answer(request)

    def _sitemap(self, path: str, age: Age, pages: Pages) -> Reply | None:
        if age.sitemap == "days":
            return DaySitemaps(self, home=pages.home, lanes=pages.lanes).answer(path)
        return Sitemaps(self, home=pages.home, lanes=pages.lanes).answer(path) if age.sitemap else None

    def story_of(self, id: str, lanes: tuple[int, ...]) -> Story | None:
        """The story with a number, if it is one of these lanes."""
        for lane in lanes:
            index = self._numberings[lane].index(int(id))
            if 0 <= index < self.articles and index % len(self.paper.ages) == lane:
                return self.stories[index]
        return None

    def _index(self, path: str, query: str, lane: int) -> int | None:
        """The story of a lane that stands at a path; where the query tells it, at both."""
        age = self.paper.ages[lane]
        asked = ((form, f"{path}?{query}" if r"\?" in form.pattern else path) for form in self._forms[lane])
        found = next((match for form, address in asked if (match := form.fullmatch(address))), None)
        if found is None:
            return None
        if "id" in found.groupdict():
            index = self._numberings[lane].index(int(found["id"], 16 if age.is_hexadecimal else 10))
        else:
            index = dict(self._slugs(lane)).get(path, -1)
        return index if 0 <= index < self.articles and index % len(self.paper.ages) == lane else None

    def _slugs(self, lane: int) -> Iterator[tuple[str, int]]:
        for index in range(lane, self.articles, len(self.paper.ages)):
            yield from ((urlsplit(url).path, index) for url in self.headline(index).urls)


def _pattern(age: Age) -> list[re.Pattern[str]]:
    """The forms of an age's articles, as what their paths match."""
    number = "[0-9a-f]{7}" if age.is_hexadecimal else r"\d+"
    parts = [urlsplit(form) for form in (age.article, *age.also)]
    forms = [f"{part.path}?{part.query}" if part.query else part.path for part in parts]
    return [
        re.compile(
            "".join(
                re.escape(literal) if literal else f"(?P<id>{number})" if name == "id" else _PATTERNS[name]
                for name, literal in _FIELD.findall(form)
            )
        )
        for form in forms
    ]
