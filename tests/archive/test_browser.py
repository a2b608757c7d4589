"""Pages opened in Chromium: everything they ask for goes through the crawl, and whatever they do is bounded."""

from __future__ import annotations

import ctypes
import gzip
import hashlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from archive.browser.asking import in_browser
from archive.requisites.known import KnownRequisites
from tests.harness.commands import start, wait_until
from tests.harness.processes import chromium, descendants, listening, running
from tests.harness.small_crawl import ARCHIVED, small_crawl
from tests.harness.small_server import Answer, SmallServer, small_server
from tests.harness.warc_reading import Record, read_records

pytestmark = pytest.mark.skipif(not which("chromium"), reason="no chromium")

HTML = {"Content-Type": "text/html; charset=utf-8"}
HEAD = "<!doctype html><meta charset=utf-8><title>Lũ về</title>"
TEXT = "<h1>Lũ về</h1>" + "<p>Nước lên nhanh trong đêm, bà con lên đồi.</p>" * 12
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006"
    "000557bfabd40000000049454e44ae426082"
)
#: What each page does besides showing its text.
PAGES = {
    "/page": "<link rel=stylesheet href=/a.css><img src=/1.png loading=lazy style='margin-top:5000px'>"
    "<script src=/a.js></script><script>fetch('/list.json').then(r => r.json()).then(l => document.title = l[0])"
    "</script>",
    "/second": "<link rel=stylesheet href=/a.css><img src=/1.png><img srcset='/1.png 1x, /1-large.png 2x'>"
    "<img src='/a|b.png?x=[1]'><img src=/moved.png><iframe src=/frame></iframe>",
    "/frame": "<img src=/1.png><img srcset='/1.png 1x, /2-large.png 2x'>",
    "/alerts": "<script>for (let i = 0; i < 20; i++) alert(i); confirm('?'); prompt('?');"
    "onbeforeunload = () => 1</script>",
    "/windows": "<script>for (let i = 0; i < 5; i++) window.open('/window?' + i)</script>",
    "/download": "<script>onload = () => location = '/file.bin'</script>",
    "/endless": "<script>const go = () => fetch('/tick?' + Math.random()).then(go, go); go(); go()</script>",
    "/hang": "<script>onload = () => setTimeout(() => { for (;;); }, 50)</script>",
    "/large": "<img src=/large.png>",
    "/inside": "<img src=http://169.254.169.254/latest><img src=http://127.0.0.1:PORT/secret>"
    "<script>fetch('http://localhost:PORT/secret'); fetch('file:///etc/passwd')</script>",
    "/refused": "<script src=http://ads.test/a.js></script><script>new WebSocket('ws://site.test/socket');"
    "navigator.sendBeacon('/beacon', 'x'); fetch('/form', {method: 'POST', body: 'x'}).catch(() => 0);"
    "navigator.serviceWorker && navigator.serviceWorker.register('/worker.js').catch(() => 0)</script>"
    "<video src=/v.mp4 autoplay></video><link rel=prefetch href=/next>",
    "/onward": "<script>location = '/landing'</script>",
    "/landing": "",
    "/away": "<script>onload = () => location = 'http://ads.test/'</script>",
}
WALL = "<html><script>document.cookie='open=1;path=/';location.reload()</script></html>"
NEVER_OPENS = "<html><script>document.cookie='open=0;path=/';location.reload()</script></html>"


def page(path: str) -> bytes:
    return (HEAD + TEXT + PAGES.get(path, "")).encode()


@dataclass
class Site:
    """A hostile site; what is done when its slow picture is asked for."""

    server: SmallServer
    on_slow: Any = None
    walls: dict[str, int] = field(default_factory=dict)

    def answer(self, path: str, before: int) -> Answer:
        bare = path.partition("?")[0]
        if bare == "/wall" and not before:
            return 200, HTML | {"Cache-Control": "no-store"}, WALL.encode()
        if bare == "/closed":
            return 200, HTML | {"Cache-Control": "no-store"}, NEVER_OPENS.encode()
        if bare in PAGES or bare == "/wall":
            return 200, HTML, page(bare).replace(b"PORT", str(self.server.port).encode())
        if bare == "/moved.png":
            return 302, {"Location": "/there.png"}, b""
        if bare == "/moved-inside":
            return 302, {"Location": "http://169.254.169.254/latest"}, b""
        if bare == "/slow.png" and self.on_slow:
            self.on_slow()
        return {
            "/a.css": (200, {"Content-Type": "text/css"}, b"@font-face{font-family:f;src:url(f.woff2)}h1{font:1em f}"),
            "/a.js": (200, {"Content-Type": "text/javascript"}, b"document.body.dataset.js = 1"),
            "/list.json": (200, {"Content-Type": "application/json"}, '["Tin mới"]'.encode()),
            "/large.png": (200, {"Content-Type": "image/png"}, PNG + bytes(3_000_000)),
            "/file.bin": (200, {"Content-Disposition": "attachment; filename=../../x", "Content-Type": "a/b"}, b"bin"),
        }.get(bare, (200, {"Content-Type": "image/png"}, PNG))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with small_server(lambda path, before: found.answer(path, before)) as server:
        found = Site(server)
        yield found


