"""A loopback server that answers from a script and notes when it was asked for what, and small crawls of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any

from archive.collection import Collection
from tests.harness.small_crawl import ARCHIVED, small_crawl
from tests.harness.warc_making import collection
from tests.harness.warc_reading import Record, read_records

#: Status, headers and body.
Answer = tuple[int, dict[str, str], bytes]
#: The answer for a path, given how often it was asked for before.
Script = Callable[[str, int], Answer]

#: The page of `same_page`.
PAGE = "<!doctype html><meta charset=utf-8><title>Lũ về</title><h1>Lũ về</h1><p>".encode() + b"Muong La. " * 300


def same_page(path: str, before: int) -> Answer:
    """Answer with one page at every path, so that it is kept once; one path has a tag, and is not modified."""
    if path == "/tagged":
        return (304 if before else 200, {"ETag": '"v1"'}, b"" if before else PAGE + b"<p>tagged")
    return 200, {}, PAGE


@dataclass
class SmallServer:
    """The address of the server, and what it was asked: (seconds, host, path)."""

    port: int
    log: list[tuple[float, str, str]] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def times(self, path: str, host: str = "127.0.0.1") -> list[float]:
        return [time for time, asked_host, asked_path in self.log if (asked_host, asked_path) == (host, path)]

    def crawl(self, *requests: str | dict[str, Any], **settings: Any) -> dict[str, Any]:
        """Crawl in a process of its own and return the stats."""
        full = [{"url": request} if isinstance(request, str) else request for request in requests]
        stats: dict[str, Any] = small_crawl(full, settings)["stats"]
        return stats


@dataclass
class ArchiveCrawls:
    """A server, and the folder to which the captures of all crawls of it go, one request after the other."""

    server: SmallServer
    data: Path

    @property
    def warcs(self) -> Path:
        return self.data / "warc"

    def crawl(self, *requests: str | dict[str, Any], **settings: Any) -> Path:
        """Fetch paths, or requests with a path as `url`; returns the WARC file."""
        before = set(self.files())
        full = ({"url": request} if isinstance(request, str) else request for request in requests)
        stats = self.server.crawl(
            *({**request, "url": self.server.url(request["url"]), "dont_filter": True} for request in full),
            **ARCHIVED,
            ARCHIVE_DIR=str(self.warcs),
            ARCHIVE_ALLOW_PRIVATE=True,
            ARCHIVE_DISK_FLOOR=0,
            CONCURRENT_REQUESTS=1,
            RETRY_ENABLED=False,
            **settings,
        )
        assert stats["archive/exchanges"] == stats["archive/written_exchanges"] == len(requests)
        (file,) = set(self.files()) - before
        return file

    def files(self) -> list[Path]:
        return sorted(self.warcs.glob("*.warc.gz"))

    def collection(self) -> Collection:
        return collection(self.data)


def captures(path: Path) -> list[Record]:
    """The response and revisit records of a file that has some."""
    found = [record for record in read_records(path) if record.type in ("response", "revisit")]
    assert found
    return found


@contextmanager
def archive_crawls(script: Script, data: Path) -> Iterator[ArchiveCrawls]:
    with small_server(script) as server:
        yield ArchiveCrawls(server, data)


@contextmanager
def small_server(script: Script) -> Iterator[SmallServer]:
    """Serve the script on a free loopback port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.headers["Host"].rpartition(":")[0]
            before = len(server.times(self.path, host))
            server.log.append((monotonic(), host, self.path))
            status, headers, body = script(self.path, before)
            self.send_response(status)
            for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server = SmallServer(listener.server_address[1])
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
