"""The kinds of settings: how a value is read, which form it has, and within which bounds it must lie."""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from archive.crawling.connect_to import ConnectTo
from archive.errors import ArchiveError
from archive.writing.writer import sync_seconds

#: A century: nothing is kept for longer.
MOST_DAYS: Final = 36_500
#: How a site can reach the operator: a page or an address.
_CONTACT: Final = re.compile(r"(?=.*[.@]|https?:)(https?://|mailto:)?[^\s()<>@]+(@[^\s()<>@]+)?")
_GAP: Final = re.compile(r"([0-9]{1,5}) ?([hd])", re.ASCII)


class ConfigurationError(Exception):
    """The command line or a setting is wrong; the message is one line and names it."""


@dataclass(frozen=True)
class Kind:
    """Any value but a table; the base of the other kinds.

    :param out_of_bounds: returns what is wrong with a value that has the form; empty if nothing is.
    """

    out_of_bounds: Callable[[Any], str] = lambda _: ""
    #: Whether who knows the value can speak as newsbot.
    is_secret: bool = False

    expected = "a text, a number, true, false or a list"

    def read(self, text: str) -> Any:
        """Return the value that a text means.

        :raises ValueError: if the text has not the form.
        """
        return text

    def fits(self, value: object) -> bool:
        """Return whether a value of newsbot.toml has the form."""
        return not isinstance(value, Mapping)

    def mistake(self, value: object) -> str:
        """Return what is wrong with a value; empty if nothing is. Only a text can lack the form: the rest was read."""
        if isinstance(value, str):
            try:
                value = self.read(value)
            except ValueError:
                return f"{value!r} is not {self.expected}"
        return self.out_of_bounds(value)


class Switch(Kind):
    expected = "True or False"

    def read(self, text: str) -> bool:
        if text not in ("True", "true", "1", "False", "false", "0"):
            raise ValueError(text)
        return text in ("True", "true", "1")

    def fits(self, value: object) -> bool:
        return str(value) in ("True", "1", "False", "0", "true", "false")


@dataclass(frozen=True)
class Number(Kind):
    """A finite number, from 0 unless it is signed.

    >>> NUMBER.read("0.5"), NUMBER.mistake("soon"), NUMBER.mistake("-1"), WHOLE.mistake("2.5")
    (0.5, "'soon' is not a number from 0", "'-1' is not a number from 0", "'2.5' is not a whole number from 0")
    >>> NUMBER.fits(2.5), NUMBER.fits(True), NUMBER.fits("nan"), SHARE.mistake(7)
    (True, False, False, '7 is not a share from 0 to 1')
    """

    is_whole: bool = False
    is_signed: bool = False

    @property
    def expected(self) -> str:  # type: ignore[override]
        return f"a{' whole' if self.is_whole else ''} number{'' if self.is_signed else ' from 0'}"

    def read(self, text: str) -> int | float:
        try:
            number: int | float = int(text)
        except ValueError:
            number = math.nan if self.is_whole else float(text)
        if not math.isfinite(number) or (number < 0 and not self.is_signed):
            raise ValueError(text)
        return number

    def fits(self, value: object) -> bool:
        try:
            return isinstance(value, str | int | float) and self.read(str(value)) is not None
        except ValueError:
            return False


@dataclass(frozen=True)
class Text(Kind):
    """A text; ``or_number``: newsbot.toml may also give it as a number.

    >>> TEXT.fits(5), SYNC.fits(5), CONTACT.mistake("desk@example.org"), LEVEL.mistake("LOUD")
    (False, True, '', "'LOUD' is not DEBUG, INFO, WARNING, ERROR or CRITICAL")
    """

    or_number: bool = False

    expected = "a text"

    def fits(self, value: object) -> bool:
        return isinstance(value, str) or (self.or_number and type(value) in (int, float))


class FileName(Text):
    """The name of a file or folder; `newsbot.configuration.folders` makes it absolute."""


class Texts(Kind):
    """A list, in newsbot.toml; elsewhere a text with commas.

    >>> TEXTS.fits(["1h"]), TEXTS.fits("1h,6h"), TEXTS.fits(5)
    (True, True, False)
    """

    expected = "a list"

    def fits(self, value: object) -> bool:
        is_list = isinstance(value, list) and all(isinstance(each, str | int) for each in value)
        return is_list or isinstance(value, str)


class Table(Kind):
    expected = "a table"

    def read(self, text: str) -> dict[str, Any]:
        table = json.loads(text)
        if not isinstance(table, dict):
            raise ValueError(text)
        return table

    def fits(self, value: object) -> bool:
        return isinstance(value, Mapping)

    def mistake(self, value: object) -> str:
        return ""  # Scrapy reads what the command line says of a table


def _unless(is_sound: Callable[[Any], object], complaint: str) -> Callable[[Any], str]:
    return lambda value: "" if is_sound(value) else complaint.format(value)


