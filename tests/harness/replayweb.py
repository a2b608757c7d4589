"""ReplayWeb.page in a headless Chromium: what a person sees who opens a package in the player most archives use.

Neither is a Python package: Debian has chromium, npm has replaywebpage (unpacked to ``.cache/replaywebpage``). Where
one is missing, tests skip.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Frame, Page, sync_playwright

from tests.project import ROOT

PLAYER = ROOT / ".cache" / "replaywebpage" / "package"
PLAYER_FILES = ("ui.js", "sw.js", "index.html")
_TYPES = {".html": "text/html", ".js": "text/javascript"}
#: Milliseconds.
_PATIENCE = 60_000

#: All text of a page, also inside shadow roots.
_DEEP_TEXT = """() => {
    const texts = [];
    const walk = node => {
        if (node.nodeType === Node.TEXT_NODE && !/^(STYLE|SCRIPT)$/.test(node.parentNode.nodeName)) {
            texts.push(node.textContent.trim());
        }
        if (node.shadowRoot) walk(node.shadowRoot);
        node.childNodes.forEach(walk);
    };
    walk(document.body);
    return texts.filter(text => text).join("\\n");
}"""


class Player:
    """A package open in the player."""

    def __init__(self, page: Page, base: str, package: str):
        self._page = page
        self._address = f"{base}/?source={quote(base, safe='')}/{package}"

    def listed(self) -> str:
        """Return what the list of pages shows."""
        self._page.goto(f"{self._address}#view=pages")
        self._page.get_by_text("Page List").first.wait_for(timeout=_PATIENCE)
        self._page.wait_for_function(f"() => /\\d+ Pages/.test(({_DEEP_TEXT})())", timeout=_PATIENCE)
        self._page.wait_for_timeout(500)
        text: str = self._page.evaluate(_DEEP_TEXT)
        return text

    def text(self, url: str, date: str) -> str:
        """Return the text that a captured page shows.

        :param date: a WARC-Date.
        """
        return self._opened(url, date).inner_text("body", timeout=_PATIENCE)

    def evaluate(self, url: str, date: str, expression: str) -> Any:
        """Return what a JavaScript expression gives in a captured page that has been loaded with all it needs."""
        return self._opened(url, date).evaluate(expression)

    def _opened(self, url: str, date: str) -> Frame:
        stamp = re.sub(r"\D", "", date)[:14]
        self._page.goto("about:blank")
        self._page.goto(f"{self._address}#view=pages&url={quote(url, safe='')}&ts={stamp}")
        frame = self._replay_frame(url)
        frame.wait_for_load_state("load", timeout=_PATIENCE)
        return frame

    def _replay_frame(self, url: str) -> Frame:
        for _ in range(_PATIENCE // 100):
            for frame in self._page.frames:
                if "mp_/" in frame.url and frame.url.endswith(url.partition("://")[2]):
                    return frame
            self._page.wait_for_timeout(100)
        raise AssertionError(f"{url} is not replayed; the player shows: {self._page.evaluate(_DEEP_TEXT)[-2000:]}")


@contextmanager
def replayweb(package: Path) -> Iterator[Player]:
    """Open a package; skips the test where player or browser are missing."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed: `make test` installs it")
    if not all((PLAYER / name).exists() for name in PLAYER_FILES):
        pytest.skip(f"ReplayWeb.page is not in {PLAYER}: `make test` fetches it")
    files = {f"/{name}": PLAYER / name for name in PLAYER_FILES}
    files |= {"/": PLAYER / "index.html", "/replay/": PLAYER / "index.html", f"/{package.name}": package}
    with _served(files) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            yield Player(browser.new_page(), base, package.name)
        finally:
            browser.close()


@contextmanager
def _served(files: dict[str, Path]) -> Iterator[str]:
    """Serve files on loopback, whole or in ranges: a player reads a package piece by piece."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = files.get(urlsplit(self.path).path)
            if path is None:
                self.send_response(404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            size = path.stat().st_size
            start, end = _range(self.headers.get("Range"), size)
            self.send_response(206 if "Range" in self.headers else 200)
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Type", _TYPES.get(path.suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(end - start))
            if "Range" in self.headers:
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
            self.end_headers()
            if self.command == "GET":
                with path.open("rb") as file:
                    self.wfile.write(os.pread(file.fileno(), end - start, start))

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.server_address[1]}"
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def _range(header: str | None, size: int) -> tuple[int, int]:
    """Return start and end of the bytes asked for; the player asks for more than there is.

    >>> _range("bytes=2-5", 10), _range("bytes=-65558", 10), _range("bytes=4-", 10), _range(None, 10)
    ((2, 6), (0, 10), (4, 10), (0, 10))
    """
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", header or "")
    if not found:
        return 0, size
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1 if last else size)
