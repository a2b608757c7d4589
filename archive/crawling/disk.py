"""Pauses a crawl before its disk is full."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from archive.errors import ArchiveError, os_errors
from archive.files.atomic import make_folder

logger = logging.getLogger(__name__)

#: Seconds between two checks of the disk.
_INTERVAL = 1.0


def free_bytes(folder: Path) -> int:
    """Return how many bytes this process may still write in a folder's file system.

    :raises OSError: if the folder cannot be reached.
    """
    return shutil.disk_usage(folder).free


def too_full(folder: Path, free: int, floor: int) -> ArchiveError:
    """Return the error for a file system with less than ``floor`` bytes free."""
    return ArchiveError(f"only {free} bytes are free for {folder}, ARCHIVE_DISK_FLOOR is {floor}")


class DiskGuard:
    """Pauses the engine while less than ``floor`` bytes are free, and gives up after ``patience`` seconds of that.

    Requests that have reached the downloader go on: the floor is the room they end in. Stats: ``archive/disk_pauses``.
    """

    def __init__(
        self, crawler: Crawler, folder: Path, floor: int, patience: float, give_up: Callable[[ArchiveError], None]
    ):
        self._crawler = crawler
        self._folder = folder
        self._floor = floor
        self._patience = patience
        self._give_up = give_up
        self._disk = 0
        self._paused_at: float | None = None
        self._watch = create_looping_call(self._look)

    def start(self) -> None:
        """Begin to watch.

        :raises ArchiveError: if there is no such folder, and none can be made.
        """
        with os_errors(f"cannot reach {self._folder}"):
            make_folder(self._folder)
            self._disk = self._folder.stat().st_dev
        self._watch.start(_INTERVAL, now=False)

    def stop(self) -> None:
        if self._watch.running:
            self._watch.stop()

    def _look(self) -> None:
        try:
            disk = self._folder.stat().st_dev
            free = free_bytes(self._folder)
        except OSError as error:
            self._end(ArchiveError(f"cannot reach {self._folder}: {error.strerror}"))
            return
        if disk != self._disk:  # a mount point without its disk looks like an empty folder
            self._end(ArchiveError(f"{self._folder} lies on another disk than when the crawl began: is it mounted?"))
            return
        if free >= self._floor:
            self._resume(free)
        elif self._paused_at is None:
            self._pause(free)
        elif monotonic() - self._paused_at >= self._patience:
            self._end(too_full(self._folder, free, self._floor))

    def _pause(self, free: int) -> None:
        self._paused_at = monotonic()
        self._crawler.engine.pause()
        self._crawler.stats.inc_value("archive/disk_pauses")
        logger.warning("The crawl pauses: %s", too_full(self._folder, free, self._floor))

    def _resume(self, free: int) -> None:
        if self._paused_at is not None:
            self._paused_at = None
            self._crawler.engine.unpause()
            logger.warning("The crawl goes on: %d bytes are free for %s", free, self._folder)

    def _end(self, error: ArchiveError) -> None:
        self.stop()
        self._give_up(error)
