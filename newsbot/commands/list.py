"""Scrapy's list of sources, and on standard error those that cannot be loaded."""

from __future__ import annotations

import argparse

from scrapy.commands import list as scrapy_list

from newsbot.configuration.sources import say_mistakes
from newsbot.running.checked_command import CheckedCommand


class Command(CheckedCommand, scrapy_list.Command):
    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        super().run(args, opts)
        assert self.settings is not None
        self.exitcode = say_mistakes(self.settings)