def _unusable_for(use: Callable[[Any], object]) -> Callable[[Any], str]:
    """Return a check that uses a value as the crawl will; the error's message begins with the setting's name."""

    def check(value: Any) -> str:
        try:
            use(value)
        except (ArchiveError, ConfigurationError) as error:
            return str(error).partition(": ")[2]
        return ""

    return check


def _is_moment(value: str) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_database(value: str) -> bool:
    try:
        make_url(value).get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError):
        return False
    return True


def _is_page(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _unusable_services(value: str | Sequence[str] | None) -> str:
    """Return which services apprise does not know, without the secrets in their URLs."""
    if not (urls := spaced(value)):
        return ""
    from apprise import Apprise  # takes a fifth of a second, and most runs have nothing to tell

    logger = logging.getLogger("apprise")
    logger.disabled = True  # it would print the URL, which holds a password or a token
    try:
        wrong = [urlsplit(url).scheme or "?" for url in urls if not Apprise().add(url)]
    finally:
        logger.disabled = False
    return f"apprise cannot use the URL that begins {':, '.join(wrong)}:" if wrong else ""


def spaced(value: str | Sequence[str] | None) -> list[str]:
    """Return the URLs of a list, or of a text with spaces between them: a comma may be part of a URL."""
    return value.split() if isinstance(value, str) else list(value or ())


def _with_commas(value: str | Sequence[str] | None) -> list[str]:
    return value.split(",") if isinstance(value, str) else list(value or ())


def recheck_gaps(texts: Sequence[str]) -> tuple[timedelta, ...]:
    """Return the gaps between looks at an article, given in hours or days.

    :raises ConfigurationError: if one is neither.

    >>> recheck_gaps(["1 h", "7d"])
    (datetime.timedelta(seconds=3600), datetime.timedelta(days=7))
    """
    gaps = []
    for text in texts:
        match = _GAP.fullmatch(text.strip())
        if match is None:
            raise ConfigurationError(f"RECHECK_GAPS: {text!r} is not a number of hours (6h) or days (7d)")
        gaps.append(timedelta(hours=int(match[1])) * (24 if match[2] == "d" else 1))
    return tuple(gaps)


ANY: Final = Kind()
SWITCH: Final = Switch()
WHOLE: Final = Number(is_whole=True)
NUMBER: Final = Number()
SIGNED: Final = Number(is_whole=True, is_signed=True)
SHARE: Final = Number(_unless(lambda number: number <= 1, "{} is not a share from 0 to 1"))
AT_A_TIME: Final = Number(
    _unless(lambda number: number >= 1, "{} is not a whole number from 1: a crawl would wait for ever"), is_whole=True
)
DAYS: Final = Number(
    _unless(lambda number: number <= MOST_DAYS, f"{{}} is not a number of days up to {MOST_DAYS}"), is_whole=True
)
TEXT: Final = Text()
TEXTS: Final = Texts()
FIELDS: Final = Table()
GAPS: Final = Texts(_unusable_for(lambda value: recheck_gaps(_with_commas(value))))
RULES: Final = Texts(_unusable_for(lambda value: ConnectTo(_with_commas(value))))
PATH: Final = FileName()
DATA: Final = FileName(_unless(bool, "is empty (the environment variable NEWSBOT_DATA names the data folder)"))
LEVEL: Final = Text(
    _unless(
        lambda level: isinstance(logging.getLevelName(level), int),
        "{!r} is not DEBUG, INFO, WARNING, ERROR or CRITICAL",
    )
)
CONTACT: Final = Text(
    _unless(
        lambda text: not text or (text.isascii() and _CONTACT.fullmatch(text)),
        "{!r} is not a URL or e-mail address in ASCII",
    )
)
AGENT: Final = Text(
    _unless(
        lambda text: text and text.isascii() and text.isprintable() and text.strip(),
        "{!r} cannot be sent (printable ASCII, not empty)",
    )
)
MOMENT: Final = Text(
    _unless(
        lambda text: not text or _is_moment(text), "{!r} is not a time with its zone, such as 2026-11-22T03:20:00+07:00"
    )
)
DATABASE: Final = Text(
    _unless(
        lambda url: not url or _is_database(url),
        "is not the URL of a database, such as sqlite:////srv/newsbot/data/state.sqlite or postgresql://newsbot@/newsbot",
    )
)
SYNC: Final = Text(_unusable_for(sync_seconds), or_number=True)
PAGE: Final = Text(_unless(lambda url: not url or _is_page(url), "is not an http(s) URL"), is_secret=True)
SERVICES: Final = Text(_unusable_services, is_secret=True)


def kind_of_default(default: object) -> Kind:
    """Return the kind of a setting that no table names: that of its default's type.

    >>> kind_of_default(2).expected, kind_of_default(True).expected, kind_of_default(["a"]).expected
    ('a whole number from 0', 'True or False', 'a list')
    """
    if default is None:
        return ANY
    kinds = ((bool, SWITCH), (int, WHOLE), (float, NUMBER), (str, TEXT), (Mapping, FIELDS))
    return next((kind for each, kind in kinds if isinstance(default, each)), TEXTS)
