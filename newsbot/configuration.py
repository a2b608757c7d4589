"""Is what the operator asks for something that can be done? Each mistake is named in one line, by its setting."""

from __future__ import annotations

import difflib
import inspect
import logging
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from scrapy import Spider
from scrapy.settings import BaseSettings

from archive.addon import ArchiveAddon
from archive.connect_to import ConnectTo
from archive.errors import ArchiveError
from archive.sync_policy import sync_seconds
from newsbot import __version__
from newsbot.telling import mistakes_in_telling

#: Numbers that may be below zero.
_SIGNED = re.compile(r"PRIORITY")
#: Numbers that need not be whole, although their default is.
_FRACTIONAL = re.compile(r"_(DELAY|TIMEOUT|SHARE|SECONDS|INTERVAL|JITTER|AGE)(_|$)|^RETRY_AFTER_MAX$")
#: Switches, although their default is a number.
_SWITCH = re.compile(r"_ENABLED$|_DEBUG$")
#: How a site can reach the operator: a page or an address.
_CONTACT = re.compile(r"(https?://|mailto:)?[^\s()<>@]+(@[^\s()<>@]+)?")


class ConfigurationError(Exception):
    """The command line or a setting is wrong; the message is one line and names it."""


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


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def mistakes(settings: BaseSettings, defaults: Mapping[str, object]) -> Iterator[str]:
    """Yield what is wrong with the values of settings, one line each.

    A value given as text is compared with the kind of its default: a switch, a number, a table. What is written in
    Python is left alone.
    """
    for name, attribute in sorted(settings.attributes.items()):
        value = attribute.value
        if isinstance(value, str) and (expected := wrong_kind(name, value, defaults.get(name))):
            yield f"{name}: {value!r} is not {expected}"
    if not settings["DATA_DIR"]:
        yield "DATA_DIR: is empty (the environment variable NEWSBOT_DATA names the data folder)"
    if not isinstance(logging.getLevelName(settings["LOG_LEVEL"]), int):
        yield f"LOG_LEVEL: {settings['LOG_LEVEL']!r} is not DEBUG, INFO, WARNING, ERROR or CRITICAL"
    contact = settings["CONTACT"] or ""
    if contact and not (contact.isascii() and _CONTACT.fullmatch(contact)):
        yield f"CONTACT: {contact!r} is not a URL or e-mail address in ASCII"
    agent = settings["USER_AGENT"] or ""
    if not (agent.isascii() and agent.isprintable() and agent.strip()):
        yield f"USER_AGENT: {agent!r} cannot be sent (printable ASCII, not empty)"
    moment = settings.get("NOW") or ""
    if moment and not _is_moment(moment):
        yield f"NOW: {moment!r} is not a time with its zone, such as 2026-11-22T03:20:00+07:00"
    yield from mistakes_in_telling(settings)
    for check in (
        lambda: ConnectTo(settings.getlist("CONNECT_TO")),
        lambda: sync_seconds(settings.get("ARCHIVE_SYNC", "close")),
    ):
        try:
            check()
        except ArchiveError as error:  # names the setting itself
            yield str(error)


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


def spider_arguments(spider: type[Spider]) -> set[str]:
    """Return the names of the arguments (-a) that a spider's constructors take by keyword."""
    names: set[str] = set()
    for cls in spider.__mro__:
        if "__init__" in cls.__dict__ and issubclass(cls, Spider):
            parameters = inspect.signature(cls.__dict__["__init__"]).parameters.values()
            names.update(each.name for each in parameters if each.kind is each.KEYWORD_ONLY)
    return names


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
