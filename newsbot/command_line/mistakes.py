"""Is what the operator asks for something that can be done? Each mistake is named in one line, by its setting."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from scrapy.settings import BaseSettings
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from archive.crawling.connect_to import ConnectTo
from archive.errors import ArchiveError
from archive.writing.writer import sync_seconds
from newsbot import __version__
from newsbot.configuration.setting_kinds import ConfigurationError, wrong_kind
from newsbot.health.telling.outcome import mistakes_in_telling
from newsbot.planning.schedule import recheck_gaps

#: A century: what is older is kept by no rule.
MOST_DAYS: Final = 36_500
#: How a site can reach the operator: a page or an address.
_CONTACT = re.compile(r"(?=.*[.@]|https?:)(https?://|mailto:)?[^\s()<>@]+(@[^\s()<>@]+)?")


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
    if settings.get("FEEDS"):
        yield (
            "-o, -O, FEEDS: a line is published when its capture is on disk, and an export would not wait for that: "
            f"read {settings['DATA_DIR']}/articles/<source>/*.jsonl"
        )
    yield from _out_of_bounds(settings)
    yield from mistakes_in_telling(settings)
    for check in (
        lambda: ConnectTo(settings.getlist("CONNECT_TO")),
        lambda: sync_seconds(settings.get("ARCHIVE_SYNC", "close")),
        lambda: recheck_gaps(settings.getlist("RECHECK_GAPS")),
        lambda: check_database("STATE_URL", settings.get("STATE_URL") or ""),
    ):
        try:
            check()
        except (ArchiveError, ConfigurationError) as error:  # names the setting itself
            yield str(error)


def _out_of_bounds(settings: BaseSettings) -> Iterator[str]:
    """Yield what is wrong with numbers that are numbers, but of nothing there can be."""
    with suppress(ValueError):  # of no number, which was said
        for name in ("ERROR", "INCOMPLETE", "GENERIC", "UNDATED"):
            if settings.getfloat(share := f"HEALTH_{name}_SHARE") > 1:
                yield f"{share}: {settings[share]} is not a share from 0 to 1"
        for name in ("CONCURRENT_REQUESTS", "CONCURRENT_REQUESTS_PER_DOMAIN", "CONCURRENT_ITEMS"):
            if settings.getint(name) < 1:
                yield f"{name}: {settings[name]} is not a whole number from 1: a crawl would wait for ever"
        for name in ("KEEP_LOGS", "KEEP_REPORTS"):
            if settings.getint(name) > MOST_DAYS:
                yield f"{name}: {settings[name]} is not a number of days up to {MOST_DAYS}"


def check_database(name: str, url: str) -> None:
    """Find out whether a database could have this URL, or none is named.

    :param name: of the setting or option.
    :raises ConfigurationError: if not; the message does not show a password.
    """
    if not url:
        return
    try:
        make_url(url).get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        hint = "such as sqlite:////srv/newsbot/data/state.sqlite or postgresql://newsbot@/newsbot"
        raise ConfigurationError(f"{name}: is not the URL of a database, {hint}") from error


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
