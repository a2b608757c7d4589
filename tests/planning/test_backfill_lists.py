"""Lists of other kinds than the replica's papers have, and hostile ones, walked through without a network."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import Request
from twisted.python.failure import Failure

from archive.clock import set_clock
from newsbot.cms.mediatech import MediaTechSpider
from newsbot.cms.zce import ZceSpider
from newsbot.items import Article
from newsbot.lists.addresses import Address
from newsbot.planning.article_requests import UnsentError
from newsbot.planning.backfill.backfill import Backfill
from newsbot.planning.backfill.list_page import Listed
from newsbot.planning.backfill.memory import Memory
from newsbot.planning.backfill.page import middle_out
from newsbot.planning.crawl_state import CrawlState
from newsbot.planning.schedule import warc_date
from newsbot.spider import NewsSpider
from newsbot.state.resources import Resources
from newsbot.state.state import State
from tests.harness.pages import make_spider, reply

HOME = "https://bao.vn"
TODAY = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    set_clock(TODAY)
    yield
    set_clock(None)


class Paper(MediaTechSpider):
    name = "bao"
    province = ""
    allowed_domains = ["bao.vn"]
    sections: Iterable[str] = ("tin",)


class Daily(Paper):
    sections = ()
    archives = ("ngay/%Y/%m/%d",)


class Mapped(Paper):
    sections = ()
    sitemaps = ("sitemap.xml",)


class Monthly(ZceSpider):
    name = "bao"
    province = ""
    allowed_domains = ["bao.vn"]


def article(number: int, day: date) -> str:
    return (
        f'<h1 class="name">Bài {number}</h1><div class="content-article"><div class="date">Ngày {day:%d/%m/%Y}</div>'
        f'<div id="content-detail"><p class="sapo">Tóm tắt.</p><p>Nội dung bài số {number}.</p></div></div>'
    )


def links(*numbers: int, more: str = "") -> str:
    return "".join(f'<li><a href="/bai-{number}.html">Bài</a></li>' for number in numbers) + more


def link(url: str) -> str:
    return f'<a rel="next" href="{url}">Sau</a>'


class Site:
    """Pages by path; articles 1000 and above, each a day older than the one before it."""

    def __init__(self, **pages: str) -> None:
        self.pages = {f"{HOME}/{path}": text for path, text in pages.items()}
        self.asked: list[str] = []
        self.missing: set[str] = set()

    def day(self, number: int) -> date:
        return TODAY.date() - timedelta(days=number - 1000)

    def page(self, url: str) -> str | None:
        if url.startswith(f"{HOME}/bai-"):
            number = int(url.removeprefix(f"{HOME}/bai-").removesuffix(".html"))
            return article(number, self.day(number))
        return self.pages.get(url)


def walk(spider: NewsSpider, site: Site, stop_after: int = 10_000) -> list[str]:
    """Let a backfill run to its end; returns the articles that were read, and leaves in `site.asked` what was asked."""
    assert isinstance(spider.strategy, Backfill)
    queue, found = deque(spider.strategy.requests()), []
    site.asked = []
    while queue and len(site.asked) < stop_after:
        request = queue.popleft()
        site.asked.append(request.url.removeprefix(f"{HOME}/"))
        for result in answer(request, site, len(site.asked)):
            if isinstance(result, Article):
                found.append(result.id.removeprefix("bao:"))
            elif isinstance(result, Request):
                queue.append(result)
        if not queue:
            queue.extend(spider.strategy.idle())
    return found


def answer(request: Request, site: Site, sequence: int) -> list[Any]:
    text = site.page(request.url)
    allowed = request.meta.get("handle_httpstatus_list", ())
    if text is None and 404 not in allowed:
        failure = Failure(ConnectionError(request.url))
        failure.request = request
        assert request.errback
        return list(request.errback(failure))
    response = reply(request.url, text or "", status=404 if text is None else 200, date=warc_date(TODAY))
    response.meta["capture"].sequence = sequence
    response.request = request.replace(meta={**response.meta, **request.meta})
    assert request.callback
    return list(request.callback(response))


def test_pages_by_day() -> None:
    days = {
        "ngay/2026/11/22": links(1000, 1001),
        "ngay/2026/11/21": links(1001, 1002, more=link("/ngay/2026/11/21?page=2")),
        "ngay/2026/11/21?page=2": links(1003),
        "ngay/2026/11/20": "<p>Không có bài.</p>",
    }
    site = Site(**days)
    spider = make_spider(Daily, since="2026-11-20", until="2026-11-21")
    assert walk(spider, site) == ["1001", "1002", "1003"]
    lists = [path for path in site.asked if path.startswith("ngay")]
    assert lists == ["ngay/2026/11/21", "ngay/2026/11/21?page=2", "ngay/2026/11/20"]


def paged(pages: int, size: int, address: str) -> Site:
    """A section that prints no dates; `address` is of its n-th page."""
    texts = {}
    for page in range(1, pages + 1):
        numbers = range(1000 + (page - 1) * size, 1000 + page * size)
        more = link("/" + address.format(page + 1)) if page < pages else ""
        texts[address.format(page) if page > 1 else "tin"] = links(*numbers, more=more)
    return Site(**texts)


def test_a_list_without_numbers_is_stepped_through() -> None:
    """Each of its pages that is too new costs two articles, and is done: the next run does not begin there."""
    tokens = "tin?after=a{}b"
    site = paged(12, 10, tokens)
    spider = make_spider(Paper, since="2026-08-20", until="2026-09-01")
    found = walk(spider, site)
    assert {
        str(number) for number in range(1000, 1120) if date(2026, 8, 20) <= site.day(number) <= date(2026, 9, 1)
    } <= set(found)
    assert len(found) <= 2 * 8 + 40


def test_a_list_that_ends_where_it_is_still_too_new() -> None:
    site = paged(7, 10, "tin/trang-{}.html")
    spider = make_spider(Paper, since="2020-01-01", until="2020-12-31")
    assert len(walk(spider, site)) <= 20
    assert {path for path in site.asked if path.startswith("tin")} <= {
        "tin",
        *(f"tin/trang-{n}.html" for n in range(8, 99)),
    } | {f"tin/trang-{n}.html" for n in range(2, 8)}


def test_a_site_that_sends_its_first_page_for_all_that_it_does_not_have() -> None:
    site = paged(3, 10, "tin/trang-{}.html")
    first = site.pages[f"{HOME}/tin"]
    site.pages |= {f"{HOME}/tin/trang-{number}.html": first for number in range(4, 5000)}
    site.pages[f"{HOME}/tin/trang-3.html"] += link("/tin/trang-4.html")
    spider = make_spider(Paper, since="2020-01-01", until="2020-12-31")
    walk(spider, site)
    assert len([path for path in site.asked if path.startswith("tin")]) < 20


@pytest.mark.parametrize("until", [None, "2026-11-10"])
def test_a_list_without_an_end(until: str | None) -> None:
    """A calendar that goes on for ever is left where the days end."""
    site = paged(2000, 10, "tin/trang-{}.html")
    spider = make_spider(Paper, since="2026-11-01", **({"until": until} if until else {}))
    assert set(walk(spider, site)) >= {str(number) for number in range(1012, 1022)}
    assert len(site.asked) < 80


def test_sitemaps_of_other_days_and_of_strangers_are_left_alone() -> None:
    entries = "".join(
        f"<sitemap><loc>{url}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</sitemap>"
        for url, changed in (
            ("https://bao.vn/sitemap-2026-09.xml", None),
            ("https://bao.vn/sitemap-old.xml", "2026-09-30T20:00:00+07:00"),
            ("https://bao.vn/sitemap-2026-10.xml", None),
            ("https://bao.vn/sitemap-2026-11.xml", None),
            ("https://bao.vn/sitemap.xml", None),
            ("https://evil.example/sitemap-2026-10.xml", None),
            ("http://10.0.0.1/sitemap-2026-10.xml", None),
            ("javascript:alert(1)", None),
        )
    )
    urls = "".join(
        f"<url><loc>https://bao.vn/bai-{number}.html</loc><lastmod>{changed}</lastmod></url>"
        for number, changed in ((1030, "2026-10-23T08:00:00+07:00"), (1060, "2026-09-23T08:00:00+07:00"))
    )
    kept = f"<urlset><url><loc>https://bao.vn/bai-1031.html</loc></url>{urls}</urlset>"
    site = Site(
        **{
            "sitemap.xml": f"<sitemapindex>{entries}</sitemapindex>",
            "sitemap-2026-10.xml": f"<urlset>{urls}</urlset>",
            "sitemap-old.xml": kept,
        }
    )
    spider = make_spider(Mapped, since="2026-10-01", until="2026-10-31")
    assert walk(spider, site) == ["1030", "1031"]
    # An index may tell an old change of a sitemap that has new articles: that one is looked at behind the others.
    assert site.asked == ["sitemap.xml", "sitemap-2026-10.xml", "bai-1030.html", "sitemap-old.xml", "bai-1031.html"]


def test_sitemaps_whose_names_have_a_month_of_one_digit() -> None:
    """Only a system that is known to name them so: elsewhere the digit may be the number of a part."""
    names = [f"news-2026-{month}.xml" for month in (11, 10, 9, 8)]
    index = "".join(f"<sitemap><loc>\n {HOME}/sitemaps/{name} </loc></sitemap>" for name in names)
    pages = {"sitemap.xml": f"<sitemapindex>{index}</sitemapindex>"} | {
        f"sitemaps/{name}": "<urlset/>" for name in names
    }
    asked = []
    for kind in (Monthly, Mapped):
        site = Site(**pages)
        walk(make_spider(kind, since="2026-09-01", until="2026-09-30"), site)
        asked.append([path.removeprefix("sitemaps/") for path in site.asked])
    assert asked == [["sitemap.xml", "news-2026-9.xml"], ["sitemap.xml", "news-2026-9.xml", "news-2026-8.xml"]]


def test_last_changes_that_lie_before_the_articles_tell_nothing() -> None:
    """A system that writes the day of its own set-up into each entry, say."""
    urls = "".join(
        f"<url><loc>https://bao.vn/bai-{number}.html</loc><lastmod>2019-01-0{number % 9 + 1}</lastmod>{published}</url>"
        for number, published in (
            (1030, "<n:publication_date>2026-10-23T08:00:00+07:00</n:publication_date>"),
            (1031, ""),
            (1070, "<n:publication_date>2026-09-13T08:00:00+07:00</n:publication_date>"),
        )
    )
    site = Site(**{"sitemap.xml": f"<urlset>{urls}</urlset>"})
    spider = make_spider(Mapped, since="2026-10-01", until="2026-10-31")
    assert walk(spider, site) == ["1030", "1031"]


def test_a_list_that_may_have_moved_up_is_begun_a_page_earlier(state_url: str) -> None:
    """In every kind of database: after a day articles may have been taken down, so that others stand a page earlier."""
    site, state = paged(6, 10, "tin/trang-{}.html"), State(state_url)

    def run(stop_after: int) -> list[str]:
        spider = make_spider(Paper, since="2026-01-01")
        assert isinstance(spider.strategy, Backfill)
        crawl_state = CrawlState("bao", Resources(state))
        spider.crawl_state = crawl_state
        spider.strategy.memory = Memory(spider, spider.strategy.window, state)
        walk(spider, site, stop_after)
        crawl_state.flush(stop_after)
        spider.strategy.note_durable(stop_after)
        return [path for path in site.asked if path.startswith("tin")]

    assert run(25) == ["tin", "tin/trang-2.html", "tin/trang-3.html"]
    set_clock(TODAY + timedelta(hours=20))
    assert run(14)[0] == "tin/trang-3.html"
    set_clock(TODAY + timedelta(days=2))
    assert run(1000) == [f"tin/trang-{number}.html" for number in (3, 4, 5, 6)]
    assert run(1000) == []
    state.close()


@pytest.mark.parametrize("paper", [Paper, Mapped])
def test_a_wall_in_the_place_of_a_list_does_not_end_it(paper: type[NewsSpider], state_url: str) -> None:
    """In every kind of database."""
    wall = '<html><script>document.cookie="D1N=9f";location.reload()</script></html>'
    sitemap = f"<urlset><url><loc>{HOME}/bai-1000.html</loc></url></urlset>"
    state, found = State(state_url), []
    for pages in ({"tin": wall, "sitemap.xml": wall}, {"tin": links(1000), "sitemap.xml": sitemap}):
        spider = make_spider(paper, since="2026-11-01")
        assert isinstance(spider.strategy, Backfill)
        spider.crawl_state = CrawlState("bao", Resources(state))
        spider.strategy.memory = Memory(spider, spider.strategy.window, state)
        found.append(walk(spider, Site(**pages)))
        spider.strategy.note_durable(10)
    assert found == [[], ["1000"]]
    state.close()


def run_again(state: State, paper: type[NewsSpider], site: Site, **days: str) -> list[str]:
    """Let one more run of a backfill go through a site with what is known of it."""
    spider = make_spider(paper, **days)
    assert isinstance(spider.strategy, Backfill)
    spider.crawl_state = CrawlState("bao", Resources(state))
    spider.strategy.memory = Memory(spider, spider.strategy.window, state)
    found = walk(spider, site)
    spider.crawl_state.flush(1_000)
    spider.strategy.note_durable(1_000)
    return found


def test_a_page_that_breaks_off_is_not_done_although_its_head_names_the_next(state_url: str) -> None:
    """The articles behind the break are asked for by the next run, and then the pages behind it."""
    second = f'<html><head><link rel="next" href="/tin/3"></head><body>{links(1003, 1004, 1005)}</body></html>'
    pages = {"tin": links(1000, 1001, more=link("/tin/2")), "tin/3": links(1006)}
    state, found = State(state_url), []
    for text in (second[: second.index("1004")], second, second):
        found.append(run_again(state, Paper, Site(**pages | {"tin/2": text}), since="2026-11-01"))
    assert found == [["1000", "1001", "1003"], ["1004", "1005", "1006"], []]
    state.close()


def test_a_page_that_breaks_off_on_the_way_to_the_first_of_the_days_ends_nothing(state_url: str) -> None:
    """What was looked at only to find the beginning is not asked of; the pages of the days are walked through."""
    site = paged(20, 10, "tin/trang-{}.html")
    second = f"{HOME}/tin/trang-2.html"
    site.pages[second] = f"<html><body>{site.pages[second]}"[:-3]
    state = State(state_url)
    days = {"since": "2026-07-01", "until": "2026-08-31"}
    found = run_again(state, Paper, site, **days)
    summer = {date(2026, 7, 1) + timedelta(days=number) for number in range(62)}
    assert summer <= {site.day(int(each)) for each in found}
    assert run_again(state, Paper, site, **days) == []
    state.close()


@pytest.mark.parametrize("in_index", [False, True])
def test_a_sitemap_that_is_cut_off_is_not_ticked_off(in_index: bool, tmp_path: Path) -> None:
    """What is there is taken; the next run asks for it again, and the one after that for nothing."""
    whole = "<urlset>" + "".join(f"<url><loc>{HOME}/bai-{n}.html</loc></url>" for n in (1000, 1001)) + "</urlset>"
    name = "sitemap-1.xml" if in_index else "sitemap.xml"
    child = f"<sitemap><loc>{HOME}/sitemap-1.xml</loc><lastmod>9999-12-31</lastmod></sitemap>"
    state, found, asked = State(f"sqlite:///{tmp_path}/state.sqlite"), [], []
    for sitemap in (whole[: whole.index("1001")], whole, whole):
        spider = make_spider(Mapped, since="2026-11-01")
        assert isinstance(spider.strategy, Backfill)
        spider.crawl_state = CrawlState("bao", Resources(state))
        spider.strategy.memory = Memory(spider, spider.strategy.window, state)
        site = Site(**{"sitemap.xml": f"<sitemapindex>{child}</sitemapindex>"} | {name: sitemap})
        found.append(walk(spider, site))
        spider.crawl_state.flush(10)
        spider.strategy.note_durable(10)
        asked.append(name in site.asked)
    assert found == [["1000"], ["1001"], []]
    assert asked == [True, True, False]
    state.close()


def test_the_middle_of_a_long_page_is_found_without_comparing_its_articles() -> None:
    class Incomparable(Address):
        def __eq__(self, other: object) -> bool:
            raise AssertionError

        __hash__ = None  # type: ignore[assignment]

    page = {str(n): Listed(Incomparable(str(n), f"{HOME}/bai-{n}.html", 0), None) for n in range(5)}
    assert [address.article for address in middle_out(page)] == ["2", "3", "1", "4", "0"]


def test_old_articles_shown_off_on_a_first_page_do_not_end_it() -> None:
    spider = make_spider(Paper, since="2026-11-01")
    shown_off, news = range(2000, 2006), range(1000, 1006)
    assert set(walk(spider, Site(tin=links(*shown_off, *news)))) >= {str(number) for number in news}


def test_what_was_not_sent_has_not_failed() -> None:
    """A crawl that is told to end drops what waits: that says nothing of those articles, nor of their page."""
    spider = make_spider(Paper, since="2026-11-01")
    assert isinstance(spider.strategy, Backfill)
    (first,) = spider.strategy.requests()
    site = Site(tin=links(1000, 1001))
    one, two = answer(first, site, 1)
    answer(one, site, 2)
    failure = Failure(UnsentError())
    failure.request = two
    assert not list(spider.article_failed(failure))
    assert spider.strategy.memory.known(["1000", "1001"]) == {"1000"}
