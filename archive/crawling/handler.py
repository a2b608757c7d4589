"""The download handler that archives: Scrapy's own for HTTP/1.1, on connections with the wire tee."""

from __future__ import annotations

import asyncio
import gc
from time import monotonic

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadCancelledError, DownloadTimeoutError, IgnoreRequest
from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.web.client import ResponseFailed

from archive.crawling.ending import is_ending
from archive.crawling.extension import Archive
from archive.crawling.wire_tee import TeeAgent, TeeFactory, new_exchange
from archive.errors import ArchiveError

#: Seconds between two looks whether the crawl is ending.
_LOOK = 0.5
#: Bytes of responses after which garbage is collected: thousands of usual pages.
_COLLECTED = 64 << 20
#: How an exchange ended that was repeated: its WARC-Truncated reason, and the same in words.
_LOST = "disconnect", "the kept-alive connection was lost; sent again on a new one"
#: Maximum number of chained errors that are followed.
_DEPTH = 10


class ArchivingHandler(HTTP11DownloadHandler):
    """Downloads, and hands every exchange to the archive before anyone sees the response.

    A response carries its `archive.http.exchange.Capture` as ``response.meta["capture"]``; so does a request that
    has failed.
    """

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        archive = crawler.get_extension(Archive)
        if archive is None:
            raise ArchiveError("the archive extension is not enabled: nothing would be kept (ADDONS)")
        self._archive = archive
        #: Bytes of responses since garbage was last collected.
        self._received = 0
        #: What is being downloaded.
        self._agents: set[TeeAgent] = set()
        self._pool._factory = TeeFactory
        # Without a delay Scrapy 2.19 starts all that waits for a host, whatever CONCURRENT_REQUESTS_PER_DOMAIN says.
        self._pool.maxPersistentPerHost = crawler.settings.getint("CONCURRENT_REQUESTS")

    async def download_request(self, request: Request) -> Response:
        await self._archive.ready(self._receiving)
        request.meta.pop("capture", None)
        agent = TeeAgent(
            endpoints=self._archive.endpoints,
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
            tls_verbose_logging=self._tls_verbose_logging,
        )
        self._collect()
        started = monotonic()
        self._agents.add(agent)
        try:
            with wrap_twisted_exceptions():
                response = await self._downloaded(agent, request)
        except BaseException as error:
            if not agent.exchanges:
                agent.exchanges.append(new_exchange(request))
            self._record(request, agent, started, _truncation(error), _reason(error))
            raise
        finally:
            self._agents.discard(agent)
        self._record(request, agent, started, _why_partial(response), None)
        return response

    async def _downloaded(self, agent: TeeAgent, request: Request) -> Response:
        """Download; what a page needs to be shown is given up when the crawl ends, however long it would still take.

        :raises IgnoreRequest: if it was given up.
        """
        download = agent.download_request(request)
        if "requisite" not in request.meta:
            return await maybe_deferred_to_future(download)
        under_way: asyncio.Future[Response] = asyncio.ensure_future(maybe_deferred_to_future(download))
        try:
            while not under_way.done() and not is_ending(self._crawler):
                await asyncio.wait({under_way}, timeout=_LOOK)
            if under_way.done():
                return under_way.result()
        finally:
            download.cancel()
        await asyncio.wait({under_way})
        under_way.exception()  # is of no interest, but that it was looked at
        raise IgnoreRequest("the crawl is ending")

    def _record(
        self, request: Request, agent: TeeAgent, started: float, truncated: str | None, error: str | None
    ) -> None:
        """Hand all exchanges of a request to the archive; only the last one can have a response that counts.

        :raises ArchiveError: if there is none, since an answer came past the wire tee: nobody shall see that.
        """
        if not agent.exchanges:
            raise ArchiveError(f"{request.url} was answered, but nothing of it was recorded: it cannot be archived")
        for exchange in agent.exchanges:
            exchange.milliseconds = round((monotonic() - started) * 1000)
            exchange.truncated, exchange.error = (truncated, error) if exchange is agent.exchanges[-1] else _LOST
            if exchange.overflowed:
                exchange.truncated = "length"
            self._received += exchange.size
            request.meta["capture"] = self._archive.record(exchange)

    def _receiving(self) -> int:
        return sum(exchange.size for agent in self._agents for exchange in agent.exchanges)

    def _collect(self) -> None:
        """Collect responses in reference cycles: Python schedules that by the number of objects, not by their size."""
        if self._received > _COLLECTED:
            self._received = 0
            gc.collect()


def _why_partial(response: Response) -> str | None:
    """Return the WARC-Truncated reason for a response that Scrapy handed on although it was cut."""
    if "dataloss" in response.flags:
        return "disconnect"
    return "unspecified" if "download_stopped" in response.flags else None


def _reason(error: BaseException) -> str:
    """Return what a download ended with: the errors themselves where Twisted tells of a list of them.

    >>> from scrapy.exceptions import DownloadFailedError
    >>> from twisted.python.failure import Failure
    >>> failed = DownloadFailedError("[<twisted.python.failure.Failure builtins.ValueError: no length>]")
    >>> failed.__cause__ = ResponseFailed([Failure(ValueError("no length"))])
    >>> _reason(failed), _reason(DownloadTimeoutError("late"))
    ('DownloadFailedError: ValueError: no length', 'DownloadTimeoutError: late')
    """
    reason = str(error)
    behind: BaseException | None = error
    for _ in range(_DEPTH):
        if behind is None:
            break
        if isinstance(behind, ResponseFailed):
            reason = ", ".join(f"{type(each.value).__name__}: {each.value}" for each in behind.reasons)
            break
        behind = behind.__cause__ or behind.__context__
    return f"{type(error).__name__}: {reason}"


def _truncation(error: BaseException) -> str:
    """Return the WARC-Truncated reason for how a download failed.

    >>> _truncation(DownloadTimeoutError())
    'time'
    """
    if isinstance(error, DownloadTimeoutError):
        return "time"
    if isinstance(error, IgnoreRequest):
        return "unspecified"
    return "length" if isinstance(error, DownloadCancelledError) else "disconnect"
