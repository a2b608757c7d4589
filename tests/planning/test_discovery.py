"""Whether a source's articles are found: each spider walks its site of the replica, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from scrapy.exceptions import UsageError
from scrapy.http import HtmlResponse, Request
from twisted.python.failure import Failure

from newsbot.spider import NewsSpider
from tests.harness.pages import make_spider, reply
from tests.harness.walk import Walk
from tests.replica.sites import sites

SITES = {site.name: site for site in sites(articles=80)}


@pytest.mark.parametrize("name", SITES)
def test_every_article_is_found(name):
    walk = Walk(make_spider(name), SITES[name]).run()
    wanted = {story.key for story in SITES[name].stories if story.kind == "article"}
    complete = {id for id, article in walk.articles.items() if article.body}
    assert complete == wanted
    assert {urlsplit(url).hostname for url in walk.asked} <= set(walk.spider.allowed_domains)


@pytest.mark.parametrize("name", SITES)
def test_limit(name):
    spider = make_spider(name, limit="5")
    walk = Walk(spider, SITES[name]).run()
    assert len({spider.article_id(url) for url in walk.asked} - {None}) == 5


def test_sections_argument():
    spider = make_spider("baosonla", sections="the-thao,nong-nghiep", max_pages="1")
    assert list(spider.sections) == ["the-thao.html", "nong-nghiep.html"]
    assert spider.max_pages == 1


def test_sections_argument_on_an_old_host():
    """An address stays what it is, though the present host has a section of that name."""
    old = "http://baoquangninh.com.vn/kinh-te/"
    spider = make_spider("baoquangninh", sections=f"{old},kinh-te")
    assert list(spider.sections) == [old, "kinh-te"]
    with pytest.raises(UsageError, match="is on none of the hosts in allowed_domains"):
        make_spider("baoquangninh", sections="https://other.vn/kinh-te")


@pytest.mark.parametrize("base", ["https://static.baosonla.vn/theme/", "https://other.vn/", "//127.0.0.1/", "http://["])
def test_a_base_on_another_host_is_not_that_of_lists(base):
    """Such a host has style sheets; a base on a host of the source's holds."""
    spider = make_spider("baosonla")
    form = '<base href="{}"><a href="{}kinh-te/che-Dlf1mtZIg.html">x</a><a rel="next" href="{}?page=2">y</a>'
    for named, path in ((base, "/"), ("https://baosonla.vn/theme/", "../")):
        page = form.format(named, path, f"{path}kinh-te.html")
        found = spider.parse_section(reply(f"{spider.home}kinh-te.html", page))
        assert [each.url for each in found] == [
            f"{spider.home}kinh-te/che-Dlf1mtZIg.html", f"{spider.home}kinh-te.html?page=2"
        ]  # fmt: skip


def test_a_next_page_elsewhere_is_counted():
    spider = make_spider("baosonla")
    page = '<a href="/kinh-te/che-Dlf1mtZIg.html">x</a><a rel="next" href="https://other.vn/2">y</a>'
    assert len(list(spider.parse_section(reply(f"{spider.home}kinh-te.html", page)))) == 1
    assert spider.crawler.stats.get_value("newsbot/next_pages_elsewhere") == 1


@pytest.mark.parametrize("arguments", [{"limit": "0"}, {"limit": "-1"}, {"limit": "many"}, {"max_pages": "1.5"}])
def test_bad_arguments(arguments):
    with pytest.raises(UsageError, match="must be a whole number from 1"):
        make_spider("baosonla", **arguments)


def links(spider: NewsSpider, *hrefs: str) -> list[str]:
    page = "".join(f'<a href="{href}">x</a>' for href in hrefs)
    return [request.url for request in spider.parse_section(reply(f"{spider.home}kinh-te", page))]


def test_mirrors_are_asked_at_the_present_host():
    path = "/kinh-te/che-Dlf1mtZIg.html"
    spider = make_spider("baosonla")
    assert links(spider, f"http://demo.baosonla.org.vn{path}", f"https://www.baosonla.vn{path}?a=1#b", path) == [
        f"https://baosonla.vn{path}"
    ]


def test_old_addresses_are_asked_as_they_are():
    old = "http://baoquangninh.com.vn/the-thao/201203/Messi-2162292/"
    assert links(make_spider("baoquangninh"), old) == [old]


def test_the_present_address_is_preferred_on_one_page():
    old, new = "http://baoquangninh.com.vn/the-thao/201203/Messi-2162292/", "https://baoquangninh.vn/messi-2162292.html"
    assert links(make_spider("baoquangninh"), old, new) == [new]


def follow(spider: NewsSpider, links: list[str]) -> Iterator[Request]:
    return spider.follow_addresses(spider.read_addresses(reply(spider.home, ""), links))


def test_a_dead_host_loses_no_article_that_another_has():
    spider = make_spider("baoquangninh")
    old, new = "http://baoquangninh.com.vn/the-thao/201203/Messi-2162292/", "https://baoquangninh.vn/messi-2162292.html"
    (first,) = follow(spider, [old])
    assert not list(follow(spider, [new]))
    (second,) = spider.article_failed(_failure(first))
    assert isinstance(second, Request)
    assert (second.url, second.dont_filter) == (new, True)
    assert second.meta["article_id"] == first.meta["article_id"] == "baoquangninh:2162292"
    assert not list(spider.article_failed(_failure(second)))


