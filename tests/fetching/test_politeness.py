"""Each host is asked at the pace it asked for; no other host waits for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import groupby, pairwise
from time import sleep
from typing import Any

import pytest

from tests.harness.small_server import Answer, Script, small_server

POLITE: dict[str, Any] = {
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "newsbot.fetching.robots.RobotsTxt": 100,
        "newsbot.fetching.politeness.Politeness": 560,
    },
    "DOWNLOADER": "newsbot.fetching.outcomes.CountingDownloader",
    "SCHEDULER_PRIORITY_QUEUE": "newsbot.fetching.resting.RestingAwareQueue",
    "EXTENSIONS": {"newsbot.fetching.ending.Ending": 900},
    "AUTOTHROTTLE_ENABLED": True,
    "AUTOTHROTTLE_START_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "RETRY_GIVE_UP_LOG_LEVEL": "INFO",
}
PAGE: Answer = (200, {}, b"<p>a page</p>")


def in_seconds(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("as_date", [False, True])
def test_retry_after_is_kept_and_the_page_fetched(status: int, as_date: bool) -> None:
    def script(path: str, before: int) -> Answer:
        if path == "/busy" and not before:
            return status, {"Retry-After": in_seconds(3) if as_date else "2"}, b""
        return PAGE

    with small_server(script) as server:
        stats = server.crawl(server.url("/busy"), server.url("/next"), **POLITE)
        first, second = server.times("/busy")
        assert second - first >= 2
        assert all(time - first >= 2 for time in server.times("/next")), "the whole host rests, not only the page"
    assert stats["small/parsed"] == 2
    assert stats["politeness/waits"] == 1
    assert stats["retry/count"] == 1


def resting(seconds: int) -> Script:
    """A host that asks, at its first page, to be left alone for so long."""
    return lambda path, before: (429, {"Retry-After": f"{seconds}"}, b"") if path == "/busy" and not before else PAGE


def test_other_hosts_do_not_wait_for_a_resting_one() -> None:
    with small_server(resting(10)) as server:
        rested = [server.url("/busy")] + [server.url(f"/rest/{n}") for n in range(12)]
        lively = [server.url(f"/live/{n}", host="localhost") for n in range(12)]
        stats = server.crawl(*rested, *lively, **POLITE | {"CONCURRENT_REQUESTS": 8, "AUTOTHROTTLE_MAX_DELAY": 0.1})
        order = [path for _, _, path in server.log]
    back = order.index("/busy", order.index("/busy") + 1)
    assert {f"/live/{n}" for n in range(12)} <= set(order[:back])
    assert stats["small/parsed"] == 25


def test_other_hosts_do_not_wait_for_one_that_has_rested() -> None:
    """What a host was not asked for while it rested does not come all at once before what others are asked for."""

    def script(path: str, before: int) -> Answer:
        if not path.startswith("/live/"):
            return resting(2)(path, before)
        number = int(path.rpartition("/")[2])  # what leads on is found one by one
        return (302, {"Location": f"/live/{number + 1}"}, b"") if number < 40 else PAGE

    with small_server(script) as server:
        rested = [server.url("/busy")] + [server.url(f"/rest/{n}") for n in range(20)]
        settings = {
            "CONCURRENT_REQUESTS": 4,
            "DOWNLOAD_DELAY": 0.2,
            "DOWNLOAD_DELAY_JITTER": 0,
            "REDIRECT_MAX_TIMES": 99,
        }
        server.crawl(*rested, server.url("/live/0", host="localhost"), **POLITE | settings)
        order = ["live" if path.startswith("/live") else "rest" for _, _, path in server.log]
    back = order.index("rest", order.index("rest") + 1)
    last = len(order) - order[::-1].index("live")
    runs = [(host, len([*same])) for host, same in groupby(order[back:last])]
    assert sum(count for host, count in runs if host == "live") > 10, "else nobody could have waited"
    assert max(count for host, count in runs if host == "rest") < 6


def test_a_host_that_asks_for_too_long_is_given_up() -> None:
    def script(path: str, before: int) -> Answer:
        return 503, {"Retry-After": "3600"}, b""

    with small_server(script) as server:
        urls = [server.url(f"/{n}") for n in range(5)]
        stats = server.crawl(*urls, server.url("/elsewhere", host="localhost"), **POLITE | {"RETRY_AFTER_MAX": 60})
        asked = [entry for entry in server.log if entry[1] == "127.0.0.1"]
    assert len(asked) == 1
    assert stats["politeness/given_up/127.0.0.1"] == "127.0.0.1 asked to be left alone for 3600 s (HTTP 503)"
    assert stats["politeness/given_up/localhost"] == "localhost asked to be left alone for 3600 s (HTTP 503)"
    assert stats["politeness/dropped"] == 6  # four that waited, and both retries
    assert stats["finish_reason"] == "finished"


def test_a_refusal_slows_the_host_down_although_autothrottle_does_not() -> None:
    def script(path: str, before: int) -> Answer:
        return (429, {}, b"") if path == "/1" and not before else PAGE

    with small_server(script) as server:
        server.crawl(*(server.url(f"/{n}") for n in range(5)), **POLITE | {"DOWNLOAD_DELAY_JITTER": 0})
        times = [time for time, _, _ in server.log]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[0] < 0.5
    assert gaps[1] >= 0.99, "the request after the refusal"
    assert gaps[2] > 0.99 > gaps[3] > 0.6, "trust comes back slowly"


def test_refusals_without_end_give_the_host_up() -> None:
    with small_server(lambda path, before: (429, {}, b"")) as server:
        urls = [server.url(f"/{n}") for n in range(30)]
        stats = server.crawl(*urls, **POLITE | {"AUTOTHROTTLE_MAX_DELAY": 0.02})
        assert len(server.log) == 10
    assert "refused 10 requests in a row" in stats["politeness/given_up/127.0.0.1"]


def test_crawl_delay_is_kept_without_jitter_up_to_a_bound() -> None:
    def script(path: str, before: int) -> Answer:
        if path == "/robots.txt":
            return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nCrawl-delay: 900\nDisallow: /no\n"
        return PAGE

    with small_server(script) as server:
        settings = POLITE | {"ROBOTSTXT_OBEY": True, "CRAWL_DELAY_MAX": 1.5}
        stats = server.crawl(*(server.url(path) for path in ("/a", "/b", "/c", "/no")), **settings)
        times = [time for time, _, _ in server.log]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert len(gaps) == 3
    assert min(gaps) >= 1.2  # the clock is the server's, which may be late in noticing the earlier request
    assert stats["politeness/crawl_delay/127.0.0.1"] == 1.5


def test_robots_txt_binds_requests_that_waited_for_it() -> None:
    def script(path: str, before: int) -> Answer:
        return (200, {}, b"User-agent: *\nDisallow: /no\n") if path == "/robots.txt" else PAGE

    with small_server(script) as server:
        urls = [server.url(path) for path in ("/a", "/b", "/no/1", "/no/2", "/no/3")]
        stats = server.crawl(*urls, **POLITE | {"ROBOTSTXT_OBEY": True})
        assert [path for _, _, path in server.log] == ["/robots.txt", "/a", "/b"]
    assert stats["robotstxt/forbidden"] == 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_host_that_cannot_show_its_robots_txt_is_left_alone(status: int) -> None:
    def script(path: str, before: int) -> Answer:
        return (status, {}, b"User-agent: *\nAllow: /\n") if path == "/robots.txt" else PAGE

    with small_server(script) as server:
        settings = POLITE | {"ROBOTSTXT_OBEY": True, "RETRY_ENABLED": False}
        stats = server.crawl(server.url("/a"), server.url("/b"), **settings)
        assert {path for _, _, path in server.log} == {"/robots.txt"}
    assert "small/parsed" not in stats


def test_a_missing_robots_txt_forbids_nothing_whatever_its_page_says() -> None:
    def script(path: str, before: int) -> Answer:
        return (404, {}, b"User-agent: *\nDisallow: /\n") if path == "/robots.txt" else PAGE

    with small_server(script) as server:
        stats = server.crawl(server.url("/a"), **POLITE | {"ROBOTSTXT_OBEY": True})
    assert stats["small/parsed"] == 1


def test_a_crawl_told_to_stop_does_not_wait_for_a_resting_host() -> None:
    def script(path: str, before: int) -> Answer:
        sleep(0.5)  # that the others wait in the downloader by then, most often; what is late stays in the scheduler
        return 429, {"Retry-After": "300"}, b""

    with small_server(script) as server:
        urls = [server.url(f"/{n}") for n in range(5)]
        stats = server.crawl(*urls, **POLITE | {"CLOSESPIDER_TIMEOUT": 1})
        assert len(server.log) == 1
    assert stats["finish_reason"] == "closespider_timeout"
    assert stats["elapsed_time_seconds"] < 100
    assert stats.get("newsbot/unsent", 0) == stats["scheduler/dequeued"] - 1


HOSTILE = [
    "",
    "-1",
    "soon",
    "Sun, 99 Xyz 1994",
    "=?utf-8?q?5?=",
    "\x00",
    "Sun, 22 Nov 99999999999 00:00:00 +99999999999",
]


def test_hostile_retry_after_never_breaks_the_crawl() -> None:
    def script(path: str, before: int) -> Answer:
        return (429, {"Retry-After": HOSTILE[int(path[1:])]}, b"") if not before else PAGE

    with small_server(script) as server:
        urls = [server.url(f"/{n}") for n in range(len(HOSTILE))]
        stats = server.crawl(*urls, **POLITE | {"AUTOTHROTTLE_MAX_DELAY": 0.01})
    assert stats["small/parsed"] == len(HOSTILE)
    assert "log_count/ERROR" not in stats
