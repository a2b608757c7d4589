"""One fetch an article, however many URLs it has."""

from __future__ import annotations

from scrapy import Request

from newsbot.fetching.fingerprints import ArticleFingerprinter


def article(url: str, article_id: str = "baosonla:8", **meta: object) -> bytes:
    return ArticleFingerprinter().fingerprint(Request(url, meta={"article_id": article_id, **meta}))


def test_every_url_of_an_article_is_the_same_request() -> None:
    urls = ["http://baosonla.org.vn/vi/bai-viet/a-8", "https://www.baosonla.vn/b-8.html?utm_source=zalo"]
    assert article(urls[0]) == article(urls[1])


def test_another_article_is_another_request_even_at_the_same_url() -> None:
    assert article("https://baosonla.vn/a") != article("https://baosonla.vn/a", "baosonla:9")


def test_a_redirected_article_request_is_not_taken_for_the_one_that_was_redirected() -> None:
    first = "http://baosonla.org.vn/8"
    assert article(first) != article("https://baosonla.vn/8", redirect_urls=[first])


def test_other_requests_go_by_their_url() -> None:
    fingerprint = ArticleFingerprinter().fingerprint
    assert fingerprint(Request("https://baosonla.vn/?b=2&a=1")) == fingerprint(Request("https://baosonla.vn/?a=1&b=2"))
    assert fingerprint(Request("https://baosonla.vn/rss")) != fingerprint(Request("https://baosonla.vn/rss/2"))
    assert fingerprint(Request("https://baosonla.vn/8")) != article("https://baosonla.vn/8")
