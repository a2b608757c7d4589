"""Scrapy's ``scrapy shell``, past the archive."""

from __future__ import annotations

import argparse

from scrapy.commands import shell
from scrapy.utils.url import guess_scheme

from newsbot.command_line.looking_command import LookingCommand


class Command(LookingCommand, shell.Command):
    """Tries selectors on what a site answers."""

    usage = "[url]"

    def long_desc(self) -> str:
        return "Interactive console for trying selectors on what a site answers. Nothing is archived or published."

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        for page in args[:1]:
            self.check_address(page)
            if guess_scheme(page).startswith("file:"):  # the archive has switched Scrapy's handler of files off
                self.refuse(f"{page}: is a file, and only what a site answers is looked at")
        super().run(args, opts)
