"""Pages of heavy.test in Chromium: each is kept, and what it does beyond showing itself comes to nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from shutil import which
from typing import Any, NamedTuple

import pytest

from archive.browser.asking import in_browser
from tests.harness.small_crawl import ARCHIVED, small_crawl
from tests.harness.warc_reading import Record, read_exchanges, read_records
from tests.harness.wire_agreement import assert_agreement
from tests.replica.burdens import HOME, HOST, STUN
from tests.replica.server import Replica
from tests.replica.wirelog import read_wire_log

pytestmark = pytest.mark.skipif(not which("chromium"), reason="no chromium")

NAMES = (
    "sockets",
    "hints",
    "passwords",
    "other-schemes",
    "odd-methods",
    "own-words",
    "memory",
    "leaves",
    "awkward-answers",
)


class Opened(NamedTuple):
    """What came of all pages."""

    outcomes: dict[str, dict[str, Any]]
    stats: dict[str, Any]
    resources: dict[str, Record]
    #: Paths asked for.
    asked: set[str]
    #: What has come to the address that pages ask for their own, past the crawl.
    leaked: list[bytes]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    folder = tmp_path_factory.mktemp("burdens")
    with Replica(articles=1, wire_log=folder / "wire") as replica, _listening() as stun:
        settings = ARCHIVED | {
            "ARCHIVE_DIR": str(folder / "warc"),
            "ARCHIVE_DISK_FLOOR": 0,
            "ARCHIVE_REDACT_HEADERS": [],
            "ROBOTSTXT_OBEY": False,
            **replica.settings,
            "REQUISITES": "off",
            "REQUISITES_DELAY": 0,
            "BROWSER": "walls",
            "BROWSER_PAGES": 2,
            "BROWSER_TIMEOUT": 30,
        }
        requests = [{"url": f"{HOME}/{name}", "name": name, "meta": in_browser()} for name in NAMES]
        report = small_crawl(requests, settings, os.environ | replica.environment)
        asked = {address.removeprefix(HOST) for address in replica.counters()}
        records = [each for path in (folder / "warc").glob("*.warc.gz") for each in read_records(path)]
        exchanges = [each for path in (folder / "warc").glob("*.warc.gz") for each in read_exchanges(path)]
        assert assert_agreement(exchanges, read_wire_log(folder / "wire")) > 60, "awkward answers among them"
        resources = {each["WARC-Target-URI"]: each for each in records if each.type == "resource"}
        yield Opened(report["outcomes"], report["stats"], resources, asked, _received(stun))


def _listening() -> closing[socket.socket]:
    stun = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    stun.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    stun.bind(("127.0.0.1", STUN))
    stun.setblocking(False)
    return closing(stun)


def _received(stun: socket.socket) -> list[bytes]:
    try:
        return [stun.recv(1000)]
    except BlockingIOError:
        return []


def test_every_page_is_kept_and_looked_at(opened: Opened) -> None:
    assert {name: outcome.get("status") for name, outcome in opened.outcomes.items()} == dict.fromkeys(NAMES, 200)
    assert opened.stats["browser/failed_pages"] == [f"{HOME}/leaves: no page of a site was left"]
    seen = {name for name in NAMES if f"urn:view:{HOME}/{name}" in opened.resources}
    assert seen == {*NAMES} - {"leaves"}, "of that nothing is left to be seen"


def test_nothing_goes_past_the_crawl(opened: Opened) -> None:
    """WebRTC does not ask a proxy by itself: it told every page the addresses of this machine, and reached others."""
    assert opened.leaked == []


def test_what_would_change_something_is_not_asked(opened: Opened) -> None:
    never = {
        "/beacon",
        "/kept",
        "/socket",
        "/hidden",
        "/ping",
        "/prefetched.html",
        "/guessed.html",
        "/worker.js?service",
    }
    assert not never & opened.asked
    assert {"/worker.js", "/icon/2.gif", "/password.gif"} <= opened.asked


def test_what_pages_make_up_is_counted_under_names_of_ours(opened: Opened) -> None:
    refused = {name.removeprefix("browser/refused/") for name in opened.stats if name.startswith("browser/refused/")}
    assert refused == {"method of its own", "method POST", "method PUT", "WebSocket", "prefetch", "long address"}
    assert opened.stats["browser/refused/method of its own"] == 100


def test_a_page_does_not_say_what_is_seen_of_it(opened: Opened) -> None:
    text = opened.resources[f"urn:text:{HOME}/own-words"].block.decode()
    assert text.startswith("a script that puts its own") and len(text) < 1000


def test_a_page_has_no_more_memory_than_it_may(opened: Opened) -> None:
    assert "kept it all</title>" not in opened.resources[f"urn:dom:{HOME}/memory"].block.decode()
