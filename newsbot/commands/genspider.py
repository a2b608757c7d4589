"""``scrapy genspider``: begins a source, on a known family of sites where it is on one."""

from __future__ import annotations

import argparse
import re
from importlib import import_module
from pathlib import Path
from typing import Final

from archive.errors import ArchiveError
from newsbot.cms.detection import families
from newsbot.command_line.option_values import province
from newsbot.command_line.page_command import PageCommand
from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.health.console import one_line
from newsbot.inspecting.detecting import detect_site
from newsbot.inspecting.draft import Draft, draft, name_of
from newsbot.inspecting.looking import NothingToLookAtError
from newsbot.items import SOURCE_NAME
from newsbot.spider import NewsSpider

_DOMAIN: Final = re.compile(r"(?:https?://)?((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*)/?")


class Command(PageCommand):
    usage = "[options] [NAME DOMAIN]"
    summary = "Begin a new source: spiders/NAME.py"
    description = (
        "Writes spiders/NAME.py: a whole source, if its site is on a family that -t names (--list shows them all) or "
        "--detect finds. --detect looks at the site's front page, or at a page in a file, says which signs of which "
        "family it has, and takes the paper's name, feeds, sitemaps and sections from it. NAME is the domain without "
        "its dots and ending, baosonla for baosonla.vn; with --detect both may be left out. "
        "docs/contribute/add-a-source.md explains the rest. Exit status: 0 written, 1 not written, 2 usage."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("-l", "--list", action="store_true", help="list the families")
        parser.add_argument("--force", action="store_true", help="write over a source that is there")
        parser.add_argument("-t", "--family", metavar="FAMILY", help="the family of sites that it belongs to")
        parser.add_argument("--detect", metavar="PAGE", help="a URL, an HTML file or a WARC file to guess from")
        parser.add_argument("--province", type=province, help="as the paper prints it (default: guessed from its name)")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        known = families()
        if opts.list:
            for each, cls in known.items():
                print(f"{each}: {cls.system}")
            return
        if opts.family is not None and opts.family not in known:
            self.refuse(f"-t {opts.family}: there is no such family; known: {', '.join(known)}")
        if len(args) != 2 and not (opts.detect and not args):
            self.refuse("say the name and the domain of the source: scrapy genspider baosonla baosonla.vn")
        if args:
            self._check_names(*args)
        try:
            seen = detect_site(self.look(opts.detect, opts.url or "")) if opts.detect else None
        except (NothingToLookAtError, ArchiveError) as error:
            self.fail(str(error))
            return
        if seen and not seen.has_links:
            self.fail(f"{opts.detect}: has no link: it is no page of a site, or scripts make all of it")
            return
        domain = args[1].partition("://")[2] or args[1] if args else seen.host if seen else ""
        domain = domain.rstrip("/")
        name = args[0] if args else name_of(domain)
        self._check_names(name, domain)
        if seen:
            for line in seen.said():
                print(one_line(line))
        family = opts.family or (seen.family if seen else "")
        self._write(
            draft(name, domain, family, province=opts.province, facts=seen.facts(domain) if seen else None), opts
        )

    def _check_names(self, name: str, domain: str) -> None:
        if not SOURCE_NAME.fullmatch(name):
            self.refuse(f"{name!r} is no name for a source: small letters, digits and _, a letter first")
        if not _DOMAIN.fullmatch(domain):
            self.refuse(f"{domain!r} is no domain such as baosonla.vn")

    def _write(self, source: Draft, opts: argparse.Namespace) -> None:
        file = Path(import_module(self.settings["NEWSPIDER_MODULE"]).__path__[0], f"{source.name}.py")
        others = [self.loader.load(each) for each in self.loader.list() if each != source.name]
        taken = [
            each.name for each in others if issubclass(each, NewsSpider) and source.hosts[0] in each.allowed_domains
        ]
        if taken and not opts.force:
            self.fail(f"{source.hosts[0]} is a host of {taken[0]} (--force writes another source all the same)")
            return
        if file.exists() and not opts.force:
            self.fail(f"{file} exists (--force writes over it)")
            return
        try:
            source.spider()
        except ConfigurationError as error:
            self.fail(f"no source can be made of it: {error}")
            return
        file.write_text(source.module(), encoding="utf-8")
        for line in source.said():
            print(line)
        print(f"{file}: written. Look at it, then at what it reads: scrapy inspect https://{source.hosts[0]}/")
