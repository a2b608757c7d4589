"""Reads published versions again, each from its own capture, or from its line where that has left the archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive.errors import ArchiveError
from archive.records.members import read_member
from archive.replay.originals import Resolver
from archive.replay.replay import response_of
from newsbot.items import Article
from newsbot.publishing.lines import lines_of
from newsbot.replaying.captures import Reader
from newsbot.state.versions import Version


class VersionReader:
    """Finds the captures by the names of their files.

    :param path: where the WARC file with a name is; None if it is not to be had.
    :param lines: the folder of the source's lines, where they may be read instead (`archive.retirement`).
    """

    def __init__(
        self,
        reader: Reader,
        path: Callable[[str], Path | None],
        resolver: Callable[[], Resolver],
        lines: Path | None = None,
    ):
        self._reader = reader
        self._path = path
        self._resolver = resolver
        self._lines = lines

    def read(self, version: Version) -> Article:
        """Return the article as this version's capture gives it; where that cannot be read, as its line does.

        :raises ArchiveError: if neither can be read.
        """
        try:
            return self._read_capture(version)
        except ArchiveError:
            if (article := self._read_line(version)) is None:
                raise
            return article

    def _read_capture(self, version: Version) -> Article:
        path = self._path(version.file)
        if path is None:
            raise ArchiveError(f"{version.id}: version {version.version} is in {version.file!r}, which is not here")
        response = response_of(path, read_member(path, version.offset), self._resolver())
        for article in self._reader.articles(response):
            return article
        raise ArchiveError(f"{path}: no article is read at {version.offset}, where version {version.version} was")

    def _read_line(self, version: Version) -> Article | None:
        try:
            for line in lines_of(self._lines, version.id) if self._lines else ():
                capture = line["capture"]
                if (capture["file"], capture["offset"]) == (version.file, version.offset):
                    return Article(**line)
        except (OSError, ValueError, TypeError, KeyError):
            pass  # the caller tells what is wrong with the capture
        return None
