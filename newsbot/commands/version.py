"""Scrapy's ``scrapy version``."""

from __future__ import annotations

from scrapy.commands import version

from newsbot.command_line.checked_command import CheckedCommand


class Command(CheckedCommand, version.Command):
    """Prints Scrapy's version."""
