"""The data folders: made absolute, checked for space and write access, opened as a collection of WARC files."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from scrapy.settings import BaseSettings

from archive.collection import Collection
from archive.crawling.disk import free_bytes, too_full
from archive.errors import os_errors
from archive.files.atomic import make_folder
from archive.files.manifest import NAME as MANIFEST
from newsbot.configuration.given_settings import absolute, given_mistake
from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.configuration.settings_table import PATHS

_SQLITE: Final = "sqlite:///"
#: Bytes of the file that is written to see whether the disk takes it.
PROBE_SIZE = 1 << 16


class Folders:
    """Add-on that makes absolute what names a file or folder: `~` is the user's home, all else is below the project's.

    ARCHIVE_DIR and STATE_URL are derived from DATA_DIR where they are empty.

    :raises ConfigurationError: if the environment or newsbot.toml is wrong, or a folder is in the home of nobody:
        nothing may run with settings that nobody has asked for.
    """

    def update_settings(self, settings: BaseSettings) -> None:
        if mistake := given_mistake():
            raise ConfigurationError(mistake)
        for name in PATHS:
            value = settings.get(name)
            if value and not (name == "ARCHIVE_DEDUP" and value == "off"):
                settings.set(name, str(absolute(name, value)), settings.getpriority(name) or 0)
        url = settings.get("STATE_URL") or ""
        file = url.removeprefix(_SQLITE)
        if file != url and file and not file.startswith("file:"):
            path, mark, query = file.partition("?")
            url = f"{_SQLITE}{absolute('STATE_URL', path)}{mark}{query}"
            settings.set("STATE_URL", url, settings.getpriority("STATE_URL") or 0)
        data = settings["DATA_DIR"]
        for name, value in (("ARCHIVE_DIR", f"{data}/warc"), ("STATE_URL", f"{_SQLITE}{data}/state.sqlite")):
            if not settings[name]:
                settings.set(name, value, "cmdline")


def check_data_folder(folder: Path, disk_floor: int) -> None:
    """Create the folder, write a nameless small file in it and sync that.

    :param disk_floor: bytes that must be free.
    :raises ArchiveError: if any of this fails, or less than ``disk_floor`` bytes are free.
    """
    with os_errors(f"cannot write in the data folder {folder}"):
        make_folder(folder)
        free = free_bytes(folder)
        with TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(PROBE_SIZE))
            os.fsync(file.fileno())
    if free < disk_floor:
        raise too_full(folder, free, disk_floor)


def no_such_file(*paths: Path) -> str:
    """Say of paths that are no files what is wrong with them: the first is a folder, or none is there.

    >>> no_such_file(Path("/proc")), no_such_file(Path("a.warc"), Path("b.warc"))
    ('/proc is a folder: name its files (NEWSBOT_DATA names a data folder)', 'no such file: a.warc, b.warc')
    """
    if folder := next(filter(Path.is_dir, paths), None):
        return f"{folder} is a folder: name its files (NEWSBOT_DATA names a data folder)"
    return f"no such file: {', '.join(map(str, paths))}"


def collection(settings: BaseSettings) -> Collection:
    """Return the collection that the settings name."""
    settings = settings.copy()
    Folders().update_settings(settings)
    return Collection.from_settings(settings)


def holds_archive(settings: BaseSettings) -> bool:
    """Whether anything was ever archived in the data folder: WARC files, lines, or what is kept about them."""
    warcs = collection(settings)
    folders = warcs.folder, *(Path(settings["DATA_DIR"], name) for name in ("articles", "chain"))
    return (warcs.folder.parent / MANIFEST).exists() or any(
        folder.is_dir() and any(folder.iterdir()) for folder in folders
    )
