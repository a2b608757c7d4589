"""Where commands may write what they are asked for: never over the archive's own files, over others only when told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings
from sqlalchemy import make_url

#: The archive's own folders and files in the data folder, and beside the WARC files.
_FOLDERS: Final = frozenset(
    {"articles", "chain", "index", "locks", "logs", "qa", "receipts", "redaction", "runs", "warc"}
)
_FILES: Final = (
    "*.sqlite*", "*.pem", "*.lock", "*.log", "README.md", "acknowledged.jsonl", "do-not-fetch.txt", "manifest-*.txt",
    "retired.jsonl", "told.json",
)  # fmt: skip
#: The databases among them that hold no state.
_DATABASES: Final = ("dedup.sqlite", "requisites.sqlite", "search.sqlite")
#: Settings that name such files or folders elsewhere.
_SETTINGS: Final = (
    "ARCHIVE_DIR", "ARCHIVE_INDEX_DIR", "ARCHIVE_DEDUP", "REQUISITES_DATABASE", "SIGNING_KEY", "TIMESTAMP_CERTIFICATES",
)  # fmt: skip


def check_output(path: Path, settings: BaseSettings, *, force: bool, inputs: Iterable[Path] = ()) -> None:
    """Refuse to write a file where it should not be.

    :param force: whether a file that is there is replaced.
    :param inputs: what it is made of.
    :raises UsageError: if the place is the archive's own, or something is there and may not be replaced.
    """
    check_place(path, settings)
    if path.exists():
        if not path.is_file():
            raise UsageError(f"{path} is no regular file")
        if any(path.samefile(each) for each in inputs if each.exists()):
            raise UsageError(f"{path} is what would be read: name another file")
        if not force:
            raise UsageError(f"{path} is there already: name another file, or say --force")


def check_place(path: Path, settings: BaseSettings) -> None:
    """Refuse a place that is the archive's own.

    :raises UsageError: if it is.
    """
    if is_own_place(path, settings):
        raise UsageError(f"{path} is a place of the archive's own: name another")


def check_database(url: str, settings: BaseSettings) -> None:
    """Refuse a database for a state that is the archive's, and no state; any other in the data folder may be one.

    :param url: an SQLAlchemy database URL.
    :raises UsageError: if it is.
    """
    file = _sqlite_file(url)
    if file is None or file == _sqlite_file(settings["STATE_URL"]):
        return
    is_state = file.name not in _DATABASES and file not in _named(settings)
    if not (is_state and file.parent == Path(settings["DATA_DIR"]).resolve()):
        check_place(file, settings)


def is_own_place(path: Path, settings: BaseSettings) -> bool:
    """Return whether the archive keeps its own files at, or around, a path; links lead to where they lead."""
    places = {path.resolve(), path.parent.resolve() / path.name}
    return any(_is_own(place, settings) for place in places)


def _is_own(path: Path, settings: BaseSettings) -> bool:
    if any(path.is_relative_to(place) for place in _named(settings)):
        return True
    for folder in (Path(settings["DATA_DIR"]).resolve(), Path(settings["ARCHIVE_DIR"]).resolve().parent):
        if path != folder and path.is_relative_to(folder):
            first, *rest = path.relative_to(folder).parts
            if first in _FOLDERS or (not rest and any(fnmatchcase(first, each) for each in _FILES)):
                return True
    return False


def _named(settings: BaseSettings) -> Iterator[Path]:
    """Yield what settings name."""
    for name in _SETTINGS:
        value = settings.get(name)
        if value and value != "off":
            yield Path(value).resolve()
    if file := _sqlite_file(settings["STATE_URL"]):
        yield from (file.with_name(file.name + ending) for ending in ("", "-wal", "-shm"))


def _sqlite_file(url: str) -> Path | None:
    """Return the file of a database; None for one of a server."""
    parsed = make_url(url)
    return Path(parsed.database).resolve() if parsed.get_backend_name() == "sqlite" and parsed.database else None
