"""Sends the messages and heartbeats that the operator has configured; a failure here never breaks a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import requests
from scrapy.settings import BaseSettings

from archive.errors import ArchiveError
from newsbot.configuration.setting_kinds import spaced
from newsbot.health.causes import cause
from newsbot.health.exit_status import ExitStatus, worst
from newsbot.health.result import Result
from newsbot.health.telling.notifications import Told, message_text, news, notify, within

#: What crawlall gives its children: it tells for all of them.
SILENT = ("NOTIFY_URLS=", "HEARTBEAT_URL=")
#: Seconds for the connection, for each read, and for everything.
TIMEOUT: Final = (5.0, 10.0)
LONGEST: Final = 20.0


def tell(results: Sequence[Result], settings: BaseSettings) -> Iterator[str]:
    """Send the message and the heartbeat of a job, if they are configured, and yield what went wrong with them.

    Settings: NOTIFY_URLS (apprise's, separated by spaces), HEARTBEAT_URL, HEARTBEAT_FAIL_URL.
    """
    if urls := spaced(settings.get("NOTIFY_URLS")):
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
        title = f"newsbot: {command}: {len(faults)} faults"
        yield from notify(spaced(settings.get("NOTIFY_URLS")), title, message_text(faults))


def heartbeat(url: str, fail_url: str, status: int) -> str | None:
    """Ask for a URL that says how a job ended, and return what went wrong with that, or None.

    :param fail_url: where it did not end well; empty: the same with "/fail" behind it, as healthchecks.io and others
        have it. Nothing is asked for where another run holds the lock: that one will.
    """
    if not url or status == ExitStatus.LOCKED:
        return None
    if status != ExitStatus.WELL:
        url = fail_url or f"{url.rstrip('/')}/fail"
    try:
        return within(LONGEST, lambda: _ask(url), f"no answer in {LONGEST:.0f} s") or None
    except (requests.RequestException, OSError, ValueError) as error:
        return cause(error)  # not its text, which may hold the URL: a secret


def _ask(url: str) -> str:
    # The answer's text is not read: it says nothing, and could be endless.
    with requests.get(url, timeout=TIMEOUT, stream=True, headers={"User-Agent": "newsbot"}) as response:
        return "" if response.status_code < 400 else f"HTTP {response.status_code}"
