"""Prepares a redaction: finds what it takes out and writes it down; until that is done nothing has happened.

What was prepared is carried out (`newsbot.upkeep.redaction.completion`) also if the process is killed: the next one
goes on with the journal (`archive.redaction.journal`).
"""

from __future__ import annotations

from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from sqlalchemy import make_url

from archive.clock import now
from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.files.manifest import file_digest
from archive.records.digests import views
from archive.redaction.edits import Edits, page_of
from archive.redaction.elsewhere import Elsewhere
from archive.redaction.journal import Journal
from archive.redaction.page_parts import PageRequisites, made_of
from archive.redaction.targets import Finder, Target
from archive.redaction.traces import Traces
from archive.replay.originals import Resolver
from archive.replay.replay import response_of
from archive.requisites.known import database_path
from archive.requisites.page_info import PREFIX
from archive.retired import NAME as RETIRED
from archive.retirement.leaving import collection_in
from newsbot.configuration.folders import collection
from newsbot.fetching.do_not_fetch import NAME
from newsbot.publishing.lines import lines_of
from newsbot.replaying.captures import Reader
from newsbot.upkeep.receipts import bring_up_to_date, receipt_name, refuse_unfinished
from newsbot.upkeep.redaction.lines import Mentions, mentions, texts_of
from newsbot.upkeep.redaction.out_of_reach import Departed, departed, folders_elsewhere, other_states
from newsbot.upkeep.redaction.packages import packages
from newsbot.upkeep.redaction.scrubbing import Scrubber
from newsbot.viewer.search_database import NAME as SEARCH_INDEX

#: Folders whose files are not scrubbed as text: what is in them is found by its records, or holds no text.
_NOT_TEXT: Final = frozenset(
    {"warc", "index", "articles", "rebuilt", "wacz", "receipts", "redaction", "locks", "chain"}
)
_TEXT: Final = (".log", ".log.gz", ".json", ".jsonl", ".jsonl.gz", ".txt", ".html", ".xml", ".csv", ".prom")


@dataclass(frozen=True)
class Ground:
    """Why captures are redacted, and on whose word."""

    reason: str
    by: str


