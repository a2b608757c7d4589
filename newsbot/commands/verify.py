"""``scrapy verify``: whether the archive can be trusted."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from time import monotonic

from scrapy.exceptions import UsageError

from archive.errors import ArchiveError
from archive.files.manifest import file_digest
from archive.verify.acknowledged import NAME, Acknowledged, can_be_signed_off, concerns, is_of_acknowledgements
from archive.verify.rules import Finding
from newsbot.chaining.archive_chain import ArchiveChain
from newsbot.command_line.checked_command import QuietCommand
from newsbot.command_line.option_values import hash_in_hex
from newsbot.configuration.folders import collection
from newsbot.health.console import printable_json
from newsbot.health.exit_status import ExitStatus
from newsbot.health.telling.outcome import tell_of_faults
from newsbot.replaying.verification import Check
from newsbot.replaying.workers import sensible_jobs
from newsbot.upkeep.known_names import is_known


class Command(QuietCommand):
    #: What spiders log while lines are read again is no finding.
    log_level = "CRITICAL"

    takes_paths = True
    usage = "[options] [FILE…]"
    summary = "Check WARC files, index and article lines for damage, rule by rule"
    description = (
        "Checks archive files of any origin and files of article lines (.jsonl); without a name everything in the data "
        "folder, with index and manifest. Prints a line for each file and rule: file, offset, rule, message of the "
        "first finding, and how many there are; docs/archive/verify.md explains the rules. Faults that cannot be "
        "undone can be signed off: all that the check of the data folder finds in FILE, or in what refers to it, is a "
        "note from then on. Exit status: 0 no faults, 1 faults, 2 usage, 3 not all could be checked, or a fault not be "
        "signed off. Notes do not count."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--json", action="store_true", help="print one JSON object instead of lines")
        add("--all", action="store_true", help="print a line for each finding")
        add("--acknowledge", metavar="FILE", action="append", default=[], help="sign the faults of a file off")
        add("--tell", action="store_true", help="send faults to NOTIFY_URLS, too: for cron")
        root = "the chain must hold this root, noted elsewhere: a rolled-back archive has not"
        add("--expect-root", metavar="ROOT", type=hash_in_hex, help=root)
        add("--expect-key", metavar="KEY", type=hash_in_hex, help="the chain must be signed by this key")
        add("--by", metavar="NAME", default="", help="who signs off")
        add("--reason", metavar="TEXT", default="", help="why")
        self.add_jobs(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if opts.acknowledge and not (opts.by.strip() and opts.reason.strip() and not args):
            raise UsageError("--acknowledge FILE needs --by and --reason, and checks the whole data folder")
        if args and (opts.expect_root or opts.expect_key):
            raise UsageError("--expect-root and --expect-key are for the whole data folder: name no file")
        files = self.existing_files(args)
        if not files:
            self.need_archive("verify")
        names = sorted({Path(given).name for given in opts.acknowledge})
        if unknown := [name for name in names if not is_known(name, self.settings)]:
            raise UsageError(f"--acknowledge: no file is called {', '.join(map(repr, unknown))}, nor was one")
        check = Check.of_files(self.settings, files) if files else Check.of_folder(self.settings)
        check.expected_root, check.expected_key = opts.expect_root or "", opts.expect_key or ""
        started = monotonic()
        findings: list[Finding] = []
        failed = self._find(check, findings, opts)
        if opts.json:
            print(_json(findings, check))
        else:
            if not opts.all:
                _print_first(findings)
            _print_summary(findings, check, monotonic() - started, is_whole=not failed)
        faults = [finding for finding in findings if not finding.is_note]
        if opts.tell:
            for wrong in tell_of_faults("verify", [_shown(fault) for fault in faults], self.settings):
                self.warn(wrong)
        status = 1 if check.totals.faults else 0
        if failed:
            self.complain(f"{failed}: not all was checked")
            status = ExitStatus.NOT_ARCHIVED
        elif opts.acknowledge:
            status = self._acknowledge(faults, names, opts)
        self.exitcode = self.say_mistakes() or status

    def _find(self, check: Check, findings: list[Finding], opts: argparse.Namespace) -> str:
        """Add what is found to a list; returns what ended the check too early, if anything did."""
        size = check.size
        jobs = opts.jobs or sensible_jobs(size)
        with self.progress("verifying", size) as advance:
            check.tell = self.complain
            try:
                for finding in check.findings(jobs, advance):
                    findings.append(finding)
                    if opts.all and not opts.json:
                        print(_shown(finding), flush=True)
            except ArchiveError as error:
                return str(error)
        return ""

    def _acknowledge(self, faults: list[Finding], names: list[str], opts: argparse.Namespace) -> int:
        signable = [fault for fault in faults if can_be_signed_off(fault) or is_of_acknowledgements(fault)]
        wanted = [fault for fault in signable if any(concerns(fault, name) for name in names)]
        for name in names:
            if not any(concerns(fault, name) for fault in wanted):
                self.complain(f"no fault is of {name}: nothing to sign off")
        try:
            if wanted:
                signed_off = Acknowledged(collection(self.settings).folder)
                # What somebody else has written into it is not signed unseen.
                is_known = signed_off.path.exists() and NAME not in names
                found = {signed_off.path: file_digest(signed_off.path)} if is_known else {}
                signed_off.add(wanted, opts.by, opts.reason)
                chain = ArchiveChain(self.settings)
                chain.enter_change("acknowledged", [signed_off.path], found=found, by=opts.by, why=opts.reason)
        except ArchiveError as error:
            self.complain(error)
            return ExitStatus.NOT_ARCHIVED
        self.complain(f"{len(wanted)} faults signed off, {len(faults) - len(wanted)} left")
        return int(len(faults) > len(wanted))


def _shown(finding: Finding, count: int = 1) -> str:
    times = f" ({count} times)" if count > 1 else ""
    return f"{finding}{times}{' (note)' if finding.is_note else ''}"


def _print_first(findings: list[Finding]) -> None:
    """Print the first finding of each file and rule, and how many there are."""
    counts = Counter((finding.file, finding.rule) for finding in findings)
    files = {finding.file: number for number, finding in enumerate(reversed(findings))}
    first = {(finding.file, finding.rule): finding for finding in reversed(findings)}
    for key, finding in sorted(first.items(), key=lambda item: (-files[item[0][0]], item[1].offset)):
        print(_shown(finding, counts[key]))


def _json(findings: list[Finding], check: Check) -> str:
    report = {**asdict(check.totals), "findings": [finding.as_json() for finding in findings]}
    return printable_json(report)


def _print_summary(findings: list[Finding], check: Check, seconds: float, *, is_whole: bool) -> None:
    totals = check.totals
    found = f"{totals.faults or 'no'} faults, {totals.notes or 'no'} notes"
    if not is_whole:
        found = f"{found}, and not all was checked" if totals.faults else "not all was checked"
    print(
        f"{totals.files} WARC files with {totals.records} records, {totals.line_files} files of lines: "
        f"{found} ({totals.content / 1e6:.0f} MB of records in {seconds:.1f} s)"
    )
    if totals.chain_entries:
        print(f"chain: {totals.chain_entries} entries, root {totals.chain_root}")
    for rule, count in Counter(finding.rule for finding in findings).most_common():
        print(f"{count:8} {rule}")
