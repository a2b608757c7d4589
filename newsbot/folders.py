"""Where a run's files go, when only the data folder is given."""

from __future__ import annotations

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings, Settings


class Folders:
    """Add-on that derives ARCHIVE_DIR and STATE_URL from DATA_DIR where they are empty."""

    def update_settings(self, settings: BaseSettings) -> None:
        data = settings["DATA_DIR"]
        for name, value in (("ARCHIVE_DIR", f"{data}/warc"), ("STATE_URL", f"sqlite:///{data}/state.sqlite")):
            if not settings[name]:
                settings.set(name, value, "cmdline")


def with_addons(settings: Settings) -> Settings:
    """Return the settings as a crawl has them, for commands that do not crawl: with what the add-ons set."""
    crawler = Crawler(Spider, settings)
    crawler.addons.load_settings(crawler.settings)
    return crawler.settings
