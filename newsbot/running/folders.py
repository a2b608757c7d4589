"""Where a run's files go, when only the data folder is given."""

from __future__ import annotations

from scrapy.settings import BaseSettings


class Folders:
    """Add-on that derives ARCHIVE_DIR and STATE_URL from DATA_DIR where they are empty."""

    def update_settings(self, settings: BaseSettings) -> None:
        data = settings["DATA_DIR"]
        for name, value in (("ARCHIVE_DIR", f"{data}/warc"), ("STATE_URL", f"sqlite:///{data}/state.sqlite")):
            if not settings[name]:
                settings.set(name, value, "cmdline")
