"""Scrapy's ``scrapy runspider``, past the archive."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from scrapy import Spider
from scrapy.commands import runspider
from scrapy.crawler import Crawler

from newsbot.command_line.looking_command import Failures, LookingCommand
from newsbot.configuration.given_settings import ROOT
from newsbot.configuration.sources import import_mistake
from newsbot.spider import NewsSpider

_LINES: Final = {"stdout:": {"format": "jsonlines", "encoding": "utf8"}}


class Command(LookingCommand, runspider.Command):
    """Runs a spider that is no source."""

    takes_paths = True
    summary = "Try a spider in a file of its own: print its items"
    description = (
        "Runs the spider in a Python file, and prints what it yields, a JSON line an item. Nothing is archived or "
        "published: a source is a file in spiders/, for scrapy crawl. Exit status: 0 all was fetched, 1 not all was, 2 "
        "usage."
    )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.output or opts.overwrite_output:
            self.refuse("-o, -O: items go to standard output: scrapy runspider FILE > items.jsonl")
        super().process_options(args, opts)
        self.settings.set("FEEDS", _LINES, "cmdline")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        for arg in args:
            if (file := Path(arg).resolve()).is_relative_to(ROOT / "spiders"):
                self.refuse(f"{arg} is a source, and nothing of it would be kept: scrapy crawl {file.stem}")
            self._try(arg)
        super().run(args, opts)
        if why := Failures.of_this_process:
            self.fail(f"not all could be fetched: {why}")

    def _try(self, file: str) -> None:
        """Refuse a file that cannot be imported; where Scrapy says so itself, it does."""
        try:
            runspider._import_file(file)
        except (ImportError, ValueError):
            return
        except (Exception, SystemExit) as error:  # whatever it does is a mistake in it
            self.refuse(import_mistake(file, error))

    def _create_crawler(self, spidercls: type[Spider] | str) -> Crawler:
        if isinstance(spidercls, str) or not issubclass(spidercls, NewsSpider):  # its items are no articles
            self.settings.set("ITEM_PIPELINES", {}, "cmdline")
        return super()._create_crawler(spidercls)
