"""Scrapy's ``scrapy check``, past the archive."""

from __future__ import annotations

from scrapy.commands import check

from newsbot.command_line.looking_command import LookingCommand


class Command(LookingCommand, check.Command):
    """Runs the contracts of spiders."""
