"""Reads published versions again, each from its own capture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from archive.errors import ArchiveError
from archive.members import read_member
from archive.replay import response_of
from archive.resolving import Resolver
from newsbot.items import Article
from newsbot.reader import Reader
from newsbot.state import Version


class VersionReader:
    """Finds the captures by the names of their files.

    :param path: where the WARC file with a name is; None if it is not to be had.
    """

    def __init__(self, reader: Reader, path: Callable[[str], Path | None], resolver: Callable[[], Resolver]):
        self._reader = reader
        self._path = path
        self._resolver = resolver

    def read(self, version: Version) -> Article:
        """Return the article as this version's capture gives it.

        :raises ArchiveError: if the capture cannot be read.
        """
        path = self._path(version.file)
        if path is None:
            raise ArchiveError(f"{version.id}: version {version.version} is in {version.file!r}, which is not here")
        response = response_of(path, read_member(path, version.offset), self._resolver())
        for article in self._reader.articles(response):
            return article
        raise ArchiveError(f"{path}: no article is read at {version.offset}, where version {version.version} was")
