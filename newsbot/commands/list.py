"""``scrapy list``: the sources, and on standard error those that cannot be loaded."""

from __future__ import annotations

import argparse

from scrapy.commands import list as scrapy_list

from newsbot.command_line.checked_command import CheckedCommand
from newsbot.configuration.given_settings import unknown_sources
from newsbot.configuration.sources import all_sources


class Command(CheckedCommand, scrapy_list.Command):
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            self.refuse("list: it takes no names")
        if wrong := unknown_sources(all_sources(self.loader)):
            self.refuse(*wrong)
        super().run(args, opts)
        self.exitcode = self.say_mistakes()
