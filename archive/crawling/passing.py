"""An archive that lets everything pass and keeps nothing: for looking at a page."""

from __future__ import annotations

from collections.abc import Callable

from scrapy import Spider

from archive.crawling.extension import Archive


class PassingArchive(Archive):
    """Stands in the place of `Archive`: the way to the site is the same, and so is what a response carries.

    The captures of responses point nowhere: there is no file.
    """

    def spider_opened(self, spider: Spider) -> None:
        """Open nothing."""

    async def ready(self, receiving: Callable[[], int] = lambda: 0) -> None:
        """There is always room."""
