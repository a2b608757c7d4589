"""The Scrapy add-on that puts an archive under a project: ``ADDONS = {"archive.addon.ArchiveAddon": 100}``."""

from __future__ import annotations

from scrapy.settings import BaseSettings

_HANDLER = "archive.crawling.handler.ArchivingHandler"

_DEFAULTS = {
    "ARCHIVE_ENABLED": True,
    "ARCHIVE_DIR": "data/warc",
    "ARCHIVE_INDEX_DIR": "",  # folder of the CDXJ index; empty for "index" beside ARCHIVE_DIR
    # What is known of payloads already kept, so that they are kept once; empty for "dedup.sqlite" beside ARCHIVE_DIR,
    # "off" to keep every payload each time. Smaller payloads than so many bytes are kept each time.
    "ARCHIVE_DEDUP": "",
    "ARCHIVE_DEDUP_MIN_BYTES": 1024,
    # A new file is begun when the current one holds so many bytes, or is so many seconds old.
    "ARCHIVE_MAX_BYTES": 1_000_000_000,
    "ARCHIVE_MAX_SECONDS": 6 * 3600,
    # When captures are forced to disk, which is when they are reported as durable: after each "record" (in fact
    # each exchange: a power cut loses what is in flight), every so many seconds (loses at most as much, none of it
    # reported), or at the "close" of each file (a line waits for that).
    "ARCHIVE_SYNC": "5",
    # Below so many free bytes no further request is scheduled; what is in flight has this room to end in. If it stays
    # so for ARCHIVE_DISK_PATIENCE seconds, the crawl is closed.
    "ARCHIVE_DISK_FLOOR": 1 << 30,
    "ARCHIVE_DISK_PATIENCE": 300,
    "ARCHIVE_REDACT_HEADERS": ["Authorization", "Proxy-Authorization", "Cookie", "Cookie2"],
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
        settings["EXTENSIONS"].update({"archive.crawling.extension.Archive": 0}, "addon")
        # Archive readers cannot decode zstd, and not all know br.
        settings["DEFAULT_REQUEST_HEADERS"].update({"Accept-Encoding": "gzip, deflate"}, "addon")
