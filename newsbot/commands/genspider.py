"""Scrapy's ``scrapy genspider``, with the template of a source."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Final

from scrapy.commands import genspider

import newsbot
from newsbot.command_line.checked_command import CheckedCommand

_NAME: Final = re.compile(r"[a-z][a-z0-9]*")


class Command(CheckedCommand, genspider.Command):
    usage = "[options] NAME DOMAIN"
    summary = "Begin a new source: spiders/NAME.py"
    description = (
        "Writes spiders/NAME.py with everything a source has to say; docs/contribute/add-a-source.md explains how to "
        "fill it in. NAME is the domain without its dots and ending: baosonla for baosonla.vn. Exit status: 0 written, "
        "1 not written, 2 usage."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.set_defaults(template="source")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.list or opts.dump:
            super().run(args, opts)
            return
        if len(args) != 2:
            self.refuse("say the name and the domain of the source: scrapy genspider baosonla baosonla.vn")
        if not _NAME.fullmatch(args[0]):
            self.refuse(f"{args[0]!r} is no name for a source: small letters and digits, as in baosonla")
        if not re.fullmatch(r"(https?://)?[a-z0-9-]+(\.[a-z0-9-]+)+/?", args[1]):
            self.refuse(f"{args[1]!r} is no domain such as baosonla.vn")
        before = _modules()
        super().run(args, opts)
        if _modules() == before and not opts.force:
            self.exitcode = 1  # Scrapy has said why
        else:
            domain = args[1].split("/")[-1]
            print(f"Fill it in (docs/contribute/add-a-source.md), then look: scrapy parse https://{domain}/")

    @property
    def templates_dir(self) -> str:
        return str(Path(newsbot.__path__[0], "templates", "spiders"))


def _modules() -> set[Path]:
    return set(Path(newsbot.__path__[0]).parent.glob("spiders/*.py"))
