"""An article that is gone: what its site says, and what its line says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from scrapy.http import Response

from archive.exchange.capture import Capture
from newsbot.discovery.addresses import Addresses
from newsbot.items import Article
from newsbot.reading.page import absolute
from newsbot.state.state import Version

GONE_STATUSES: Final = (404, 410)
REDIRECTS: Final = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Removal:
    """A capture that says that there is no such article any more."""

    id: str
    capture: Capture


def says_something(status: int) -> bool:
    """Whether an answer with this status says how an article is, or that it is gone.

    >>> [status for status in (200, 302, 304, 404, 503) if says_something(status)]
    [200, 302, 404]
    """
    return 200 <= status < 300 or status in (*GONE_STATUSES, *REDIRECTS)


def is_sent_to_front(response: Response, addresses: Addresses) -> bool:
    """Whether a site answers for a page with a redirect to its front page."""
    if response.status not in REDIRECTS:
        return False
    target = absolute(response.url, (response.headers.get("Location") or b"").decode("latin-1"))
    return target is not None and addresses.is_own(target) and urlsplit(target).path in ("", "/")


def tombstone(removal: Removal, last: Version, article: Article) -> Article:
    """Return the article whose line says that it is gone: the text of its last version, at the moment it was missed."""
    return replace(
        article,
        url=removal.capture.url,
        content_digest=last.content_digest,
        version=last.version + 1,
        change="removed",
        fetched_at=removal.capture.date,
        capture=removal.capture,
    )
