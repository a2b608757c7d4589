"""Runs what needs Twisted's reactor outside of a crawl."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from scrapy.utils.reactor import install_reactor
from twisted.internet.defer import Deferred

T = TypeVar("T")

#: Seconds for clearing up once told to stop.
_PATIENCE: Final = 25


def run_in_reactor(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end and return what it returns; a process can do so once.

    :raises KeyboardInterrupt: if the process was told to stop (SIGINT, SIGTERM), once the coroutine has cleared up.
    """
    install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
    from twisted.internet import reactor

    tasks: list[asyncio.Task[T]] = []
    ending: list[bool] = []

    def done(task: asyncio.Task[T]) -> None:
        if not ending:
            ending.append(True)
            reactor.stop()

    def begin() -> None:
        tasks.append(asyncio.ensure_future(work()))
        tasks[0].add_done_callback(done)

    def end() -> Deferred[Any] | None:
        """Cancel what is under way, and wait until it has cleared up."""
        ending.append(True)
        for each in (signal.SIGINT, signal.SIGTERM):  # the reactor cannot be stopped twice
            signal.signal(each, signal.SIG_IGN)
        if not tasks or tasks[0].done():
            return None
        tasks[0].cancel()
        return Deferred.fromFuture(asyncio.ensure_future(asyncio.wait(tasks, timeout=_PATIENCE)))

    reactor.callWhenRunning(begin)
    reactor.addSystemEventTrigger("before", "shutdown", end)
    reactor.run()
    if not tasks or not tasks[0].done() or tasks[0].cancelled():
        raise KeyboardInterrupt
    return tasks[0].result()
