"""Describes a crawl in the first records of its WARC files."""

from __future__ import annotations

import platform
import re
import socket
import subprocess
from pathlib import Path
from typing import Any

import scrapy
from scrapy.settings import SETTINGS_PRIORITIES, BaseSettings, Settings

from archive.http.request_secrets import without_user

_CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
#: Settings whose values are never recorded.
_SECRET = re.compile(r"PASS|SECRET|TOKEN|KEY|AUTH|CREDENTIAL|_URLS?$|_URIS?$|DSN|WEBHOOK")


def warcinfo_fields(spider: str, settings: Settings) -> list[tuple[str, object]]:
    """Return the fields of the warcinfo record; ARCHIVE_WARCINFO adds to them and may set ``operator`` and the like."""
    obeyed = "classic" if settings.getbool("ROBOTSTXT_OBEY") else "ignore"
    fields: dict[str, object] = {
        "software": f"{settings['BOT_NAME']} (Scrapy {scrapy.__version__}, Python {platform.python_version()})",
        "format": "WARC File Format 1.1",
        "conformsTo": _CONFORMS_TO,
        "description": f"crawl of the source {spider}",
        "isPartOf": spider,
        "robots": obeyed,
        "http-header-user-agent": settings["USER_AGENT"],
        "hostname": socket.gethostname(),
        "code-version": _commit(),
    }
    return list((fields | settings.getdict("ARCHIVE_WARCINFO")).items())


def crawl_settings(settings: Settings) -> dict[str, Any]:
    """Return the settings set by the project or above; what may hold a secret is named without its value."""
    own = {name for name in settings if (settings.getpriority(name) or 0) >= SETTINGS_PRIORITIES["addon"]}
    headers = {header.upper() for header in settings.getlist("ARCHIVE_REDACT_HEADERS")}
    return _without_secrets({name: settings[name] for name in own}, headers)


def _without_secrets(pairs: dict[Any, Any], headers: set[str]) -> dict[str, Any]:
    r"""Blank what has the name of a secret or of a blanked header, at any depth.

    >>> _without_secrets({"DEFAULT_REQUEST_HEADERS": {"Cookie": "a=1", "Accept": "*/*"}, "MAIL_PASS": "b"}, {"COOKIE"})
    {'DEFAULT_REQUEST_HEADERS': {'Cookie': '[not recorded]', 'Accept': '*/*'}, 'MAIL_PASS': '[not recorded]'}
    >>> _without_secrets({"NOTIFY_URLS": "tgram://token/chat"}, set())
    {'NOTIFY_URLS': '[not recorded]'}
    """
    blanked: dict[str, Any] = {}
    for key, value in pairs.items():
        name = str(key)
        is_class = "." in name  # middlewares and the like, with their priorities
        if name.upper() in headers or (_SECRET.search(name.upper()) and not is_class):
            blanked[name] = "[not recorded]"
        elif isinstance(value, dict | BaseSettings):
            blanked[name] = _without_secrets(dict(value), headers)
        else:
            blanked[name] = without_user(value) if isinstance(value, str) else value
    return blanked


def _commit() -> str:
    """Return the commit of the code that runs, or an empty string outside a checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout.strip()  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return ""
