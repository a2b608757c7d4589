"""Feeds and sitemaps as sites send them: odd, damaged, hostile, or more than a run has time for."""

from __future__ import annotations

import gzip
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser
from twisted.python.failure import Failure

from archive.clock import set_clock
from newsbot.lists import printed_list_dates
from newsbot.lists.feeds import Feed
from newsbot.lists.list_text import ListText
from newsbot.lists.sitemaps import Sitemap
from newsbot.planning.crawl_state import GAPS, CrawlState
from newsbot.planning.schedule import warc_date
from newsbot.state.resources import Resource, Resources
from newsbot.state.state import State
from tests.harness.crawl_play import Play, rows
from tests.harness.pages import make_spider, reply
from tests.replica.faults import Fault, Instead, instead
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

HOME = "https://baosonla.vn"
ONE, TWO = f"{HOME}/kinh-te/che-Dlf1mtZIg.html", f"{HOME}/kinh-te/mai-son-BJMJaDmSg.html"
BEGUN = f"<urlset><url><loc>{ONE}</loc></url>"
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'


def asked(kind: str, body: str | bytes) -> tuple[list[str], list[str]]:
    """What a spider asks for that is given a list, and what it says of the list."""
    spider = make_spider("baosonla")
    read = spider.parse_feed if kind == "feed" else spider.parse_sitemap
    urls = [request.url for request in read(reply(f"{HOME}/list", body)) if request is not None]
    assert spider.crawler.stats is not None
    return urls, spider.crawler.stats.get_value("newsbot/unread_listings", [])


@pytest.mark.parametrize(
    "feed",
    [
        f'<feed {ATOM}><entry><link rel="self" href="/rss"/><link rel="alternate" href="{ONE}"/></entry></feed>',
        f'<feed {ATOM}><entry><link rel="replies" href="{TWO}"/><link href="{ONE}"/><id>tag:1</id></entry></feed>',
        f'<feed {ATOM} xml:base="{HOME}/kinh-te/"><entry><link href="che-Dlf1mtZIg.html"/></entry></feed>',
        f'<feed {ATOM}><entry xml:base="/kinh-te/x/"><link href="../che-Dlf1mtZIg.html"/></entry></feed>',
        f'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:link href="{ONE}"/></a:entry></a:feed>',
        f'<feed {ATOM}><entry><source><link href="{TWO}"/></source><link href="{ONE}"/></entry></feed>',
        f'<rss xmlns="http://example.org/"><channel><item><link xmlns="">{ONE}</link></item></channel></rss>',
        f"<rss><channel><item><link>https://proxy.example/1</link><guid>{ONE}</guid></item></channel></rss>",
        f'<rss><channel><item><link>{ONE}</link><guid isPermaLink="true">https://x.example/1</guid></item></channel></rss>',
        f'<rss><channel><item><guid isPermaLink="true">{ONE}</guid></item></channel></rss>',
        f"<rss><channel><item><link><![CDATA[\n {ONE}?id=1&section=2 ]]></link></item></channel></rss>",
        f"<rss><channel><item><title>A & B < C</title><link>{ONE}?id=1&section=2</link></item></channel></rss>",
        f'<rss xmlns:a="a"><channel><item><a:link rel="self" href="/x"/><link>{ONE}</link></item></channel></rss>',
        f'<rdf:RDF xmlns:rdf="r"><item rdf:about="{ONE}"><link>{ONE}</link></item></rdf:RDF>',
        f"\n\n <?xml version='1.0' encoding='utf-16'?><rss><channel><item><link>{ONE}</link></item></channel></rss>",
        "<rss><channel><item><link>/kinh-te/che-Dlf1mtZIg.html</link></item></channel></rss><!-- 0.2 s -->",
        f"<rss><channel><item><description>&lt;p><a href='{TWO}'>x</a></description><link>{ONE}</link></item></rss>",
        f"<rss><channel><item><title>Mưa <br> lớn</title><link>{ONE}</link></item></channel></rss>",
        f"<feed {ATOM}><!-- made by us ---><entry><title>a <b> c</title><link href='{ONE}'/></entry></feed>",
        f"<rss><channel><item><title>Chè</title><link/>{ONE}<guid>8</guid></item></channel></rss>",
        f"<rss><channel><item><link>{ONE}<pubDate>x</pubDate></item></channel></rss>",
        f"<rss><channel><item><link></link>\n  {ONE}\n</item></channel></rss>",
        f'<rdf:RDF xmlns:rdf="r"><item rdf:about="{ONE}"/></rdf:RDF>',
        f"<rss><channel><item><link>{ONE}?a=1&copy;=2</link></item></channel></rss>",
        f"<rss><channel><item><link>{ONE}</link></item></channel></rss></body></html>",
        f"<rss><channel><item><link>{ONE}</link></item></channel></rss><!-- kept {'> ' * 2000}-->",
        f"<rss></p></p><channel><item></item></item><item><link>{ONE}</link></item></channel></rss></html>",
        f"<rss><channel><item><title>Chè &#55357;&#56842;</title><link>{ONE}</link></item></channel></rss>",
    ],
)
def test_feeds(feed: str) -> None:
    assert asked("feed", feed) == ([ONE], [])


