"""``scrapy history``: the versions of one article, and what has changed between them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader

from newsbot.command_line.checked_command import QuietCommand
from newsbot.configuration.sources import say_mistakes
from newsbot.publishing.lines import lines_of
from newsbot.publishing.word_diff import word_diff
from newsbot.spider import NewsSpider

_METADATA = ("authors", "agency", "published_at", "section", "tags")


class Command(QuietCommand):
    requires_crawler_process = False

    def syntax(self) -> str:
        return "URL"

    def short_desc(self) -> str:
        return "Print the versions of an article, with times, captures and what has changed"

    def long_desc(self) -> str:
        return (
            "Prints every version of the article at URL, under whatever address it was read: when it was fetched, "
            "where its capture is, and which words have changed. Exit status: 0 found, 1 nothing "
            "is known of it, 2 usage."
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("scrapy history takes one URL")
        self.check_address(args[0])
        loader = get_spider_loader(self.settings)
        spiders = [spider for name in loader.list() if issubclass(spider := loader.load(name), NewsSpider)]
        article_id = next((found for spider in spiders if (found := spider.article_id(args[0]))), None)
        if article_id is None:
            raise UsageError(f"{args[0]} is not the address of an article of any source")
        folder = Path(self.settings["DATA_DIR"], "articles", article_id.partition(":")[0])
        versions = list(lines_of(folder, article_id))
        if not versions:
            print(f"{article_id}: nothing was published", file=sys.stderr)
            self.exitcode = 1
        self.exitcode = say_mistakes(self.settings, [article_id.partition(":")[0]]) or self.exitcode
        for line in history(versions):
            print(line)


def history(versions: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what there is to say of an article's versions, line by line."""
    last: dict[str, Any] | None = None
    for line in versions:
        capture = line["capture"]
        yield f"version {line['version']}  {line['fetched_at']}  {line['change']}  {line['url']}"
        yield f"    {capture['file']} at {capture['offset']}, {capture['record_id']}"
        if last is None:
            yield f"    {line['title']}"
        elif line["change"] != "removed":
            yield from (f"    {change}" for change in _changes(last, line))
        last = line


def _changes(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    for name in ("title", "sapo", "body"):
        yield from (f"{name}: {change}" for change in word_diff(old[name] or "", new[name] or ""))
    for name in _METADATA:
        if old[name] != new[name]:
            yield f"{name}: {_printed(old[name])} -> {_printed(new[name])}"


def _printed(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "none")
