"""The pages that are too much: alone on heavy.test, and put on a paper's page by a fault."""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import Image
from playwright.sync_api import Browser, Dialog

from tests.harness.replica_browser import replica_browser
from tests.replica.burdens import BOMB, ENDLESS, HOST, LOADS, MANY, Burden, HeavySite
from tests.replica.faults import instead
from tests.replica.request import Request
from tests.replica.server import Replica
from tests.replica.site import RawReply, Reply
from tests.replica.sites import NOW, sites

SITES = {site.name: site for site in sites(articles=40)}


@pytest.fixture(scope="module")
def running() -> Iterator[Replica]:
    with Replica(articles=40, now=NOW) as replica:
        yield replica


@pytest.fixture
def replica(running: Replica) -> Iterator[Replica]:
    yield running
    running.set_faults()


def ask(path: str) -> Reply:
    reply = HeavySite().reply(Request("GET", "https", HOST, path))
    assert isinstance(reply, Reply)
    return reply


@contextmanager
def fetched(replica: Replica, url: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    """An answer whose body is still to be read."""
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    connection = http.client.HTTPConnection("127.0.0.1", replica.http_port)
    if scheme == "https":
        context = ssl.create_default_context(cafile=str(replica.ca_file))
        connection = http.client.HTTPConnection(host, replica.https_port)
        plain = socket.create_connection(("127.0.0.1", replica.https_port))
        connection.sock = context.wrap_socket(plain, server_hostname=host)
    with contextlib.closing(connection):
        connection.request("GET", f"/{path}", headers={"Host": host} | headers)
        with connection.getresponse() as response:
            yield response


@pytest.mark.parametrize("name", LOADS)
def test_each_has_a_page(name: str) -> None:
    assert LOADS[name].html.encode() in ask(f"/{name}").body
    assert f'href="/{name}"'.encode() in ask("/").body


def test_ten_thousand_pictures_are_there_and_differ() -> None:
    assert LOADS["many-pictures"].html.count("<img ") == MANY == 10_000
    first, last = ask("/icon/00000.gif").body, ask("/icon/09999.gif").body
    assert Image.open(io.BytesIO(first)).size == Image.open(io.BytesIO(last)).size == (32, 32)
    assert first != last


def test_sheets_without_end() -> None:
    assert b'@import "self.css"' in ask("/self.css").body
    assert b'url("8.css")' in ask("/deep/7.css").body
    bomb = ask("/bomb.css").body
    assert len(bomb) < BOMB // 500
    assert len(zlib.decompress(bomb, 31)) == BOMB


def test_pictures_that_lead_inside() -> None:
    targets = [dict(ask(f"/{name}.jpg").headers)["Location"] for name in ("to-metadata", "to-loopback", "loop")]
    assert targets[0].startswith("http://169.254.169.254/")
    assert targets[1].startswith("http://127.0.0.1:9/")
    assert targets[2] == "https://heavy.test/loop.jpg"


@pytest.mark.parametrize("path", ["/endless.jpg", "/chunks.jpg"])
def test_endless_pictures_are_made_of_one_block(replica: Replica, path: str) -> None:
    reply = HeavySite().reply(Request("GET", "https", HOST, path))
    assert isinstance(reply, RawReply)
    assert sum(len(chunk) for chunk in reply.chunks if isinstance(chunk, bytes)) >= ENDLESS
    assert len({id(chunk) for chunk in reply.chunks}) == 2
    with fetched(replica, f"http://{HOST}{path}") as response:
        assert len(response.read(3_000_000)) == 3_000_000


@pytest.mark.parametrize("name", ["baosonla", "suckhoemoitruong"])  # one in gzip and chunks, one plain
@pytest.mark.parametrize("accept", ["gzip", "identity"])
def test_the_fault_puts_a_burden_on_an_article(replica: Replica, name: str, accept: str) -> None:
    story = next(story for story in SITES[name].stories if story.kind == "article")
    replica.set_faults(Burden(f"{story.urls[0].partition('://')[2]}", load="odd-addresses"))
    with fetched(replica, story.urls[0], **{"Accept-Encoding": accept}) as response:
        html = response.read().decode()
    assert story.paragraphs[-1].split()[0] in html
    assert html.rstrip().endswith("</html>")
    assert LOADS["odd-addresses"].html in html
    assert response.headers["Content-Length"] == str(len(html.encode()))
    assert response.headers["Content-Encoding"] is None


def test_the_fault_leaves_other_answers_alone(replica: Replica) -> None:
    replica.set_faults(Burden("*"))
    with fetched(replica, "https://baosonla.vn/css/app.css") as response:
        assert response.read().startswith(b"@import")
    replica.set_faults(instead("baosonla.vn/*", "<p>Tin</p>"), Burden("*", load="alerts"))
    with fetched(replica, "https://baosonla.vn/") as response:
        assert response.read().decode() == "<p>Tin</p>" + LOADS["alerts"].html


@pytest.fixture(scope="module")
def browser(running: Replica) -> Iterator[Browser]:
    with replica_browser(running) as browser:
        yield browser


def test_a_browser_meets_alerts(browser: Browser) -> None:
    page = browser.new_page()
    dialogues: list[str] = []

    def refuse(dialogue: Dialog) -> None:
        dialogues.append(dialogue.message)
        dialogue.dismiss()

    page.on("dialog", refuse)
    page.goto(f"https://{HOST}/alerts")
    page.wait_for_timeout(900)
    page.remove_listener("dialog", refuse)
    assert dialogues[:3] == ["Chào bạn đọc", "Bạn có muốn nhận tin?", "Tên bạn?"]
    assert len(dialogues) > 3
    page.close(run_before_unload=False)


def test_a_browser_meets_downloads(browser: Browser) -> None:
    page = browser.new_page()
    with page.expect_download() as download:
        page.goto(f"https://{HOST}/downloads")
    assert "/" not in download.value.suggested_filename
    page.close()


def test_a_browser_meets_pop_ups(browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"https://{HOST}/pop-ups")
    with context.expect_page() as window:
        page.locator("h1").click()
    assert window.value.url.startswith(f"https://{HOST}/pop-up?") or window.value.url == "about:blank"
    context.close()


def test_a_browser_asks_without_end(browser: Browser, replica: Replica) -> None:
    page = browser.new_page()
    replica.forget_counters()
    page.goto(f"https://{HOST}/endless-xhr")
    for _ in range(100):
        page.wait_for_timeout(100)
        if sum("/question" in address for address in replica.counters()) > 10:
            break
    else:
        raise AssertionError("it has ended")
    page.close()