@pytest.mark.parametrize(
    "sitemap",
    [
        f'<sm:urlset xmlns:sm="x"><sm:url><sm:loc>{ONE}</sm:loc></sm:url></sm:urlset>',
        f"<urlset><sm:url><sm:loc>{ONE}</sm:loc></sm:url></urlset>",
        f"<urlset ><url ><loc >{ONE}</loc ></url></urlset>",
        f"<URLSET><URL><LOC>{ONE}</LOC></URL></URLSET>",
        f"<urlset><url><loc><![CDATA[{ONE}?id=1&section=2]]></loc></url></urlset>",
        f"<urlset><url><loc>{ONE}?id=1&section=2&amp;b=3</loc></url></urlset>",
        f"<urlset><url><i:image><i:loc>{TWO}</i:loc></i:image><loc>{ONE}</loc></url></urlset>",
        f"<urlset>< 5 <<url><loc>{ONE}</loc></urlset>",
        "<urlset><url><loc>/kinh-te/che-Dlf1mtZIg.html</loc><url></urlset>\n<!-- made in 0.1 s -->",
        f"<!DOCTYPE urlset><urlset><url><loc>{ONE}</loc></url></urlset>",
        f"{ONE}\r\n{HOME}/\r\n",
        f"\ufeff{ONE}",
        f"<!-- a --- <urlset> ---><urlset><!----><url><!--><loc>{ONE}</loc></url></urlset>",
        f"<urlset><!-- <![CDATA[ --><url><loc>{ONE}</loc></url></urlset>",
        f"<rss><channel><item><link>{ONE}</link></item></channel></rss>",
        b"".join(
            gzip.compress(part.encode(), mtime=0) for part in ("<urlset><url><loc>", ONE, "</loc></url></urlset>")
        ),
        f"<urlset><url><loc>{ONE}</loc></url></urlset>".encode("utf-16"),
        f'<?xml version="1.0" encoding="latin1"?><urlset><!-- \xe9 --><loc>{ONE}</loc></urlset>'.encode("latin-1"),
        f"<urlset><url><i:image><i:loc>{TWO}</i:loc><loc>{ONE}</loc></url></urlset>",
        f"<urlset><url><i:image><i:caption>Chè</i:caption><loc>{ONE}</loc></url></urlset>",
        f"<urlset><url><image><loc>{HOME}/che.jpg</loc><loc>{ONE}</loc></url></urlset>",
        f"<urlset><url><loc>{ONE}</loc></url></urlset>\n</html>",
        f"# newest first\n{ONE},2026-11-22\n",
        f"{ONE};2026-11-22T10:00:00+07:00;0.8;daily\r\n",
        f'loc\tlastmod\n"{ONE}"\t"2026-11-22"\n',
        f"url,title\n{ONE},Vụ chè 2026\n",
        gzip.compress(f"<urlset><url><loc>{ONE}</loc></url></urlset>".encode(), mtime=0) + b"\n<!-- cached -->",
        gzip.compress(f"{ONE}\n".encode(), mtime=0) + bytes(99_999) + gzip.compress(b"#", mtime=0) + bytes(9),
    ],
)
def test_sitemaps(sitemap: str | bytes) -> None:
    urls, said = asked("sitemap", sitemap)
    assert ([url.partition("?")[0] for url in urls], said) == ([ONE], [])


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("feed", f"<rss><channel><item><link>{ONE}</link></item><item><link>{TWO}", "cut off"),
        ("sitemap", f"<urlset><url><loc>{ONE}</loc></url><url><loc>{TWO}", "cut off"),
        ("sitemap", f"<urlset><url><loc>{ONE}</loc></url><!-- <url><loc>{TWO}</loc></url></urlset>", "cut off"),
        ("sitemap", gzip.compress(f"{BEGUN}{' ' * 9}</urlset>".encode(), mtime=0)[:-9], "its gzip ends too early"),
        ("sitemap", gzip.compress(BEGUN.encode(), mtime=0) + b"\x1f\x8b\x08 no gzip", "its gzip is damaged"),
        ("sitemap", f"<urlset><url><loc>{ONE}</loc></url>{' ' * (50 << 20)}</urlset>", "longer than 52,428,800 bytes"),
        ("feed", f"<rss><item><link>{ONE}</link></item>{' ' * (8 << 20)}</rss>", "longer than 8,388,608 bytes"),
        ("feed", f"<rss>{f'<item><link>{ONE}</link></item>' * 5001}</rss>", "more than 5,000 articles"),
        ("sitemap", f"<html><a href='{ONE}'>Bảo trì</a></html>", "no sitemap, but <html>"),
        ("feed", f"<html><a href='{ONE}'>Bảo trì</a></html>", "no feed, but <html>"),
        ("sitemap", "", "empty"),
        ("sitemap", f"{BEGUN}</urlset><urlset><url><loc>{TWO}", "cut off"),
        ("sitemap", f"{ONE}\nche-8.html\n2026\n", "2 lines are no addresses"),
        ("sitemap", f"{BEGUN}<url><lastmod>2026-11-22</lastmod></url></urlset>", "1 entry has no address"),
        ("feed", f"<rss><item><link>{ONE}</link></item><item><i>Chè</i></item></rss>", "1 entry has no address"),
        (
            "sitemap",
            f"<!DOCTYPE x [<!ENTITY home '{HOME}'>]>{BEGUN}<url><loc>&home;/a-b.html</loc></url></urlset>",
            "1 entry has no address: entities are not resolved, as in &home;/a-b.html",
        ),
        (
            "feed",
            f"<rss><item><link>{ONE}</link></item><item><link>{TWO}&nbsp;</link></item></rss>",
            f"1 entry has no address: entities are not resolved, as in {TWO}&nbsp;",
        ),
        ("sitemap", gzip.compress(f"{ONE}\n".encode(), mtime=0) * 1001, "more than 1,000 members of gzip"),
    ],
)  # fmt: skip
def test_what_was_not_read_to_its_end_is_named(kind: str, body: str | bytes, why: str) -> None:
    urls, said = asked(kind, body)
    assert said == [f"{kind} {HOME}/list: {why}"]
    assert urls == ([] if "but" in why or why == "empty" else [ONE])


