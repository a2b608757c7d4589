"""Scrapy's ``scrapy view``, past the archive."""

from __future__ import annotations

from scrapy.commands import view

from newsbot.command_line.looking_command import FetchingCommand


class Command(FetchingCommand, view.Command):
    """Opens what a site answers in a browser."""
