"""Scrapy's ``scrapy startproject``."""

from __future__ import annotations

from scrapy.commands import startproject

from newsbot.command_line.checked_command import CheckedCommand


class Command(CheckedCommand, startproject.Command):
    """Makes another project."""
