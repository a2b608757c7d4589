"""The base classes of all commands: checked settings and options, source look-up, progress, exit statuses."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from io import TextIOWrapper
from pathlib import Path
from typing import ClassVar, NoReturn
from urllib.parse import urlsplit

from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.exceptions import UsageError
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, Settings
from scrapy.spiderloader import SpiderLoaderProtocol, get_spider_loader
from scrapy.utils.conf import arglist_to_dict

from archive.processes import fork_from_here
from newsbot import __version__
from newsbot.command_line.help import HelpFormatter
from newsbot.command_line.option_values import whole_number
from newsbot.command_line.temporary_folder import use_own_temporary_folder
from newsbot.configuration.folders import Folders, holds_archive, no_such_file
from newsbot.configuration.given_settings import (
    close_matches,
    exposed_secrets,
    given_mistake,
    given_sources,
    known_settings,
    no_such_setting,
    no_such_source,
    origin,
    set_for_source,
)
from newsbot.configuration.setting_kinds import ConfigurationError
from newsbot.configuration.settings_table import mistakes
from newsbot.configuration.shared_settings import SharedSettings
from newsbot.configuration.sources import all_sources, mistaken_sources
from newsbot.health.console import one_line
from newsbot.health.exit_status import ExitStatus
from newsbot.locks.source_lock import LockedError, failure_status


class CheckedCommand(ScrapyCommand):
    """Stands before a command of Scrapy's or of ours, so that a mistake is found before anything is done.

    After `process_options`, all folders among the settings are absolute.
    """

    settings: Settings  # given by Scrapy's command line before anything is called
    crawler_process: AsyncCrawlerProcess

    #: Whether its temporary files go with it.
    is_tidy: ClassVar[bool] = False

    #: Whether its arguments are, or may be, files or folders. An empty one would be the current folder.
    takes_paths: ClassVar[bool] = False

    #: How it is called, without its name; what it does, in a line and in full. Where one is empty, Scrapy says it.
    usage: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    description: ClassVar[str] = ""

    def syntax(self) -> str:
        return self.usage or super().syntax()

    def short_desc(self) -> str:
        return self.summary or super().short_desc()

    def long_desc(self) -> str:
        return self.description or super().long_desc()

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        # Scrapy makes the parser, and no setting says how.
        parser.formatter_class = HelpFormatter
        parser.error = self._refuse_usage  # type: ignore[method-assign]
        super().add_options(parser)
        for action in parser._actions:
            if {"-o", "-O"} & {*action.option_strings}:
                action.help = argparse.SUPPRESS  # Scrapy's exports, which are refused

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        if isinstance(sys.stdout, TextIOWrapper) and sys.stdout.errors == "strict":
            sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal has Vietnamese letters
        if mistake := given_mistake():
            self.refuse(mistake)
        for arg in args:  # Scrapy would take it for a name
            if arg.startswith("-") and arg != "-":
                self.refuse(f"{arg}: there is no such option (-h lists them)")
            if self.takes_paths and not arg.strip():
                self.refuse(f"{self._name}: {arg!r} is empty: name a file or folder")
        settings = self.settings
        defaults = known_settings(settings)
        try:
            super().process_options(args, opts)
        except UsageError as error:
            self.refuse(str(error))
        except OSError as error:
            self.refuse(f"--pidfile {opts.pidfile}: {error.strerror}")
        for name in arglist_to_dict(opts.set):
            if name not in defaults:
                if close_matches(name, defaults):
                    self.refuse(f"-s {no_such_setting(name, defaults)}")
                self.warn(f"-s {name}: no part of newsbot or Scrapy reads it")
        if opts.logfile:  # a file on the command line is meant from where one stands, a setting is not
            try:
                file = Path(opts.logfile).expanduser().absolute()
            except RuntimeError:
                self.refuse(f"--logfile {opts.logfile}: there is no such user")
            settings.set("LOG_FILE", str(file), "cmdline")
        if (exposed := exposed_secrets()) and not settings.getint("PARENT_PROCESS"):  # said by the parent
            self.warn(exposed)
        self.has_contact = complete_user_agent(settings)
        if wrong := list(mistakes(settings, defaults)):
            self.refuse(*(line + origin(line, settings) for line in wrong))
        for source, where in given_sources():
            set_for_source(own := settings.copy(), source)
            if wrong := list(mistakes(own, defaults)):
                self.refuse(*(f"{line} ({where})" for line in wrong))
        try:
            Folders().update_settings(settings)
        except ConfigurationError as error:
            self.refuse(f"{error}{origin(str(error), settings)}")
        if self.is_tidy:
            use_own_temporary_folder()

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run a command of Scrapy's; where it would only print its help, say in one line how it is called."""
        try:
            super().run(args, opts)  # type: ignore[safe-super]  # comes before such a command in its class
        except UsageError as error:
            self.refuse(str(error) or f"say it so: scrapy {self._name} {self.syntax()}")

    @property
    def _name(self) -> str:
        return type(self).__module__.rpartition(".")[2]

    @property
    def data(self) -> Path:
        """The data folder."""
        return Path(self.settings["DATA_DIR"])

    @cached_property
    def loader(self) -> SpiderLoaderProtocol:
        """Scrapy's loader of all sources."""
        return get_spider_loader(self.settings)

    def check_address(self, url: str) -> None:
        """Refuse what cannot be an address, with or without its scheme."""
        try:
            url.encode()
            parts = urlsplit(url if "//" in url else f"//{url}")
            if not parts.hostname or parts.port == 0 or any(map(str.isspace, url)):
                raise ValueError(url)
        except ValueError:
            self.refuse(f"{one_line(url)!r} is no address such as https://baosonla.vn/")

    def check_source(self, option: str, name: str) -> None:
        """Refuse a name that no source has, or one that cannot be loaded."""
        if wrong := self._lacking(name):
            self.refuse(f"{option}: {wrong}")

    def _lacking(self, name: str) -> str:
        """Return why a source is not to be had; empty if it is."""
        if name in self.loader.list():
            return ""
        if mistake := mistaken_sources(self.loader, [name]).get(name):
            return f"{name}: {mistake}"
        return no_such_source(name, all_sources(self.loader))

    def warn(self, line: str) -> None:
        """Say what will probably not be meant."""
        print(f"newsbot: warning: {one_line(line)}", file=sys.stderr)

    def say_mistakes(self, names: Iterable[str] = ()) -> int:
        """Name the sources that cannot be loaded, of some names or any; returns the exit status for that, 2, or 0."""
        mistakes = mistaken_sources(self.loader, names)
        for name, line in mistakes.items():
            print(f"newsbot: {name}: {one_line(line)}", file=sys.stderr)
        return ExitStatus.CONFIGURATION if mistakes else ExitStatus.WELL

    def need_data(self, command: str) -> None:
        """Refuse to read a data folder that is not there, which is a mistyped one."""
        if not self.data.is_dir():
            self.refuse(f"{command}: there is no data folder {self.data}")

    def need_archive(self, command: str) -> None:
        """Refuse to read a data folder without an archive: the wrong one, or a disk that is not mounted."""
        self.need_data(command)
        if not holds_archive(self.settings):
            self.refuse(f"{command}: nothing is archived in the data folder {self.data}")

    def refuse(self, *lines: str) -> NoReturn:
        """End with the status for a wrong order."""
        for line in lines:
            print(f"newsbot: {one_line(line)}", file=sys.stderr)
        raise SystemExit(int(ExitStatus.CONFIGURATION))

    def _refuse_usage(self, message: str) -> NoReturn:
        if message.startswith("argument "):
            self.refuse(message.removeprefix("argument "))
        self.refuse(f"{self._name}: {message}")


