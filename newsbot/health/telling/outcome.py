"""Telling the world how a job went, as far as the operator wants it; nothing of this can break a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings

from archive.errors import ArchiveError
from newsbot.health.exit_status import worst
from newsbot.health.result import Result
from newsbot.health.telling.heartbeat import heartbeat
from newsbot.health.telling.notifications import news, notify, shortened, unusable
from newsbot.health.telling.told import Told

#: What crawlall gives its children: it tells for all of them.
SILENT = ("NOTIFY_URLS=", "HEARTBEAT_URL=")


def tell(results: Sequence[Result], settings: BaseSettings) -> Iterator[str]:
    """Send the message and the heartbeat of a job, if they are configured, and yield what went wrong with them.

    Settings: NOTIFY_URLS (apprise's, separated by spaces), HEARTBEAT_URL, HEARTBEAT_FAIL_URL.
    """
    if urls := notify_urls(settings):
        told = Told(Path(settings["DATA_DIR"]))
        found = news(results, told)
        if found.lines:
            yield from notify(urls, found.title, found.text, failure=bool(found.worse))
        try:
            told.save()
        except ArchiveError as error:
            yield f"{error}: the message goes out again next time"
    status = worst(result.status for result in results)
    if wrong := heartbeat(settings.get("HEARTBEAT_URL") or "", settings.get("HEARTBEAT_FAIL_URL") or "", status):
        yield f"the heartbeat failed: {wrong} (HEARTBEAT_URL)"


def tell_of_faults(command: str, faults: Sequence[str], settings: BaseSettings) -> Iterator[str]:
    """Send a message of what a check has found, each time it finds something, and yield what went wrong with it."""
    if faults:
        title, text = f"newsbot: {command}: {len(faults)} faults", "\n".join(shortened(faults))
        yield from notify(notify_urls(settings), title, text)


def mistakes_in_telling(settings: BaseSettings) -> Iterator[str]:
    """Yield what is wrong with these settings, without the secrets in them."""
    if urls := notify_urls(settings):
        yield from (f"NOTIFY_URLS: apprise cannot use the URL that begins {kind}:" for kind in unusable(urls))
    for name in ("HEARTBEAT_URL", "HEARTBEAT_FAIL_URL"):
        parts = urlsplit(settings.get(name) or "")
        if settings.get(name) and not (parts.scheme in ("http", "https") and parts.hostname):
            yield f"{name}: is not an http(s) URL"


def notify_urls(settings: BaseSettings) -> list[str]:
    """Return the URLs of NOTIFY_URLS, a list or a text with spaces between them: a comma may be part of one."""
    value = settings.get("NOTIFY_URLS") or ()
    return value.split() if isinstance(value, str) else list(value)
