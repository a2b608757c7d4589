"""Tells whose a file of captures is: what it holds of another source's site says nothing of that source's articles.

A crawl asks other sites for pictures, and for their robots.txt before that; another source's site may be among them.
"""

from __future__ import annotations

from collections.abc import Container
from contextlib import suppress
from pathlib import Path

from archive.errors import ArchiveError
from archive.files.open_file import OPEN
from archive.records.run_record import Opening, read_opening
from archive.writing.warc_file import parts_of_name
from newsbot.publishing.lines import run_of
from newsbot.replaying.kept_runs import date_of


def opening_of(path: Path, sources: Container[str]) -> Opening | None:
    """Return what a file of this archive says of its run, or else its name does; None if it has no owner.

    :param sources: names of those that may own it; a file of any other is like one that another crawler has made.
    """
    opening = None
    with suppress(ArchiveError):  # named when its records are to be read
        opening = read_opening(path)
    if opening is None and (parts := parts_of_name(path.name)):
        opening = Opening(parts.prefix, parts.run, date_of(parts.time))
    return opening if opening and opening.source in sources else None


def source_and_run(path: Path, sources: Container[str]) -> tuple[str, str]:
    """Return of which source's run a file is, as its name says, or else the file; one without an owner is a run itself.

    :param sources: names of those that may own it.
    """
    if parts := parts_of_name(path.name.removesuffix(OPEN)):
        return parts.prefix, parts.run
    opening = opening_of(path, sources)
    return (opening.source, opening.run) if opening else ("", run_of(path.name))
