"""The way out of a page that is checked, which leads nowhere: what it asks for is answered from the archive."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from archive.browser.connection import REFUSED, STAY, Asked, DoorFactory, Reply
from archive.browser.unwanted import MAKERS, why_unwanted
from archive.files.inflate import GZIP_MAGIC
from archive.quality.captured_page import CapturedPage
from archive.quality.held import HeldAnswers
from archive.requisites.hosts import SkippedHosts, host_of

#: A page's requests, and documents at its own address.
MOST_REQUESTS: Final = 500
MOST_DOCUMENTS: Final = 8
_NOT_THERE: Final = Reply(404)


class ArchiveDoor:
    """A proxy on loopback, open as long as the page is. It makes no request.

    :param skipped: hosts that no crawl asks.
    """

    def __init__(self, page: CapturedPage, held: HeldAnswers, tls: Any, skipped: SkippedHosts):
        self._page, self._held, self._skipped = page, held, skipped
        self._factory = DoorFactory(self._answer, tls)
        self._documents = 0
        #: Requests that are being answered: none, as each is at once.
        self.pending = 0
        self.awaits_document = False
        self.requests = 0
        #: Whether the page's own document was asked for and given.
        self.has_document = False
        #: Whether a browser can read that: not if it is compressed, and its head does not say so.
        self.is_legible = True
        #: Addresses asked for that the archive has nothing of, those apart that gave nothing when it was captured.
        self.missing: dict[str, None] = {}
        self.missed: set[str] = set()
        #: Requests of which a crawl makes none, by reason.
        self.refused: Counter[str] = Counter()

    def open(self) -> str:
        """Listen on a free port of loopback and return the proxy's address."""
        return self._factory.open()

    def close(self) -> None:
        """Answer nothing any more."""
        self._factory.close()

    async def _answer(self, asked: Asked) -> Reply:
        is_own = asked.url == self._page.url and asked.header("sec-fetch-dest") in ("", "document")
        if host_of(asked.url) in MAKERS:  # the browser's own, not the page's
            return REFUSED
        if reason := self._why_not(asked):
            self.refused[reason] += 1
            return STAY if asked.header("sec-fetch-dest") == "document" else REFUSED
        self.requests += 1
        self._documents += is_own
        own = self._page.date, self._page.record_id
        date, record_id = own if is_own else self._page.capture_of(asked.url)
        found = self._held.answer(asked.url, date, record_id)
        is_missed = self._page.was_missing(asked.url)
        if is_missed:
            self.missed.add(asked.url)
        if found is not None:
            if is_own:
                self.has_document = True
                self.is_legible = not _is_mislabelled(found.reply)
            return found.reply
        if not is_missed:
            self.missing[asked.url] = None
        return _NOT_THERE

    def _why_not(self, asked: Asked) -> str:
        """Return why a crawl would not ask for something; empty if it would."""
        for reason, holds in (
            ("the page was closed", self._factory.is_closed),
            ("documents", asked.url == self._page.url and self._documents >= MOST_DOCUMENTS),
            ("requests", self.requests >= MOST_REQUESTS),
        ):
            if holds:
                return reason
        return why_unwanted(asked, asked.header("sec-fetch-dest"), self._skipped)


def _is_mislabelled(reply: Reply) -> bool:
    is_encoded = any(name.lower() == "content-encoding" for name, _ in reply.headers)
    return reply.body.startswith(GZIP_MAGIC) and not is_encoded