BOMB = "".join(f"<!ENTITY b{n} '&b{n - 1};&b{n - 1};'>" for n in range(1, 60))
HOSTILE = {
    "entities": f"<!DOCTYPE x [<!ENTITY b0 'b'>{BOMB}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    + "<rss><item><link>&b59;&f;",
    "signs": "<rss>" + "< &" * 100_000,
    "tags": "<rss>" + "<a>" * 50_000,
    "ends": "<rss>" + "</a>" * 50_000,
    "comments": "<rss>" + "<!--" * 200_000,
    "sections": "<rss>" + "<![CDATA[" * 100_000,
    "attributes": "<rss><item " + " ".join(f"a{n}=''" for n in range(50_000)) + ">",
    "open tags": "<rss>" + "".join(f"<item a{n}='' " for n in range(50_000)),
    "open values": "<rss>" + "<item a='>" * 50_000,
    "namespaces": "<rss>" + "".join(f"<n xmlns:n{n}='n{n}'>" for n in range(20_000)),
    "text": "<urlset><url><loc>" + "x" * 3_000_000,
    "value": "<urlset><url a='" + "x" * 3_000_000,
    "entries": "<rss>" + "<item>" * 50_000,
    "links": "<rss><item>" + "<link>x</link>" * 30_000,
    "bases": "<rss>" + "<item xml:base='x/'><link>y</link></item>" * 1_000,
    "lines": "https://a.vn/" + "x" * 3_000_000,
    "columns": "https://a.vn/" + ",2026;" * 500_000,
    "end tags": "<rss>" + "</p>" * 400_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_lists_cost_what_their_length_costs(kind: str) -> None:
    """None of them expands, none is kept in memory, and nothing is opened; the reading ends."""
    for reader in (Feed, Sitemap):
        text = ListText(HOSTILE[kind].encode(), limit=50 << 20)
        tracemalloc.start()
        found = sum(1 for _ in reader(text, f"{HOME}/list"))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert found <= 5_000
        assert peak < 20_000_000


@pytest.mark.parametrize("kind", ["feed", "sitemap", "section"])
def test_hosts_of_combining_marks_cost_what_others_of_their_length_cost(kind: str) -> None:
    """`urlsplit` composes a host, to look for signs in it: one that is longer than any never gets there."""
    begins, ends, form = {
        "feed": ("<rss>", "</rss>", "<item><link>{}</link></item>"),
        "sitemap": ("<urlset>", "</urlset>", "<url><loc>{}</loc></url>"),
        "section": ("", "", "<a href='{}'>x</a>"),
    }[kind]

    def seconds(letters: str) -> float:
        links = "".join(form.format(f"http://a{letters * 950}{n}.vn/") for n in range(100))
        spider = make_spider("baosonla")
        read = {"feed": spider.parse_feed, "sitemap": spider.parse_sitemap, "section": spider.parse_section}[kind]
        response = reply(f"{HOME}/list", begins + links + ends)
        began = time.process_time()
        assert not any(read(response))
        return time.process_time() - began

    seconds("đđ")
    assert seconds("\u0316\u0315") < 8 * seconds("đđ") + 0.02


def test_a_long_sitemap_is_read_in_turns_with_other_work() -> None:
    """Between two turns no more is read than a piece, whatever is in it."""
    sitemaps = [
        f"<urlset>{'<url><lastmod/></url>' * 60_000}</urlset>",
        f"<urlset>{' ' * 1_200_000}<!-- {'x' * 1_200_000} --></urlset>",
        "".join(f"https://a.vn/{number:060}\n" for number in range(30_000)),
        f"<rss>{'<item><link/></item>' * 60_000}</rss>",
    ]
    for sitemap in sitemaps:
        read = make_spider("baosonla").parse_sitemap(reply(f"{HOME}/sitemap.xml", sitemap))
        assert [*read].count(None) >= len(sitemap) // (1 << 16) - 5


def test_memory_stays_flat() -> None:
    """A sitemap of 40,000 articles, packed, takes no more memory than one of 4,000, its bytes aside."""

    def peak(articles: int) -> int:
        rows = "".join(f"<url><loc>{HOME}/tin/bai-{n}.html</loc></url>" for n in range(articles))
        packed = gzip.compress(f"<urlset>{rows}</urlset>".encode(), 1)
        del rows
        tracemalloc.start()
        assert sum(1 for _ in Sitemap(ListText(packed, limit=50 << 20), HOME)) == articles
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(40_000) < 2 * peak(4_000)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.binary(max_size=300), st.integers(0, 200))
def test_nothing_that_is_sent_in_place_of_a_list_ends_its_reading(noise: bytes, at: int) -> None:
    body = f"<rss><item><link>{ONE}</link></item></rss>".encode()
    for text in (noise, body[:at] + noise + body[at:], gzip.compress(noise)[: at + 1], b"\x1f\x8b" + noise):
        for reader in (Feed, Sitemap):
            list(reader(ListText(text, limit=1 << 20), f"{HOME}/list"))