@dataclass
class Opened:
    """A crawl of pages in the browser, and what it left."""

    outcomes: dict[str, Any]
    stats: dict[str, Any]
    records: list[Record]
    asked: list[str]
    data: Path

    def body(self, path: str) -> str:
        return str(self.outcomes[path]["body"])

    def resources(self, path: str) -> dict[str, Record]:
        """What was made of a page, by the kind of its record."""
        end = f":http://site.test{path}"
        found = (each for each in self.records if each.type == "resource")
        return {
            each["WARC-Target-URI"].removesuffix(end): each for each in found if each["WARC-Target-URI"].endswith(end)
        }

    def info(self, path: str) -> dict[str, Any]:
        info: dict[str, Any] = json.loads(self.resources(path)["urn:pageinfo"].block)
        return info


def plan(site: Site, data: Path, *paths: str, **settings: Any) -> dict[str, Any]:
    requests = [{"url": f"http://site.test{path}", "name": path, "meta": in_browser()} for path in paths]
    return {
        "requests": requests,
        "settings": ARCHIVED
        | {
            "ARCHIVE_DIR": str(data / "warc"),
            "ARCHIVE_DISK_FLOOR": 0,
            "ROBOTSTXT_OBEY": False,
            "CONNECT_TO": [f"site.test:80:127.0.0.1:{site.server.port}", f"ads.test:80:127.0.0.1:{site.server.port}"],
            "REQUISITES_DELAY": 0,
            "REQUISITES_MAX_BYTES": 1_000_000,
            "REQUISITES_SKIP_HOSTS": ["ads.test"],
            "DOWNLOAD_DELAY": 0,
            "USER_AGENT": "small/1",
            "BROWSER": "walls",
            "BROWSER_PAGES": 4,
            "BROWSER_TIMEOUT": 20,
        }
        | settings,
    }


def opened(site: Site, data: Path, *paths: str, **settings: Any) -> Opened:
    site.server.log.clear()
    ordered = plan(site, data, *paths, **settings)
    report = small_crawl(ordered["requests"], ordered["settings"])
    records = [record for path in sorted((data / "warc").glob("*.warc.gz")) for record in read_records(path)]
    return Opened(report["outcomes"], report["stats"], records, [path for _, _, path in site.server.log], data)


