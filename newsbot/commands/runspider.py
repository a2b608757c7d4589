"""Scrapy's ``scrapy runspider``, past the archive."""

from __future__ import annotations

import argparse
from pathlib import Path

from scrapy.commands import runspider

from newsbot.configuration.given_settings import ROOT
from newsbot.running.looking_command import LookingCommand


class Command(LookingCommand, runspider.Command):
    """Runs a spider that is no source."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        for arg in args:
            if (file := Path(arg).resolve()).is_relative_to(ROOT / "spiders"):
                self.refuse(f"{arg} is a source, and nothing of it would be kept: scrapy crawl {file.stem}")
        super().run(args, opts)
