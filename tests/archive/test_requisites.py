"""What a crawl has besides its pages: each address once, over runs conditionally and rarely, within budgets."""

from __future__ import annotations

import gzip
import json
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.clock import now
from archive.errors import ArchiveError
from archive.requisites.answer import Answer
from archive.requisites.extension import Requisites
from archive.requisites.known import Known, KnownRequisites, Wanted
from archive.requisites.page_info import captures_of
from archive.requisites.reading import needs_of_page
from tests.harness.commands import start, wait_until
from tests.harness.small_crawl import ARCHIVED
from tests.harness.small_server import Answer as Served
from tests.harness.small_server import SmallServer, small_server
from tests.harness.warc_reading import Record, read_records

CSS = {"Content-Type": "text/css"}
PNG = {"Content-Type": "image/png"}
HEAD = "<!doctype html><title>Lũ về</title>"
PAGES = {
    "/": HEAD + "<link rel=stylesheet href=/a.css><img src=/1.png><img src=/1.png#x><script src=/a.js></script>",
    "/two": HEAD + "<link rel=stylesheet href=/a.css><img src=/2.png><img src=/missing.png>",
    "/many": HEAD + "".join(f"<img src=/many/{number}.png>" for number in range(10_000)),
    "/moved": HEAD + "<img src=/from.png><img src=/circle.png><img src=/inside.png>",
    "/tv": HEAD
    + "<video src=/v.mp4></video><img src=/film.png><iframe src=/frame></iframe><img src=http://ads.test/a.gif>",
    "/frame": HEAD + "<img src=/framed.png>",
    "/as-picture": HEAD + "<img src=/frame>",
    "/as-frame": HEAD + "<iframe src=/frame></iframe>",
    "/hangs": HEAD + "<img src=/1.png><img src=/hang.png>",
    "/large": HEAD + "<img src=/large.png>",
    "/dead": HEAD + "".join(f"<img src=http://localhost:1/{number}.png>" for number in range(20)) + "<img src=/1.png>",
    "/accents": HEAD + "<img src=/to-accents.png><img src=/never-changed.png>",
    "/digits": HEAD + f"<p style='width:{'1' * 5000}'><link rel=stylesheet href=/digits.css><img src=/2.png>",
    "/refused": HEAD + "".join(f"<img src=/busy/{number}.png>" for number in range(40)),
}
#: Set when the picture that hangs may come.
HANGING = Event()
ASSETS: dict[str, Served] = {
    "/a.css": (200, CSS | {"ETag": '"a"'}, b"@import 'b.css';a{background:url(bg.png)}"),
    "/b.css": (200, CSS, b"@import 'a.css';@import 'b.css';@font-face{src:url(f.woff2)}"),
    "/missing.png": (404, {}, b"none"),
    "/from.png": (302, {"Location": "/to.png"}, b""),
    "/circle.png": (301, {"Location": "/circle.png"}, b""),
    "/inside.png": (302, {"Location": "http://169.254.169.254/latest"}, b""),
    "/to-accents.png": (302, {"Location": "/anh-cầu.png".encode().decode("latin-1")}, b""),
    "/never-changed.png": (304, {}, b""),
    "/digits.css": (200, CSS, b"a{width:" + b"1" * 5000 + b"}b{background:url(never.png)}"),
    "/film.png": (200, {"Content-Type": "video/mp4"}, b"film" * 2_000_000),
    "/large.png": (200, PNG, b"x" * 90_000),
}


def script(path: str, before: int) -> Served:
    if path == "/zipped":
        return 200, {"Content-Type": "text/html"}, gzip.compress(f"{HEAD}<img src=/2.png>".encode())
    if path == "/robots.txt":
        return 200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /forbidden/\n"
    if path in PAGES:
        return 200, {"Content-Type": "text/html; charset=utf-8"}, PAGES[path].encode()
    if path == "/hang.png":
        HANGING.wait(60)
    if path == "/a.css" and before:
        return 304, {"ETag": '"a"'}, b""
    if path.startswith("/busy/"):
        return 429, {}, b""
    return ASSETS.get(path, (200, PNG | {"Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT"}, b"png of " + path.encode()))


