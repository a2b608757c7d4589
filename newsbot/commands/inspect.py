"""``scrapy inspect``: what there is to say of one page, of a known site or of any other."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from archive.errors import ArchiveError
from newsbot.command_line.page_command import PageCommand
from newsbot.health.console import one_line, printable_json
from newsbot.inspecting.comparison import changes, compared
from newsbot.inspecting.inspection import Inspection, as_json, inspect
from newsbot.inspecting.looking import NothingToLookAtError
from newsbot.inspecting.shown import lines
from newsbot.spider import NewsSpider


class Command(PageCommand):
    usage = "[options] PAGE  or  --compare OLD NEW"
    summary = "Show what newsbot makes of a page, of any site: family, layout, fields, links"
    description = (
        "PAGE is a URL, an HTML file, or a WARC file, with :OFFSET or :URL behind it if it has several pages. Shows "
        "the family that its site is on and by which signs, the layout that fits and why others do not, what each "
        "step saw of each field and which was believed, the links of a list and its next page, feeds, sitemaps and "
        "sections, and whether robots.txt allows it. For a site that no source has it prints a spider. A URL is "
        "asked for as politely as by a crawl; nothing is archived, published or remembered. Exit status: 0 shown, 1 "
        "there is no page to show, 2 usage."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--compare", action="store_true", help="say how the design of two captures differs")
        parser.add_argument("--json", action="store_true", help="print a JSON document instead of lines")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.compare:
            self._compare(args, opts)
            return
        if len(args) != 1:
            self.refuse("name one page: a URL, an HTML file or a WARC file")
        try:
            found = self._inspected(args[0], opts)
        except (NothingToLookAtError, ArchiveError) as error:
            self.fail(str(error))
            return
        if opts.json:
            print(printable_json(as_json(found)))
            return
        for line in lines(found):
            print(line)

    def _inspected(self, page: str, opts: argparse.Namespace) -> Inspection:
        loaded = map(self.loader.load, self.loader.list())
        sources = [cls for cls in loaded if issubclass(cls, NewsSpider)]
        return inspect(self.look(page, opts.url or ""), sources, self.settings)

    def _compare(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 2 or any(page.startswith(("http://", "https://")) for page in args):
            self.refuse("--compare: name two captures, the old one first: HTML files or WARC files")
        try:
            old, new = (self._inspected(page, opts) for page in args)
        except (NothingToLookAtError, ArchiveError) as error:
            self.fail(str(error))
            return
        if old.source != new.source:
            sources = " and ".join(each.source or "no source" for each in (old, new))
            self.fail(f"--compare: they are of {sources}: there is no design to compare")
            return
        if opts.json:
            print(printable_json([asdict(change) | {"candidate": change.candidate} for change in changes(old, new)]))
            return
        for line in compared(old, new):
            print(line[: len(line) - len(line.lstrip())] + one_line(line))
