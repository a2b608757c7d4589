"""``scrapy savefixture``: a captured page becomes a test of its spider."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text
from scrapy.exceptions import UsageError
from scrapy.http import Response

from archive.errors import ArchiveError
from newsbot.command_line.checked_command import QuietCommand
from newsbot.command_line.option_values import path
from newsbot.command_line.output_files import check_place
from newsbot.configuration.sources import mistaken_sources
from newsbot.replaying.captures import Reader
from newsbot.replaying.fixture_updates import fixture_files, update
from newsbot.replaying.fixtures import FIXTURE_NAME, FOLDER, FixtureError, article_pages, fixture_name, save_fixture

_COLOURS: Final = {"+": "green", "-": "red", "@": "cyan"}


class Command(QuietCommand):
    requires_crawler_process = False  # nothing is crawled, and its log would bury what this prints

    takes_paths = True
    usage = "[options] SOURCE WARC_FILE [URL]"
    summary = "Make a test fixture of an article page in a WARC file"
    description = (
        "Takes the last capture of an article page out of a WARC file, this project's or another crawler's, and "
        "writes it with what the reader makes of it now. The tests fail until a person has compared the two and "
        "said so in the JSON file. URL may be left out if the file has one article of the source. With --update "
        "[SOURCE [NAME ...]] the fixtures of a source, of some names or of all sources are read again: what "
        "differs is shown, written, and to be reviewed anew. Exit status: 0 saved, or nothing to update, 1 not "
        "saved (standard error says why), 2 usage."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--name", help="what the page shows, such as caption-table (default: the article's id)")
        parser.add_argument("--output", metavar="FOLDER", type=path, help="where to write (default: tests/fixtures)")

        parser.add_argument("--update", action="store_true", help="read fixtures again, show what differs, write it")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.output:
            check_place(opts.output, self.settings)
        if opts.update:
            self._update(args, opts.output or FOLDER)
            return
        if not 2 <= len(args) <= 3:
            raise UsageError("name a source, a WARC file and, if the file has several articles, a URL")
        source, path = args[0], Path(args[1])
        self.known_sources([source])
        self.existing_files([args[1]])
        if opts.name is not None and not FIXTURE_NAME.fullmatch(opts.name):
            raise UsageError(f"{opts.name!r} is no name for a fixture: small letters, digits and single dashes")
        (crawler,) = self.crawlers([source])
        reader = Reader(crawler)
        if len(args) == 3 and reader.spider.article_id(args[2]) is None:
            raise UsageError(f"{args[2]} is no article address of {source}")
        folder: Path = (opts.output or FOLDER) / source
        try:
            page = _choose(article_pages(path, reader, self.settings.getint("DOWNLOAD_MAXSIZE")), reader, args)
            name = opts.name or fixture_name(reader.spider.article_id(page.url) or "")
            saved = save_fixture(folder, name, path, reader, page)
        except (FixtureError, ArchiveError) as error:
            self.complain(error)
            self.exitcode = 1
            return
        print(f'{folder / name}.warc, .json: {saved["outcome"]}. Compare the two, then set "reviewed" to true.')

    def _update(self, args: list[str], folder: Path) -> None:
        self.known_sources(args[:1])
        if not folder.is_dir():
            raise UsageError(f"no such folder: {folder}")
        self.exitcode = self.say_mistakes(args[:1])
        same, changed = 0, 0
        known = [path.name for path in sorted(folder.iterdir()) if path.is_dir()]
        for source in args[:1] or known:
            if source not in self.loader.list():
                if source not in mistaken_sources(self.loader):
                    self.complain(f"{folder / source}: there is no source of this name")
                self.exitcode = self.exitcode or 1
                continue
            (crawler,) = self.crawlers([source])
            reader = Reader(crawler)
            try:
                pages = fixture_files(folder / source, args[1:])
            except FixtureError as error:
                self.complain(error)
                self.exitcode = self.exitcode or 1
                continue
            for page in pages:
                try:
                    found = update(page, reader, self.settings.getint("DOWNLOAD_MAXSIZE"))
                    if found.diff:
                        show_diff(found.diff)
                        found.write()
                except (FixtureError, ArchiveError) as error:
                    self.complain(f"{page}: {error}")
                    self.exitcode = self.exitcode or 1
                    continue
                changed, same = changed + bool(found.diff), same + (not found.diff)
        print(f"{changed} changed, to be compared with their pages and reviewed anew; {same} as they were")


def show_diff(lines: Iterable[str]) -> None:
    """Print a diff, at a terminal in colours."""
    console = Console(soft_wrap=True, highlight=False)
    for line in lines:
        console.print(Text(one_line_kept(line), style=_COLOURS.get(line[:1], "")))


def one_line_kept(line: str) -> str:
    """Return a line of JSON with its indent, in characters that steer no terminal."""
    return line if line.isprintable() else "".join(each if each.isprintable() else "\ufffd" for each in line)


def _choose(pages: list[Response], reader: Reader, args: list[str]) -> Response:
    """Return the page that the command line means.

    :raises FixtureError: if there is none, or no telling which.
    """
    source, path = args[:2]
    if len(args) == 3:
        wanted = reader.spider.article_id(args[2])
        pages = [page for page in pages if reader.spider.article_id(page.url) == wanted]
    if not pages:
        raise FixtureError(f"{path} has no page of {args[2] if len(args) == 3 else source}")
    if len(pages) > 1:
        raise FixtureError(f"{path} has {len(pages)} articles of {source}: name one, such as {pages[0].url}")
    return pages[0]
