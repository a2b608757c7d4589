"""The kinds of settings: how a value is read, which form it has, and within which bounds it must lie."""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
_DATABASES: Final = "such as sqlite:////srv/newsbot/data/state.sqlite or postgresql://newsbot@/newsbot"
_GAP: Final = re.compile(r"([0-9]{1,5}) ?([hd])", re.ASCII)


class ConfigurationError(Exception):
    """The command line or a setting is wrong; the message is one line and names it."""


@dataclass(frozen=True)
class Kind:
    """A kind of values.

    :param expected: what they are, for messages.
    :param types: what they may be in newsbot.toml.
    :param read: returns the value that a text means, or raises ValueError.
    :param complaint: returns what is wrong with a value of the right form; empty if nothing is.
    :param is_secret: whether who knows the value can speak as newsbot.
    :param is_path: whether it names a file or folder; `newsbot.configuration.folders` makes it absolute.

    >>> NUMBER.read("0.5"), NUMBER.mistake("soon"), NUMBER.mistake("-1"), WHOLE.mistake("2.5")
    (0.5, "'soon' is not a number from 0", "'-1' is not a number from 0", "'2.5' is not a whole number from 0")
    >>> NUMBER.fits(2.5), NUMBER.fits(True), NUMBER.fits("nan"), SHARE.mistake(7)
    (True, False, False, '7 is not a share from 0 to 1')
    >>> TEXT.fits(5), SYNC.fits(5), TEXTS.fits(["1h"]), TEXTS.fits("1h,6h"), TEXTS.fits(5)
    (False, True, True, True, False)
    """

    expected: str
    types: tuple[type, ...]
    read: Callable[[str], Any] = str
    complaint: Callable[[Any], str] = lambda _: ""
    is_secret: bool = False
    is_path: bool = False

    def fits(self, value: object) -> bool:
        """Return whether newsbot.toml may hold a value."""
        if type(value) not in self.types:  # True is no number
            return False
        if isinstance(value, list):
            return all(isinstance(each, str | int) for each in value)
        try:
            return isinstance(value, dict) or self.read(str(value)) is not None
        except ValueError:
            return False

    def mistake(self, value: object) -> str:
        """Return what is wrong with a value; empty if nothing is. Only a text can lack the form: the rest was read."""
        if isinstance(value, str):
            try:
                value = self.read(value)
            except ValueError:
                return f"{value!r} is not {self.expected}"
        return self.complaint(value)


def _read_switch(text: str) -> bool:
    if text not in ("True", "true", "1", "False", "false", "0"):
        raise ValueError(text)
    return text in ("True", "true", "1")


def _read_whole(text: str, least: float = 0) -> int:
    if (number := int(text)) < least:
        raise ValueError(text)
    return number


def _read_number(text: str) -> int | float:
    number = float(text)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(text)
    return int(text) if text.lstrip("+").isdecimal() else number


def _read_table(text: str) -> dict[str, Any]:
    if not isinstance(table := json.loads(text), dict):
        raise ValueError(text)
    return table


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


def _unusable_gap(value: str) -> str:
    try:
        read_gap(value or "0h")
    except ValueError as error:
        return str(error)
    return ""


def _is_level(value: str) -> bool:
    return isinstance(logging.getLevelName(value), int)


def _is_contact(value: str) -> bool:
    return not value or (value.isascii() and _CONTACT.fullmatch(value) is not None)


def _is_agent(value: str) -> bool:
    return bool(value and value.isascii() and value.isprintable() and value.strip())


def _is_moment(value: str) -> bool:
    try:
        return not value or datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def _is_database(value: str) -> bool:
    try:
        return not value or make_url(value).get_dialect() is not None
    except (ArgumentError, NoSuchModuleError, ValueError):
        return False


def _is_in_memory(value: str) -> bool:
    """Return whether the URL of a database is that of one which is gone with its process.

    >>> [_is_in_memory(f"sqlite:///{file}") for file in ("", ":memory:", "file:a?mode=memory&uri=true", "a.b")]
    [True, True, True, False]
    """
    url = make_url(value)
    file = (url.database or "").strip()
    return url.get_backend_name() == "sqlite" and (not file or ":memory:" in file or url.query.get("mode") == "memory")


def _unusable_database(value: str) -> str:
    """Say that nothing would be kept; or that it is no URL of a database, quoted where no part can be a password."""
    if not _is_database(value):
        return f"{'this' if {':', '@'} & {*value} else repr(value)} is not the URL of a database, {_DATABASES}"
    return (
        f"is a database in memory, of which nothing is kept: name one {_DATABASES}"
        if value and _is_in_memory(value)
        else ""
    )


