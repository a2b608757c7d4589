"""Scrapy's ``scrapy fetch``, past the archive."""

from __future__ import annotations

from newsbot.command_line.looking_command import FetchingCommand


class Command(FetchingCommand):
    """Prints what a site answers."""
