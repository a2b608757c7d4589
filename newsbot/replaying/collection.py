"""The project's collection of WARC files, for commands, whose settings no add-on has completed yet."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from archive.collection import Collection
from newsbot.configuration.folders import Folders


def collection(settings: BaseSettings) -> Collection:
    """Return the collection that the settings name."""
    settings = settings.copy()
    Folders().update_settings(settings)
    return Collection.from_settings(settings)