def test_base_counts_for_the_links_of_a_section() -> None:
    spider = make_spider("baosonla")
    page = '<base href="/kinh-te/"><a href="che-Dlf1mtZIg.html">x</a><a rel="next" href="trang-2.html">2</a>'
    requests = [request.url for request in spider.parse_section(reply(f"{HOME}/a/b/kinh-te.html", page))]
    assert requests == [ONE, f"{HOME}/kinh-te/trang-2.html"]


def test_dates_beside_links_cost_what_their_number_costs() -> None:
    """Each link's address is looked at once, however many stand in one box, and each text."""

    seen = 0

    def article_of(href: str) -> str:
        nonlocal seen
        seen += 1
        return href

    def steps(number: int) -> int:
        """How many lines of the module run."""
        links = "".join(f"<a href='/{n}'>x</a> <i>a</i>" for n in range(number))
        tree = LexborHTMLParser(f"<div>{links}</div><ul><li><a href='/x'>x</a><i>01/10/2026</i></li></ul>")
        lines = 0

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal lines
            lines += 1
            return trace if frame.f_code.co_filename == printed_list_dates.__file__ else None

        sys.settrace(trace)
        found = printed_list_dates.printed_dates(tree, article_of, datetime(2026, 10, 2, tzinfo=UTC))
        sys.settrace(None)
        assert [*found] == ["/x"]
        return lines

    few, many = steps(200), steps(800)
    assert seen == 200 + 800 + 2
    assert many < 6 * few


