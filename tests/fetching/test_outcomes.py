"""What became of each request is counted, and what failed is named."""

from __future__ import annotations

import gzip
from typing import Any

from scrapy.http import Request, Response

from tests.harness.small_server import Answer, small_server

WATCHED: dict[str, Any] = {
    "DOWNLOADER_MIDDLEWARES": {
        "newsbot.fetching.outcomes.Outcomes": 10,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "newsbot.fetching.robots.RobotsTxt": 100,
        "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
        "newsbot.fetching.outcomes.Redirects": 600,
    },
    "EXTENSIONS": {"newsbot.running.error_log.ErrorLog": 900},
    "RETRY_TIMES": 1,
    "LOG_LEVEL": "CRITICAL",
}


def script(path: str, before: int) -> Answer:
    match path:
        case "/robots.txt":
            return 200, {}, b"User-agent: *\nDisallow: /private\n"
        case "/flaky":
            return (200, {}, b"") if before else (503, {}, b"")
        case "/broken":
            return 500, {}, b""
        case "/loop":
            return 302, {"Location": "/loop"}, b""
        case _ if path.startswith("/far"):
            return 302, {"Location": f"{path}r"}, b""
        case "/moved":
            return 301, {"Location": "/page"}, b""
        case _:
            return 200, {}, b"<p>a page</p>"


def test_the_end_of_each_request_counts_not_the_tries() -> None:
    with small_server(script) as server:
        article = {"meta": {"article_id": "small:1"}}
        stats = server.crawl(
            {"url": server.url("/flaky")},
            {"url": server.url("/moved"), **article},
            {"url": server.url("/broken"), **article},
            {"url": server.url("/broken"), "callback": "parse_feed", "dont_filter": True},
            {"url": server.url("/private"), "callback": "parse_section"},
            {"url": server.url("/loop"), **article},
            {"url": server.url("/far"), "meta": {"article_id": "small:2"}},
            {"url": "http://127.0.0.1:1/", **article},
            **WATCHED | {"ROBOTSTXT_OBEY": True},
        )
        broken = server.url("/broken")
        private = server.url("/private")
    assert stats["newsbot/pages"] == 2
    assert stats["newsbot/article_pages"] == 1
    assert stats["newsbot/failed"] == 6
    assert stats["newsbot/failed/HTTP 500"] == 2
    assert stats["newsbot/failed/redirect loop"] == 1
    assert stats["newsbot/failed/max redirections reached"] == 1
    assert stats["newsbot/failed/its robots.txt cannot be read: connection refused"] == 1
    assert stats["newsbot/failed_articles"] == 4
    assert sorted(stats["newsbot/failed_listings"]) == [
        f"feed {broken}: HTTP 500",
        f"section {private}: Forbidden by robots.txt",
    ]
    assert f"{broken}: HTTP 500" in stats["newsbot/failed_addresses"]


def test_errors_in_the_log_are_kept_but_not_those_counted_elsewhere() -> None:
    with small_server(script) as server:
        stats = server.crawl(
            {"url": server.url("/page"), "callback": "parse_section"},
            {"url": server.url("/page?2"), "callback": "parse_feed"},
            {"url": server.url("/page?3"), "callback": "parse_feed"},
            "http://127.0.0.1:1/",
            **WATCHED,
        )
    assert stats["newsbot/errors"] == ["The library is on fire"]
    assert stats["spider_exceptions/LookupError"] == 1


class Breaks:
    """A middleware that does not expect what it is given."""

    def process_response(self, request: Request, response: Response) -> Response:
        if request.url.endswith("/odd"):
            raise LookupError("odd")
        return response


def test_no_answer_is_lost_without_a_count() -> None:
    """Neither by a coding that is a lie, nor by what any middleware raises on an answer."""
    text = "<p>Một trang bình thường, không nén.</p>".encode()
    noise = bytes(range(256)) * 8
    packed = gzip.compress(text * 50)
    answers = {
        f"/{coding}/{name}": (200, {"Content-Encoding": coding}, body)
        for coding in ("gzip", "deflate", "br")
        for name, body in (("plain", text), ("noise", noise), ("empty", b""))
    } | {"/gzip/cut": (200, {"Content-Encoding": "gzip"}, packed[:-20])}
    article = {"meta": {"article_id": "small:1"}}
    with small_server(lambda path, before: answers.get(path, (200, {}, text))) as server:
        stats = server.crawl(
            *({"url": server.url(path), **article} for path in answers),
            {"url": server.url("/odd"), **article},
            {"url": server.url("/fine"), **article},
            **WATCHED
            | {
                "DOWNLOADER": "newsbot.fetching.outcomes.CountingDownloader",
                "DOWNLOADER_MIDDLEWARES": WATCHED["DOWNLOADER_MIDDLEWARES"]
                | {
                    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
                    "newsbot.fetching.compression.Compression": 590,
                    "tests.fetching.test_outcomes.Breaks": 300,
                },
            },
        )
    assert stats["newsbot/article_pages"] == 7
    failed = {name.rpartition("/")[2]: stats[name] for name in stats if name.startswith("newsbot/failed/")}
    assert failed == {
        "LookupError": 1,
        "its body is not gzip, as it says": 1,
        "its body is not deflate, as it says": 1,
        "its body is not br, as it says": 1,
        "its body ends before the gzip stream does": 1,
    }
    assert len(stats["newsbot/failed_addresses"]) == stats["newsbot/failed_articles"] == 5


def test_a_long_list_leaves_turns_to_other_work() -> None:
    with small_server(script) as server:
        stats = server.crawl(
            {"url": server.url("/page"), "callback": "parse_sitemap"},
            SPIDER_MIDDLEWARES={"newsbot.fetching.turns.Turns": 1100},
        )
    assert stats["small/turns_while_reading"] == 1