@pytest.fixture(scope="module")
def usual(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    paths = ("/page", "/second", "/wall", "/refused", "/inside", "/moved-inside", "/onward", "/away")
    return opened(site, tmp_path_factory.mktemp("usual"), *paths, REQUISITES="all", BROWSER_PAGES=1)


@pytest.fixture(scope="module")
def hostile(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    paths = ("/alerts", "/windows", "/download", "/file.bin", "/endless", "/hang", "/large", "/closed")
    return opened(site, tmp_path_factory.mktemp("hostile"), *paths)


def digest(path: str) -> str:
    return hashlib.sha256(page(path)).hexdigest()


def test_the_response_is_what_the_wire_gave(usual: Opened) -> None:
    for path in ("/page", "/second", "/wall"):
        assert usual.body(path) == digest(path), usual.outcomes[path]
    assert usual.body("/onward") == digest("/landing"), "the last document"
    captures = {each["WARC-Record-ID"]: each for each in usual.records if each.type == "response"}
    capture = usual.outcomes["/page"]["capture"]
    assert captures[capture["record_id"]].block.endswith(page("/page"))


def test_a_wall_opens(usual: Opened) -> None:
    assert usual.asked.count("/wall") == 2
    dates = [
        each["WARC-Date"][:19] for each in usual.records if each.type == "response" and "/wall" in str(each.fields)
    ]
    assert len({*dates}) == 2, "in two seconds: an index tells them apart"
    (request,) = [each for each in usual.records if each.type == "request" and b"Cookie" in each.block]
    assert b"open=1" not in request.block, "a secret, by ARCHIVE_REDACT_HEADERS"


def test_the_views_of_a_page_are_resources(usual: Opened) -> None:
    found = usual.resources("/page")
    assert found["urn:view"].block.startswith(b"\x89PNG") and found["urn:thumbnail"].block.startswith(b"\xff\xd8")
    assert "Nước lên nhanh" in found["urn:text"].block.decode()
    assert 'data-js="1"' in found["urn:dom"].block.decode() and "<title>Tin mới" in found["urn:dom"].block.decode()
    assert {each["WARC-Date"] for each in found.values()} == {usual.outcomes["/page"]["capture"]["date"]}


def test_a_pages_record_names_what_browser_and_reader_found(usual: Opened) -> None:
    urls = usual.info("/page")["urls"]
    names = ("a.css", "f.woff2", "a.js", "1.png", "list.json", "favicon.ico")
    assert set(urls) == {f"http://site.test/{name}" for name in names}
    assert urls["http://site.test/list.json"]["type"] == "other"
    assert "http://site.test/1-large.png" in usual.info("/second")["urls"], "which the browser had no use for"
    ids = {each["WARC-Record-ID"] for each in usual.records}
    assert all(entry["record"] in ids for entry in urls.values())


def test_what_answers_lead_on_to_is_known_to_later_pages(usual: Opened) -> None:
    with closing(KnownRequisites(usual.data / "requisites.sqlite")) as known:
        leads = {path: known.get(f"http://site.test{path}") for path in ("/moved.png", "/frame", "/a.css")}
    needs = {path: [each.url for each in found.needs] for path, found in leads.items() if found}
    assert needs["/moved.png"] == ["http://site.test/there.png"]
    assert "http://site.test/2-large.png" in needs["/frame"]
    assert needs["/a.css"] == ["http://site.test/f.woff2"]
    assert "http://site.test/2-large.png" in usual.info("/second")["urls"]


def test_addresses_that_browsers_escape_less_are_those_of_the_crawl(usual: Opened) -> None:
    written = "/a%7Cb.png?x=%5B1%5D"
    assert usual.asked.count(written) == 1, "not once more by the reader of requisites"
    urls = usual.info("/second")["urls"]
    assert f"http://site.test{written}" in urls
    assert not any("|" in url for url in urls)


def test_what_pages_share_is_asked_for_once(usual: Opened) -> None:
    for path in ("/a.css", "/a.js", "/1.png", "/f.woff2"):
        assert usual.asked.count(path) == 1, path
    assert usual.stats["browser/shared"] >= 3


def test_the_browser_is_honest(usual: Opened) -> None:
    requests = [each.block for each in usual.records if each.type == "request"]
    assert all(b" small/1\r\n" in block or b"User-Agent: small/1\r\n" in block for block in requests)
    assert all(b"Accept-Encoding: gzip, deflate\r\n" in block for block in requests)
    assert not any(b"Pragma" in block for block in requests)


def test_what_is_not_wanted_is_refused_and_counted(usual: Opened) -> None:
    refused = {name.rpartition("/")[2]: n for name, n in usual.stats.items() if name.startswith("browser/refused/")}
    assert {"ad or tracker", "WebSocket", "method POST", "media"} <= refused.keys()
    assert not {"/beacon", "/form", "/socket", "/worker.js", "/next", "/v.mp4"} & {*usual.asked}


def test_a_page_that_leads_to_an_advertiser_stays(usual: Opened) -> None:
    assert usual.body("/away") == digest("/away")
    assert "urn:view" in usual.resources("/away")


def test_nothing_private_is_asked(usual: Opened) -> None:
    assert "/secret" not in usual.asked
    assert usual.body("/inside")
    urls = usual.info("/inside")["urls"]
    assert all("private" in urls[url]["error"] for url in urls if "169.254" in url or "127.0.0.1" in url), urls
    assert usual.outcomes["/moved-inside"]["error"] == "BrowserError"
    assert "private" in usual.outcomes["/moved-inside"]["why"]


def test_alerts_windows_and_downloads_are_refused(hostile: Opened) -> None:
    for path in ("/alerts", "/windows", "/download", "/large", "/endless", "/hang"):
        served = page(path)
        assert hostile.body(path) == hashlib.sha256(served).hexdigest(), hostile.outcomes[path]
    assert not [path for path in hostile.asked if path.startswith("/window?")]
    assert hostile.outcomes["/file.bin"].get("body") == hashlib.sha256(b"bin").hexdigest(), "as a download is: kept"
    assert "urn:view" in hostile.resources("/alerts") and "urn:view" in hostile.resources("/windows")


def test_what_has_no_end_is_ended(hostile: Opened) -> None:
    ticks = [path for path in hostile.asked if path.startswith("/tick?")]
    assert 10 < len(ticks) <= 300
    named = " ".join(hostile.stats["browser/failed_pages"])
    assert "http://site.test/hang: it took too long" in named
    assert "urn:dom" not in hostile.resources("/hang")
    large = hostile.info("/large")["urls"]["http://site.test/large.png"]
    assert large["error"] and hostile.stats["browser/bytes"] < 3_000_000
    assert hostile.asked.count("/closed") == 8, "a wall that stays one is no failure"
    assert "/closed" not in named


def test_a_browser_that_dies_costs_one_page(site: Site, tmp_path: Path) -> None:
    def kill() -> None:
        site.on_slow = None
        if (pid := chromium(os.getpid())) is not None:
            os.kill(pid, signal.SIGKILL)

    site.on_slow = kill
    PAGES["/slow"] = "<img src=/slow.png>"
    found = opened(site, tmp_path, "/slow", "/second", BROWSER_PAGES=1)
    assert site.on_slow is None, "it was killed"
    assert found.body("/slow") == digest("/slow"), "the document had come"
    assert found.body("/second") == digest("/second")
    assert found.stats["browser/started"] == 2
    assert found.stats["browser/failed/the browser died"] == 1


def test_a_browser_that_is_stopped_is_ended(site: Site, tmp_path: Path) -> None:
    started: set[int] = set()
    profiles: list[Path] = []

    def stop() -> None:
        site.on_slow = None
        if (pid := chromium(os.getpid())) is not None:
            started.update(descendants(pid) | {pid})
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            profiles.extend(Path(word.partition("=")[2]) for word in words if word.startswith("--user-data-dir="))
            os.kill(pid, signal.SIGSTOP)

    site.on_slow = stop
    PAGES["/slow"] = "<img src=/slow.png>"
    found = opened(site, tmp_path, "/slow", BROWSER_TIMEOUT=5)
    assert found.body("/slow") == digest("/slow")
    assert found.stats["browser/failed/it took too long"] == 1
    assert started and not running(started)
    assert [path.name for path in profiles if not path.exists()], "nor is a file left"


def test_frames_of_many_sites_are_shown_by_few_processes(site: Site, tmp_path: Path) -> None:
    shown_by: list[int] = []

    def count() -> None:
        words = (Path(f"/proc/{pid}/cmdline") for pid in descendants(os.getpid()))
        shown_by.append(sum(b"--type=renderer" in path.read_bytes() for path in words if path.exists()))

    site.on_slow = count
    PAGES["/sites"] = "".join(f"<iframe src=http://site{number}.test/framed.html></iframe>" for number in range(20)) + (
        "<script>onload = () => new Image().src = '/slow.png'</script>"
    )
    everywhere = f":80:127.0.0.1:{site.server.port}"
    found = opened(site, tmp_path, "/sites", CONNECT_TO=[everywhere])
    site.on_slow = None
    assert found.body("/sites") == digest("/sites")
    assert len([path for path in found.asked if path == "/framed.html"]) == 20
    assert shown_by and max(shown_by) < 10


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_another_user_of_the_machine_is_not_let_out(site: Site, tmp_path: Path) -> None:
    """A door makes requests for whoever comes in: that is the browser, and nobody else on this machine."""
    let_in: dict[int, bool] = {}

    def knock() -> None:
        site.on_slow = None
        doors = listening(descendants(os.getpid()))
        let_in.update({user: any(is_let_in(door, user) for door in doors) for user in (os.geteuid(), 65534)})

    site.on_slow = knock
    PAGES["/slow"] = "<img src=/slow.png>"
    opened(site, tmp_path, "/slow")
    assert let_in == {0: True, 65534: False}


def is_let_in(door: int, user: int) -> bool:
    """Whether a proxy answers a user of this machine."""
    own, libc = os.geteuid(), ctypes.CDLL(None)
    libc.setfsuid(user)  # of this thread alone; whose a socket is, it says
    try:
        client = socket.create_connection(("127.0.0.1", door), 5)
    finally:
        libc.setfsuid(own)
    try:
        with client:
            client.sendall(b"GET http://site.test/1.png HTTP/1.1\r\nHost: site.test\r\nSec-Fetch-Dest: image\r\n\r\n")
            return client.recv(100).startswith(b"HTTP/1.1 200 OK")
    except OSError:
        return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left(site: Site, tmp_path: Path, how: signal.Signals) -> None:
    site.server.log.clear()
    command = start(module="tests.harness.small_crawl", call="crawl", given=plan(site, tmp_path, "/hang"))
    wait_until("a page in the browser", lambda: chromium(command.pid) and site.server.times("/hang", ""))
    started = descendants(command.pid)
    command.kill(how)
    command.wait()
    wait_until("no process is left", lambda: not running(started))
    if how is signal.SIGTERM:
        assert [path for path in (tmp_path / "warc").glob("*.warc.gz") if gzip.decompress(path.read_bytes())]


def test_without_a_browser_it_says_so_once(site: Site, tmp_path: Path) -> None:
    found = opened(site, tmp_path, "/page", "/second", BROWSER_PATH="no-such-browser", LOG_LEVEL="WARNING")
    assert found.outcomes["/page"]["error"] == "BrowserError"
    assert found.stats["browser/not_installed"] is True
    assert found.stats["log_count/WARNING"] == 3, "once that there is none, once a page"