@pytest.fixture
def resources(tmp_path: Path) -> Iterator[Resources]:
    state = State(f"sqlite:///{tmp_path}/state.sqlite")
    yield Resources(state)
    state.close()


@pytest.mark.parametrize(
    ("lastmods", "hours", "expected"),
    [
        (["0001-01-01", "2026-11-01"], 1, []),
        (["0001-01-01", "2026-11-01"], 25, [0, 1]),
        (["9999-12-31T23:59:59+00:00", "2026-11-01"], 1, []),
        (["2026-11-22T12:00:00Z", "2026-11-01"], 1, [0]),
        (["2026-11-22T12:00:00Z"] * 4, 1, []),
        (["2026-11-22T12:00:00Z"] * 4, 25, [0, 3, 1, 2]),
    ],
)
def test_an_index_is_no_authority(
    resources: Resources, lastmods: Sequence[str], hours: int, expected: Sequence[int]
) -> None:
    """Its word that a sitemap has changed is taken for a hint; its word that none has, for nothing."""
    read = datetime(2026, 11, 22, 11, tzinfo=UTC)
    urls = [f"{HOME}/sitemap-{number}.xml" for number in range(len(lastmods))]
    row = Resource("", "baosonla", "sitemap", "", status=200, step=5, checked_at=warc_date(read))
    row = row._replace(next_check=warc_date(read + timedelta(hours=24)))
    resources.put([row._replace(key=url, url=url) for url in urls])
    set_clock(read + timedelta(hours=hours + 1))
    spider = make_spider("baosonla")
    spider.crawl_state = CrawlState("baosonla", resources)
    rows = "".join(
        f"<sitemap><loc>{url}</loc><lastmod>{at}</lastmod></sitemap>" for url, at in zip(urls, lastmods, strict=True)
    )
    response = reply(f"{HOME}/sitemap.xml", f"<sitemapindex>{rows}</sitemapindex>")
    found = [request.url for request in spider.parse_sitemap(response) if request is not None]
    assert found == [urls[number] for number in expected]


