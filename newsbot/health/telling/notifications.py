"""Messages to the operator by mail, Slack, Telegram, webhook and a hundred more, when something begins or ends.

apprise sends them. Spidermon was tried and left: it hangs on the signals of a crawl that has opened, so that a full
disk tells nobody, and it logs by a method that Scrapy 2.19 deprecates.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Final, TypeVar
from urllib.parse import urlsplit

from archive.files.atomic import replace_file
from newsbot.health.causes import cause
from newsbot.health.exit_status import ExitStatus
from newsbot.health.result import Result

#: Seconds for one service.
LONGEST: Final = 30.0
#: Lines and characters that a message may have: a phone shows few, and services refuse long ones.
MOST_LINES: Final = 30
LONGEST_LINE: Final = 300


@dataclass
class News:
    """What has begun and what has ended, by sources, and a line for each."""

    worse: list[str] = field(default_factory=list)
    better: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        parts = ((self.worse, "not well"), (self.better, "better"))
        return "newsbot: " + "; ".join(f"{', '.join(names)} {what}" for names, what in parts if names)

    @property
    def text(self) -> str:
        return message_text(self.lines)


def news(results: Sequence[Result], told: Told) -> News:
    """Return what has begun or ended with these crawls.

    What goes on as it was is no news: a source that is down for a week makes two messages, not three hundred. A crawl
    that had to wait for the next time is none either.
    """
    found = News()
    for result in results:
        if result.report is not None:
            began, ended = bool(result.report.raised), result.report.cleared
        else:
            unhealthy = result.status not in (ExitStatus.WELL, ExitStatus.LOCKED) and not result.postponed
            began, ended = unhealthy and told.begins(result), []
        if began:
            found.worse.append(result.source)
            found.lines += [f"{result.source}: {problem}" for problem in result.problems]
        if ended:
            found.better.append(result.source)
            found.lines.append(f"{result.source}: over: {', '.join(ended)}")
    for source in told.over(results):
        found.better.append(source)
        found.lines.append(f"{source}: over: it can be crawled again")
    return found


def notify(urls: Sequence[str], title: str, text: str, *, failure: bool = True) -> Iterator[str]:
    """Send a message to each service, and yield what went wrong, one line a service without its secrets.

    :param failure: whether services that can shall show it as one; else it is good news.
    """
    for url in urls:
        try:
            sent = within(LONGEST, lambda url=url: _send(url, title, text, failure), None)  # type: ignore[misc]
        except Exception as error:  # a plug-in's mistake, one of a hundred: the others shall be sent all the same
            yield f"the message by {urlsplit(url).scheme} failed: {cause(error)}"
            continue
        if not sent:
            why = "was not taken" if sent is False else f"took longer than {LONGEST:.0f} s"
            yield f"the message by {urlsplit(url).scheme} {why} (NOTIFY_URLS)"


def _send(url: str, title: str, text: str, failure: bool) -> bool:
    # Takes a fifth of a second, and most runs have nothing to tell.
    from apprise import Apprise, NotifyFormat, NotifyType

    kind = NotifyType.FAILURE if failure else NotifyType.SUCCESS
    return bool(Apprise(services=url).notify(title=title, body=text, body_format=NotifyFormat.TEXT, notify_type=kind))


def message_text(lines: Sequence[str]) -> str:
    """Return lines as one text, cut to the maximum number and length that a message may have."""
    shown = [line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"… and {len(lines) - MOST_LINES} more")
    return "\n".join(shown)


T = TypeVar("T")


def within(seconds: float, do: Callable[[], T], otherwise: T) -> T:
    """Return what a function returns, or the other value if it takes longer; it is then left alone.

    What the function raises is raised here, at once. A library's time limits are for each read: a server that sends a
    byte now and then holds them off for ever. The thread is a daemon, so that the process can end without it.

    >>> within(1, lambda: "done", "late")
    'done'
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(do())
        except BaseException as error:
            answer.set_exception(error)

    Thread(target=run, daemon=True).start()
    wait([answer], timeout=seconds)
    return answer.result() if answer.done() else otherwise


_NAME: Final = "told.json"
#: The source of a result that is of crawlall itself.
CRAWLALL: Final = "crawlall"


class Told:
    """The sources that could not be crawled, each with the exit status of which the operator knows.

    :param data: the data folder; None remembers nothing. What cannot be read counts as not told.
    """

    def __init__(self, data: Path | None = None) -> None:
        self._path = data / _NAME if data else None
        read = None
        with suppress(OSError, ValueError):
            read = json.loads(self._path.read_text(encoding="utf-8")) if self._path else None
        statuses = read if isinstance(read, dict) else {}
        self._known = {str(source): status for source, status in statuses.items() if isinstance(status, int)}
        self._before = dict(self._known)

    def begins(self, result: Result) -> bool:
        """Note a crawl without a report that went wrong, and return whether that is news."""
        is_news = self._known.get(result.source) != result.status
        self._known[result.source] = int(result.status)
        return is_news

    def over(self, results: Iterable[Result]) -> list[str]:
        """Note that sources have been crawled again, and return those of which the operator knows otherwise."""
        crawled = {result.source for result in results if result.report is not None}
        if crawled:
            crawled.add(CRAWLALL)
        over = sorted(self._known.keys() & crawled)
        for source in over:
            del self._known[source]
        return over

    def save(self) -> None:
        """Keep it for the next job.

        :raises ArchiveError: if it cannot be written; the next job tells again then.
        """
        if self._path is not None and self._known != self._before:
            replace_file(self._path, [json.dumps(self._known, indent=1).encode()])
