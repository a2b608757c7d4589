"""Shows an archive until it is interrupted: that of a data folder, or some files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from scrapy.settings import Settings

from archive.collection import Collection
from archive.errors import ArchiveError
from archive.player.player_site import PlayerSite, Quiet, missing
from newsbot.configuration.folders import collection
from newsbot.health.console import one_line
from newsbot.locks.archive_lock import archive_lock, refuse_half_redacted
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
_MOST_SHOWN: Final = 20


class Operator(NamedTuple):
    """How whoever has started it is told of things."""

    complain: Callable[[str], object]
    #: Shows how far something is, of a number of bytes.
    progress: Callable[[str, int], AbstractContextManager[Callable[[int], object]]]


@dataclass(frozen=True)
class Archive:
    """What is shown: WARC files with their index, lines, and where the search index of these is kept."""

    collection: Collection
    articles: Path
    search: Path
    title: str
    #: The data folder as it is typed in a command; empty where there is none.
    data: str
    quiet: Quiet = nullcontext


def of_data(settings: Settings) -> Archive:
    """Return the archive of the data folder."""
    data = Path(settings["DATA_DIR"])
    title = settings["WACZ_TITLE"] or "News archive"
    return Archive(collection(settings), data / "articles", data / NAME, title, str(data), quiet_in(data))


@contextmanager
def of_files(files: Sequence[Path], settings: Settings, operator: Operator) -> Iterator[Archive]:
    """Give what can be read of some files."""
    with TemporaryDirectory(prefix="newsbot-replay-") as temporary:
        folder = Path(temporary)
        foreign = ForeignFiles(folder, settings)
        with operator.progress("reading", sum(path.stat().st_size for path in files)) as advance:
            taken = foreign.add(files, lambda path: advance(path.stat().st_size))
        _tell(taken.problems, operator)
        title = one_line(files[0].name) if len(files) == 1 else f"{len(files)} files"
        yield Archive(foreign.collection, foreign.articles, folder / NAME, title, "")


def show(archive: Archive, limits: Limits, port: int, lists: Mapping[str, Sequence[str]], operator: Operator) -> None:
    """Serve an archive in ReplayWeb.page, with a start page; prints the address once it can be opened.

    :param port: of the start page; 0 for any.
    :param lists: the addresses of each source's lists.
    :raises ArchiveError: if it cannot be served, or the player is not there.
    """
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
        with _locked(archive):
            with operator.progress("indexing the text", catalogue.index.size_of_new()) as advance:
                _tell(catalogue.index.update(advance).problems, operator)
            unindexed = played.unindexed()
        if unindexed:
            names = f"{len(unindexed)} WARC files, such as {unindexed[0].name}"
            operator.complain(f"no index leads to {names}: `scrapy index rebuild` makes it again")
        start, player = listening
        shelf = Shelf(catalogue, archive.collection, played.key, archive.title, lists, archive.data, archive.quiet)
        of_player = (catalogue, played.package, played.named, archive.title, archive.quiet)
        apps = [StartSite(shelf, player).app(start), PlayerSite(PLAYER, *of_player).app(player)]
        serve(listening, apps, lambda: print(f"http://{HOST}:{start}/ (Ctrl-C ends it)", flush=True))


def show_in_pywb(archive: Archive, port: int) -> None:
    """Serve an archive with pywb; prints the address once it can be opened.

    :param port: 0 for any.
    :raises ArchiveError: if it cannot be served, or pywb is not there.
    """
    ((port, sockets),) = listen(port).items()  # or refuse: what answers there already is not pywb
    for each in sockets:
        each.close()
    with _locked(archive):  # all the time: it opens the files itself
        serve_pywb(
            _PYWB,
            archive.collection,
            port,
            lambda: print(f"http://{HOST}:{port}/{COLLECTION}/ (Ctrl-C ends it)", flush=True),
        )


@contextmanager
def _locked(archive: Archive) -> Iterator[None]:
    """Hold the archive's lock, or raise `LockedError`; only while the index is made: see `Quiet` for later."""
    with ExitStack() as held:
        if archive.data:
            held.enter_context(archive_lock(Path(archive.data, "locks"), rewriting=False))
            refuse_half_redacted(Path(archive.data))
        yield


def _tell(problems: Sequence[str], operator: Operator) -> None:
    """Name what was left out, the first of it."""
    for problem in problems[:_MOST_SHOWN]:
        operator.complain(one_line(problem))
    if len(problems) > _MOST_SHOWN:
        operator.complain(f"and {len(problems) - _MOST_SHOWN} more")