@pytest.mark.parametrize(("step", "failures"), [(0, 0), (7, 0), (7, 3)])
def test_a_sitemap_of_an_index_that_is_cut_off_is_read_again_by_the_next_run(
    resources: Resources, step: int, failures: int
) -> None:
    """However rarely it brought anything, and whether or not it failed before: one cut is no habit."""
    read, url = datetime(2026, 11, 22, 11, tzinfo=UTC), f"{HOME}/sitemap-2026-03.xml"
    row = Resource(url, "baosonla", "sitemap", url, step=step, failures=failures, checked_at="2026-10-01T00:00:00Z")
    resources.put([row._replace(next_check=row.checked_at)])
    index = f"<sitemapindex><sitemap><loc>{url}</loc><lastmod>2026-03-31T10:00:00Z</lastmod></sitemap></sitemapindex>"
    asked, whole = [], [f"<url><loc>{HOME}/", "<url></urlset>", "</urlset>", "</urlset>"]
    for run, end in enumerate(whole):
        set_clock(read + timedelta(minutes=40 * run))
        spider = make_spider("baosonla")
        spider.crawl_state = CrawlState("baosonla", resources)
        now = warc_date(read + timedelta(minutes=40 * run))
        found = [each for each in spider.parse_sitemap(reply(f"{HOME}/sitemap.xml", index, date=now)) if each]
        asked.append([each.url for each in found])
        for request in found:
            response = reply(request.url, f"<urlset><url><loc>{ONE}</loc></url>{end}", date=now)
            response.request = request.replace(meta={**response.meta, **request.meta})
            list(spider.parse_sitemap(response))
        spider.crawl_state.close(9_999, complete=True)
    assert asked == [[url], [url], [], []]


def test_a_list_that_is_cut_off_twice_is_taken_as_it_is(resources: Resources) -> None:
    url, complete = f"{HOME}/sitemap.xml", []
    for end in ("<url>", "<url>", "</urlset>", "<url>", "<url>"):
        state = CrawlState("baosonla", resources)
        spider = make_spider("baosonla")
        spider.crawl_state = state
        request = spider.list_request(url, spider.parse_sitemap, 0, state.get([url]).get(url))
        response = reply(url, f"{BEGUN}{end}")
        response.request = request.replace(meta={**response.meta, **request.meta})
        list(spider.parse_sitemap(response))
        state.close(9_999, complete=True)
        row = resources.get([url])[url]
        complete.append((row.is_complete, row.failures))
    assert complete == [(False, 0), (True, 0), (True, 0), (False, 0), (True, 0)]


def test_a_sitemap_of_an_index_that_fails_is_asked_for_less_and_less(resources: Resources) -> None:
    index = f"<sitemapindex><sitemap><loc>{HOME}/sitemap-1.xml</loc></sitemap></sitemapindex>"
    at, gaps = datetime(2026, 1, 1, tzinfo=UTC), []
    for _ in range(6):
        set_clock(at)
        spider = make_spider("baosonla")
        spider.crawl_state = CrawlState("baosonla", resources)
        (request,) = spider.parse_sitemap(reply(f"{HOME}/sitemap.xml", index, date=warc_date(at)))
        assert request is not None
        failure = Failure(ConnectionError("dead"))
        failure.request = request
        list(spider.list_failed(failure))
        spider.crawl_state.write_failures()
        following = resources.get([request.url])[request.url].next_check
        gaps.append(round((datetime.fromisoformat(following or "") - at) / timedelta(hours=1)))
        set_clock(at + timedelta(minutes=30))
        assert not list(spider.parse_sitemap(reply(f"{HOME}/sitemap.xml", index)))
        at = datetime.fromisoformat(following or "")
    assert gaps == [1, 6, 24, 7 * 24, 30 * 24, 30 * 24]


def test_a_list_that_is_never_whole_is_asked_for_in_full_once_more_and_then_as_any_other(resources: Resources) -> None:
    """Each time it is named, also where the answer is that it has not changed."""
    at, conditional = datetime(2026, 1, 1, tzinfo=UTC), list[bool]()
    key = make_spider("baosonla").article_id(ONE) or ""
    resources.put([Resource(key, "baosonla", "article", ONE, status=200, captured_at=warc_date(at))])
    for number in range(4):
        set_clock(at + timedelta(minutes=30 * number))
        spider = make_spider("baosonla")
        spider.crawl_state = CrawlState("baosonla", resources)
        request = next(each for each in spider.list_requests() if each.callback == spider.parse_sitemap)
        conditional.append("If-None-Match" in request.headers)
        response = reply(
            request.url,
            "" if conditional[-1] else f"{BEGUN}<url><loc>{TWO}",
            status=304 if conditional[-1] else 200,
            headers=[("ETag", '"1"')],
            date=warc_date(at + timedelta(minutes=30 * number)),
        )
        response.meta.update(request.meta)
        list(spider.parse_sitemap(response))
        spider.crawl_state.close(1, complete=True)
        assert spider.crawler.stats is not None
        why = "it was not the last time, and has not changed" if conditional[-1] else "cut off"
        assert spider.crawler.stats.get_value("newsbot/unread_listings") == [f"sitemap {request.url}: {why}"]
    assert conditional == [False, False, True, True]


