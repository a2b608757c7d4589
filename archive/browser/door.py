"""One page's way out: a proxy on loopback, open as long as the page is, whose requests the crawl makes.

So robots.txt, pace, CONNECT_TO, the refusal of private addresses and the wire tee apply to whatever a page asks for.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from scrapy import Request
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.browser.connection import REFUSED, STAY, Asked, DoorFactory, Reply, as_asked
from archive.browser.shared import SharedReply
from archive.browser.unwanted import MEDIA, why_unwanted
from archive.http.exchange import Capture
from archive.requisites.answer import Answer, cause, mime_of
from archive.requisites.extension import slot_of
from archive.requisites.hosts import host_of
from archive.requisites.requisite import Kind

if TYPE_CHECKING:
    from archive.browser.extension import Browser

#: A page's requests, documents of its own frame, and bytes received for it.
MOST_REQUESTS: Final = 300
MOST_DOCUMENTS: Final = 8
MOST_BYTES: Final = 64 << 20
#: The destination of what the page's own frame shows.
DOCUMENT: Final = "document"
_TOO_MANY: Final = "documents"
#: Times that an announcement is waited for, and seconds between them.
_LOOKS: Final = 50
_LOOK: Final = 0.02
#: Seconds for one request.
_PATIENCE: Final = 30
#: By Fetch's destination (https://fetch.spec.whatwg.org/#concept-request-destination).
_KINDS: Final[dict[str, Kind]] = {
    "style": "style", "script": "script", "font": "font", "image": "image", "iframe": "frame", "frame": "frame",
    "embed": "frame", "object": "frame", **dict.fromkeys(MEDIA, "media"),
}  # fmt: skip
#: Media types of what needs more to be shown.
_LEADING_ON: Final = ("text/css", "text/html")
_SHAREABLE: Final[frozenset[Kind]] = frozenset({"style", "script", "font", "image"})
#: Answers of which a browser may have the same again.
_SHAREABLE_STATUSES: Final = frozenset({200, 301, 302, 303, 307, 308, 404, 410})
#: Not sent on: what belongs to the connection, and what would have part of an answer, or none.
_NOT_SENT: Final = frozenset(
    {
        "connection", "proxy-connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host",
        "content-length", "accept-encoding", "proxy-authorization", "if-none-match", "if-modified-since", "if-range",
        "range",
    }
)  # fmt: skip


class Found(NamedTuple):
    """What one address gave that a page asked for."""

    kind: Kind
    answer: Answer
    #: Without its body, unless that names what is needed besides; None if it is one that was had before in this run.
    response: Response | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the page's own frame was given."""

    #: As it was asked for.
    url: str
    response: Response


