"""Commands whose output is their result."""

from __future__ import annotations

import argparse
from typing import ClassVar

from scrapy.settings import SETTINGS_PRIORITIES

from newsbot.command_line.checked_command import CheckedCommand


class QuietCommand(CheckedCommand):
    """A command that logs nothing below ``log_level``, unless a level is asked for on the command line."""

    requires_project = True
    log_level: ClassVar[str] = "WARNING"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        if (self.settings.getpriority("LOG_LEVEL") or 0) < SETTINGS_PRIORITIES["cmdline"]:
            self.settings.set("LOG_LEVEL", self.log_level, "cmdline")
