"""``scrapy retire``: old WARC files moved to another disk, or deleted, without breaking what refers to them."""

from __future__ import annotations

import argparse
from pathlib import Path

from scrapy.exceptions import UsageError

from archive.errors import ArchiveError
from archive.retirement.originals import NAME as COPIES
from archive.retirement.plan import Plan
from newsbot.command_line.checked_command import QuietCommand, confirmed
from newsbot.command_line.option_values import day, path, this_user
from newsbot.configuration.sources import all_sources
from newsbot.health.exit_status import ExitStatus
from newsbot.locks.archive_lock import sole_lock
from newsbot.upkeep.retirement import Retirement


class Command(QuietCommand):
    usage = "--before DATE (--to FOLDER | --delete) [options]"
    summary = "Move old WARC files to another disk, or delete them"
    description = (
        "Moves the WARC files all of whose captures are older than DATE to FOLDER/warc, each compared with the "
        "manifest. A file stays if a later capture refers into it (a revisit); --keep-originals keeps copies of just "
        "those records instead. FOLDER can be checked and searched by itself (NEWSBOT_DATA=FOLDER): what its captures "
        "refer to here is copied along, and so are their article lines. The lines stay here, too; data/retired.jsonl "
        "says where each file went, and `scrapy verify`, `scrapy rebuildstate` and the crawls look there. No crawl may "
        "run meanwhile. Killed in the middle, the same call goes on. Exit status: 0 done, 1 done but for the files "
        "named, 2 usage, 3 a file could not be read or written, 75 a crawl is running."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--before", metavar="DATE", default="", help="2026-01-01, or a time in UTC: 2026-01-01T03:20")
        where = parser.add_mutually_exclusive_group()
        where.add_argument(
            "--to", metavar="FOLDER", type=path, help="where they go; such a folder may get more another time"
        )
        where.add_argument("--delete", action="store_true", help="delete them for good")
        add("--keep-originals", action="store_true", help="let files leave of which single records are needed here")
        add("--by", metavar="WHO", default=this_user(), help="who wants it, for the receipt (default: you)")
        add("--dry-run", action="store_true", help="say what would be done")
        add("--yes", action="store_true", help="do it without asking")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args or not opts.before or not (opts.to or opts.delete):
            raise UsageError("say --before with a date such as 2026-01-01, and --to FOLDER or --delete; no names")
        try:
            day(opts.before)
        except argparse.ArgumentTypeError as error:
            raise UsageError(f"say --before with a date: {error}") from error
        self.need_archive("retire")
        to: Path | None = opts.to
        data = self.data.resolve()
        if to and (to.resolve().is_relative_to(data) or data.is_relative_to(to.resolve())):
            raise UsageError(f"--to {to}: is, is in, or holds the data folder {data}")
        with self.errors_to_status(ArchiveError, OSError), sole_lock(self.data, all_sources(self.loader)):
            if to and (to / "warc").resolve() == Path(self.settings["ARCHIVE_DIR"]).resolve():
                raise UsageError(f"--to {to}: its warc is ARCHIVE_DIR, which the files should leave")
            self._retire(Retirement(self.settings, opts.before, to, keep_originals=opts.keep_originals), opts)

    def _retire(self, retirement: Retirement, opts: argparse.Namespace) -> None:
        plan = retirement.look()
        if not opts.dry_run:
            plan = retirement.without_damaged(plan)
        self._print_staying(retirement, plan)
        self.exitcode = ExitStatus.UNHEALTHY if retirement.damaged or plan.unindexed or plan.unread else ExitStatus.WELL
        question = "" if opts.dry_run or opts.yes or not plan.leaving else _question(plan, opts)
        if opts.dry_run or question:
            for name in plan.leaving:
                print(f"would leave: {name}", flush=True)
        if question and not confirmed(question):
            raise UsageError(f"nothing was done: say --yes, or answer yes. {question}")
        if plan.leaving and not opts.dry_run:
            with self.progress("retiring", len(plan.leaving)) as advance:
                for _ in retirement.carry_out(plan, opts.by):
                    advance(1)
        fate = "deleted" if opts.delete else f"moved to {opts.to}"
        copies = f"; copies of {len(plan.left_behind)} records kept" if plan.left_behind else ""
        words = "would be " if opts.dry_run else ""
        print(f"{len(plan.leaving)} WARC files {words}{fate}, {len(plan.staying)} stay for the sake of others{copies}")

    def _print_staying(self, retirement: Retirement, plan: Plan) -> None:
        """Name the files that stay, and why."""
        for name in retirement.damaged:
            self.complain(f"{name} stays: it is not what the manifest says, see `scrapy verify`")
        for name, reason in plan.unindexed.items():
            if name not in retirement.damaged:
                self.complain(f"{name} stays: the index does not have its captures ({reason})")
        for name, reason in sorted(plan.unread.items()):
            text = (
                f"cannot be read, and may refer to any file, so that all stay ({reason}): unpack it or put it elsewhere"
            )
            self.complain(f"{name} {text}")
        for name, others in sorted(plan.staying.items()):
            print(f"stays: {name}, to which captures in {len(others)} files refer, such as {min(others)}")


def _question(plan: Plan, opts: argparse.Namespace) -> str:
    """Return what has to be agreed to; empty if the order is harmless."""
    if opts.delete:
        return f"This deletes {len(plan.leaving)} WARC files for good."
    if plan.spans.keys() <= {*plan.leaving, COPIES}:
        return f"This moves all {len(plan.leaving)} WARC files of the archive to {opts.to}."
    return ""
