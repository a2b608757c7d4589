"""Crawls of a `SmallServer` with the archive under them, one request after the other, and what they write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.collection import Collection
from tests.harness.small_server import Script, SmallServer, small_server
from tests.harness.warc_reading import Record, read_records


@dataclass
class ArchiveCrawls:
    """A server, and the folder to which all crawls of it go."""

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
            ADDONS={"archive.addon.ArchiveAddon": 100},
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
        return Collection(self.warcs, self.data / "index", self.data / "dedup.sqlite")


@contextmanager
def archive_crawls(script: Script, data: Path) -> Iterator[ArchiveCrawls]:
    with small_server(script) as server:
        yield ArchiveCrawls(server, data)


def captures(path: Path) -> list[Record]:
    """The response and revisit records of a file."""
    return [record for record in read_records(path) if record.type in ("response", "revisit")]
