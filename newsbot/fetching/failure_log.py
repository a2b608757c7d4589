"""Failures of the network in the log: one line that says why, not the error's way through Scrapy and Twisted."""

from __future__ import annotations

import logging
from typing import Final

from newsbot.health.causes import cause

_LOGGERS: Final = ("scrapy.core.scraper", "scrapy.downloadermiddlewares.robotstxt")


class _InOneLine(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not isinstance(record.args, dict) or "request" not in record.args:
            return True
        if (why := cause(error)) != type(error).__name__:  # else it may be a mistake of ours, and is told as one
            record.msg, record.args = "Error downloading %s: %s", (record.args["request"], why)
            record.exc_info = None
        return True


_IN_ONE_LINE: Final = _InOneLine()


def shorten_failures() -> None:
    """Have all failures of the network logged so, from now on in this process."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_IN_ONE_LINE)
