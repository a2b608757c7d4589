"""Scrapy's ``scrapy check``, past the archive."""

from __future__ import annotations

import argparse

from scrapy.commands import check

from newsbot.command_line.looking_command import LookingCommand


class Command(LookingCommand, check.Command):
    """Runs the contracts of spiders."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        for name in args:
            self.check_source("check", name)
        super().run(args, opts)
        self.exitcode = self.say_mistakes(args) or self.exitcode