@pytest.fixture(scope="module")
def server() -> Iterator[SmallServer]:
    with small_server(script) as server:
        yield server


@pytest.fixture(autouse=True)
def _forget(server: SmallServer) -> None:
    server.log.clear()


def crawl(server: SmallServer, data: Path, *paths: str, **settings: Any) -> dict[str, Any]:
    """Crawl pages and return what the stats say of requisites."""
    stats = server.crawl(
        *map(server.url, paths),
        **ARCHIVED
        | {
            "ARCHIVE_DIR": str(data / "warc"),
            "ARCHIVE_ALLOW_PRIVATE": True,
            "ARCHIVE_DISK_FLOOR": 0,
            "RETRY_ENABLED": False,
            "CONNECT_TO": [],
            "REQUISITES": "all",
            "REQUISITES_DELAY": 0,
            "REQUISITES_SKIP_HOSTS": ["ads.test"],
        }
        | settings,
    )
    assert not stats.get("log_count/ERROR"), stats
    return {name.removeprefix("requisites/"): value for name, value in stats.items() if name.startswith("requisites/")}


def asked(server: SmallServer) -> list[str]:
    """The paths asked for, in order, without pages and robots.txt."""
    return [path for _, _, path in server.log if path not in PAGES and path not in ("/robots.txt", "/zipped")]


def records(data: Path) -> list[Record]:
    return [record for path in sorted((data / "warc").glob("*.warc.gz")) for record in read_records(path)]


def infos(data: Path) -> dict[str, dict[str, Any]]:
    """What each page consists of, by its path."""
    found = {}
    for record in records(data):
        if record.type == "resource":
            info = json.loads(record.block)
            assert record.get("WARC-Target-URI") == f"urn:pageinfo:{info['url']}"
            assert record.get("WARC-Date") == info["ts"]
            found["/" + info["url"].partition("://")[2].partition("/")[2]] = info
    return found


LINKED = f"{__name__}.LinkedFiles"


