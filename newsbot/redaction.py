"""Takes captures out of all that the data folder holds of them, so that it stays whole and tells nothing of them.

First everything is prepared and written down (`prepare`), then carried out (`finish`), which a killed process leaves to
the next one: see `archive.redaction.journal`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from archive.atomic import replace_file
from archive.clock import now
from archive.errors import ArchiveError
from archive.manifest import file_digest
from archive.open_file import OPEN, make_folder
from archive.recovery import TORN
from archive.redaction.edits import Edits
from archive.redaction.journal import Journal
from archive.redaction.targets import Finder, Target
from archive.repair import ORIGINAL
from archive.replay import response_of
from archive.resolving import Resolver
from newsbot.collection import collection
from newsbot.first_printings import FirstPrintings
from newsbot.moved_captures import follow_moves, note_moves
from newsbot.reader import Reader
from newsbot.redacted_lines import Republishing, drop_lines, mentions, texts_of
from newsbot.redacted_packages import packages, redact_package
from newsbot.resources import Resources
from newsbot.scrubbing import Scrubber
from newsbot.state import State

#: Folders whose files are not scrubbed as text: what is in them is found by its records, or holds no text.
_NOT_TEXT: Final = frozenset({"warc", "index", "articles", "rebuilt", "wacz", "receipts", "redaction", "locks"})
_TEXT: Final = frozenset({".log", ".json", ".jsonl", ".txt", ".html", ".xml", ".csv", ".prom"})


@dataclass(frozen=True)
class Ground:
    """Why captures are redacted, and on whose word."""

    reason: str
    by: str


class Redaction:
    """Redacts in one data folder; the caller holds the locks of the archive and of all sources.

    :param crawlers: one for each source.
    :raises ArchiveError: from every method, if a file or database cannot be read or written.
    """

    def __init__(self, settings: BaseSettings, crawlers: Sequence[Crawler]):
        self._settings = settings
        self._crawlers = crawlers
        self._data = Path(settings["DATA_DIR"])
        self._articles = self._data / "articles"
        self._collection = collection(settings)
        self._journal = Journal(self._data / "redaction")
        self.finder = Finder(self._collection)

    def is_unfinished(self) -> bool:
        """Return whether there is something to `finish`; what was only begun is forgotten."""
        self._journal.forget()
        return self._journal.is_pending()

    def look(self) -> None:
        """Bring the index up to date.

        :raises ArchiveError: also if a crawl was killed and its files are not finished.
        """
        for folder in (self._collection.folder, self._articles):
            for path in sorted(folder.rglob(f"*{OPEN}")):
                raise ArchiveError(f"{path} was left open: finish it first, `scrapy recover`")
        self._collection.catch_up()

    def copies(self, targets: Sequence[Target]) -> list[Target]:
        """Return the captures, of any URL, that hold the same bodies and are not among these."""
        known = {target.record_id for target in targets}
        digests = {target.payload_digest for target in targets if target.payload() or target.is_revisit}
        return [target for target in self.finder.with_digests(digests) if target.record_id not in known]

    def plan(self, targets: Sequence[Target], ground: Ground) -> Edits:
        """Return what would become of which record."""
        edits = Edits()
        edits.redact(list(targets), self.finder, self._notes(ground))
        return edits

    def prepare(self, targets: Sequence[Target], ground: Ground) -> None:
        """Write everything down; from here on the redaction happens, whatever comes."""
        journal, edits = self._journal, Edits()
        journal.begin()
        files = edits.redact(list(targets), self.finder, self._notes(ground))
        before: dict[str, str] = {}
        for path in (*sorted(files), *self._leftovers()):
            if edits.rewrite(path, journal.prepared(), damaged=path not in files):
                journal.replace(path)
                before[str(path)] = file_digest(path)
        readers = self._readers()
        ids = {
            article_id for each in readers for target in targets if (article_id := each.spider.article_id(target.url))
        }
        found = mentions(self._articles, edits.gone, ids)
        scrubber = Scrubber([*found.texts, *self._texts(targets, readers)])
        for path in self._text_files():
            scrubbed = scrubber.scrub(path)
            if scrubbed is not None:
                replace_file(journal.prepared(), scrubbed)
                journal.replace(path)
                before[str(path)] = file_digest(path)
        others = (*packages(self._data / "wacz"), *self._line_files(found.ids))
        before |= {str(path): file_digest(path) for path in others}
        edits.save(journal.folder)
        moment = now()
        journal.commit(
            {
                "name": f"redaction-{moment:%Y%m%dT%H%M%S}.{moment.microsecond // 1000:03}Z",
                "at": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                **asdict(ground),
                "urls": sorted({target.url for target in targets}),
                "articles": sorted(found.ids),
                "lines": found.lines,
                "before": before,
            }
        )

    def finish(self) -> Path:
        """Carry out what was prepared, from wherever it stopped; returns the receipt."""
        journal = self._journal
        content, edits = journal.content(), Edits.load(journal.folder)
        replaced = journal.replace_files()
        names = {path.name for path in self._collection.files()}
        warcs = [path for path in replaced if path.name in names and path.parent == self._collection.folder.resolve()]
        self._collection.add(*(self._collection.path(path.name) for path in warcs), changed=True)
        changed = self._change_lines(edits, warcs, content["articles"])
        for path in packages(self._data / "wacz"):
            if redact_package(path, edits, journal.folder / "package", self._settings, self._readers()):
                changed.append(path)
        receipt = self._data / "receipts" / f"{content['name']}.json"
        files = {*content["before"], *map(str, changed)}
        make_folder(receipt.parent)
        replace_file(
            receipt,
            [
                _json(
                    {
                        **{name: content[name] for name in ("at", "by", "reason", "urls", "articles", "lines")},
                        "records": edits.fates,
                        "files": [each for name in sorted(files) if (each := self._file(name, content["before"]))],
                    }
                )
            ],
        )
        journal.done()
        return receipt

    def _change_lines(self, edits: Edits, warcs: Sequence[Path], ids: Sequence[str]) -> list[Path]:
        """Bring lines and state in line with the WARC files; returns the line files that changed."""
        for folder in (self._articles, self._data / "rebuilt"):
            for warc in warcs:
                follow_moves(folder, warc)
        changed = drop_lines(self._data / "rebuilt", edits.gone)
        state = State(self._settings["STATE_URL"])
        try:
            for warc in warcs:
                note_moves(self._articles, warc.name, state)
            state.remove(ids)
            FirstPrintings(state).remove(ids)
            republishing = Republishing(
                self._collection, self._crawlers, ids, self._settings.getint("DOWNLOAD_MAXSIZE")
            )
            changed += republishing.run(self._articles, edits.gone, state, self._journal.folder / "lines")
            left, resources = state.latest(ids), Resources(state)
            resources.put(
                [
                    row._replace(etag=None, last_modified=None, next_check=None)
                    for key, row in resources.get(ids).items()
                    if key not in left or row.record_id in edits.gone
                ]
            )
            state.compact()
        finally:
            state.close()
        return changed

    def _notes(self, ground: Ground) -> list[tuple[str, object]]:
        return [
            ("redacted-at", now().strftime("%Y-%m-%dT%H:%M:%SZ")),
            ("redacted-by", ground.by),
            ("reason", ground.reason),
        ]

    def _leftovers(self) -> Iterator[Path]:
        """Yield damaged files that were kept beside the archive: their records are redacted, too."""
        for ending in (TORN, ORIGINAL):
            yield from sorted(self._collection.folder.glob(f"*{ending}"))

    def _text_files(self) -> Iterator[Path]:
        for path in sorted(self._data.rglob("*")):
            inside = path.relative_to(self._data).parts[0]
            if inside not in _NOT_TEXT and path.suffix in _TEXT and path.is_file():
                yield path

    def _texts(self, targets: Sequence[Target], readers: Sequence[Reader]) -> Iterator[str]:
        """Yield what the redacted pages say, also where no line says it."""
        for target in targets:
            reader = next((reader for reader in readers if reader.spider.article_id(target.url)), None)
            if reader is None:
                continue
            try:
                response = response_of(target.path, target.record, Resolver(self._collection))
            except ArchiveError:
                continue  # no answer that a reader could have read
            for article in reader.articles(response) if response.status == 200 else ():
                yield from texts_of(asdict(article))

    def _line_files(self, ids: Iterable[str]) -> Iterator[Path]:
        for source in sorted({article_id.partition(":")[0] for article_id in ids}):
            for folder in ("articles", "rebuilt"):
                yield from sorted((self._data / folder / source).glob("*.jsonl"))

    def _file(self, name: str, before: dict[str, str]) -> dict[str, str] | None:
        """Return what a receipt says of a file; None for one that did not change."""
        path = Path(name)
        after, earlier = file_digest(path) if path.exists() else "", before.get(name, "")
        if after == earlier:
            return None
        return {"file": str(path.relative_to(self._data)), "before": earlier, "after": after}

    def _readers(self) -> list[Reader]:
        return [Reader(crawler) for crawler in self._crawlers]


def _json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n"
