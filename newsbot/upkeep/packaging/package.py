"""Makes a package of a source, a run or a time: what is in it, in which order, and what it says of itself."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import scrapy
from scrapy.settings import BaseSettings

import newsbot
from archive.errors import ArchiveError
from archive.wacz.originals import is_added
from archive.wacz.package import Package, PageEntry
from archive.wacz.selection import Period
from archive.writing.warc_file import is_foreign
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.chaining.places import WARC
from newsbot.configuration.folders import collection
from newsbot.replaying.captures import Reader
from newsbot.replaying.pages_ahead import PagesAhead
from newsbot.spider import NewsSpider
from newsbot.upkeep.packaging.files import Enclosed, NothingToPackageError, run_log, run_reports, source_of
from newsbot.upkeep.packaging.pages import ArticleLines, Pages, line_bytes

#: Settings a collection is described with; all may be empty.
SETTINGS = ("WACZ_TITLE", "WACZ_DESCRIPTION", "WACZ_CREATOR", "WACZ_PUBLISHER", "WACZ_RIGHTS", "WACZ_LICENSE")


@dataclass(frozen=True)
class PackageOrder:
    """What to package: WARC files, how much of them, and with what beside."""

    warcs: Sequence[Path]
    period: Period
    #: Whether to add, from elsewhere in the archive, what revisits in the package refer to.
    originals: bool = True
    #: When it was made, what is said of it, and its logs, where that is not found out anew.
    created: datetime | None = None
    description: dict[str, Any] | None = None
    logs: Iterable[Enclosed] | None = None
    #: Whether damaged WARC files are left out, and named, as long as there are others.
    leave_damaged: bool = False


@dataclass
class Packaged:
    """What a package holds, and what it lacks, in words."""

    warcs: int
    pages: int
    problems: list[str]


class Packaging:
    """Makes packages out of one data folder.

    :param readers: of all sources whose articles may be in the package.
    """

    def __init__(self, settings: BaseSettings, readers: Sequence[Reader]):
        self._settings = settings
        self._data = Path(settings["DATA_DIR"])
        self._collection = collection(settings)
        self._chain = ArchiveChain(settings)
        self._readers = readers
        self._main_page: PageEntry | None = None
        #: Reports and logs that cannot be read.
        self._unread: list[str] = []

    def write(
        self,
        order: PackageOrder,
        output: Path,
        added: Callable[[Path], None] = lambda path: None,
        ahead: PagesAhead | None = None,
    ) -> Packaged:
        """Write a package.

        :param added: is called with each WARC file that has been added.
        :param ahead: has pages read by processes; by default they are read here.
        :raises NothingToPackageError: if there is nothing of that time.
        :raises ArchiveError: if a file cannot be read or the package cannot be written; there is none then.
        """
        with Package(output, order.created or creation_time()) as package:
            for path in order.warcs:
                package.add_warc(path, order.period, or_leave=order.leave_damaged)
                added(path)
            if not package.warcs:
                if package.problems:
                    raise ArchiveError("; ".join(package.problems))
                raise NothingToPackageError("the archive holds nothing of that time")
            problems = package.add_originals(self._collection, borrow=order.originals)
            package.write_index()
            sources = {source_of(path.name) for path in order.warcs}
            readers = self._readers_of([path.name for path in order.warcs])
            names = [reader.spider.name for reader in readers]
            lines = ArticleLines(self._data / "articles", names, package.contents)
            package.write_pages(self._watched(Pages(package.contents, lines, readers, ahead)))
            for name, each in lines.files():
                package.add(f"articles/{name}", map(line_bytes, each))
            for name, content in self._chain.enclosed(f"{WARC}{path.name}" for path in order.warcs):
                package.add(f"chain/{name}", content)
            logs = self._logs([path.name for path in order.warcs]) if order.logs is None else order.logs
            for log in logs:
                package.add(f"logs/{log.name}", [log.text])
            package.describe(order.description or self._description(package, sources))
        problems += [*package.problems, *lines.wrong, *self._unread]
        return Packaged(len(package.warcs), package.pages, problems)

    def _readers_of(self, warcs: Sequence[str]) -> Sequence[Reader]:
        """Return the readers of the sources whose articles may be in WARC files: in another crawler's any."""
        sources = {source_of(name) for name in warcs}
        readers = [reader for reader in self._readers if reader.spider.name in sources]
        is_mixed = any(is_foreign(name) and not is_added(name) for name in warcs)
        return self._readers if is_mixed else readers or self._readers

    def _watched(self, pages: Pages) -> Iterator[PageEntry]:
        """Note the first page, with which a player may begin."""
        for page in pages:
            self._main_page = self._main_page or page
            yield page

    def _description(self, package: Package, sources: set[str]) -> dict[str, Any]:
        spiders = [type(reader.spider) for reader in self._readers if reader.spider.name in sources]
        pairs = description(self._settings, spiders, package.captured, package.warcs)
        homes = [package.contents.first(spider.home) for spider in spiders] if len(spiders) == 1 else []
        if homes and homes[0]:
            pairs |= {"mainPageUrl": homes[0].url, "mainPageDate": f"{homes[0].date[:19]}Z"}
        elif self._main_page:
            pairs |= {"mainPageUrl": self._main_page.url, "mainPageDate": f"{self._main_page.ts[:19]}Z"}
        return pairs

    def _logs(self, warcs: Sequence[str]) -> Iterator[Enclosed]:
        for report in run_reports(self._data, warcs, self._unread):
            yield report
            try:
                if log := run_log(self._data, report):
                    yield log
            except ArchiveError as error:
                self._unread.append(str(error))


