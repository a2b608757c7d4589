"""Scrapy's ``scrapy edit``."""

from __future__ import annotations

from scrapy.commands import edit

from newsbot.command_line.checked_command import CheckedCommand


class Command(CheckedCommand, edit.Command):
    """Opens a spider's file in EDITOR."""
