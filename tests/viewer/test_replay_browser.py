"""`scrapy replay` in a browser: from a search to a capture, and what captured scripts can reach."""

from __future__ import annotations

import re
import select
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import SOCK_DGRAM, socket, socketpair
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, Request, sync_playwright

from tests.harness.commands import wait_until
from tests.harness.replay_server import ReplayServer, replay_server
from tests.harness.two_papers import SOURCES, Archive
from tests.harness.warc_making import gz, record, response, warcinfo

#: Milliseconds.
_PATIENCE = 90_000
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def browser(server: ReplayServer) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A browser, and the origins that it has asked."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed: `make test` installs it")
    asked: list[str] = []

    def note(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss"):
            asked.append(f"{parts.scheme}://{parts.netloc}")

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        try:
            context = running.new_context(viewport={"width": 390, "height": 800})
            context.set_default_timeout(_PATIENCE)
            context.on("request", note)
            yield context, asked
        finally:
            running.close()


def replayed(page: Page, url: str) -> Frame:
    """The frame in which the player shows a capture."""
    for _ in range(_PATIENCE // 100):
        for frame in page.frames:
            if "mp_/" in frame.url and frame.url.endswith(url.partition("://")[2]):
                frame.wait_for_load_state("load")
                return frame
        page.wait_for_timeout(100)
    raise AssertionError(f"{url} is not replayed: {[frame.url for frame in page.frames]}")


def test_from_a_search_to_the_capture_of_version_1(archive: Archive) -> None:
    changed = archive.lines("headline")[0]
    first = next(line for line in archive.lines("new") if line["id"] == changed["id"])
    bare = re.sub(r"\W+", " ", str(changed["url"]).rpartition("/")[2]).split()
    with replay_server(data=archive.data) as server, browser(server) as (context, asked):
        player, _ = server.player()
        page = context.new_page()
        page.goto(server.address)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "To the content"
        page.fill("#q", " ".join(word for word in bare[:-2] if word.isalpha())[:60])
        page.press("#q", "Enter")
        page.locator(".entry h3 a", has_text=str(changed["title"])).first.click()
        page.wait_for_url("**/article/**")
        second = page.locator("#version-2")
        assert second.locator("ins").first.is_visible()
        assert str(first["title"]) in page.locator("#version-2 .changes").first.inner_text()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits on a phone"
        page.locator("#version-1").get_by_text("replay version 1").click()
        text = replayed(page, str(changed["url"])).inner_text("body")
        assert str(first["title"]) in text
        assert str(changed["title"]) not in text
        page.go_back()
        page.get_by_text("All pages in the player").click()
        page.get_by_text("Page List").first.wait_for()
        assert {*asked} <= {server.address, player}


def test_a_page_is_shown_as_it_was(tmp_path: Path) -> None:
    shown = Archive(tmp_path / "data")
    shown.crawl(0, REQUISITES="all")
    with replay_server(data=shown.data) as server, browser(server) as (context, asked):
        player, _ = server.player()
        for source in SOURCES:
            page = context.new_page()
            page.goto(f"{server.address}/source/{source}")
            page.locator(".entry a", has_text="replay").first.click()
            frame = replayed(page, "")
            # Its own picture is larger than those of the lists beside it, and may wait until it is seen.
            frame.evaluate("for (const image of document.images) image.scrollIntoView()")
            frame.wait_for_function("() => [...document.images].some(image => image.naturalWidth > 300)")
            styled = "[...document.styleSheets].some(sheet => sheet.href && sheet.cssRules.length)"
            assert frame.evaluate(styled), source
            assert frame.evaluate("document.fonts.ready.then(fonts => fonts.size)") > 0, source
        assert {*asked} == {server.address, player}


def test_captured_scripts_reach_neither_the_start_page_nor_the_world(tmp_path: Path) -> None:
    port = _two_free_ports()
    origin = f"http://127.0.0.1:{port}"
    with replay_server(_hostile(tmp_path, origin), "--port", str(port)) as server, browser(server) as (context, asked):
        assert server.address == origin
        player, key = server.player()
        page = context.new_page()
        page.goto(f"{player}/?source=/archive-{key}.json#view=pages&url=http%3A%2F%2Fa.test%2F&ts=20261122030405")
        frame = replayed(page, "http://a.test/")
        frame.wait_for_function("() => document.title.startsWith('done')")
        said = frame.evaluate("document.title")
        assert "News archive" not in said
        assert "reached" not in said
        assert {*asked} == {player}
        assert server.end() == 0


def test_captured_scripts_speak_to_nobody_by_what_no_worker_sees(tmp_path: Path) -> None:
    with (
        trap() as (port, caught),
        replay_server(_page_of(tmp_path, _talkative(port), _hasty(port))) as server,
        browser(server) as (context, _),
    ):
        player, key = server.player()
        page = context.new_page()
        page.goto(f"{player}/?source=/archive-{key}.json#view=pages&url=http%3A%2F%2Fa.test%2F&ts=20261122030405")
        frame = replayed(page, "http://a.test/")
        frame.wait_for_function("() => document.title.startsWith('done')")
        assert caught == []
        page.goto("about:blank")
        with page.expect_event("crash"):  # a browser that knows no Connection Allowlists would let it speak
            page.goto(f"{player}/?source=/archive-{key}.json#view=pages&url=http%3A%2F%2Fa.test%2F1&ts=20261122030405")
        assert caught == []
        # The same asked where nothing has been taken away is caught.
        bare = context.new_page()
        bare.goto(f"{server.address}/style.css")
        bare.evaluate(f"({_TALKING})(window, {port})")
        wait_until("what a page can say", lambda: {*caught} == {"TCP", "UDP"})


@contextmanager
def trap() -> Iterator[tuple[int, list[str]]]:
    """A port of loopback on which nobody answers, and the protocols by which it was asked so far."""
    caught: list[str] = []
    with socket() as streams:
        streams.bind(("127.0.0.1", 0))
        port: int = streams.getsockname()[1]
        with socket(type=SOCK_DGRAM) as packets:
            packets.bind(("127.0.0.1", port))
            streams.listen()
            ends, told = socketpair()

            def wait() -> None:
                while told not in (ready := select.select([streams, packets, told], [], [])[0]):
                    for each in ready:
                        if each is streams:
                            streams.accept()[0].close()
                        else:
                            packets.recv(2000)
                        caught.append("TCP" if each is streams else "UDP")

            thread = Thread(target=wait)
            thread.start()
            try:
                yield port, caught
            finally:
                ends.close()
                thread.join()
                told.close()


#: Speaks to a port by all that a window has for it, and waits until what it sends must have come.
_TALKING = """async (view, port) => {
    const tries = [
        () => new view.WebSocket(`ws://127.0.0.1:${port}/`),
        () => new view.WebTransport(`https://127.0.0.1:${port}/`),
        () => new view.EventSource(`http://127.0.0.1:${port}/events`),
        () => view.navigator.sendBeacon(`http://127.0.0.1:${port}/beacon`, "x"),
        async () => {
            const servers = [`stun:127.0.0.1:${port}`, `turn:127.0.0.1:${port}?transport=tcp`];
            const iceServers = servers.map(urls => ({urls, username: "a", credential: "b"}));
            const peer = new view.RTCPeerConnection({iceServers});
            peer.createDataChannel("x");
            await peer.setLocalDescription(await peer.createOffer());
        },
    ];
    for (const each of tries) try { await each(); } catch {}
    await new Promise(go => setTimeout(go, 1500));
}"""


def _talkative(port: int) -> str:
    """A page that speaks by itself, from frames of its own making, and by hints."""
    return f"""<title>Nói</title><link rel=preconnect href="http://127.0.0.1:{port}/"><body><p>Chợ phiên
        <iframe id=blank></iframe><iframe srcdoc="<p>x"></iframe><script>(async () => {{
        const talk = {_TALKING};
        const made = document.createElement("iframe");
        document.body.append(made);
        const hint = document.createElement("link");
        hint.rel = "preconnect";
        hint.href = "http://127.0.0.1:{port}/";
        document.head.append(hint);
        await new Promise(go => setTimeout(go, 100));
        const views = [window, made.contentWindow, document.getElementById("blank").contentDocument.defaultView];
        await Promise.all([...views, window[1], self.__WB_source || self].map(view => talk(view, {port})));
        document.title = "done";
    }})()</script>"""


def _hasty(port: int) -> str:
    """A page that speaks from a frame as soon as it has put it in."""
    return f"""<title>Vội</title><body><p>Chợ phiên<script>
        const made = document.createElement("iframe");
        made.src = "/khung";
        document.body.append(made);
        const iceServers = [{{urls: "stun:127.0.0.1:{port}"}}];
        const peer = new window[window.length - 1].RTCPeerConnection({{iceServers}});
        peer.createDataChannel("x");
        peer.createOffer().then(offer => peer.setLocalDescription(offer));
    </script>"""


def _two_free_ports() -> int:
    """A port that is free, as the one behind it is."""
    while True:
        with socket() as first, socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            with suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                return port


def _hostile(folder: Path, origin: str) -> Path:
    """A capture that tries to read the start page, and to send what it knows to somebody."""
    script = f"""
        const tries = ["{origin}/", "{origin}/search?q=a", "http://evil.test/"];
        const outcomes = [];
        const framed = document.createElement("iframe");
        framed.src = "{origin}/";
        document.body.append(framed);
        for (const url of tries) {{
            try {{
                const answer = await fetch(url);
                outcomes.push(answer.ok ? "reached " + (await answer.text()).slice(0, 200) : "status " + answer.status);
            }} catch (error) {{ outcomes.push("refused"); }}
            try {{
                const real = window.__WB_source || window;
                const answer = await real.fetch.call(window, url, {{mode: "no-cors"}});
                outcomes.push(answer.type);
            }} catch (error) {{ outcomes.push("refused"); }}
        }}
        document.title = "done " + outcomes.join(", ");
    """
    return _page_of(folder, f"<title>Bẫy</title><body><p>Chợ phiên<script>(async () => {{{script}}})()</script>")


def _page_of(folder: Path, *markup: str) -> Path:
    """Captures of pages, http://a.test/, http://a.test/1 and so on."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    records = [
        record("response", response(each.encode(), head), warc_target_uri=f"http://a.test/{number or ''}")
        for number, each in enumerate(markup)
    ]
    path = folder / "hostile.warc.gz"
    path.write_bytes(gz(warcinfo(), *records))
    return path
