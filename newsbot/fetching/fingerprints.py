"""Request fingerprints by article id: an article is fetched once, however many URLs it has."""

from __future__ import annotations

import hashlib

from scrapy import Request
from scrapy.utils.request import RequestFingerprinter


class ArticleFingerprinter(RequestFingerprinter):
    """Tells article requests apart by the article's id (``meta["article_id"]``), all others by their URL.

    A redirected article request keeps its URL's fingerprint: under its id it would look like the request that was
    redirected, and the scheduler would drop it.

    >>> plain = ArticleFingerprinter()
    >>> old = Request("http://old.example/a-7.html", meta={"article_id": "example:7"})
    >>> new = Request("https://www.example/b-7.html?utm=1", meta={"article_id": "example:7"})
    >>> plain.fingerprint(old) == plain.fingerprint(new)
    True
    >>> plain.fingerprint(old) == plain.fingerprint(Request("http://old.example/a-7.html"))
    False
    """

    def fingerprint(self, request: Request) -> bytes:
        """Return 20 bytes that are the same for two requests for the same thing."""
        article_id = request.meta.get("article_id")
        if article_id is None or request.meta.get("redirect_urls"):
            return super().fingerprint(request)
        return hashlib.sha1(f"{request.method} article {article_id}".encode(), usedforsecurity=False).digest()
