"""What a reader sees of a page, live or in a player; and a browser that tells who it would ask on the network."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, Request, Response, sync_playwright

#: Milliseconds.
_PATIENCE = 90_000
#: An address behind a player's own.
_REPLAYED = re.compile(r"/\d{14}\w*/(https?:.*)", re.DOTALL)
_SCROLL = """async () => {
    for (let y = 0; y < document.documentElement.scrollHeight && y < 20000; y += 400) {
        scrollTo(0, y);
        await new Promise(resolve => setTimeout(resolve, 20));
    }
    await document.fonts.ready;
}"""
_WAITING = "() => [...document.images].every(image => image.complete)"
_SEEN = """() => {
    const names = ['body', 'h1', 'header', 'footer', 'nav', 'p', 'article', 'main', 'a'];
    return {
        headings: [...document.querySelectorAll('h1')].map(each => each.innerText),
        text: document.body.innerText,
        pictures: [...document.images].map(each => [each.currentSrc, each.naturalWidth, each.naturalHeight]),
        fonts: [...document.fonts].map(each => [each.family, each.status]),
        styles: names.map(name => document.querySelector(name)).map(each => {
            if (!each) return null;
            const style = getComputedStyle(each);
            return [style.color, style.backgroundColor, style.fontFamily, style.fontSize, style.display];
        }),
    };
}"""


@dataclass(frozen=True)
class Sight:
    """Addresses are without a scheme: browsers ask for all pictures of a page by TLS."""

    headings: list[str]
    text: str
    #: As it was sent: that of a player is its own.
    markup: str
    #: Widths and heights; 0 of pictures that are broken.
    pictures: dict[str, tuple[int, int]]
    fonts: list[list[str]]
    styles: list[list[str] | None]
    #: What gave nothing.
    failed: set[str]
    #: Pictures that say they are HTML.
    mislabelled: set[str]


def original(url: str) -> str:
    """Return what an address is called on its site.

    >>> original("http://127.0.0.1:8091/w/id-1/:2/20261129115141im_/https://a.vn/1.png"), original("http://a.vn/2")
    ('//a.vn/1.png', '//a.vn/2')
    """
    found = _REPLAYED.search(url)
    return (found[1] if found else url).partition(":")[2]


def see(page: Page, address: str, url: str = "") -> Sight:
    """Open an address and look at all of the page.

    :param url: of the page that a player shows there in a frame.
    """
    failed: set[str] = set()
    mislabelled: set[str] = set()

    def answered(answer: Response) -> None:
        if answer.status >= 400:
            failed.add(original(answer.url))
        says_html = answer.status == 200 and "text/html" in answer.headers.get("content-type", "")
        if says_html and answer.request.resource_type == "image":
            mislabelled.add(original(answer.url))

    def unanswered(request: Request) -> None:
        failed.add(original(request.url))

    page.on("response", answered)
    page.on("requestfailed", unanswered)
    document = page.goto(address)
    markup = document.text() if document else ""
    frame = _frame(page, url) if url else page.main_frame
    frame.wait_for_load_state("load", timeout=_PATIENCE)
    frame.evaluate(_SCROLL)
    frame.wait_for_function(_WAITING, timeout=_PATIENCE)
    seen: dict[str, Any] = frame.evaluate(_SEEN)
    pictures = {original(src): (width, height) for src, width, height in seen.pop("pictures")}
    return Sight(**seen, markup=markup, pictures=pictures, failed=failed, mislabelled=mislabelled)


def _frame(page: Page, url: str) -> Frame:
    """Return the frame in which a player shows a page, once it is that page's."""
    for _ in range(_PATIENCE // 100):
        for frame in page.frames:
            if "mp_/" in frame.url and original(frame.url) == original(url):
                return frame
        page.wait_for_timeout(100)
    raise AssertionError(f"{url} is not replayed: {[frame.url for frame in page.frames]}")


@contextmanager
def confined_browser() -> Iterator[tuple[Browser, list[str]]]:
    """Start a browser that reaches this machine alone; gives the hosts that it would have asked beyond it, too."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed: `make test` installs it")
    asked: list[str] = []

    class Refusal(StreamRequestHandler):
        def handle(self) -> None:
            words = self.rfile.readline().decode("latin-1").split()
            if not words:
                return  # a connection that was made beforehand, and closed without a request
            asked.append(re.sub(r"^\w+://|[:/].*$", "", words[1] if len(words) > 1 else ""))
            self.wfile.write(b"HTTP/1.1 502 Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with ThreadingTCPServer(("127.0.0.1", 0), Refusal) as proxy, sync_playwright() as playwright:
        threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        arguments = ["--no-sandbox", "--disable-gpu", f"--proxy-server=127.0.0.1:{proxy.server_address[1]}"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            yield browser, asked
        finally:
            browser.close()
            proxy.shutdown()
