"""Plays single runs of a source again where they were made: for the lines they lack, and for the state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.settings import BaseSettings

from archive.collection import Collection
from archive.http.exchange import Capture
from archive.records.dates import by_moment
from archive.records.run_record import Opening
from archive.replay.originals import Resolver
from archive.replay.replay import Failed
from newsbot.configuration.setting_kinds import recheck_gaps
from newsbot.items import Article, Removal
from newsbot.lists.gone import says_something
from newsbot.publishing.lines import run_of
from newsbot.publishing.publication import Publication
from newsbot.replaying.captures import Reader, Unread, VersionReader
from newsbot.replaying.replay import Consumer, replay
from newsbot.replaying.state_replay import StateReplay
from newsbot.state.resources import Resources
from newsbot.state.runs import Run, closing_of
from newsbot.state.state import State
from newsbot.state.versions import Versions

#: Captures read between two syncs of lines.
_BATCH: Final = 100


class SourceReplay(Consumer):
    """Plays runs of one source, one after another; their lines go wherever `publication` is turned to before.

    :param problems: takes what cannot be read.
    :raises ArchiveError: from every method, if a line or the state cannot be read or written.
    """

    def __init__(self, crawler: Crawler, warcs: Collection, state: State, settings: BaseSettings, problems: list[str]):
        self.source: str = crawler.spidercls.name
        self.warcs, self.state, self.problems = warcs, state, problems
        #: Where the source's lines are.
        self.articles = Path(settings["DATA_DIR"], "articles", self.source)
        self._max_bytes = settings.getint("DOWNLOAD_MAXSIZE")
        unread = Unread(problems)
        self._reader = Reader(crawler, unread)
        versions = VersionReader(self._reader, warcs.path, lambda: Resolver(warcs), [self.articles])
        self.publication = Publication(self.articles, self.source, state, read_version=versions.read)
        gaps = recheck_gaps(settings.getlist("RECHECK_GAPS"))
        self._versions = Versions(state)
        #: Of the run that is played: whether all its lines are there, and how many captures were taken.
        self._has_lines, self._sequence = False, 0
        self._state_replay = StateReplay(crawler, Resources(state), gaps, unread)

    def make_up(self, path: Path, lines: Iterable[dict[str, Any]]) -> None:
        """Let the state know the lines of a file; those that are no article's are named."""
        for number in self.publication.make_up(lines):
            self.problems.append(f"{path}: line {number + 1} is not an article's")

    def play(self, run: str, files: Sequence[Path], opening: Opening | None, *, has_lines: bool = False) -> None:
        """Publish what a run has captured and has no line yet, and gather what it has learnt, until `learn`.

        :param files: the run's WARC files.
        :param has_lines: whether all its lines are there: then it is only noted what was answered.
        """
        self._has_lines, self._sequence = has_lines, 0
        self.publication.begin_run(opening.started if opening else "", closing_of(files))
        self._state_replay.begin(opening)
        for _ in replay(files, [self, self._state_replay], self._max_bytes, Resolver(self.warcs), self.problems):
            pass
        self.publication.publish(self._sequence)
        self.publication.end_run(run)

    def take(self, found: Response | Failed) -> None:
        """Take what was captured; an article only if it came after what is known of it."""
        if isinstance(found, Failed):
            return
        capture, article_id = found.meta["capture"], None
        with self._reader.unread.catching(found):
            article_id = self._reader.spider.article_id(found.url)
        self.publication.observe(article_id, capture, found.status)
        if article_id is None:
            self._take_further_page(found)
            return
        if not says_something(found.status):
            return
        known = self._versions.latest([article_id]).get(article_id)
        # Of another run's versions the dates say nothing: the clock may have been set back since.
        if (
            known
            and by_moment(known.fetched_at) >= by_moment(capture.date)
            and run_of(known.file) == run_of(capture.file)
        ):
            self.publication.was_published(known.id, known.change)
            return
        self._number(capture)
        read = self._reader.found(found)
        if self._has_lines and isinstance(read, Article):
            self.publication.was_published(article_id)
        elif isinstance(read, Article | Removal):
            self.publication.add(read)
        if self._sequence % _BATCH == 0:
            self.publication.publish(self._sequence)

    def _take_further_page(self, found: Response) -> None:
        """Take an answer at an address that is no article's, if an article waits for it."""
        with self._reader.unread.catching(found):
            further = self._reader.spider.addresses.page_at(found.url)
            if further and self.publication.waits_for(f"{self.source}:{further.article}", further.number):
                self._number(found.meta["capture"])
                if (page := self._reader.further_page(found)) is not None:
                    self.publication.add(page)

    def _number(self, capture: Capture) -> None:
        self._sequence += 1
        capture.sequence = self._sequence

    def learn(self, run: Run | None = None) -> None:
        """Let the state know what the run has learnt.

        :param run: how it ended; None: it was killed, and the next run reads its lists again.
        """
        self._state_replay.end(run)