def _is_page(value: str) -> bool:
    parts = urlsplit(value or "")
    return not value or (parts.scheme in ("http", "https") and bool(parts.hostname))


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
    try:
        return tuple(map(read_gap, texts))
    except ValueError as error:
        raise ConfigurationError(f"RECHECK_GAPS: {error}") from error


def read_gap(text: str) -> timedelta:
    """Return a time given in hours or days.

    :raises ValueError: if it is neither.

    >>> read_gap("6h"), read_gap("7 d")
    (datetime.timedelta(seconds=21600), datetime.timedelta(days=7))
    """
    match = _GAP.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a number of hours (6h) or days (7d)")
    return timedelta(hours=int(match[1])) * (24 if match[2] == "d" else 1)


_NUMBERS: Final = (int, float, str)
ANY: Final = Kind("a text, a number, true, false or a list", (str, int, float, bool, list))
SWITCH: Final = Kind("True or False", (bool, int, str), _read_switch)
WHOLE: Final = Kind("a whole number from 0", _NUMBERS, _read_whole)
SIGNED: Final = Kind("a whole number", _NUMBERS, lambda text: _read_whole(text, -math.inf))
NUMBER: Final = Kind("a number from 0", _NUMBERS, _read_number)
TEXT: Final = Kind("a text", (str,))
TEXTS: Final = Kind("a list", (list, str))
FIELDS: Final = Kind("a table", (dict,), _read_table)
PATH: Final = replace(TEXT, is_path=True)
SHARE: Final = replace(NUMBER, complaint=_unless(lambda number: number <= 1, "{} is not a share from 0 to 1"))
AT_A_TIME: Final = replace(
    WHOLE, complaint=_unless(bool, "{} is not a whole number from 1: a crawl would wait for ever")
)
DAYS: Final = replace(
    WHOLE, complaint=_unless(lambda days: days <= MOST_DAYS, f"{{}} is not a number of days up to {MOST_DAYS}")
)
GAP: Final = replace(TEXT, complaint=_unusable_gap)
GAPS: Final = replace(TEXTS, complaint=_unusable_for(lambda value: recheck_gaps(_with_commas(value))))
RULES: Final = replace(TEXTS, complaint=_unusable_for(lambda value: ConnectTo(_with_commas(value))))
DATA: Final = replace(
    PATH, complaint=_unless(bool, "is empty (the environment variable NEWSBOT_DATA names the data folder)")
)
REQUISITES: Final = replace(
    TEXT, complaint=_unless(lambda value: value in ("off", "images", "all"), "{!r} is not off, images or all")
)
BROWSER: Final = replace(
    TEXT,
    complaint=_unless(lambda value: value in ("never", "walls", "articles"), "{!r} is not never, walls or articles"),
)
LEVEL: Final = replace(TEXT, complaint=_unless(_is_level, "{!r} is not DEBUG, INFO, WARNING, ERROR or CRITICAL"))
CONTACT: Final = replace(TEXT, complaint=_unless(_is_contact, "{!r} is not a URL or e-mail address in ASCII"))
AGENT: Final = replace(TEXT, complaint=_unless(_is_agent, "{!r} cannot be sent (printable ASCII, not empty)"))
MOMENT: Final = replace(
    TEXT, complaint=_unless(_is_moment, "{!r} is not a time with its zone, such as 2026-11-22T03:20:00+07:00")
)
DATABASE: Final = replace(TEXT, complaint=_unusable_database)
SYNC: Final = replace(TEXT, types=(str, int, float), complaint=_unusable_for(sync_seconds))
PAGE: Final = replace(TEXT, complaint=_unless(_is_page, "this is not an http(s) URL"), is_secret=True)
SERVICES: Final = replace(TEXT, complaint=_unusable_services, is_secret=True)


def kind_of_default(default: object) -> Kind:
    """Return the kind of a setting that no table names: that of its default's type.

    >>> kind_of_default(2).expected, kind_of_default(True).expected, kind_of_default(["a"]).expected
    ('a whole number from 0', 'True or False', 'a list')
    """
    if default is None:
        return ANY
    kinds = ((bool, SWITCH), (int, WHOLE), (float, NUMBER), (str, TEXT), (Mapping, FIELDS))
    return next((kind for each, kind in kinds if isinstance(default, each)), TEXTS)
