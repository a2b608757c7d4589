"""Carries out a redaction, from wherever it stopped: replaces WARC files and texts, then all that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings

from archive.files.manifest import file_digest
from archive.redaction.edits import Edits
from archive.redaction.journal import Journal
from archive.requisites.known import known_requisites
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.configuration.folders import collection
from newsbot.fetching.do_not_fetch import DoNotFetchList
from newsbot.health.replay_score import forget
from newsbot.replaying.captures import Reader
from newsbot.replaying.rewriting import follow_moves
from newsbot.state.resources import Resources
from newsbot.state.state import State
from newsbot.state.versions import Versions
from newsbot.upkeep.receipts import write_receipt
from newsbot.upkeep.redaction.lines import Republishing, drop_lines
from newsbot.upkeep.redaction.packages import PackageError, packages, redact_package
from newsbot.viewer.search_database import NAME as SEARCH_INDEX
from newsbot.viewer.search_database import remove_database


class Completion:
    """Carries out what was prepared in a data folder; the caller holds the locks of the archive and of all sources.

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

    def is_due(self) -> bool:
        """Return whether something was prepared; what was only begun is forgotten."""
        self._journal.forget()
        return self._journal.is_pending()

    def finish(self) -> tuple[Path, list[str]]:
        """Carry it out; returns the receipt, and which files may still hold the page, with the reason."""
        journal = self._journal
        remove_database(self._data / SEARCH_INDEX)  # `scrapy replay` makes it again
        content, edits = journal.content(), Edits.load(journal.folder)
        replaced = journal.replace_files()
        names = {path.name for path in self._collection.files()}
        warcs = [path for path in replaced if path.name in names and path.parent == self._collection.folder.resolve()]
        self._collection.add(*(self._collection.path(path.name) for path in warcs), changed=True)
        changed = self._change_lines(edits, warcs, content["articles"])
        with known_requisites(self._settings) as known:
            if known is not None:
                known.redact(content.get("do_not_fetch", ()), edits.gone)
        forget(self._data, content.get("do_not_fetch", ()))
        readers = [Reader(crawler) for crawler in self._crawlers]
        left = list(content.get("left", ()))
        for path in packages(self._data / "wacz"):
            try:
                if redact_package(path, edits, journal.folder / "package", self._settings, readers):
                    changed.append(path)
            except PackageError as error:
                left.append(str(error))
        DoNotFetchList(self._data).add(content.get("do_not_fetch", ()), datetime.fromisoformat(content["at"]))
        files = sorted({*content["before"], *map(str, changed)})
        said = {name: content[name] for name in ("at", "by", "reason", "urls", "articles", "lines")} | {
            "records": edits.fates,
            "left": left,
            "files": [each for name in files if (each := self._file(name, content["before"]))],
        }
        receipt = write_receipt(self._data, content["name"], said)
        found = {Path(name): digest for name, digest in content["before"].items()}
        ArchiveChain(self._settings).enter_change(
            "redaction", [*map(Path, files), receipt], found=found, by=content["by"]
        )
        journal.done()
        return receipt, left

    def _change_lines(self, edits: Edits, warcs: Sequence[Path], ids: Sequence[str]) -> list[Path]:
        """Bring lines and state in line with the WARC files; returns the line files that changed."""
        with closing(State(self._settings["STATE_URL"])) as state:
            for warc in warcs:
                follow_moves(self._data / "rebuilt", warc)
                Versions(state).relocate(warc.name, follow_moves(self._articles, warc).offsets)
            changed = drop_lines(self._data / "rebuilt", edits.gone)
            state.forget_articles(ids)
            republishing = Republishing(
                self._collection, self._crawlers, ids, self._settings.getint("DOWNLOAD_MAXSIZE")
            )
            changed += republishing.run(self._articles, edits.gone, state, self._journal.folder / "lines")
            left, resources = Versions(state).latest(ids), Resources(state)
            resources.put(
                [
                    row._replace(
                        etag=None, last_modified=None, payload_digest="", record_id="", captured_at="", next_check=None
                    )
                    for key, row in resources.get(ids).items()
                    if key not in left or row.record_id in edits.gone
                ]
            )
            state.compact()
        return changed

    def _file(self, name: str, before: dict[str, str]) -> dict[str, str] | None:
        """Return what a receipt says of a file; None for one that did not change."""
        path = Path(name)
        after, earlier = file_digest(path) if path.exists() else "", before.get(name, "")
        if after == earlier:
            return None
        shown = path.resolve()
        if shown.is_relative_to(self._data.resolve()):
            shown = shown.relative_to(self._data.resolve())
        return {"file": str(shown), "before": earlier, "after": after}
