"""Scrapy's ``scrapy bench``, past the archive."""

from __future__ import annotations

import argparse

from scrapy.commands import bench

from newsbot.command_line.looking_command import LookingCommand


class Command(LookingCommand, bench.Command):
    """Measures Scrapy on this machine."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        self.warn("this measures Scrapy alone, on pages of its own; `make bench` measures newsbot")
        super().run(args, opts)
