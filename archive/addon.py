"""The Scrapy add-on that archives what a project downloads: ``ADDONS = {"archive.addon.ArchiveAddon": 100}``."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from archive.requisites.hosts import ADS_AND_TRACKERS

_HANDLER = "archive.crawling.handler.ArchivingHandler"
_BROWSER_HANDLER = "archive.browser.handler.BrowserHandler"

_DEFAULTS = {
    "ARCHIVE_ENABLED": True,
    "ARCHIVE_DIR": "data/warc",
    "ARCHIVE_INDEX_DIR": "",  # folder of the CDXJ index; empty for "index" beside ARCHIVE_DIR
    # Database of the payloads stored so far, so that each is stored once; empty for "dedup.sqlite" beside ARCHIVE_DIR,
    # "off" to store every payload each time. Payloads of fewer bytes than the minimum are stored each time.
    "ARCHIVE_DEDUP": "",
    "ARCHIVE_DEDUP_MIN_BYTES": 1024,
    # Size in bytes and age in seconds at which a file is closed and a new one begun.
    "ARCHIVE_MAX_BYTES": 1_000_000_000,
    "ARCHIVE_MAX_SECONDS": 6 * 3600,
    # When captures are forced to disk, which is when they are reported as durable: after each "record" (in fact
    # each exchange: a power cut loses what is in flight), every given number of seconds (a power cut loses at most
    # as much, none of it reported), or at the "close" of each file (a line waits for that).
    "ARCHIVE_SYNC": "5",
    # Minimum number of free bytes: below it no further request is scheduled, and those in flight have this room to end
    # in. After ARCHIVE_DISK_PATIENCE seconds below it the crawl is closed.
    "ARCHIVE_DISK_FLOOR": 1 << 30,
    "ARCHIVE_DISK_PATIENCE": 300,
    "ARCHIVE_REDACT_HEADERS": ["Authorization", "Proxy-Authorization", "Cookie", "Cookie2"],
    "ARCHIVE_WARCINFO": {},
    "ARCHIVE_ALLOW_PRIVATE": False,
    # What pages need to be shown (style sheets, pictures, …): "off", "images" or "all". The database of what earlier
    # runs have asked for; empty for "requisites.sqlite" beside ARCHIVE_DIR.
    "REQUISITES": "off",
    "REQUISITES_DATABASE": "",
    # Maximum numbers: of requests for one page, in a run, to one host in a run; of bytes in a run, in one answer.
    "REQUISITES_PER_PAGE": 150,
    "REQUISITES_PER_RUN": 5000,
    "REQUISITES_PER_HOST": 3000,
    "REQUISITES_RUN_BYTES": 1 << 30,
    "REQUISITES_MAX_BYTES": 20 << 20,
    # Beginnings of media types that are not kept, and hosts (with those below them) that are not asked.
    "REQUISITES_REFUSE_TYPES": ["video/", "audio/"],
    "REQUISITES_SKIP_HOSTS": list(ADS_AND_TRACKERS),
    "REQUISITES_ROBOTSTXT_OBEY": True,
    # Seconds between two requests to a host, two of which are made at a time at most.
    "REQUISITES_DELAY": 0.25,
    # Minimum number of days between two looks at what was had.
    "REQUISITES_RECHECK_DAYS": 30.0,
    # Whether requests may be opened in a browser (archive/browser/asking.py): anything but "never" lets them. Its
    # program; empty for "chromium" on PATH, else the one that Playwright has fetched.
    "BROWSER": "never",
    "BROWSER_PATH": "",
    # Pages that are open at a time, each of which takes hundreds of megabytes, and seconds for one.
    "BROWSER_PAGES": 1,
    "BROWSER_TIMEOUT": 60.0,
    "CONNECT_TO": [],
}


class ArchiveAddon:
    """Sends every http and https download through the archive, and disables the handlers that would bypass it."""

    def update_settings(self, settings: BaseSettings) -> None:
        for name, value in _DEFAULTS.items():
            if settings.get(name) is None:
                settings.set(name, value, "addon")
        if not settings.getbool("ARCHIVE_ENABLED"):
            return
        has_browser = settings["BROWSER"] != "never"
        handler = _BROWSER_HANDLER if has_browser else _HANDLER
        handlers = dict.fromkeys(("data", "file", "ftp", "s3")) | {"http": handler, "https": handler}
        settings["DOWNLOAD_HANDLERS"].update(handlers, "addon")
        extensions = {"archive.crawling.extension.Archive": 0, "archive.requisites.extension.Requisites": 1}
        if has_browser:
            extensions["archive.browser.extension.Browser"] = 1
            # A browser names itself before the crawler; robots.txt is read for the crawler.
            if not settings["ROBOTSTXT_USER_AGENT"]:
                settings.set("ROBOTSTXT_USER_AGENT", settings["USER_AGENT"], "addon")
        settings["EXTENSIONS"].update(extensions, "addon")
        # Archive readers cannot decode zstd, and not all know br.
        settings["DEFAULT_REQUEST_HEADERS"].update({"Accept-Encoding": "gzip, deflate"}, "addon")