def test_a_known_article_that_fails_is_asked_for_less_and_less_and_not_for_ever(resources: Resources) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    row = Resource("a:1", "a", "article", ONE, status=200, captured_at=warc_date(at), checked_at=warc_date(at))
    resources.put([row._replace(next_check=warc_date(at))])
    gaps = []
    for _ in range(20):
        set_clock(at)
        state = CrawlState("a", resources)
        for due in state.due_articles(200):
            state.note_failure(due.key, due.url, due, warc_date(at))
        state.write_failures()
        if (following := resources.get(["a:1"])["a:1"].next_check) is None:
            break
        gaps.append(datetime.fromisoformat(following) - at)
        at = datetime.fromisoformat(following)
    assert gaps == list(GAPS)


def test_articles_that_fail_leave_room_for_others(resources: Resources) -> None:
    date = warc_date(datetime(2026, 1, 1, tzinfo=UTC))
    well, failing = (
        [
            Resource(f"a:{kind}{n}", "a", "article", ONE, captured_at=date, next_check=date, failures=failures)
            for n in range(300)
        ]
        for kind, failures in (("w", 0), ("f", 1))
    )
    resources.put([*well, *failing])
    set_clock(datetime(2026, 1, 2, tzinfo=UTC))
    due = CrawlState("a", resources).due_articles(200)
    assert [bool(row.failures) for row in due].count(True) == 50
    assert len(due) == 200


# Through whole crawls

SOURCE = "haiduongtv"
SITE = next(site for site in sites(articles=60) if site.name == SOURCE)
HOST = "haiduongtv.vn"
STORIES = [story for story in SITE.stories if story.kind == "article" and "noarchive" not in story.traps]
EMPTY = instead(f"{HOST}/rss*", "<rss><channel></channel></rss>", type="text/xml")


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=60, now=NOW) as replica:
        yield replica


def index_of(days: Sequence[datetime]) -> list[Fault]:
    """An index with a sitemap a day, made this very moment, each of one article."""
    names = [f"https://{HOST}/sitemap-article-{day:%Y-%m-%d}.xml" for day in days]
    made = NOW.isoformat()
    index = "".join(f"<sitemap><loc>{name}</loc><lastmod>{made}</lastmod></sitemap>" for name in names)
    sitemaps = [
        instead(
            name.removeprefix("https://"), f"<urlset><url><loc>{story.urls[0]}</loc></url></urlset>", type="text/xml"
        )
        for name, story in zip(names, STORIES, strict=False)
    ]
    return [instead(f"{HOST}/sitemap.xml", f"<sitemapindex>{index}</sitemapindex>", type="text/xml"), *sitemaps]


def test_an_index_of_more_sitemaps_than_a_run_has_time_for(replica: Replica, tmp_path: Path) -> None:
    """Each run goes on where the last was stopped, the newest first; sections are read all the while."""
    days = [NOW - timedelta(days=number) for number in range(24)]
    sections = [instead(f"{HOST}/{name}*", "<a href='/'>x</a>") for name in ("kinh-te", "nong-nghiep", "van-hoa")]
    replica.set_faults(*index_of(list(reversed(days))), EMPTY, *sections)
    play, runs = Play(replica, SOURCE, tmp_path), []
    for number in range(8):
        run = play.run(NOW + timedelta(hours=number), "--set=CLOSESPIDER_PAGECOUNT=45", "-a", "max_pages=1")
        runs.append([url for url in run.asked if "sitemap-article" in url])
        assert f"{HOST}/thoi-su" in run.asked or number
        if run.stats["finish_reason"] == "finished":
            break
    assert sorted({url for run in runs for url in run}) == sorted(
        f"{HOST}/sitemap-article-{day:%Y-%m-%d}.xml" for day in days
    )
    assert len(runs) > 1
    assert sum(map(len, runs)) <= len(days) + 12 * len(runs)
    output = f"sqlite:///{tmp_path}/rebuilt.sqlite"
    done = play.scrapy("rebuildstate", f"--output={output}")
    assert done.returncode == 0, done.stdout + done.stderr
    query = "SELECT key, status, complete FROM resources WHERE kind = 'sitemap'"
    assert sorted(rows(output, query)) == sorted(rows(play.state_url, query))


