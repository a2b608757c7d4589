"""Scrapy's ``scrapy bench``, past the archive."""

from __future__ import annotations

from scrapy.commands import bench

from newsbot.running.looking_command import LookingCommand


class Command(LookingCommand, bench.Command):
    """Measures Scrapy on this machine."""
