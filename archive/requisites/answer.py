"""What came of asking for one address."""

from __future__ import annotations

import re
from typing import NamedTuple

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class Answer(NamedTuple):
    """The newest capture of an address, or why there is none."""

    #: Of HTTP; 0 if there was no answer. That of an address which has not changed is what it was.
    status: int = 0
    #: Media type, without parameters.
    mime: str = ""
    #: Of the response or revisit record, with its WARC-Date; empty if there is none.
    record_id: str = ""
    date: str = ""
    #: Why nothing, or not all, was had; empty if all was.
    error: str = ""

    @property
    def is_had(self) -> bool:
        """Whether the archive has what the address gives: content, or where it leads."""
        return not self.error and 200 <= self.status < 400


def mime_of(response: Response) -> str:
    """Return the media type of an answer, in lower case and without parameters."""
    return (response.headers.get("Content-Type") or b"").decode("latin-1").partition(";")[0].strip().lower()


def cause(error: Exception, host: str) -> str:
    """Return why there is no answer, in words that are the same for all addresses: the error's own, or its name's.

    :param host: that was asked.

    >>> cause(IgnoreRequest("the crawl is ending"), "a.vn"), cause(IgnoreRequest("a.vn is off"), "a.vn")
    ('the crawl is ending', 'ignore request')
    """
    if isinstance(error, IgnoreRequest) and host not in str(error):
        return str(error)[:80]
    words = re.findall("[A-Z][a-z]*", type(error).__name__.removesuffix("Error"))
    return " ".join(words).lower() or type(error).__name__
