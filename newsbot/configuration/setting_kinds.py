"""Which settings there are, and what kind of value each takes."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from typing import Final

from scrapy.settings import BaseSettings

from archive.addon import ArchiveAddon

#: Numbers that may be below zero.
_SIGNED: Final = re.compile(r"PRIORITY")
#: Numbers that need not be whole, although their default is.
_FRACTIONAL: Final = re.compile(r"_(DELAY|TIMEOUT|SHARE|SECONDS|INTERVAL|JITTER|AGE)(_|$)|^RETRY_AFTER_MAX$")
#: Switches, although their default is a number.
_SWITCH: Final = re.compile(r"_ENABLED$|_DEBUG$")


def known_settings(settings: BaseSettings) -> dict[str, object]:
    """Return the settings with the archive's defaults: every name that means something here, and its value."""
    known = settings.copy()
    ArchiveAddon().update_settings(known)
    # Attributes, because asking a deprecated setting by name warns.
    return {"PROGRESS_FILE": ""} | {name: attribute.value for name, attribute in known.attributes.items()}


def unknown_settings(given: Iterable[str], known: Iterable[str]) -> dict[str, str | None]:
    """Return the given names that mean nothing, each with the name that was probably meant.

    >>> unknown_settings(["DOWNLOAD_DELAYS", "DATA_DIR", "ELSEWHERE"], ["DOWNLOAD_DELAY", "DATA_DIR"])
    {'DOWNLOAD_DELAYS': 'DOWNLOAD_DELAY', 'ELSEWHERE': None}
    """
    known = set(known)
    return {name: next(iter(close_matches(name, known)), None) for name in given if name not in known}


def close_matches(name: str, known: Iterable[str], likeness: float = 0.85) -> list[str]:
    """Return the known names most like this one, the most likely first; letter case is ignored."""
    by_folded = {each.casefold(): each for each in known}
    return [by_folded[folded] for folded in difflib.get_close_matches(name.casefold(), by_folded, 3, likeness)]


def wrong_kind(name: str, value: str, default: object) -> str | None:
    """Return what a value should have been, or None if it is of the kind of its default.

    >>> wrong_kind("DOWNLOAD_DELAY", "soon", 0), wrong_kind("DOWNLOAD_DELAY", "0.5", 0)
    ('a number from 0', None)
    >>> wrong_kind("CONCURRENT_REQUESTS", "2.5", 16), wrong_kind("ROBOTSTXT_OBEY", "maybe", True)
    ('a whole number from 0', 'True or False')
    >>> wrong_kind("DOWNLOAD_TIMEOUT", "nan", 180), wrong_kind("DOWNLOAD_DELAY", "-1", 0)
    ('a number from 0', 'a number from 0')
    """
    if isinstance(default, bool) or (isinstance(default, int) and _SWITCH.search(name)):
        return None if value in {"True", "true", "1", "False", "false", "0"} else "True or False"
    if not isinstance(default, int | float):
        return None
    whole = isinstance(default, int) and not _FRACTIONAL.search(name)
    try:
        number = int(value) if whole else float(value)
    except ValueError:
        number = math.nan
    if math.isfinite(number) and (number >= 0 or _SIGNED.search(name)):
        return None
    return f"a{' whole' if whole else ''} number{'' if _SIGNED.search(name) else ' from 0'}"


def wrong_value(name: str, value: object, default: object) -> str | None:
    """Return what a value of a configuration file should have been, or None if it is of the kind of its default.

    >>> wrong_value("DOWNLOAD_DELAY", 2.5, 1), wrong_value("DOWNLOAD_DELAY", True, 1)
    (None, 'a number from 0')
    >>> wrong_value("RECHECK_GAPS", ["1h"], []), wrong_value("RECHECK_GAPS", {}, [])
    (None, 'a list')
    >>> wrong_value("CONTACT", 5, ""), wrong_value("ARCHIVE_SYNC", 5, "5"), wrong_value("ARCHIVE_WARCINFO", "a", {})
    ('a text', None, 'a table')
    """
    if default is None:
        return "a text, a number, true, false or a list" if isinstance(value, Mapping) else None
    if isinstance(default, Mapping):
        return None if isinstance(value, Mapping) else "a table"
    if isinstance(default, bool | int | float):
        if not isinstance(value, str | bool | int | float):
            return wrong_kind(name, "", default)
        return wrong_kind(name, str(value), default)
    if isinstance(default, str):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return None if isinstance(value, str) or (is_number and default.isdecimal()) else "a text"
    is_list = isinstance(value, list) and all(isinstance(each, str | int) for each in value)
    return None if is_list or isinstance(value, str) else "a list"


class ConfigurationError(Exception):
    """The command line or a setting is wrong; the message is one line and names it."""
