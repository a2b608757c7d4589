"""Articles of all sources, captured and replayed: a reader sees in both players what the sites have shown."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize

from archive.browser.unwanted import MAKERS
from archive.player.player_site import link_to_capture
from archive.quality.alike import text_share
from archive.requisites.hosts import ADS_AND_TRACKERS, SkippedHosts
from archive.requisites.html_page import page_requisites
from tests.harness.commands import against, start
from tests.harness.durability import Line, lines
from tests.harness.page_sight import Sight, confined_browser, original, see
from tests.harness.replay_server import pywb_server, replay_server
from tests.harness.replica_browser import replica_browser
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

ARTICLES = 8
PAPERS = [site.name for site in sites(articles=ARTICLES)]
VIEW = ViewportSize(width=1200, height=900)
#: What no browser shows, and what pywb shows with wrong letters (docs/archive/replay.md).
AWKWARD = {"gzip-unlabelled", "charset-only-in-meta"}
SKIPPED = SkippedHosts(ADS_AND_TRACKERS)


@dataclass(frozen=True)
class Captured:
    """An article's newest line, and how its page was shown by the site."""

    line: Line
    live: Sight
    #: Addresses that its markup asks for.
    named: set[str]


@dataclass(frozen=True)
class Crawled:
    data: Path
    articles: list[Captured]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """A crawl of all sources, which robots.txt does not keep from style sheets; one article of each of two layouts."""
    data = tmp_path_factory.mktemp("as-it-was") / "data"
    with Replica(articles=ARTICLES, now=NOW) as replica:
        words = against(replica, REQUISITES="all", REQUISITES_ROBOTSTXT_OBEY="False")
        environment = os.environ | replica.environment | {"NEWSBOT_DATA": str(data)}
        for crawl in [start("crawl", paper, *words, environment=environment) for paper in PAPERS]:
            assert crawl.wait() == 0, crawl.said()
        with replica_browser(replica) as browser:
            context = browser.new_context(viewport=VIEW)
            articles = []
            for line in chosen(data):
                page = context.new_page()
                live = see(page, str(line["url"]))
                named = {original(each.url) for each in page_requisites(live.markup, str(line["url"]))}
                articles.append(Captured(line, live, named))
                page.close()
    return Crawled(data, articles)


def chosen(data: Path) -> list[Line]:
    by_url = {line["url"]: line for line in lines(data)}
    found = []
    for site in sites(articles=ARTICLES):
        for lane in (0, 1):
            fit = (each for each in site.stories if each.index % len(site.lanes) == lane and each.urls[0] in by_url)
            found.append(next(by_url[each.urls[0]] for each in fit if not AWKWARD & {*each.traps}))
    return found


@contextmanager
def player(name: str, data: Path) -> Iterator[tuple[str, str]]:
    """A player of an archive: what stands before an article's address, with `{stamp}` in it, and its origin."""
    if name == "pywb":
        with pywb_server(data=data) as base:
            yield base, ""
    else:
        with replay_server(data=data) as server:
            yield server.player()


@pytest.mark.parametrize("name", ["ReplayWeb.page", "pywb"])
def test_articles_are_shown_as_they_were(name: str, crawled: Crawled) -> None:
    with player(name, crawled.data) as (base, key), confined_browser() as (browser, asked):
        context = browser.new_context(viewport=VIEW)
        for article in crawled.articles:
            page = context.new_page()
            url, date = str(article.line["url"]), str(article.line["fetched_at"])
            stamp = re.sub(r"\D", "", date)[:14]
            address = link_to_capture(base, key, url, date) if key else f"{base}{stamp}/{url}"
            compare(article, see(page, address, url), is_lenient=name != "pywb")
            page.close()
    assert {*asked} <= MAKERS, "the browser's own: no request of a page's leaves this machine"


def compare(article: Captured, shown: Sight, *, is_lenient: bool) -> None:
    """Hold what a player shows against what the site has shown.

    :param is_lenient: towards pictures that say they are HTML: ReplayWeb.page rewrites them.
    """
    live, url = article.live, article.line["url"]
    assert shown.headings == live.headings, url
    body = article.line["body"]
    assert text_share(body, shown.text) >= text_share(body, live.text) > 0.8, url
    there = {
        address: size
        for address, size in live.pictures.items()
        if size[0] and address in article.named and not (is_lenient and address in live.mislabelled)
    }
    assert len(there) >= len(article.line["images"]), url
    assert {address: shown.pictures.get(address) for address in there} == there, url
    assert shown.fonts == live.fonts, url
    assert shown.styles == live.styles, url
    missing = {address for address in shown.failed & article.named if not is_skipped(address)}
    assert missing <= live.failed, url


def is_skipped(address: str) -> bool:
    """Whether an address is an advertiser's or a tracker's."""
    return address.removeprefix("//").partition("/")[0] in SKIPPED