class Door:
    """A page's proxy; `open` it, and `close` it with the page.

    :param url: the page's address.
    """

    def __init__(self, browser: Browser, url: str):
        self._browser = browser
        self._url = url
        self._factory = DoorFactory(self._answer, browser.certificate.options)
        self._requests = self._bytes = 0
        #: Keeps what comes later from being published before what is read of the page.
        self._held = ExitStack()
        #: Requests under way, and documents among them.
        self.pending = self._awaited = 0
        #: Destinations by address.
        self._announced: dict[str, str] = {}
        #: What the page asked for besides its own documents, by address.
        self.found: dict[str, Found] = {}
        self.documents: list[Document] = []
        #: Requests that were not made, by reason.
        self.refused: Counter[str] = Counter()
        #: Why the last document asked for was not had; empty if it was.
        self.failure = ""

    def open(self) -> str:
        """Listen on a free port of loopback and return the proxy's address."""
        return self._factory.open()

    def close(self) -> None:
        """Let nothing of the page through any more."""
        self._factory.close()

    @property
    def is_closed(self) -> bool:
        """Whether what the page asks for is not wanted any more."""
        return self._factory.is_closed

    @property
    def awaits_document(self) -> bool:
        """Whether a document of the page's own frame is under way."""
        return self._awaited > 0

    @property
    def has_no_end(self) -> bool:
        """Whether the page goes on to ask for documents when it has had as many as it may."""
        return self.refused[_TOO_MANY] > 0

    @property
    def is_lost(self) -> bool:
        """Whether no document was had, nor will be."""
        has_any = any(not 300 <= each.response.status < 400 for each in self.documents)
        return bool(self.failure) and not self.awaits_document and not has_any

    def let_go(self) -> None:
        """Let what was captured be published, now that the page's response is on its way to its spider."""
        self._held.close()

    def hold(self, capture: Capture) -> None:
        """Keep the capture of a document, and later ones, from being published until `let_go`."""
        self._held.enter_context(self._browser.archive.holding(capture))

    async def _answer(self, asked: Asked) -> Reply:
        """Answer the browser."""
        destination = asked.header("sec-fetch-dest") or await self._guess(asked)
        if reason := self._why_not(asked, destination):
            self.refused[reason] += 1
            return STAY if destination == DOCUMENT else REFUSED
        is_document = destination == DOCUMENT
        kind: Kind = _KINDS.get(destination, "other")
        is_shareable = kind in _SHAREABLE
        if is_shareable and (shared := self._browser.shared.get(asked.url)):
            self._browser.count("shared")
            self.found.setdefault(asked.url, Found(kind, shared.answer))
            return shared.reply
        self._requests += 1
        self.pending += 1
        self._awaited += is_document
        try:
            return await self._fetch(asked, kind, is_document=is_document)
        finally:
            self.pending -= 1
            self._awaited -= is_document

    def announce(self, url: str, destination: str) -> None:
        """Take note of what the browser's driver says that a request is for, which may be under way already."""
        if len(self._announced) < 2 * MOST_REQUESTS:
            with suppress(ValueError):
                self._announced[as_asked(url)] = destination

    async def _guess(self, asked: Asked) -> str:
        """Return what a request is for that does not say so: hosts without TLS are not told."""
        accept = asked.header("accept")
        for begin, destination in (("image/", "image"), ("text/css", "style")):
            if accept.startswith(begin):
                return destination
        for _ in range(_LOOKS):
            if asked.url in self._announced or asked.method != "GET":
                break
            await asyncio.sleep(_LOOK)
        usual = DOCUMENT if accept.startswith("text/html") else ""
        return self._announced.get(asked.url, usual)

    def _why_not(self, asked: Asked, destination: str) -> str:
        """Return why a request is not made; empty if it is."""
        for reason, holds in (
            ("the page was closed", self.is_closed),
            (_TOO_MANY, destination == DOCUMENT and len(self.documents) >= MOST_DOCUMENTS),
            ("requests", self._requests >= MOST_REQUESTS),
            ("bytes", self._bytes >= MOST_BYTES),
        ):
            if holds:
                return reason
        return why_unwanted(asked, destination, self._browser.skipped)

    async def _fetch(self, asked: Asked, kind: Kind, *, is_document: bool) -> Reply:
        """Have the crawl ask for something, and note what came of it."""
        request = self._request(asked, kind, is_document=is_document)
        try:
            response = await self._browser.crawler.engine.download_async(request)
        except Exception as error:  # whatever a site does to a request of a page, the page goes on without it
            reason = cause(error, host_of(asked.url))
            self._browser.count(f"lost/{reason}")
            if is_document:
                self.failure = reason
                return STAY
            capture: Capture | None = request.meta.get("capture")
            at = (capture.record_id, capture.date) if capture else ("", "")
            self.found[asked.url] = Found(kind, Answer(0, "", *at, reason))
            return REFUSED
        return self._take(asked, kind, response, is_document=is_document)

    def _request(self, asked: Asked, kind: Kind, *, is_document: bool) -> Request:
        host, settings = host_of(asked.url), self._browser.crawler.settings
        headers: dict[str, list[str]] = {}
        for name, value in asked.headers:
            if name.lower() not in _NOT_SENT:
                headers.setdefault(name, []).append(value)
        headers["Accept-Encoding"] = ["gzip, deflate"]  # what every reader of archives can decode
        meta: dict[str, Any] = {
            "requisite": kind,
            "via": self._url,
            "hops": "L" if is_document else "E",
            "browser_door": self,
            "browser_document": is_document,
            "download_timeout": _PATIENCE,
            "allow_offsite": not is_document,  # any host may serve what a page needs, its own site the page
            "dont_redirect": True,
            "dont_retry": True,
            "dont_merge_cookies": True,
            "handle_httpstatus_all": True,
        }
        if not is_document:
            slot = slot_of(host)
            pace = {"delay": settings.getfloat("REQUISITES_DELAY"), "concurrency": 2}
            self._browser.crawler.engine.downloader.per_slot_settings.setdefault(slot, pace)
            meta |= {
                "download_slot": slot,
                "download_maxsize": settings.getint("REQUISITES_MAX_BYTES"),
                "autothrottle_dont_adjust_delay": True,
                "dont_obey_robotstxt": not settings.getbool("REQUISITES_ROBOTSTXT_OBEY"),
            }
        return Request(asked.url, callback=NO_CALLBACK, headers=headers, dont_filter=True, meta=meta)

    def _take(self, asked: Asked, kind: Kind, response: Response, *, is_document: bool) -> Reply:
        capture: Capture = response.meta["capture"]
        self._bytes += len(response.body)
        self._browser.count("requests")
        self._browser.count("bytes", len(response.body))
        reply = _reply(response)
        if is_document:
            self.failure = ""
            self.documents.append(Document(asked.url, response))
            return reply
        mime = mime_of(response)
        error = f"cut off: {capture.truncated}" if capture.truncated else ""
        answer = Answer(response.status, mime, capture.record_id, capture.date, error)
        self.found[asked.url] = Found(kind, answer, response if mime in _LEADING_ON else response.replace(body=b""))
        if kind in _SHAREABLE and response.status in _SHAREABLE_STATUSES and not error:
            self._browser.shared.put(asked.url, SharedReply(reply, answer))
        return reply

    def document(self, shown: str) -> Document | None:
        """Return the document that the page's frame shows: the last at its address, else the last; None without any.

        :param shown: the frame's address; empty if it is not known.
        """
        last = self.documents[-1] if self.documents else None
        try:
            url = as_asked(shown)
        except ValueError:
            return last
        return next((each for each in reversed(self.documents) if each.url == url), last)


def _reply(response: Response) -> Reply:
    """Return a response as the browser gets it: its body is decoded already."""
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name in response.headers
        for value in response.headers.getlist(name)
    )
    return Reply(response.status, headers, response.body)
