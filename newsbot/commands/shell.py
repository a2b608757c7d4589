"""Scrapy's ``scrapy shell``, past the archive."""

from __future__ import annotations

from scrapy.commands import shell

from newsbot.command_line.looking_command import LookingCommand


class Command(LookingCommand, shell.Command):
    """Tries selectors on what a site answers."""