def creation_time() -> datetime:
    """Return now, or the time that SOURCE_DATE_EPOCH names: with it, equal input gives equal bytes."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return datetime.fromtimestamp(int(given), UTC) if given.isdecimal() else datetime.now(UTC)


def description(
    settings: BaseSettings, spiders: Sequence[type[NewsSpider]], captured: tuple[str, str], warcs: Sequence[str]
) -> dict[str, Any]:
    """Return keys of datapackage.json: those of Frictionless Data, and Dublin Core's where it has none.

    :param captured: first and last WARC-Date.
    """
    given = {name: settings.get(name) or "" for name in SETTINGS}
    first, last = (date[:10] for date in captured)
    when = first if first == last else f"{first} – {last}"
    hosts = [spider.allowed_domains[0] for spider in spiders]
    title = given["WACZ_TITLE"] or f"{', '.join(hosts) or 'Web archive'}, {when}".rstrip(", ")
    about = f"News of {', '.join(hosts)}, captured {when}" if hosts else f"Captured {when}"
    licence = given["WACZ_LICENSE"]  # its address, or its name
    creator, publisher = given["WACZ_CREATOR"], given["WACZ_PUBLISHER"] or given["WACZ_CREATOR"]
    contributors = [
        {"title": name, "role": role} for name, role in ((creator, "author"), (publisher, "publisher")) if name
    ]
    pairs = {
        "title": title,
        "description": given["WACZ_DESCRIPTION"] or f"{about}. WARC files: {len(warcs)}.",
        "software": f"newsbot {newsbot.__version__} (Scrapy {scrapy.__version__}, Python {platform.python_version()})",
        "creator": creator,
        "publisher": publisher,
        "contributors": contributors,
        "language": sorted({spider.language for spider in spiders}),
        "spatial": sorted({spider.current_province for spider in spiders if spider.current_province}),
        "temporal": "/".join(captured) if first else "",
        "rights": given["WACZ_RIGHTS"],
        "licenses": [{"path" if "://" in licence else "name": licence}] if licence else [],
        "sources": [{"title": spider.allowed_domains[0], "path": spider.home} for spider in spiders],
    }
    return {name: value for name, value in pairs.items() if value}
