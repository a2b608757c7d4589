"""The data folders: made absolute, checked for space and write access, opened as a collection of WARC files."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from scrapy.settings import BaseSettings

from archive.collection import Collection
from archive.crawling.disk import free_bytes, too_full
from archive.errors import ArchiveError
from archive.files.atomic import make_folder
from newsbot.configuration.given_settings import ROOT, given_mistake
from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.configuration.settings_table import PATHS

_SQLITE: Final = "sqlite:///"
#: Bytes of the file that is written to see whether the disk takes it.
PROBE_SIZE = 1 << 16


class Folders:
    """Add-on that makes folders absolute, and derives ARCHIVE_DIR and STATE_URL from DATA_DIR where they are empty.

    :raises ConfigurationError: if the environment or newsbot.toml is wrong: nothing may run with settings that nobody
        has asked for.
    """

    def update_settings(self, settings: BaseSettings) -> None:
        if mistake := given_mistake():
            raise ConfigurationError(mistake)
        settle_folders(settings)
        data = settings["DATA_DIR"]
        for name, value in (("ARCHIVE_DIR", f"{data}/warc"), ("STATE_URL", f"{_SQLITE}{data}/state.sqlite")):
            if not settings[name]:
                settings.set(name, value, "cmdline")


def settle_folders(settings: BaseSettings) -> None:
    """Make absolute what names a file or folder: `~` is the user's home, all else is below the project's folder.

    :raises ConfigurationError: if one is in the home of nobody; the message names the setting.
    """
    for name in PATHS:
        value = settings.get(name)
        if value and not (name == "ARCHIVE_DEDUP" and value == "off"):
            settings.set(name, str(_absolute(name, value)), settings.getpriority(name) or 0)
    url = settings.get("STATE_URL") or ""
    file = url.removeprefix(_SQLITE)
    if file != url and file and not file.startswith((":memory:", "file:")):
        path, mark, query = file.partition("?")
        settings.set(
            "STATE_URL", f"{_SQLITE}{_absolute('STATE_URL', path)}{mark}{query}", settings.getpriority("STATE_URL") or 0
        )


def _absolute(name: str, path: str) -> Path:
    try:
        return absolute(path)
    except ConfigurationError as error:
        raise ConfigurationError(f"{name}: {error}") from error


def absolute(path: str) -> Path:
    """Return a path of the settings as one that means the same everywhere.

    :raises ConfigurationError: if it is in the home of nobody.

    >>> absolute("/srv/data"), absolute("data").is_absolute(), absolute("~/news").is_relative_to(Path.home())
    (PosixPath('/srv/data'), True, True)
    """
    try:
        return ROOT / Path(path).expanduser()
    except RuntimeError as error:
        raise ConfigurationError(f"{path!r}: there is no such user") from error


def check_data_folder(folder: Path, disk_floor: int) -> None:
    """Create the folder, write a nameless small file in it and sync that.

    :param disk_floor: bytes that must be free.
    :raises ArchiveError: if any of this fails, or less than ``disk_floor`` bytes are free.
    """
    try:
        make_folder(folder)
        free = free_bytes(folder)
        with TemporaryFile(dir=folder, buffering=0) as file:
            file.write(bytes(PROBE_SIZE))
            os.fsync(file.fileno())
    except OSError as error:
        raise ArchiveError(f"cannot write in the data folder {folder}: {error.strerror}") from error
    if free < disk_floor:
        raise too_full(folder, free, disk_floor)


def collection(settings: BaseSettings) -> Collection:
    """Return the collection that the settings name."""
    settings = settings.copy()
    Folders().update_settings(settings)
    return Collection.from_settings(settings)
