"""The do-not-fetch list, a text file in the data folder that `redact` adds to, and the middleware that obeys it.

One address a line; what follows it behind a space, and lines that begin with ``#``, are for people. An address stands
for the article that it leads to, under all of its addresses.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.index.surt import surt
from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.planning.article_requests import ArticleRequests, ListedError

NAME: Final = "do-not-fetch.txt"
_HEADING: Final = "# Never asked for again: one address a line. `scrapy redact` adds what it takes out.\n"


class DoNotFetchList:
    """The list of a data folder.

    :raises ArchiveError: from every method, if it cannot be read or written.
    """

    def __init__(self, data: Path):
        self.path = data / NAME

    def addresses(self) -> list[str]:
        """Return the addresses on it.

        :raises ConfigurationError: if a line has none: what it means would be asked for.
        """
        found = []
        for number, line in enumerate(self._lines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            address = line.split()[0]
            if not _is_address(address):
                raise ConfigurationError(f"{self.path}: line {number} begins with no address: {line.strip()[:80]!r}")
            found.append(address)
        return found

    def add(self, addresses: Iterable[str], at: datetime) -> None:
        """Put addresses on it, durably; those that are on it stay as they are."""
        lines = self._lines()
        known = {line.split()[0] for line in lines if line.strip()}
        new = [f"{address} redacted {at:%Y-%m-%d}\n" for address in addresses if address not in known]
        if new:
            old = [line if line.endswith("\n") else f"{line}\n" for line in lines] or [_HEADING]
            replace_file(self.path, (line.encode() for line in (*old, *new)))

    def _lines(self) -> list[str]:
        try:
            return self.path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise ArchiveError(f"cannot read {self.path}: {getattr(error, 'strerror', None) or error}") from error


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


class DoNotFetch:
    """A downloader middleware that makes no request for what is on the list, be it found, known or redirected to.

    Stats: ``newsbot/not_asked_for`` (requests not made).
    """

    def __init__(self, crawler: Crawler) -> None:
        self.stats = crawler.stats
        spider = crawler.spidercls
        addresses = DoNotFetchList(Path(crawler.settings["DATA_DIR"])).addresses()
        self._keys = {surt(address) for address in addresses}
        self._find = spider.addresses.find if issubclass(spider, ArticleRequests) else None
        self._articles = {found for address in addresses if (found := self._article(address))}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Refuse a request for what is on the list.

        :raises ListedError: to refuse it.
        """
        if not self._keys:
            return
        article = str(request.meta.get("article_id", "")).partition(":")[2] or self._article(request.url)
        if article in self._articles or surt(request.url) in self._keys:
            self.stats.inc_value("newsbot/not_asked_for")
            raise ListedError("on the do-not-fetch list")

    def _article(self, address: str) -> str | None:
        """Return the id of the article that an address leads to, if it leads to one of the source's."""
        found = self._find(address) if self._find else None
        return found.article if found else None
