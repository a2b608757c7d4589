"""``scrapy settings``: a setting's effective value, add-ons and a source's own settings included."""

from __future__ import annotations

import argparse

from scrapy.commands import settings as scrapy_settings
from scrapy.utils.conf import build_component_list
from scrapy.utils.misc import load_object

from newsbot.command_line.checked_command import CheckedCommand
from newsbot.configuration.given_settings import no_such_setting, set_for_source

_GETTERS = ("get", "getbool", "getint", "getfloat", "getlist")


class Command(CheckedCommand, scrapy_settings.Command):
    summary = "Print a setting as a crawl would have it"
    description = (
        "Prints what counts when environment, newsbot.toml, command line and add-ons have had their say; with "
        "--source, for this source. Exit status: 0 printed, 2 usage."
    )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--source", metavar="NAME", help="as the crawls of this source have it")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        settings = self.settings
        if opts.source:
            self.check_source("--source", opts.source)
            set_for_source(settings, opts.source)
        for addon in build_component_list(settings["ADDONS"]):
            load_object(addon)().update_settings(settings)
        asked = [name for getter in _GETTERS if (name := getattr(opts, getter))]
        if args or len(asked) != 1:
            self.refuse("name one setting: scrapy settings --get DOWNLOAD_DELAY")
        if asked[0] not in settings:
            self.refuse(no_such_setting(asked[0], settings))
        try:
            super().run(args, opts)
        except (ValueError, TypeError) as error:
            self.refuse(f"{asked[0]}: cannot be read so: {error}")