def test_an_address_found_after_the_failure_is_asked():
    spider = make_spider("baoquangninh")
    old, new = "http://baoquangninh.com.vn/the-thao/201203/Messi-2162292/", "https://baoquangninh.vn/messi-2162292.html"
    (first,) = follow(spider, [old])
    assert not list(spider.article_failed(_failure(first)))
    (second,) = follow(spider, [new])
    assert (second.url, second.dont_filter) == (new, True)


def test_old_host_dead():
    walk = Walk(make_spider("baoquangninh"), SITES["baoquangninh"], dead=["www.baoquangninh.com.vn"]).run()
    wanted = {story.key for story in SITES["baoquangninh"].stories if story.kind == "article" and story.index % 2 == 0}
    assert set(walk.articles) == wanted


@pytest.mark.parametrize(
    "href",
    [
        "https://evil-baosonla.vn/kinh-te/che-Dlf1mtZIg.html",
        "https://x.baosonla.vn/kinh-te/che-Dlf1mtZIg.html",
        "https://baosonla.vn.evil.example/kinh-te/che-Dlf1mtZIg.html",
        "https://baosonla.vn@10.0.0.1/kinh-te/che-Dlf1mtZIg.html",
        "https://user@baosonla.vn/kinh-te/che-Dlf1mtZIg.html",
        "https://baosonla.vn:8443/kinh-te/che-Dlf1mtZIg.html",
        "http://127.0.0.1/kinh-te/che-Dlf1mtZIg.html",
        "http://[::1]/kinh-te/che-Dlf1mtZIg.html",
        "http://[::1/kinh-te/che-Dlf1mtZIg.html",
        "//evil.example/kinh-te/che-Dlf1mtZIg.html",
        "ftp://baosonla.vn/kinh-te/che-Dlf1mtZIg.html",
        "javascript:alert('/kinh-te/che-Dlf1mtZIg.html')",
        "data:text/html,/kinh-te/che-Dlf1mtZIg.html",
        "file:///kinh-te/che-Dlf1mtZIg.html",
        "/kinh-te.html",
        "/kinh-te/",
        "",
    ],
)
def test_links_that_are_no_articles(href):
    assert links(make_spider("baosonla"), href) == []


def test_next_page_stays_on_the_site():
    spider = make_spider("baosonla")
    page = '<a href="/kinh-te/che-Dlf1mtZIg.html">x</a><a rel="next" href="http://10.0.0.1/kinh-te.html?page=2">2</a>'
    assert [request.url for request in spider.parse_section(reply(f"{spider.home}kinh-te.html", page))] == [
        "https://baosonla.vn/kinh-te/che-Dlf1mtZIg.html"
    ]


def test_pages_end_where_nothing_new_comes():
    spider = make_spider("baosonla", max_pages="1000")
    page = '<a href="/kinh-te/che-Dlf1mtZIg.html">x</a><a rel="next" href="/kinh-te.html?page={}">next</a>'
    first = reply("https://baosonla.vn/kinh-te.html", page.format(2))
    _, following = spider.parse_section(first)
    assert following.url == "https://baosonla.vn/kinh-te.html?page=2"
    again = _answer(following, page.format(3))
    assert [request.url for request in spider.parse_section(again)] == [
        "https://baosonla.vn/kinh-te/che-Dlf1mtZIg.html"
    ]


def test_hostile_sitemap():
    spider = make_spider("baosonla")
    bomb = '<!DOCTYPE x [<!ENTITY a "https://baosonla.vn/kinh-te/che-Dlf1mtZIg.html"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    text = f"  {bomb}<urlset><url><loc>&a;</loc></url><url><loc>&f;</loc></url><url><loc>https://baosonla.vn/a/b-BJMJaDmSg.html"
    assert not list(spider.parse_sitemap(reply("https://baosonla.vn/sitemap.xml", text)))
    (request,) = spider.parse_sitemap(reply("https://baosonla.vn/sitemap.xml", text + "</loc>"))
    assert request is not None
    assert request.url == "https://baosonla.vn/a/b-BJMJaDmSg.html"


def test_sitemap_index_is_followed_a_little_way():
    spider = make_spider("baosonla")
    index = "<sitemapindex><sitemap><loc>https://baosonla.vn/s.xml?{}</loc></sitemap><sitemap><loc>http://10.0.0.1/s.xml</loc>"
    response, urls = reply("https://baosonla.vn/sitemap.xml", index.format(0)), []
    for depth in range(1, 10):
        requests = [request for request in spider.parse_sitemap(response) if request is not None]
        if not requests:
            break
        urls += [request.url for request in requests]
        response = _answer(requests[0], index.format(depth))
    assert urls == ["https://baosonla.vn/s.xml?0", "https://baosonla.vn/s.xml?1"]


def _failure(request: Request) -> Failure:
    failure = Failure(ConnectionError("dead"))
    failure.request = request
    return failure


def _answer(request: Request, body: str) -> HtmlResponse:
    response = reply(request.url, body)
    response.request = request.replace(meta={**response.meta, **request.meta})
    return response
