"""Reads small pages in place and large ones in the reader process, with hard limits."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Protocol

from scrapy.http import Response

from archive.http.exchange import Capture
from newsbot.reader_process.forms import READINGS, response_form
from newsbot.reader_process.process import READER
from newsbot.reading.limits import MAX_BYTES, ReadingLimitError
from newsbot.reading.page import gunzip, light_body

_AHEAD: Final = "read_ahead"


class ReadingSpider(Protocol):
    """A spider whose pages may be read in another process, by a spider made anew there."""

    def reading_arguments(self) -> dict[str, str]:
        """Return the arguments of a spider that reads as this one does."""


class _Ahead(NamedTuple):
    """What was read of a capture before it was asked for."""

    capture: Capture
    found: Any
    error: ReadingLimitError | RuntimeError | None


def is_large(response: Response) -> bool:
    """Whether a page is read in the reader process."""
    return light_body(response) is None


def read_bounded(spider: ReadingSpider, reading: str, response: Response) -> Any:
    """Return what a spider reads in a response, in one of the ways of `READINGS`.

    :raises ReadingLimitError: if it takes more than any page may.
    :raises RuntimeError: if the reader process met another error.
    """
    if not is_large(response):
        return getattr(spider, READINGS[reading].method)(response)
    ahead: _Ahead | None = response.meta.get(_AHEAD)
    if ahead is None or ahead.capture is not response.meta["capture"]:
        ahead = _read(spider, reading, response)
    if ahead.error is not None:
        response.meta[_AHEAD] = ahead  # whoever asks again need not wait again
        raise ahead.error
    return ahead.found


def read_ahead(spider: ReadingSpider, reading: str, response: Response) -> None:
    """Read a large page now, in any thread, for `read_bounded` to find it read."""
    response.meta[_AHEAD] = _read(spider, reading, response)


def _read(spider: ReadingSpider, reading: str, response: Response) -> _Ahead:
    capture: Capture = response.meta["capture"]
    body = gunzip(response.body, MAX_BYTES + 1)
    question = {
        "spider": [type(spider).__module__, type(spider).__qualname__],
        "arguments": spider.reading_arguments(),
        "reading": reading,
        "response": response_form(response),
    }
    try:
        found = READINGS[reading].from_json(READER.ask(question, body), response)
    except (ReadingLimitError, RuntimeError) as error:
        return _Ahead(capture, None, error)
    return _Ahead(capture, found, None)
