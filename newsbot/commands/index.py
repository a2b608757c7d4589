"""``scrapy index``: what the archive holds of a URL, and the index made anew."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from scrapy.exceptions import UsageError

from archive.collection import FileDamage
from archive.errors import ArchiveError, os_errors
from archive.files.atomic import make_folder
from archive.index.cdxj import IndexEntry
from archive.index.index import digits
from archive.index.surt import host_prefixes, surt
from newsbot.command_line.checked_command import QuietCommand, size_of
from newsbot.command_line.option_values import date, whole_number
from newsbot.command_line.output_files import check_output
from newsbot.configuration.folders import collection
from newsbot.locks.archive_lock import archive_lock

#: What was made of a page is kept under such an address: `urn:pageinfo:https://baosonla.vn/`.
_URN: Final = r"(?i)urn:[a-z0-9-]+:\S+\Z"


class Command(QuietCommand):
    takes_paths = True
    usage = "[options] lookup URL | export FILE | rebuild"
    summary = "Look up captures in the archive's index, export it, or make it anew"
    description = (
        "lookup URL prints what the archive holds of a URL, in the order of time; export FILE writes the whole index "
        "as one sorted CDXJ file; rebuild makes index and dedup store anew from the WARC files; "
        "those there are stay until it is done, and a crawl may run meanwhile. "
        "Exit status: 0 done, 1 nothing found, or files damaged, lost or not in the index, 2 usage, 3 cannot be read "
        "or written, 75 the archive is being redacted, repaired or retired."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--at", metavar="DATE", type=date, help="lookup: only the capture nearest to this time (UTC)")
        add("--since", metavar="DATE", type=date, default="", help="lookup: no earlier capture: 2026, 2026-11-22")
        add("--until", metavar="DATE", type=date, default="", help="lookup: no later capture")
        add("--prefix", action="store_true", help="lookup: all URLs that begin like this one")
        add("--host", action="store_true", help="lookup: all URLs of this URL's host and its subdomains")
        add("--limit", type=whole_number(), metavar="N", help="lookup: print at most so many captures")
        add("--cdxj", action="store_true", help="lookup: print CDXJ lines")
        add("--force", action="store_true", help="export: replace the file")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        actions: dict[tuple[str, int], Callable[..., int]] = {
            ("lookup", 2): self._lookup,
            ("export", 2): self._export,
            ("rebuild", 1): self._rebuild,
        }
        action = actions.get((args[0] if args else "", len(args)))
        if action is None:
            raise UsageError("say lookup URL, export FILE or rebuild")
        with self.errors_to_status(ArchiveError):
            self.exitcode = action(opts, *args[1:])

    def _lookup(self, opts: argparse.Namespace, url: str) -> int:
        if opts.host or not re.match(_URN, url):
            self.check_address(url)
        self.need_archive("index")
        found = 0
        for entry in islice(self._entries(opts, url), 1 if opts.at else opts.limit):
            found += 1
            print(entry.line() if opts.cdxj else _shown(entry))
        if not found:
            self.complain(f"no capture of {url}")
        self._says_unindexed()
        for folder in self._elsewhere():
            self.complain(f"older WARC files are in {folder}, which has an index of its own")
        return 0 if found else 1

    def _says_unindexed(self) -> bool:
        """Name files that the index does not have; return whether there are any."""
        if unindexed := collection(self.settings).unindexed():
            files = f"{len(unindexed)} WARC files, such as {unindexed[0].name}"
            self.complain(f"no index leads to {files}: `scrapy index rebuild` makes it again")
        return bool(unindexed)

    def _elsewhere(self) -> list[str]:
        """Return the folders that WARC files were moved to."""
        return sorted({entry.to for entry in collection(self.settings).retired.files().values() if entry.to})

    def _entries(self, opts: argparse.Namespace, url: str) -> Iterator[IndexEntry]:
        index = collection(self.settings).index
        since, until = digits(opts.since), digits(opts.until)
        if opts.at:
            return index.nearest(url, digits(opts.at))
        if not (opts.prefix or opts.host):
            return index.captures(url, since, until)
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
        prefixes = host_prefixes(host, subdomains=True) if opts.host else (surt(url),)
        entries = index.with_prefix(*prefixes)
        return (entry for entry in entries if since <= entry.timestamp <= until.ljust(14, "9"))

    def _export(self, opts: argparse.Namespace, path: str) -> int:
        self.need_archive("index")
        output = Path(path)
        check_output(output, self.settings, force=opts.force)
        with os_errors(f"cannot write {output}"):
            make_folder(output.parent)
        collection(self.settings).index.export(output)
        return 1 if self._says_unindexed() else 0

    def _rebuild(self, opts: argparse.Namespace) -> int:
        self.need_archive("index")
        warcs = collection(self.settings)
        if not (files := warcs.files()):
            raise UsageError(f"there is no WARC file in {warcs.folder}")
        problems = 0
        with (
            archive_lock(self.data / "locks", rewriting=False),
            self.progress("indexing", size_of(files)) as advance,
        ):
            for taken in warcs.rebuild(lambda: self.complain("waiting: another process makes the index anew")):
                if isinstance(taken, FileDamage):
                    problems += 1
                    self.complain(f"{taken.path}: at {taken.offset}: {taken.message}")
                else:
                    advance(taken.stat().st_size)
        print(f"{len(warcs.index.files())} files indexed")
        return 1 if problems else 0


def _shown(entry: IndexEntry) -> str:
    time = entry.timestamp
    date = f"{time[:4]}-{time[4:6]}-{time[6:8]} {time[8:10]}:{time[10:12]}:{time[12:]}"
    kind = "revisit" if entry.is_revisit else entry.mime
    return f"{date}  {entry.status:>3}  {kind:<24}  {entry.filename} at {entry.offset}  {entry.url}"
