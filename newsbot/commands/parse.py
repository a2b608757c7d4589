"""Scrapy's ``scrapy parse``, past the archive: what a source's spider makes of any page."""

from __future__ import annotations

import argparse
import warnings
from typing import Any

from scrapy.commands import parse
from scrapy.exceptions import ScrapyDeprecationWarning
from scrapy.http import Request, Response
from scrapy.utils.spider import spidercls_for_request

from newsbot.command_line.looking_command import Failures, LookingCommand


class Command(LookingCommand, parse.Command):
    """Shows an article as its line would have it, or the links that are followed from a list."""

    requires_project = True

    summary = "Print what a source makes of a page: its article, or the links it would follow"
    description = (
        "Fetches the page and reads it with the spider that knows its host. Nothing is archived or published. Exit "
        "status: 0 shown, 1 the page could not be fetched, 2 usage."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.set_defaults(pipelines=True)  # the article as it would be published

    def set_spidercls(self, url: str, opts: argparse.Namespace) -> None:
        if not opts.spider and spidercls_for_request(self.crawler_process.spider_loader, Request(url)) is None:
            self.say_mistakes()  # it may be of such a source
            self.refuse(f"{url} is on no host of a source: name one with --spider (scrapy list names them all)")
        super().set_spidercls(url, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        for url in args:
            self.check_page(url)
        warnings.simplefilter("ignore", ScrapyDeprecationWarning)  # of Scrapy's own way to run a callback here
        super().run(args, opts)

    def run_callback(self, response: Response, callback: Any, cb_kwargs: dict[str, Any] | None = None) -> Any:
        """Run a callback without the pauses of a long list (`newsbot.fetching.turns`): none is an item."""

        def read(response: Response, **arguments: Any) -> list[Any]:
            return [found for found in callback(response, **arguments) or () if found is not None]

        return super().run_callback(response, read, cb_kwargs)

    def start_parsing(self, url: str, opts: argparse.Namespace) -> None:
        super().start_parsing(url, opts)
        if not self.first_response:
            if why := Failures.of_this_process:
                self.fail(f"{url} could not be fetched: {why}")
            self.exitcode = 1
