"""Imports what crawls need, before they are forked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from typing import Final

from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object, walk_modules_iter

#: What no setting names, and is imported late: by Scrapy with a reactor, by other modules with the first page.
_MODULES: Final = (
    "scrapy.core.engine",
    "scrapy.downloadermiddlewares.robotstxt",
    "scrapy.utils._download_handlers",
    "sqlalchemy.dialects.sqlite",
    "trafilatura",
)
_PACKAGES: Final = ("archive.crawling", "archive.requisites", "newsbot.fetching")
_CLASS: Final = re.compile(r"[a-z_]\w*(\.\w+)*\.[A-Z]\w*")


def preload(settings: BaseSettings) -> None:
    """Import every component that the settings name, and what none names; nothing of it starts anything.

    What is none, such as a folder called `data.Old`, or cannot be imported, is left to the crawl that needs it.
    """
    for path in sorted({*_components(settings)}):
        with suppress(ImportError, NameError):
            load_object(path)
    for package in _PACKAGES:
        list(walk_modules_iter(package))
    for module in _MODULES:
        import_module(module)


def _components(settings: BaseSettings) -> Iterator[str]:
    """Yield paths of classes that are values of settings, or keys of dictionaries there; None switches one off."""
    for attribute in settings.attributes.values():  # asking a deprecated setting by its name warns
        value = attribute.value
        if isinstance(value, BaseSettings | dict):
            paths = [key for key, priority in value.items() if priority is not None]
            paths += [each for each in value.values() if isinstance(each, str)]
        else:
            paths = [value]
        yield from (path for path in paths if isinstance(path, str) and _CLASS.fullmatch(path))