class Preparation:
    """Prepares redactions in one data folder; the caller holds the locks of the archive and of all sources.

    :param crawlers: one for each source.
    :raises ArchiveError: from every method, if a file or database cannot be read or written.
    """

    def __init__(self, settings: BaseSettings, crawlers: Sequence[Crawler]):
        self._settings = settings
        self._readers = [Reader(crawler) for crawler in crawlers]
        self._data = Path(settings["DATA_DIR"])
        self._databases = [
            Path(make_url(settings["STATE_URL"]).database or ""),
            Path(settings.get("ARCHIVE_DEDUP") or Path(settings["ARCHIVE_DIR"]).parent / "dedup.sqlite"),
            self._data / SEARCH_INDEX,
            database_path(settings),
        ]
        self._articles = self._data / "articles"
        self._collection = collection(settings)
        self._journal = Journal(self._data / "redaction")
        self.finder = Finder(self._collection)
        #: The captures in files that the index does not know in full, and files that cannot be changed.
        known = [*packages(self._data / "wacz"), self._journal.folder]
        self.elsewhere = Elsewhere(self._collection, self._data, known)
        #: What it found when captures were asked for.
        self._beside: list[Target] = []

    def look(self) -> None:
        """Bring the index up to date."""
        refuse_unfinished(self._collection, self._articles)
        bring_up_to_date(self._settings, self._collection)

    def captures(self, url: str) -> list[Target]:
        """Return all captures of exactly this URL, in the order of time, wherever in the folder they are."""
        indexed = self.finder.of_url(url)
        self._beside = self.elsewhere.look({url, *made_of(url)}, {target.record_id for target in indexed})
        return _in_order(indexed, (each for each in self._beside if each.url == url))

    def made_of(self, url: str, captures: Sequence[Target], *, whole: bool) -> list[Target]:
        """Return the records that were made of a page, in the order of time, wherever in the folder they are.

        :param captures: some of what `captures` has just returned: what was made of others does not count.
        :param whole: whether that is all.
        """
        indexed = (target for address in made_of(url) for target in self.finder.of_url(address))
        dates = {target.date for target in captures}
        found = _in_order(indexed, (each for each in self._beside if each.url != url))
        return [each for each in found if whole or each.date in dates]

    def requisites(self, going: Sequence[Target], staying: Sequence[Target]) -> PageRequisites:
        """Return what a page consists of, to find out which of it no other page has.

        :param going: records that were made of it and are to be redacted.
        :param staying: its captures that stay. One that was not modified has what the one before it has, so that
            nothing may go for which no record of its own speaks.
        """
        elsewhere = [collection_in(folder.parent) for folder in folders_elsewhere(self._collection)]
        found = PageRequisites([self._collection, *elsewhere], going)
        described = {(each.url, each.date) for capture in staying for each in self.finder.of_url(PREFIX + capture.url)}
        if any((PREFIX + capture.url, capture.date) not in described for capture in staying):
            found.alone.clear()
        found.alone -= {address for address in found.alone if self._ids([address])}  # articles are pages themselves
        return found

    def captures_of_requisites(self, addresses: Several[str]) -> list[Target]:
        """Return all captures of what only redacted pages have, in the order of time, wherever in the folder."""
        indexed = (target for address in addresses for target in self.finder.of_url(address))
        return _in_order(indexed, self.elsewhere.look(addresses) if addresses else ())

    def copies(self, targets: Sequence[Target]) -> list[Target]:
        """Return the captures, of any URL, that hold the same bodies and are not among these."""
        known = {target.key for target in targets}
        holding = (target for target in targets if target.payload() or target.is_revisit)
        digests = {digest for target in holding for digest in target.digests}
        return [target for target in self.finder.with_digests(digests) if target.key not in known]

    def further_pages(self, url: str) -> list[str]:
        """Return the further pages of the article at a URL, as far as there are captures of them.

        :raises OSError: if a file of lines cannot be read.
        """
        lines = (
            line
            for article_id in self._ids([url])
            for line in lines_of(self._articles / article_id.partition(":")[0], article_id)
        )
        pages = dict.fromkeys(page for line in lines for page in line.get("further_pages", ()))
        return [page for page in pages if page != url and self.finder.of_url(page)]

    def mentions(self, targets: Sequence[Target], gone: Several[str]) -> Mentions:
        """Return what lines say of the pages that records are of.

        :param gone: ids of the records, and of others that were deleted.
        :raises ArchiveError: if a line that speaks of them is no article's.
        """
        urls = {page_of(target.record) for target in targets}
        return mentions(self._articles, gone, urls, self._ids(urls))

    def plan(self, targets: Sequence[Target], ground: Ground) -> Edits:
        """Return what would become of which record."""
        edits = Edits()
        edits.redact(list(targets), self.finder, _notes(ground))
        return edits

    def databases(self, urls: Iterable[str]) -> dict[Path, str]:
        """Return the databases, other than the state, that know a page and are left as they are, with the reason."""
        urls = set(urls)
        return dict(other_states(self._data, self._databases, urls | self._ids(urls)))

    def _ids(self, urls: Iterable[str]) -> set[str]:
        """Return the ids of the articles at some URLs."""
        spiders = [reader.spider for reader in self._readers]
        return {article_id for url in urls for spider in spiders if (article_id := spider.whole_article_id(url))}

    def departed(self, url: str) -> Departed:
        """Return what of the article at a URL has left the archive.

        :raises OSError: if a file of lines cannot be read.
        """
        return departed(self._collection, self._articles, self._ids([url]), url)

    def prepare(
        self,
        targets: Sequence[Target],
        parts: Sequence[Target],
        ground: Ground,
        departed: Departed,
        found: Mentions,
        do_not_fetch: Several[str],
    ) -> None:
        """Write everything down; from here on the redaction happens, whatever comes.

        :param targets: captures of a page.
        :param parts: what was made of them, and captures of what only they consist of.
        :param departed: lines of records that were deleted shall go, too; copies in other folders are named.
        :param found: what `mentions` has returned for them.
        :param do_not_fetch: addresses that shall not be asked for again: no capture of them is left.
        """
        edits = Edits()
        self._journal.begin()
        files = edits.redact([*targets, *parts], self.finder, _notes(ground), do_not_fetch)
        edits.gone |= departed.deleted - {""}
        urls = {page_of(target.record) for target in (*targets, *parts)}
        self.elsewhere.look(urls | {target.url for target in parts}, edits.gone)
        changed = list(self._rewrite_warcs(files, edits))
        left = self.elsewhere.left | self.databases(urls | set(do_not_fetch)) | departed.copies
        texts = [*found.texts, *self._texts(targets)]
        pages = [text.encode() for text in texts] or [bytes(view) for each in targets for view in views(each.record)]
        left |= self.elsewhere.others(Traces(urls, pages), [*self._handled()])
        changed += [*self._scrub(texts), *packages(self._data / "wacz"), *self._line_files(found.ids)]
        edits.save(self._journal.folder)
        moment = now()
        self._journal.commit(
            {
                "name": receipt_name("redaction", moment),
                "at": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                **asdict(ground),
                "urls": sorted(urls),
                "do_not_fetch": sorted(do_not_fetch),
                "left": [f"{path}: {reason}" for path, reason in sorted(left.items())],
                "articles": sorted(found.ids),
                "lines": found.lines,
                "before": {str(path): file_digest(path) for path in changed},
            }
        )

    def _rewrite_warcs(self, files: set[Path], edits: Edits) -> Iterator[Path]:
        """Write the files anew that are to be changed, not in their place yet; yields each."""
        names = {path.name for path in self._collection.files()}
        for path in sorted(files.union(self.elsewhere.warcs)):
            # What lies outside the collection is kept by a repair, perhaps, and damaged: its sound records are enough.
            is_inside = path.parent == self._collection.folder and path.name in names
            if edits.rewrite(path, self._journal.prepared(), damaged=not is_inside):
                self._journal.replace(path)
                yield path
            elif path in self.elsewhere.damaged:
                self.elsewhere.left[path] = self.elsewhere.damaged[path]

    def _scrub(self, texts: Sequence[str]) -> Iterator[Path]:
        """Write logs and reports without some texts, not in their place yet; yields each."""
        scrubber = Scrubber(texts)
        for path in self._text_files():
            if (scrubbed := scrubber.scrub(path)) is not None:
                replace_file(self._journal.prepared(), scrubbed)
                self._journal.replace(path)
                yield path

    def _handled(self) -> Iterator[Path]:
        """Yield files and folders that hold no more of a page, after a redaction, than they may."""
        yield from (self._data / name for name in ("index", "receipts", "locks", NAME))
        yield self._collection.folder.parent / RETIRED
        for reader in self._readers:
            yield from (self._articles / reader.spider.name).glob("*.jsonl")
        yield from (self._data / "rebuilt").rglob("*.jsonl")
        yield from self._text_files()
        yield from self._data.rglob("*.sqlite*")  # databases are seen to by themselves

    def _text_files(self) -> Iterator[Path]:
        for path in sorted(self._data.rglob("*")):
            inside = path.relative_to(self._data).parts[0]
            if inside not in _NOT_TEXT and path.name.endswith(_TEXT) and path.is_file():
                yield path

    def _texts(self, targets: Sequence[Target]) -> Iterator[str]:
        """Yield what the redacted pages say, also where no line says it."""
        for target in targets:
            reader = next((reader for reader in self._readers if reader.spider.whole_article_id(target.url)), None)
            if reader is None:
                continue
            with suppress(ArchiveError):  # no answer that a reader could have read
                response = response_of(target.path, target.record, Resolver(self._collection))
                if response.status == 200 and (article := reader.article(response)):
                    yield from texts_of(asdict(article))

    def _line_files(self, ids: Iterable[str]) -> Iterator[Path]:
        for source in sorted({article_id.partition(":")[0] for article_id in ids}):
            for folder in ("articles", "rebuilt"):
                yield from sorted((self._data / folder / source).glob("*.jsonl"))


def _in_order(indexed: Iterable[Target], beside: Iterable[Target]) -> list[Target]:
    """Return what is indexed, and what else is beside, in the order of time."""
    found: dict[str, Target] = {}
    for target in (*indexed, *beside):
        found.setdefault(target.key, target)
    return sorted(found.values(), key=lambda each: each.date)


def _notes(ground: Ground) -> list[tuple[str, object]]:
    return [
        ("redacted-at", now().strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("redacted-by", ground.by),
        ("reason", ground.reason),
    ]
