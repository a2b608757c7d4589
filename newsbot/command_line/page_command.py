"""The base of commands that look at one page: from its site, from an HTML file or from a WARC file."""

from __future__ import annotations

import argparse
from pathlib import Path

from newsbot.command_line.looking_command import LookingCommand
from newsbot.configuration.folders import no_such_file
from newsbot.inspecting.looking import Look, look_at_file, look_at_site


class PageCommand(LookingCommand):
    """Looks at a page that may be named in three ways; nothing of it is kept."""

    requires_project = True
    takes_paths = True

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", help="the address of the page in an HTML file, if it does not say its own")

    def look(self, page: str, url: str) -> Look:
        """Return the page.

        :param page: a URL; an HTML file; a WARC file, with a colon and an offset or URL behind it if it has several.
        :param url: the address of the page in an HTML file.
        :raises NothingToLookAtError: if there is none.
        :raises ArchiveError: if the file cannot be read.
        """
        path, wanted = page, ""
        if not Path(page).is_file() and ":" in page:
            path, _, wanted = page.partition(":")
        if Path(path).is_file():
            if url or ("://" in wanted):
                self.check_page(url or wanted)
            return look_at_file(Path(path), url or wanted, self.settings)
        if Path(page).is_dir():
            self.refuse(no_such_file(Path(page)))
        if "://" not in page:
            self.refuse(f"{page}: there is no such file, and https:// is missing for an address")
        self.check_page(page)
        if not self.has_contact and not self.settings.getlist("CONNECT_TO"):
            self.warn("CONTACT is empty: a site that has a complaint cannot reach you (set NEWSBOT_CONTACT)")
        return look_at_site(page, self.crawler_process)