class LinkedFiles:
    """An extension that lets a page have the file that it links to; of another page it cannot tell."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        crawler.signals.connect(self.spider_opened, signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> LinkedFiles:
        return cls(crawler)

    def spider_opened(self) -> None:
        requisites = self.crawler.get_extension(Requisites)
        assert requisites is not None
        requisites.also_needed = self.files

    def files(self, response: Response) -> list[str]:
        if response.url.endswith("/two"):
            raise LookupError("not known")
        return ["/vb/ke hoach.pdf", "javascript:tai()"]


def test_what_a_page_needs_besides_is_had_with_it(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/", "/two", EXTENSIONS={LINKED: 0})
    assert "/vb/ke%20hoach.pdf" in asked(server)
    entry = infos(tmp_path)["/"]["urls"][server.url("/vb/ke%20hoach.pdf")]
    assert (entry["status"], entry["type"]) == (200, "other")
    assert stats["unread"] == 1  # and /two has its pictures
    assert server.url("/2.png") in infos(tmp_path)["/two"]["urls"]
    server.log.clear()
    crawl(server, tmp_path / "images", "/", EXTENSIONS={LINKED: 0}, REQUISITES="images")
    assert not [path for path in asked(server) if path.endswith(".pdf")]


def test_each_address_is_asked_for_once(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/", "/two")
    wanted = ["/1.png", "/2.png", "/a.css", "/a.js", "/b.css", "/bg.png", "/f.woff2", "/favicon.ico", "/missing.png"]
    assert sorted(asked(server)) == wanted
    assert stats["pages"] == 2
    assert (stats["wanted"], stats["fetched"], stats["missing"]) == (9, 8, 1)
    assert stats["missing/HTTP 404"] == 1
    assert stats["missing_addresses"] == [f"{server.url('/missing.png')}: HTTP 404"]

    of_page = infos(tmp_path)
    urls = {url.partition("/")[0] or url: entry for url, entry in of_page["/two"]["urls"].items()}
    assert {url.rpartition("/")[2]: entry["status"] for url, entry in of_page["/two"]["urls"].items()} == {
        "a.css": 200, "b.css": 200, "bg.png": 200, "f.woff2": 200, "2.png": 200, "missing.png": 404, "favicon.ico": 200,
    }  # fmt: skip
    assert urls
    held = {record.get("WARC-Record-ID"): record for record in records(tmp_path)}
    for info in of_page.values():
        block = json.dumps(info).encode()
        for url, (date, record_id) in captures_of(block).items():
            assert (held[record_id].get("WARC-Target-URI"), held[record_id].get("WARC-Date")) == (url, date)


def test_what_is_known_is_not_asked_for_before_its_time(server: SmallServer, tmp_path: Path) -> None:
    crawl(server, tmp_path, "/")
    server.log.clear()
    assert crawl(server, tmp_path, "/two") == {
        "pages": 1, "wanted": 7, "had": 5, "fetched": 1, "missing": 1, "missing/HTTP 404": 1, "bytes": 17,
        "missing_addresses": [f"{server.url('/missing.png')}: HTTP 404"],
    }  # fmt: skip
    assert sorted(asked(server)) == ["/2.png", "/missing.png"]
    assert len(infos(tmp_path)["/two"]["urls"]) == 7


def test_in_its_time_it_is_asked_for_conditionally(server: SmallServer, tmp_path: Path) -> None:
    crawl(server, tmp_path, "/", REQUISITES_RECHECK_DAYS=0)
    stats = crawl(server, tmp_path, "/", REQUISITES_RECHECK_DAYS=0)
    assert stats["unchanged"] == 1
    sent = [record.block for record in records(tmp_path) if record.type == "request" and b"/a.css " in record.block]
    assert [b'If-None-Match: "a"' in block for block in sent] == [False, True]
    revisit = next(r for r in records(tmp_path) if r.type == "revisit" and r["WARC-Target-URI"].endswith("/a.css"))
    assert infos(tmp_path)["/"]["urls"][server.url("/a.css")]["record"] == revisit.get("WARC-Record-ID")
    assert (
        sorted(asked(server)).count("/bg.png") == 2
    )  # what a sheet asks for is known when the sheet is not sent again


def test_a_budget_is_kept_and_says_so(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/many", REQUISITES_PER_PAGE=5)
    assert len(asked(server)) == stats["fetched"] == 5
    assert stats["left_out/page"] + 5 == 10_001
    assert infos(tmp_path)["/many"]["leftOut"]["page"] == 9_996


@pytest.mark.parametrize(
    ("settings", "stat", "number"),
    [
        ({"REQUISITES_PER_RUN": 3}, "left_out/run", 3),
        ({"REQUISITES_PER_HOST": 2}, "left_out/host", 2),
    ],
)
def test_a_run_and_a_host_have_budgets(
    server: SmallServer, tmp_path: Path, settings: dict[str, int], stat: str, number: int
) -> None:
    stats = crawl(server, tmp_path, "/two", **settings)
    assert len(asked(server)) == number
    assert stats[stat]


def test_redirects_are_followed_each_as_a_capture(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/moved", ARCHIVE_ALLOW_PRIVATE=False, CONNECT_TO=["127.0.0.1::127.0.0.1:"])
    assert sorted(asked(server)) == ["/circle.png", "/favicon.ico", "/from.png", "/inside.png", "/to.png"]
    urls = infos(tmp_path)["/moved"]["urls"]
    assert {url.rpartition("/")[2]: entry["status"] for url, entry in urls.items() if "status" in entry} == {
        "circle.png": 301, "favicon.ico": 200, "from.png": 302, "inside.png": 302, "to.png": 200,
    }  # fmt: skip
    assert "private" in urls["http://169.254.169.254/latest"]["error"]
    assert stats["missing"] == 1


def test_films_and_advertisements_are_left_out_and_frames_are_read(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/tv")
    assert stats["left_out/media"] == stats["left_out/ad or tracker"] == 1
    assert {"/film.png", "/framed.png"} <= {*asked(server)}
    assert "/v.mp4" not in asked(server)
    assert infos(tmp_path)["/tv"]["urls"][server.url("/film.png")]["error"]
    film = next(r for r in records(tmp_path) if r.type == "response" and r["WARC-Target-URI"].endswith("/film.png"))
    assert film.get("WARC-Truncated")


def test_a_page_that_was_wanted_as_a_picture_is_read_where_it_is_a_frame(server: SmallServer, tmp_path: Path) -> None:
    crawl(server, tmp_path, "/as-picture", "/as-frame", CONCURRENT_REQUESTS=1)
    found = infos(tmp_path)
    assert server.url("/framed.png") in found["/as-frame"]["urls"]
    assert server.url("/framed.png") not in found["/as-picture"]["urls"]
    assert asked(server).count("/framed.png") == 1


def test_a_crawl_that_is_told_to_stop_waits_for_no_requisite(server: SmallServer, tmp_path: Path) -> None:
    settings = {
        "ARCHIVE_DIR": str(tmp_path / "warc"),
        "ARCHIVE_ALLOW_PRIVATE": True,
        "ARCHIVE_DISK_FLOOR": 0,
        "LOG_LEVEL": "ERROR",
        "REQUISITES": "all",
        "REQUISITES_DELAY": 0,
    }
    plan = {"requests": [{"url": server.url("/hangs")}], "settings": ARCHIVED | settings}
    command = start(module="tests.harness.small_crawl", call="crawl", given=plan)
    try:
        wait_until("both pictures", lambda: server.times("/hang.png") and server.times("/1.png"))
        command.kill(signal.SIGTERM)
        done = command.done()
    finally:
        HANGING.set()
    stats = json.loads(done.stdout)["stats"]
    assert stats["requisites/left_out/crawl ended"] >= 1
    assert "requisites/missing" not in stats, done.stderr
    assert "/hang.png" not in str(infos(tmp_path)["/hangs"]["urls"])
    (given_up,) = [each for each in records(tmp_path) if b"the crawl is ending" in each.block]
    assert given_up.get("WARC-Target-URI") == server.url("/hang.png")
    with closing(KnownRequisites(tmp_path / "requisites.sqlite")) as known:
        assert known.get(server.url("/hang.png")) is None, "the next run asks for it"


def test_what_is_too_large_is_cut_off(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/large", REQUISITES_MAX_BYTES=1000)
    assert stats["missing"] == 1
    assert "/large.png" in stats["missing_addresses"][0]


def test_a_host_that_refuses_is_left_alone(server: SmallServer, tmp_path: Path) -> None:
    crawl(server, tmp_path, "/refused")
    assert len(asked(server)) < 12


def test_bytes_of_a_run_have_a_budget(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/many", REQUISITES_RUN_BYTES=500)
    assert 500 <= stats["bytes"] < 700
    assert stats["left_out/bytes"] > 50


def test_a_host_that_does_not_answer_is_given_up(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/dead")
    assert "/1.png" in asked(server)
    assert stats["missing"] <= 5
    assert stats["left_out/host refuses"] + stats["missing"] == 20


def test_addresses_in_redirects_are_utf_8_and_a_304_needs_a_condition(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/accents")
    assert "/anh-c%E1%BA%A7u.png" in asked(server)
    assert stats["missing/not modified, though nothing was known"] == 1


def test_what_cannot_be_read_keeps_nothing_else_back(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/digits")
    assert sorted(asked(server)) == ["/2.png", "/digits.css", "/favicon.ico"]
    assert stats["fetched"] == 3


def test_a_page_that_is_gzip_and_does_not_say_so_is_read_and_a_bomb_is_not(server: SmallServer, tmp_path: Path) -> None:
    stats = crawl(server, tmp_path, "/zipped")
    assert sorted(asked(server)) == ["/2.png", "/favicon.ico"]
    assert server.url("/2.png") in infos(tmp_path)["/zipped"]["urls"]
    assert "unread" not in stats
    assert needs_of_page(gzip.compress(b"<img src=a.png>" + bytes(50_000_000)), "https://a.vn/") is None


def test_a_page_that_takes_too_long_to_read_is_left() -> None:
    """A parser walks up all open elements for each new one: this takes half a minute."""
    assert needs_of_page(b"<div>" * 80_000 + b"<img src=a.png>", "https://a.vn/") is None


def test_a_database_that_another_process_holds_ends_no_crawl(server: SmallServer, tmp_path: Path) -> None:
    KnownRequisites(tmp_path / "requisites.sqlite").close()
    with closing(sqlite3.connect(tmp_path / "requisites.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        stats = crawl(server, tmp_path, "/")
        other.execute("ROLLBACK")
    assert stats["fetched"] == 7
    assert stats["database_busy"]


def test_two_crawls_make_a_database_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        for number in range(10):
            path = tmp_path / f"{number}.sqlite"
            list(threads.map(lambda path: KnownRequisites(path).wanted(), [path] * 4))


def test_what_a_check_has_missed_is_asked_for_once_unless_robots_txt_forbids_it(
    server: SmallServer, tmp_path: Path
) -> None:
    path, page = tmp_path / "requisites.sqlite", "http://small/"  # a host of the spider is its name
    for name in ("seen.json?_=1764408000123", "forbidden/1.json"):
        with closing(KnownRequisites(path)) as known:
            known.want([Wanted(server.url(f"/{name}"), "other", page)])
    settings = {"ROBOTSTXT_OBEY": True, "REQUISITES_ROBOTSTXT_OBEY": True}
    stats = crawl(server, tmp_path, "/", **settings)
    assert "/seen.json?_=1764408000123" in asked(server)
    assert not [name for name in asked(server) if name.startswith("/forbidden")]
    assert stats["missing/Forbidden by robots.txt"] == 1
    with closing(KnownRequisites(path)) as known:
        assert known.wanted() == []


def test_pictures_alone(server: SmallServer, tmp_path: Path) -> None:
    crawl(server, tmp_path, "/", REQUISITES="images")
    assert sorted(asked(server)) == ["/1.png", "/favicon.ico"]
    assert not crawl(server, tmp_path / "off", "/", REQUISITES="off")


def test_a_database_that_is_damaged_is_made_anew(server: SmallServer, tmp_path: Path) -> None:
    (tmp_path / "requisites.sqlite").write_bytes(b"no database at all" * 999)
    assert crawl(server, tmp_path, "/")["fetched"] == 7


def test_damage_inside_a_database_is_met_once(tmp_path: Path) -> None:
    path = tmp_path / "known.sqlite"
    with closing(KnownRequisites(path)) as known:
        known.want(Wanted(f"https://a.vn/{number}.png", "image", "https://a.vn/") for number in range(2000))
    content = path.read_bytes()
    path.write_bytes(content[:4096].ljust(len(content), b"\xff"))
    with closing(KnownRequisites(path)) as known:
        with pytest.raises(ArchiveError, match="malformed"):
            known.wanted()
        assert known.wanted() == []
        known.put([("https://a.vn/1.png", Known(Answer(200)))])
    with closing(KnownRequisites(path)) as known:
        assert known.get("https://a.vn/1.png")


def test_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    known = KnownRequisites(tmp_path / "known.sqlite")
    later = (now() + timedelta(days=9)).isoformat()
    rows = {
        name: Known(Answer(200, "image/png", f"<{name}>", "2026"), next_look=later, file=f"{name}.warc.gz")
        for name in "abc"
    }
    known.put(rows.items())
    known.forget(records=["<a>"], files=["b.warc.gz"])
    assert [known.get(name) for name in "abc"] == [None, None, rows["c"]]
    known.want([Wanted("c", "image", "http://a.test/"), Wanted("d", "image", "http://a.test/tin")])
    assert known.get("c") is None
    known.put([("c", rows["c"])])
    assert known.wanted() == [Wanted("d", "image", "http://a.test/tin")]
    known.redact(["http://a.test/tin"], [])
    assert known.wanted() == []
    known.close()