def complete_user_agent(settings: BaseSettings) -> bool:
    """Say honestly who asks: newsbot, its version and how to reach its operator; a given USER_AGENT stays.

    Returns whether the user agent can name somebody: there is a CONTACT, or the operator gave a USER_AGENT.
    """
    if settings.getpriority("USER_AGENT") != 0:
        return True
    name = f"newsbot/{__version__}"
    contact = settings["CONTACT"]
    settings.set("USER_AGENT", f"{name} (+{contact})" if contact else name, "project")
    return bool(contact)


def confirmed(question: str) -> bool:
    """Ask whoever sits at the terminal; where nobody does, the answer is no."""
    if not sys.stdin.isatty():
        return False
    try:
        return input(f"{question} Go on (yes/no)? ").strip().lower() == "yes"
    except EOFError:
        return False


class QuietCommand(CheckedCommand):
    """A command of ours, which prints what it has done and names in one line what it could not do.

    It logs nothing below ``log_level``, unless a level is asked for on the command line.
    """

    requires_project = True
    is_tidy = True
    log_level: ClassVar[str] = "WARNING"
    _shares_work = False

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        if (self.settings.getpriority("LOG_LEVEL") or 0) < SETTINGS_PRIORITIES["cmdline"]:
            self.settings.set("LOG_LEVEL", self.log_level, "cmdline")
        if self._shares_work and (opts.jobs or len(os.sched_getaffinity(0))) > 1:
            list(self.loader.list())  # the processes need all spiders, and have those that are imported now
            fork_from_here()

    def add_jobs(self, parser: argparse.ArgumentParser) -> None:
        """Add the option that says how many processes to use; none is given by default."""
        self._shares_work = True
        parser.add_argument(
            "--jobs", type=whole_number(), metavar="N", help="processes (default: cores, fewer for little to read)"
        )

    def complain(self, text: object) -> None:
        """Name what went wrong, in one line on standard error."""
        print(f"{self._name}: {one_line(text)}", file=sys.stderr, flush=True)

    @contextmanager
    def errors_to_status(self, *kinds: type[Exception]) -> Iterator[None]:
        """Let an error end the command with its message and status: 75 for a lock that is held, else 3.

        :param kinds: errors of the archive and of the disk.
        """
        caught: tuple[type[Exception], ...] = (LockedError, *kinds)
        try:
            yield
        except caught as error:
            self.complain(error)
            self.exitcode = failure_status(error)

    @contextmanager
    def progress(self, doing: str, total: int) -> Iterator[Callable[[int], None]]:
        """Show on a terminal how far it is, how fast and how long yet; yields what is called with each part done.

        :param total: in bytes, as the parts.
        """
        from rich.console import Console  # most commands show no progress
        from rich.progress import Progress, TransferSpeedColumn

        console = Console(stderr=True)
        columns = *Progress.get_default_columns(), TransferSpeedColumn()
        is_shown = console.is_terminal
        with Progress(*columns, console=console, disable=not is_shown, redirect_stdout=sys.stdout.isatty()) as shown:
            task = shown.add_task(doing, total=total)
            yield lambda part: shown.advance(task, part)

    def existing_files(self, names: Iterable[str]) -> list[Path]:
        """Return the files of these names, each once, whatever it is called.

        :raises UsageError: if one is not there, or is a folder.
        """
        files = [Path(name) for name in names]
        if missing := [path for path in files if not path.is_file()]:
            raise UsageError(no_such_file(*missing))
        once: dict[Path, Path] = {}
        for path in files:
            once.setdefault(path.resolve(), path)
        return list(once.values())

    def known_sources(self, wanted: Iterable[str] = ()) -> list[str]:
        """Return the names of all sources that can be loaded.

        :raises UsageError: if a wanted one is none of them.
        """
        if wrong := [why for name in sorted({*wanted}) if (why := self._lacking(name))]:
            raise UsageError(wrong[0])
        return sorted(self.loader.list())

    def crawlers(self, names: Iterable[str]) -> list[Crawler]:
        """Return a crawler for each of these sources, to read its pages with."""
        settings = SharedSettings.of(self.settings)
        return [Crawler(self.loader.load(name), settings) for name in names]


def size_of(files: Iterable[Path]) -> int:
    """Return the size of files in bytes."""
    return sum(path.stat().st_size for path in files)
