"""A sign of life after each job, to a service that raises the alarm when it stays away."""

from __future__ import annotations

from typing import Final

import requests

from newsbot.health.causes import cause
from newsbot.health.exit_status import ExitStatus
from newsbot.health.telling.time_limit import within

#: Seconds for the connection, for each read, and for everything.
TIMEOUT: Final = (5.0, 10.0)
LONGEST: Final = 20.0


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
