"""``scrapy replay``: the archive in a browser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from scrapy.exceptions import UsageError

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.player.player_site import PlayerSite, Quiet, missing
from newsbot.command_line.checked_command import QuietCommand, size_of
from newsbot.command_line.option_values import date, whole_number
from newsbot.configuration.folders import collection
from newsbot.health.console import one_line
from newsbot.locks.archive_lock import archive_lock, refuse_half_redacted
from newsbot.reading.page import absolute
from newsbot.spider import NewsSpider
from newsbot.viewer.catalogue import Catalogue, Limits
from newsbot.viewer.foreign import ForeignFiles
from newsbot.viewer.known_sums import RememberedSums
from newsbot.viewer.played import Played
from newsbot.viewer.pywb import COLLECTION, serve_pywb
from newsbot.viewer.quiet_archive import quiet_in
from newsbot.viewer.search_database import NAME, SearchDatabase
from newsbot.viewer.server import HOST, listen, serve
from newsbot.viewer.start_site import Shelf, StartSite

#: The project's folder, below which `make player` and `make pywb` put what they fetch.
_PROJECT: Final = Path(__file__).parents[2]
PLAYER: Final = _PROJECT / ".cache" / "replaywebpage" / "package"
_PYWB: Final = _PROJECT / ".venv-replay" / "bin" / "wayback"
#: Where it listens unless told otherwise.
PORT: Final = 8090
_MOST_SHOWN: Final = 20


@dataclass(frozen=True)
class _Archive:
    """What is shown: WARC files with their index, lines, and where the search index of these is kept."""

    collection: Collection
    articles: Path
    search: Path
    title: str
    #: The data folder as it is typed in a command; empty where there is none.
    data: str
    quiet: Quiet = nullcontext


class Command(QuietCommand):
    requires_crawler_process = False

    usage = "[options] [FILE…]"
    summary = "Show the archive in a browser: search, articles with their versions, pages as they were"
    description = (
        "Serves the archive on this machine alone and prints the address to open in a browser, until it is "
        "interrupted: sources, calendar, full-text search with and without diacritics, articles with what has changed "
        "from version to version, and every captured page in ReplayWeb.page, straight from the WARC files. A crawl may "
        "run meanwhile; what it finishes is seen when a page is loaded again, as is what a redaction leaves. With "
        "FILE…, WARC, ARC and WACZ files of any origin are shown instead of the data folder. Exit status: 0 it was "
        "interrupted, 2 usage, 3 something could not be read or written, or the player is not installed, 75 the "
        "archive is being redacted, repaired or retired."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        port = f"where to listen; the captured pages are on the port behind it (default: {PORT}; 0: any two)"
        add("--port", metavar="N", type=whole_number(0, 65534), default=PORT, help=port)
        source = "list and find only articles of this source (repeatable)"
        add("--source", action="append", metavar="NAME", default=[], help=source)
        add("--since", metavar="DATE", type=date, default="", help="only those captured from this date (UTC) on")
        add("--until", metavar="DATE", type=date, default="", help="only those captured before this date (UTC)")
        add("--pywb", action="store_true", help="serve the WARC files with pywb instead, Memento included")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        files = self.existing_files(args)
        if files and opts.source:
            raise UsageError("--source is for the data folder, not for files")
        if opts.pywb and (opts.source or opts.since or opts.until):
            raise UsageError("--pywb shows all there is: leave out --source, --since and --until")
        if not files:
            self.need_data("replay")
        self.known_sources(opts.source)
        if opts.until and opts.until <= opts.since:
            raise UsageError(f"--until {opts.until}: there is nothing before it and from --since {opts.since} on")
        with self.errors_to_status(ArchiveError), self._archive(files) as archive:
            if opts.pywb:
                self._serve_pywb(archive, opts.port)
            else:
                self._serve(archive, Limits(tuple(opts.source), opts.since, opts.until), opts.port)

    @contextmanager
    def _archive(self, files: list[Path]) -> Iterator[_Archive]:
        """Give what is shown: of the data folder, or of some files."""
        if not files:
            of_data = collection(self.settings)
            search, name = self.data / NAME, self.settings["WACZ_TITLE"] or "News archive"
            quiet = quiet_in(self.data)
            yield _Archive(of_data, self.data / "articles", search, name, str(self.data), quiet)
            return
        with TemporaryDirectory(prefix="newsbot-replay-") as temporary:
            folder = Path(temporary)
            foreign = ForeignFiles(folder, self.settings)
            with self.progress("reading", size_of(files)) as advance:
                taken = foreign.add(files, lambda path: advance(path.stat().st_size))
            self._tell(taken.problems)
            title = one_line(files[0].name) if len(files) == 1 else f"{len(files)} files"
            yield _Archive(foreign.collection, foreign.articles, folder / NAME, title, "")

    def _serve(self, archive: _Archive, limits: Limits, port: int) -> None:
        if lacking := missing(PLAYER):
            raise ArchiveError(f"ReplayWeb.page is not installed ({lacking[0]} is not there): `make player` fetches it")
        with ExitStack() as opened:
            listening = listen(port, port + 1 if port else 0)
            for sockets in listening.values():
                for each in sockets:
                    opened.enter_context(each)
            database = opened.enter_context(SearchDatabase(archive.search))
            catalogue = Catalogue(database, archive.articles, limits)
            played = Played(archive.collection, RememberedSums(database), archive.title)
            opened.callback(played.close)
            with self._locked(archive):
                with self.progress("indexing the text", catalogue.index.size_of_new()) as advance:
                    self._tell(catalogue.index.update(advance).problems)
                unindexed = played.unindexed()
            if unindexed:
                names = f"{len(unindexed)} WARC files, such as {unindexed[0].name}"
                self.complain(f"no index leads to {names}: `scrapy index rebuild` makes it again")
            start, player = listening
            of_data = (self._lists(archive), archive.data, archive.quiet)
            shelf = Shelf(catalogue, archive.collection, played.key, archive.title, *of_data)
            of_player = (catalogue, played.package, played.named, archive.title, archive.quiet)
            apps = [StartSite(shelf, player).app(start), PlayerSite(PLAYER, *of_player).app(player)]
            serve(listening, apps, lambda: print(f"http://{HOST}:{start}/ (Ctrl-C ends it)", flush=True))

    @contextmanager
    def _locked(self, archive: _Archive) -> Iterator[None]:
        """Hold the archive's lock, or end with status 75; only while the index is made: see `Quiet` for later."""
        with ExitStack() as held:
            if archive.data:
                held.enter_context(archive_lock(self.data / "locks", rewriting=False))
                refuse_half_redacted(self.data)
            yield

    def _serve_pywb(self, archive: _Archive, port: int) -> None:
        ((port, sockets),) = listen(port).items()  # or refuse: what answers there already is not pywb
        for each in sockets:
            each.close()
        with self._locked(archive):  # all the time: it opens the files itself
            serve_pywb(
                _PYWB,
                archive.collection,
                port,
                lambda: print(f"http://{HOST}:{port}/{COLLECTION}/ (Ctrl-C ends it)", flush=True),
            )

    def _lists(self, archive: _Archive) -> dict[str, list[str]]:
        """Return the addresses of each source's lists."""
        found: dict[str, list[str]] = {}
        for name in self.loader.list() if archive.data else ():
            spider = self.loader.load(name)
            if issubclass(spider, NewsSpider):
                paths = ("", *spider.sections, *spider.feeds, *spider.sitemaps)
                urls = (absolute(spider.home, path) or spider.home for path in paths)
                found[name] = list(dict.fromkeys(urls))
        return found

    def _tell(self, problems: list[str]) -> None:
        """Name what was left out, the first of it."""
        for problem in problems[:_MOST_SHOWN]:
            self.complain(one_line(problem))
        if len(problems) > _MOST_SHOWN:
            self.complain(f"and {len(problems) - _MOST_SHOWN} more")
