"""`make diff`: what the reader of now makes of all fixtures, held against what stands in their JSON."""

from __future__ import annotations

import logging

from rich.console import Console
from scrapy.crawler import Crawler

from newsbot.replaying.captures import Reader
from newsbot.replaying.differences.comparison import Comparison
from newsbot.replaying.differences.shown import show
from newsbot.replaying.fixtures import read_result
from tests.harness.fixture_pages import PAGES, SETTINGS, captured, expected
from tests.harness.pages import LOADER


def fixture_differences() -> Comparison:
    """Read every fixture again."""
    comparison = Comparison()
    readers: dict[str, Reader] = {}
    for page in PAGES:
        source = page.parent.name
        if source not in readers:
            readers[source] = Reader(Crawler(LOADER.load(source), SETTINGS))
        old, new = expected(page)["article"], read_result(readers[source], captured(page))["article"]
        if old and new:
            comparison.compare(old, new)
        elif old or new:
            (comparison.lost if old else comparison.gained).add(old or new)
    return comparison


if __name__ == "__main__":
    logging.disable()  # that a fixture has no body is in its JSON
    show(fixture_differences(), Console())
