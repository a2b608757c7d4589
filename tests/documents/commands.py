"""The command line as it is: what each command says of itself, and the parser that reads its options."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, NamedTuple

from scrapy.cmdline import ScrapyArgumentParser
from scrapy.utils.project import get_project_settings

from newsbot import commands
from newsbot.command_line.checked_command import CheckedCommand
from newsbot.command_line.help import HelpFormatter, paragraphs

#: The heading under which Scrapy puts what all its commands take.
_GLOBAL: Final = "Global Options"


class Option(NamedTuple):
    """An option as help shows it."""

    names: str
    help: str


class Described(NamedTuple):
    """What a command says of itself."""

    name: str
    usage: str
    paragraphs: list[str]
    #: The statuses it may end with, each with its meaning; an empty one is as usual.
    statuses: list[tuple[str, str]]
    options: list[Option]


class _Collector(HelpFormatter):
    """Takes down what a parser's help would say, instead of laying it out."""

    collected: list[tuple[str, argparse.Action]] = []  # of the parser that is being read

    def start_section(self, heading: str | None) -> None:
        self._heading = heading or ""
        super().start_section(heading)

    def add_arguments(self, actions: Iterable[argparse.Action]) -> None:
        self.collected += [(self._heading, action) for action in actions]
        super().add_arguments(actions)


def command(name: str) -> CheckedCommand:
    """Return one of Scrapy's commands as this project has it."""
    found: CheckedCommand = import_module(f"newsbot.commands.{name}").Command()
    found.settings = get_project_settings()
    return found


@cache
def command_names() -> tuple[str, ...]:
    return tuple(module.name for module in iter_modules(commands.__path__))


def parser(name: str) -> argparse.ArgumentParser:
    """Return the parser of a command's options."""
    found = ScrapyArgumentParser(prog=f"scrapy {name}", conflict_handler="resolve")
    command(name).add_options(found)
    return found


def own_commands() -> Iterator[Described]:
    """Yield the commands that say in this project what they do."""
    for name in command_names():
        found = command(name)
        if not found.description:
            continue
        *said, last = paragraphs(found.long_desc())
        heading, _, lines = last.partition("\n")
        statuses = [_status(line) for line in lines.splitlines()] if heading == "exit status:" else []
        yield Described(
            name, found.syntax(), said if statuses else [*said, last], statuses, list(_options(parser(name)))
        )


def scrapy_commands() -> Iterator[tuple[str, str]]:
    """Yield the other commands, which are Scrapy's, and what each does."""
    own = {each.name for each in own_commands()}
    return ((name, command(name).short_desc()) for name in command_names() if name not in own)


def _status(line: str) -> tuple[str, str]:
    number, _, meaning = line.strip().partition(" ")
    return number, meaning.strip()


def _options(of: argparse.ArgumentParser) -> Iterator[Option]:
    """Yield the options that are the command's own."""
    of.formatter_class = _Collector
    _Collector.collected = []
    of.format_help()
    for heading, action in _Collector.collected:
        hidden = action.help == argparse.SUPPRESS or action.dest == "help"
        if action.option_strings and heading != _GLOBAL and not hidden:
            values = f" {action.metavar or action.dest.upper()}" if action.nargs != 0 else ""
            help_text = (action.help or "") % vars(action) if "%(" in (action.help or "") else action.help or ""
            yield Option(f"{', '.join(action.option_strings)}{values}", help_text)
