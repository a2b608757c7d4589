"""Why requests are not made on purpose; whoever counts failures counts none of these."""

from __future__ import annotations

from typing import Final

from scrapy.exceptions import IgnoreRequest

#: What it leads to was redacted, or an operator does not want it (`newsbot.fetching.do_not_fetch`).
LISTED: Final = "on the do-not-fetch list"
#: The last requests of a crawl that was told to stop.
ENDING: Final = "the crawl is ending"


def is_listed(error: BaseException) -> bool:
    """Return whether a request failed only because it must not be made.

    >>> is_listed(IgnoreRequest(LISTED)), is_listed(IgnoreRequest("Forbidden by robots.txt"))
    (True, False)
    """
    return isinstance(error, IgnoreRequest) and str(error) == LISTED


def is_unsent(error: BaseException) -> bool:
    """Whether a request has failed only because the crawl is ending, which says nothing of what it was for.

    >>> is_unsent(IgnoreRequest(ENDING)), is_unsent(IgnoreRequest("Forbidden by robots.txt"))
    (True, False)
    """
    return isinstance(error, IgnoreRequest) and str(error) == ENDING
