"""Messages to the operator by mail, Slack, Telegram, webhook and a hundred more, when something begins or ends.

apprise sends them. Spidermon 1.27, the usual choice for Scrapy, was tried and left: it hangs on the signals of a crawl
that has opened, so that a full disk or a crawl that broke down at its end tells nobody; every line it logs calls
`Spider.log`, which Scrapy 2.19 deprecates (where warnings are errors, no monitor runs); its Telegram message names
monitors but not what is wrong; it knows no webhook; and it requires rfc3987, which is under the GPL.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from newsbot.health.bounded import within
from newsbot.health.exit_status import ExitStatus
from newsbot.health.result import Outcome, Result

#: Seconds for one service.
LONGEST: Final = 30.0
#: Lines and characters that a message may have: a phone shows few, and services refuse long ones.
MOST_LINES: Final = 30
LONGEST_LINE: Final = 300


def message(results: Iterable[Result]) -> tuple[str, str] | None:
    """Return title and text of a message on what has begun or ended with these crawls, or None if nothing has.

    What goes on as it was is no news: a source that is down for a week makes two messages, not three hundred. Only a
    crawl without a report tells each time, because nothing keeps what was told before; not one that had to wait for
    the next time.
    """
    worse, better, lines = [], [], list[str]()
    for result in results:
        if result.report is None:
            unhealthy = result.status not in (ExitStatus.WELL, ExitStatus.LOCKED)
            began, ended = unhealthy and result.outcome is not Outcome.NOT_BEGUN, []
        else:
            began, ended = bool(result.report.raised), result.report.cleared
        if began:
            worse.append(result.source)
            lines += [f"{result.source}: {problem}" for problem in result.problems]
        if ended:
            better.append(result.source)
            lines.append(f"{result.source}: over: {', '.join(ended)}")
    if not lines:
        return None
    title = [f"{', '.join(names)} {what}" for names, what in ((worse, "not well"), (better, "better")) if names]
    return f"newsbot: {'; '.join(title)}", "\n".join(_short(lines))


def notify(urls: Sequence[str], title: str, text: str) -> Iterator[str]:
    """Send a message to each service, and yield what went wrong, one line a service without its secrets."""
    for url in urls:
        sent = within(LONGEST, lambda url=url: _send(url, title, text), None)  # type: ignore[misc]
        if not sent:
            why = "was not taken" if sent is False else f"took longer than {LONGEST:.0f} s"
            yield f"the message by {urlsplit(url).scheme} {why}"


def unusable(urls: Iterable[str]) -> Iterator[str]:
    """Yield the kinds of those URLs that apprise can do nothing with."""
    from apprise import Apprise  # takes a fifth of a second, and most runs have nothing to tell

    logger = logging.getLogger("apprise")
    logger.disabled = True  # it would print the URL, which holds a password or a token
    try:
        yield from (urlsplit(url).scheme or "?" for url in urls if not Apprise().add(url))
    finally:
        logger.disabled = False


def _send(url: str, title: str, text: str) -> bool:
    from apprise import Apprise, NotifyFormat

    return bool(Apprise(services=url).notify(title=title, body=text, body_format=NotifyFormat.TEXT))


def _short(lines: list[str]) -> list[str]:
    shown = [line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…" for line in lines[:MOST_LINES]]
    return shown if len(lines) <= MOST_LINES else [*shown, f"… and {len(lines) - MOST_LINES} more"]
