"""Starts what reads the parts of a job: processes of this machine."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

from scrapy.crawler import Crawler
from scrapy.settings import Settings
from scrapy.utils.misc import walk_modules_iter

from archive.processes import processes
from newsbot.replaying.ahead import Workers
from newsbot.replaying.pages_ahead import PagesAhead
from newsbot.replaying.part_reading import Setup, prepare

#: Parts for each process: one that it is at, one that it will be at next, one that waits to be taken.
_PARTS: Final = 3
#: Bytes of WARC files for which a process more pays: what is made at first use is made in each.
_WORTH: Final = 8 << 20
#: Objects made before the collector looks for cycles: a page leaves hundreds, and next to no cycle among them.
_COLLECTED: Final = 10_000


def sensible_jobs(size: int) -> int:
    """Return how many processes to use for so many bytes of WARC files: at most one for each core."""
    return max(1, min(len(os.sched_getaffinity(0)), size // _WORTH))


@contextmanager
def local_workers(setup: Setup, jobs: int) -> Iterator[Workers | None]:
    """Give processes for a job; none for a single one: this process itself is as good."""
    with collecting_seldom():
        if jobs <= 1:
            yield None
            return
        names = setup.settings.getlist("SPIDER_MODULES")
        spiders = (each.__name__ for name in names for each in walk_modules_iter(name))
        with processes(jobs, _prepare, setup, imports=("newsbot.replaying.part_reading", *spiders)) as pool:
            yield Workers(pool, setup.key, _PARTS * jobs, (BrokenExecutor, MemoryError))


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Have cycles of objects looked for as seldom as pages need it."""
    usual = gc.get_threshold()
    gc.set_threshold(_COLLECTED)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@contextmanager
def pages_ahead(
    settings: Settings,
    crawlers: Iterable[Crawler],
    files: Iterable[Path],
    jobs: int,
    tell: Callable[[str], object],
    *,
    index: Path | None = None,
) -> Iterator[PagesAhead | None]:
    """Give what has the pages of some sources read by processes; none for a single one, as above.

    :param files: those in which the originals of revisits are looked for, besides the collection.
    :param tell: called with a line where a process has died.
    :param index: a folder for an index of the files.
    """
    if jobs <= 1:
        yield None
        return
    sources, paths = tuple(each.spidercls.name for each in crawlers), tuple(path.absolute() for path in files)
    setup = Setup(uuid4().hex, settings, sources, paths, index)
    with PagesAhead(partial(local_workers, setup, jobs), tell) as pages:
        yield pages


def _prepare(setup: Setup) -> None:
    gc.freeze()  # what has been imported stays: the collector need not look through it again and again
    gc.set_threshold(_COLLECTED)
    logging.getLogger().setLevel(setup.settings["LOG_LEVEL"])
    prepare(setup)
