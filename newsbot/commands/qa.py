"""``scrapy qa``: whether what was captured replays."""

from __future__ import annotations

import argparse
import os
from typing import Final

from scrapy.exceptions import UsageError

from archive.errors import ArchiveError
from newsbot.command_line.checked_command import QuietCommand
from newsbot.command_line.option_values import minutes, whole_number
from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.health.exit_status import ExitStatus
from newsbot.health.replay_score import ReplayScore
from newsbot.health.telling.outcome import tell_of_faults
from newsbot.locks.archive_lock import archive_lock, refuse_half_redacted

_SAMPLE: Final = 10
_MINUTES: Final = 30
#: By default.
_MOST_BROWSERS: Final = 2


class Command(QuietCommand):
    requires_crawler_process = False

    usage = "[options]"
    summary = "Open captured pages in Chromium, from the archive alone, and say what would not replay"
    description = (
        "Opens pages of articles as they were captured, with nothing but the archive to answer what they ask for; no "
        "request leaves this machine. Compares their text with what the archive holds of it, and their picture where "
        "a browser took one; names what they need and the archive has not, which the next crawl asks for. Writes "
        "data/qa/<source>.json, which the page of `scrapy report` shows. A crawl may run meanwhile. Exit status: 0 all "
        "pages opened replay (or as many as --least says), 1 a source has pages that do not, 2 usage, 3 no browser is "
        "installed, or something could not be read or written, 75 the archive is being redacted, repaired or retired."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--source", action="append", metavar="NAME", default=[], help="only this source (repeatable)")
        share = whole_number(0, 100)
        which = parser.add_mutually_exclusive_group()
        sample = f"how many pages of each source; others each day (default: {_SAMPLE})"
        which.add_argument("--sample", metavar="N", type=whole_number(), default=_SAMPLE, help=sample)
        which.add_argument("--new", action="store_true", help="all pages not looked at before, the newest first")
        jobs = (
            "articles opened at a time, each in a browser of its own, which takes some 300 MB (default: cores, at most "
            f"{_MOST_BROWSERS})"
        )
        add("--jobs", metavar="N", type=whole_number(1, 64), help=jobs)
        limit = f"begin no page after so many minutes (default: {_MINUTES})"
        add("--max-minutes", metavar="N", type=minutes(), default=float(_MINUTES), help=limit)
        add("--least", metavar="PERCENT", type=share, default=100, help="of a source's pages replay (default: 100)")
        add("--text", metavar="PERCENT", type=share, default=90, help="of a page's text is there again (default: 90)")
        add("--view", metavar="PERCENT", type=share, default=90, help="of its pixels are the same (default: 90)")
        missing = "addresses that a page may lack (default: 0); what was missing when it was captured does not count"
        add("--missing", metavar="N", type=whole_number(0), default=0, help=missing)
        add(
            "--tell", action="store_true", help="send the faults of sources below --least to NOTIFY_URLS, too: for cron"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError("it takes no names: --source NAME chooses a source")
        known = self.known_sources(opts.source)
        self.need_archive("qa")
        sources = [*dict.fromkeys(opts.source)] or known
        # Only here: every command loads all commands, and a browser's driver takes longer to load than most to run.
        from archive.quality.reactor import run_in_reactor
        from newsbot.replaying.looked_articles import Thresholds
        from newsbot.replaying.quality import Quality

        jobs = opts.jobs or min(_MOST_BROWSERS, len(os.sched_getaffinity(0)))
        limits = Thresholds(opts.text / 100, opts.view / 100, opts.missing)
        try:
            with self.errors_to_status(ArchiveError), archive_lock(self.data / "locks", rewriting=False):
                refuse_half_redacted(self.data)
                found: list[str] = []

                def say(fault: str) -> None:
                    print(fault, flush=True)
                    found.append(fault)

                quality = Quality(self.settings, limits, 0 if opts.new else opts.sample, say, jobs)
                scores = run_in_reactor(lambda: quality.check(sources, opts.max_minutes))
                for score in scores:
                    if opts.source or score.looked_up or score.left:
                        print(_summary(score))
                if not (opts.source or any(score.looked_up or score.left for score in scores)):
                    print(self._nothing())
                below = [score for score in scores if score.share is not None and 100 * score.share < opts.least]
                self.exitcode = int(bool(below))
                if unindexed := quality.unindexed():
                    files = f"{len(unindexed)} WARC files, such as {unindexed[0]}"
                    self.complain(
                        f"no index leads to {files}: their pages were left out; `scrapy index rebuild` makes it again"
                    )
                    self.exitcode = ExitStatus.NOT_ARCHIVED
                if opts.tell:
                    names = tuple(f"{score.source}: " for score in below)
                    self._tell([fault for fault in found if fault.startswith(names)])
        except ConfigurationError as error:
            self.refuse(str(error))

    def _nothing(self) -> str:
        """Return the line of an archive in which no source has a page to look at."""
        folder = self.data / "articles"
        if next(folder.glob("*/*.jsonl"), None) is not None:
            return "no pages to look at"
        return f"no pages to look at: no article lines are in {folder} (`scrapy rebuild` makes them of WARC files)"

    def _tell(self, faults: list[str]) -> None:
        for wrong in tell_of_faults("qa", faults, self.settings):
            self.warn(wrong)


def _summary(score: ReplayScore) -> str:
    """Return the line of a source."""
    waiting = f"{score.waiting} lack what a crawl may just be writing: they come another time" if score.waiting else ""
    left = f"{score.left} more were to be opened when the time was over (--max-minutes)" if score.left else ""
    if score.share is None:
        return f"{score.source}: {'; '.join(filter(None, (left, waiting))) or 'no pages to look at'}"
    shares = [
        f"{share:.1%} of the {what}"
        for what, share in (("text", score.text), ("picture", score.view))
        if share is not None
    ]
    kinds = ", ".join(f"{number} {reason}" for reason, number in sorted(score.refused.items()))
    others = f" (not asked by a crawl: {kinds})" if kinds else ""
    return (
        f"{score.source}: {score.well} of {score.opened} pages replay ({score.looked_up} looked up); "
        f"{' and '.join(shares) or 'nothing to compare'} as it was; {score.missing} addresses missing, "
        f"{score.unseen} that only scripts ask for, {score.missed} missing as they were then; "
        f"{score.requests} requests, none left the archive{others}; {score.errors} script errors"
        f"{left and f'; {left}'}{waiting and f'; {waiting}'}"
    )
