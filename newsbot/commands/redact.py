"""``scrapy redact``: captures removed for good, for a legal takedown."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from scrapy.exceptions import UsageError

from archive.errors import ArchiveError
from archive.redaction.targets import Target
from newsbot.command_line.checked_command import QuietCommand, confirmed
from newsbot.command_line.option_values import minutes, this_user
from newsbot.configuration.sources import mistaken_sources
from newsbot.health.exit_status import ExitStatus
from newsbot.locks.archive_lock import archive_lock
from newsbot.locks.source_lock import LockedError, SourceLock, hold
from newsbot.upkeep.redaction.completion import Completion
from newsbot.upkeep.redaction.preparation import Ground, Preparation


class Command(QuietCommand):
    usage = "[options] URL"
    summary = "Remove captures for good: from WARC files, index, lines, state, logs and packages"
    description = (
        "Takes the captures of exactly this URL out of everything in the data folder; a tombstone record and a "
        "receipt in data/receipts say that they were there, on whose word they went, and their digests. Captures of "
        "other URLs that shared a body get it themselves. What was made of the page goes, too, and pictures, frames "
        "and media that no other page has; style sheets, scripts and fonts stay. Lists that name the page (feeds, "
        "sections) are captures of their own and stay, with the headline. Files that may hold it and cannot be "
        "changed here (ARC, zstd, packages of other programs, a state that rebuildstate has made) are named. Once no "
        "capture of it is left, its address goes to data/do-not-fetch.txt, and no crawl asks for it again. No crawl "
        "may run meanwhile (see --wait). A redaction that was killed is finished by the next call, also one without a "
        "URL. Exit status: 0 done, 1 done but for the files named, 2 usage, 3 a file could not be read or written, 75 "
        "a crawl is running."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--reason", metavar="TEXT", help="why; goes into tombstones and receipt")
        add("--by", metavar="WHO", default=this_user(), help="on whose word (default: you)")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--all-versions", action="store_true", help="all captures of the URL")
        which.add_argument("--record", action="append", metavar="ID", default=[], help="only this record (repeatable)")
        add("--copies", action="store_true", help="also the captures of other URLs that hold the same body")
        wait = "wait so long for crawls to end (default: 0)"
        add("--wait", metavar="MINUTES", type=minutes(or_none=True), default=0.0, help=wait)
        add("--dry-run", action="store_true", help="say what would be done")
        add("--yes", action="store_true", help="do it without asking")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) > 1 or (args and not (opts.reason or "").strip()):
            raise UsageError("name one URL, and say why with --reason")
        for url in args:
            self.check_address(url)
        self.need_data("redact")
        with self.errors_to_status(ArchiveError, OSError), self._steps(opts.wait) as (preparation, completion):
            if completion.is_due():
                self._say("finished what was begun before", *completion.finish())
            elif not args:
                raise UsageError("name the URL to redact: nothing is left to finish")
            if args and self._prepare(preparation, args[0], opts):
                self._say("done", *completion.finish())

    def _say(self, what: str, receipt: Path, left: Sequence[str]) -> None:
        """Say what was done, and name the files that may still hold the page."""
        for each in left:
            self.complain(f"NOT redacted: {each}")
        print(f"{what}: {receipt}" + (f", but for {len(left)} file{'s' if left[1:] else ''}" if left else ""))
        self.exitcode = ExitStatus.UNHEALTHY if left else self.exitcode

    @contextmanager
    def _steps(self, minutes: float) -> Iterator[tuple[Preparation, Completion]]:
        """Lock the archive and every source: nobody may refer to what goes, or write beside it."""
        locks = self.data / "locks"
        names = self.known_sources()
        if mistaken := mistaken_sources(self.loader):
            raise UsageError(f"what its pages say would not be found: {'; '.join(mistaken.values())}")
        with ExitStack() as held:
            deadline = time.monotonic() + 60 * minutes
            try:
                hold(held, partial(archive_lock, locks, rewriting=True), deadline, self.complain)
                for name in names:
                    # One after the other: a source that is held begins no new crawl while others end theirs.
                    hold(held, partial(SourceLock, locks, name), deadline, self.complain)
            except LockedError as error:
                raise LockedError(f"{error}; --wait MINUTES waits for it") from error
            crawlers = self.crawlers(names)
            yield Preparation(self.settings, crawlers), Completion(self.settings, crawlers)

    def _prepare(self, preparation: Preparation, url: str, opts: argparse.Namespace) -> bool:
        """Say what would be redacted, and prepare it; returns whether that was wanted."""
        preparation.look()
        departed = preparation.departed(url)
        if departed.moved:
            there = ", ".join(f"{entry.to}/{entry.file}" for entry in departed.moved.values())
            raise UsageError(f"captures of it were moved by `scrapy retire`: move the files back here first: {there}")
        captures = preparation.captures(url)
        left = preparation.elsewhere.left | preparation.databases([url]) | departed.copies
        for path, reason in sorted(left.items()):
            print(f"cannot be redacted: {path}: {reason}")
        if left and not (captures or departed.deleted):
            self.exitcode = ExitStatus.UNHEALTHY
            return False
        targets = _chosen(captures, url, opts) if captures or not departed.deleted else []
        chosen = {target.key for target in targets}
        is_whole = all(each.key in chosen for each in captures)
        made = preparation.made_of(url, targets, whole=is_whole)
        alone = self._requisites(preparation, made, [each for each in captures if each.key not in chosen])
        parts = [*made, *preparation.captures_of_requisites(alone)]
        copies = preparation.copies(targets)
        if opts.copies:
            targets, copies = [*targets, *copies], []
        ground = Ground(opts.reason, opts.by)
        edits = preparation.plan([*targets, *parts], ground)
        found = preparation.mentions([*targets, *parts], edits.gone | departed.deleted - {""})
        for fate in edits.fates:
            record = f"{fate['type']} {fate['record_id']} of {fate['date']}, {fate['url']} ({fate['file']})"
            print(f"would be {fate['fate']}: {record}")
        if departed.deleted:
            print(f"lines that would go, of captures deleted with their WARC files: {len(departed.deleted)}")
        for copy in copies:
            print(f"the same body stays: {copy.url} of {copy.date} (--copies redacts it, too)")
        for page in preparation.further_pages(url):
            print(f"another page of the article stays: {page} (redact it by itself)")
        gone = [*([url] if is_whole else []), *alone]
        will = "will" if opts.yes and not opts.dry_run else "would"
        print(f"it {will} not be asked for again" if is_whole else "it is asked for as before: captures of it stay")
        if alone:
            print(f"nor {will} what no other page consists of: {', '.join(alone)}")
        if opts.dry_run:
            return False
        if not opts.yes and not confirmed("This cannot be undone."):
            raise UsageError("nothing was done: say --yes, or answer yes")
        preparation.prepare(targets, parts, ground, departed, found, gone)
        return True

    def _requisites(self, preparation: Preparation, made: Sequence[Target], staying: Sequence[Target]) -> list[str]:
        """Return the addresses of pictures, frames and the like that no other page consists of, and tell of others."""
        requisites = preparation.requisites(made, staying)
        if requisites.size:
            with self.progress("looking what other pages consist of", requisites.size) as advance:
                requisites.compare(advance)
        if requisites.shared:
            print(f"other pages have {requisites.shared} of its pictures and frames, too: these stay")
        return sorted(requisites.alone)


def _chosen(captures: Sequence[Target], url: str, opts: argparse.Namespace) -> list[Target]:
    """Return the captures that are meant.

    :raises UsageError: if that is not clear.
    """
    if not captures:
        raise UsageError(f"the archive has no capture of {url}")
    if opts.record:
        chosen = [target for target in captures if target.record_id.strip("<>") in {i.strip("<>") for i in opts.record}]
        if len({target.record_id for target in chosen}) < len(set(opts.record)):
            raise UsageError(f"{url} has no such record; {_listed(captures)}")
        return chosen
    if len(captures) > 1 and not opts.all_versions:
        raise UsageError(f"{_listed(captures)}: say --all-versions or --record ID")
    return list(captures)


def _listed(captures: Sequence[Target]) -> str:
    each = "; ".join(f"{target.record_id} of {target.date}" for target in captures)
    return f"its captures are {each}"
