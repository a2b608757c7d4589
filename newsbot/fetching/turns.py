"""Yields to the event loop while a long list is read: a sitemap of 50 MB takes seconds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import monotonic
from typing import Any, Final

from scrapy.http import Response
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.task import deferLater

#: Maximum seconds between two turns of the event loop.
_LONGEST: Final = 0.02


class Turns:
    """The innermost spider middleware: where a callback yields None, it lets the reactor do what is due."""

    async def process_spider_output(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Yield what a callback yields, in turns with other work."""
        from twisted.internet import reactor  # the one that Scrapy has chosen by now

        began = monotonic()
        async for found in result:
            if found is not None:
                yield found
            elif monotonic() - began > _LONGEST:
                await maybe_deferred_to_future(deferLater(reactor, 0))
                began = monotonic()
