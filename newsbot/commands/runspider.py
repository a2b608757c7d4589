"""Scrapy's ``scrapy runspider``, past the archive."""

from __future__ import annotations

from scrapy.commands import runspider

from newsbot.running.looking_command import LookingCommand


class Command(LookingCommand, runspider.Command):
    """Runs a spider that is no source."""