def test_a_list_that_is_cut_off_is_told_and_read_again(replica: Replica, tmp_path: Path) -> None:
    cut = f"<urlset><url><loc>{STORIES[0].urls[0]}</loc></url><url><loc>{STORIES[1].urls[0][:30]}"
    replica.set_faults(instead(f"{HOST}/sitemap.xml", cut, type="text/xml"), EMPTY)
    play = Play(replica, SOURCE, tmp_path)
    run = play.run(NOW, "-a", "max_pages=1")
    line = f"newsbot: {SOURCE}: not read to its end: sitemap https://{HOST}/sitemap.xml: cut off"
    assert (run.status, line in run.said) == (1, True), run.output
    assert STORIES[0].key in {line["id"] for line in run.lines}
    again = play.run(NOW + timedelta(minutes=30), "-a", "max_pages=1")
    assert again.asked[f"{HOST}/sitemap.xml"] == 1
    assert (again.status, again.stats.get("newsbot/lists_unread")) == (1, 1)


def gone(number: int, **answer: str | int) -> Instead:
    return instead(f"{HOST}/*-{STORIES[number].key.partition(':')[2]}.html", **answer)  # type: ignore[arg-type]


def test_removals_told_by_redirect_by_refresh_and_for_legal_reasons(replica: Replica, tmp_path: Path) -> None:
    replica.set_faults()
    play = Play(replica, SOURCE, tmp_path)
    first = play.run(NOW)
    assert first.status == 0, first.output
    replica.set_newsroom(SOURCE, Newsroom())
    replica.set_faults(
        gone(0, status=302, to="/Error.aspx?aspxerrorpath=/tin/che.aspx"),
        gone(1, status=301, to=f"https://{HOST}/404.html"),
        gone(2, status=302, to="/index.html"),
        gone(3, body='<meta http-equiv="refresh" content="0;url=/404.html"><p>Đang chuyển trang</p>'),
        gone(4, status=451),
    )
    second = play.run(NOW + timedelta(hours=2))
    assert {line["id"]: line["change"] for line in second.lines} == {
        STORIES[number].key: "removed" for number in range(5)
    }
    assert second.status == 0, second.output


def test_robots_txt_of_another_host_is_obeyed(replica: Replica, tmp_path: Path) -> None:
    replica.set_faults(
        instead(f"{HOST}/robots.txt", status=301, to="https://baosonla.vn/rules/robots.txt"),
        instead("baosonla.vn/rules/robots.txt", "User-agent: *\nDisallow: /\n", type="text/plain"),
    )
    run = Play(replica, SOURCE, tmp_path).run(NOW)
    assert set(run.asked) == {f"{HOST}/robots.txt", "baosonla.vn/rules/robots.txt"}
    kept = "".join(path.read_text() for path in (tmp_path / "index").rglob("*.cdxj"))
    assert "vn,baosonla)/rules/robots.txt" in kept


def test_robots_txt_that_never_arrives_forbids_nothing(replica: Replica, tmp_path: Path) -> None:
    replica.set_faults(instead(f"{HOST}/robots.txt", status=302, to="/robots.txt?again=1"))
    run = Play(replica, SOURCE, tmp_path).run(NOW, "-a", "limit=1")
    robots = [url for url in run.asked if "/robots.txt" in url]
    assert sum(run.asked[url] for url in robots) <= 6
    assert run.lines
