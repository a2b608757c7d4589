"""``scrapy prove``: whether one article line can be trusted, and why."""

from __future__ import annotations

import argparse
from pathlib import Path

from scrapy.exceptions import UsageError

from archive.errors import ArchiveError
from newsbot.command_line.checked_command import QuietCommand
from newsbot.command_line.option_values import hash_in_hex, path, whole_number
from newsbot.command_line.output_files import check_output
from newsbot.health.console import printable_json
from newsbot.proving.bundle import Bundle
from newsbot.proving.bundle_check import NoBundleError, check_bundle
from newsbot.proving.finding import NoLineError, OrderError, Wanted, find
from newsbot.proving.proof import Proof, Prover
from newsbot.proving.shown import as_json, lines
from newsbot.spider import NewsSpider


class Command(QuietCommand):
    requires_crawler_process = False
    #: What spiders log while a page is read again is no part of the proof.
    log_level = "CRITICAL"

    takes_paths = True
    usage = "[options] ID | URL | FILE:NUMBER | LINE | PACKAGE"
    summary = "Prove one article line: signed chain, record, and every field read again"
    description = (
        "Names an article by its id or address, or a line by its file and number, or by what it says (JSON). "
        "Checks the signed chain and what it says of the line's file and of its record's, the record's digests and "
        "HTTP framing, its index line, and the receipts of what was changed; reads the record again and compares "
        "field by field, naming selector or metadata and the text that each stood in; and holds version, change "
        "and duplicate against the other lines. An article that is gone is proven by the capture that says so. "
        "--bundle writes what is needed for it into a package, a WACZ file, which can be checked anywhere: "
        "PACKAGE. Exit status: 0 proven, 1 not, or there is no such line, 2 usage."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        add = parser.add_argument
        add("--version", metavar="N", type=whole_number(), help="this version of the article (default: the latest)")
        add("--json", action="store_true", help="print one JSON object instead of lines")
        bundle = "also write a package with line, record, what the page needs, and proof; prove FILE checks it"
        add("--bundle", metavar="FILE", type=path, help=bundle)
        add("--force", action="store_true", help="replace that file")
        add("--whole", action="store_true", help="read a WARC file of over 256 MB to its end, for its digest")
        add("--expect-root", metavar="ROOT", type=hash_in_hex, help="the chain must hold this root, noted elsewhere")
        add("--expect-key", metavar="KEY", type=hash_in_hex, help="the chain must be signed by this key")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one article or line: ID, URL, FILE:NUMBER, the line itself, or a package")
        if args[0].endswith(".wacz"):
            self._check(self.existing_files(args)[0], opts)
            return
        self.need_archive("prove")
        if opts.bundle:
            check_output(opts.bundle, self.settings, force=opts.force)
        expected = {"root": opts.expect_root or "", "key": opts.expect_key or ""}
        prover = Prover(self.settings, whole=opts.whole, **expected)
        try:
            wanted = find(args[0], opts.version, self.data / "articles", self._ids)
            proof = prover.prove(wanted)
            self._show(proof, opts)
            if opts.bundle:
                self._pack(proof, wanted, opts.bundle)
        except OrderError as error:
            raise UsageError(str(error)) from error
        except (NoLineError, ArchiveError) as error:
            self.complain(error)
            self.exitcode = 1

    def _check(self, bundle: Path, opts: argparse.Namespace) -> None:
        """Check a package that was made here or elsewhere."""
        if opts.bundle or opts.version or opts.expect_root:
            raise UsageError(f"{bundle} is a package: --bundle, --version and --expect-root are for an archive")
        try:
            self._show(check_bundle(bundle, self.settings, key=opts.expect_key or ""), opts)
        except NoBundleError as error:
            self.complain(error)
            self.exitcode = 1

    def _show(self, proof: Proof, opts: argparse.Namespace) -> None:
        if opts.json:
            print(printable_json(as_json(proof)))
        else:
            for line in lines(proof):
                print(line)
        self.exitcode = 0 if proof.is_proven else 1

    def _pack(self, proof: Proof, wanted: Wanted, output: Path) -> None:
        """Write the package; one of a line that is not proven says so, and holds what there is of it."""
        source = str(wanted.line.content.get("source"))
        spider = self.loader.load(source) if source in self.loader.list() else None
        known = spider if spider and issubclass(spider, NewsSpider) else None
        try:
            problems = Bundle(self.settings, proof, wanted).write(output, known)
        except ArchiveError as error:
            self.complain(f"no package: {error}")
            self.exitcode = 1
            return
        for problem in problems:
            self.complain(problem)
        self.complain(f"{output}: {output.stat().st_size} bytes; `scrapy prove {output}` checks it")

    def _ids(self, url: str) -> list[str]:
        """Return the ids that an address has."""
        self.check_address(url)
        loaded = map(self.loader.load, self.loader.list())
        spiders = [spider for spider in loaded if issubclass(spider, NewsSpider)]
        return [found for spider in spiders if (found := spider.whole_article_id(url))]
