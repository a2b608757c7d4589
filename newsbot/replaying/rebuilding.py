"""Carries out a rebuild: reads files by as many processes as are wanted, and writes all lines, or none."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from newsbot.configuration.folders import collection
from newsbot.configuration.sources import all_sources
from newsbot.replaying.ahead import Workers
from newsbot.replaying.answers import Source
from newsbot.replaying.line_folder import being_filled
from newsbot.replaying.part_reading import Setup
from newsbot.replaying.rebuild import Rebuild
from newsbot.replaying.workers import local_workers


@dataclass(frozen=True)
class RebuildOrder:
    """What is to be read, and where its lines go."""

    files: list[Path]
    #: An empty folder, or one that is not there, or what a rebuild that was killed has left.
    folder: Path
    #: Names of those whose articles are read.
    sources: tuple[str, ...]
    #: How many processes read; one reads in this process.
    jobs: int = 1
    #: Address of a Dask scheduler whose workers read instead.
    scheduler: str = ""

    def carry_out(self, settings: Settings, tell: Callable[[str], object], advance: Callable[[int], object]) -> Rebuild:
        """Return the rebuild when all lines are written.

        :param tell: called with a line where a process has died.
        :param advance: called with how many more bytes of the files have been read.
        :raises ArchiveError: if a line cannot be written; none is there then.
        """
        with being_filled(self.folder), tempfile.TemporaryDirectory(prefix="rebuild-") as shared:
            rebuild = Rebuild(
                Source.named(self.sources, settings),
                self.folder,
                settings.getint("DOWNLOAD_MAXSIZE"),
                collection(settings),
                index=Path(shared),
                others=all_sources(get_spider_loader(settings)),
            )
            with self._workers(settings, Path(shared)) as workers:
                for more in rebuild.run_ahead(self.files, workers, tell):
                    advance(more)
            rebuild.end_runs()
            rebuild.find_walls()
            rebuild.close()
        return rebuild

    def _workers(self, settings: Settings, index: Path) -> AbstractContextManager[Workers | None]:
        setup = Setup(uuid4().hex, settings, self.sources, tuple(path.absolute() for path in self.files), index)
        if not self.scheduler:
            return local_workers(setup, self.jobs)
        from newsbot.replaying.cluster import cluster_workers  # Dask is optional

        return cluster_workers(setup._replace(shared=None), self.scheduler)
