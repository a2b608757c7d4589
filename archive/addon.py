"""The Scrapy add-on that puts an archive under a project: ``ADDONS = {"archive.addon.ArchiveAddon": 100}``."""

from __future__ import annotations

from scrapy.settings import BaseSettings

_HANDLER = "archive.handler.ArchivingHandler"

_DEFAULTS = {
    "ARCHIVE_ENABLED": True,
    "ARCHIVE_DIR": "data/warc",
    "ARCHIVE_MAX_BYTES": 1_000_000_000,
    "ARCHIVE_MAX_SECONDS": 6 * 3600,
    "ARCHIVE_SYNC_SECONDS": 5,
    "ARCHIVE_REDACT_HEADERS": ["Authorization", "Proxy-Authorization"],
    "ARCHIVE_WARCINFO": {},
    "ARCHIVE_ALLOW_PRIVATE": False,
    "CONNECT_TO": [],
}


class ArchiveAddon:
    """Sends every http and https download through the archive, and closes the ways that would go past it."""

    def update_settings(self, settings: BaseSettings) -> None:
        for name, value in _DEFAULTS.items():
            if settings.get(name) is None:
                settings.set(name, value, "addon")
        if not settings.getbool("ARCHIVE_ENABLED"):
            return
        handlers = dict.fromkeys(("data", "file", "ftp", "s3")) | {"http": _HANDLER, "https": _HANDLER}
        settings["DOWNLOAD_HANDLERS"].update(handlers, "addon")
        settings["EXTENSIONS"].update({"archive.extension.Archive": 0}, "addon")
        # Archive readers cannot decode zstd, and not all know br.
        settings["DEFAULT_REQUEST_HEADERS"].update({"Accept-Encoding": "gzip, deflate"}, "addon")
