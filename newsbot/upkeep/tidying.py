"""Puts a source's old logs and reports away after its crawl, so that years of them stay quick to use."""

from __future__ import annotations

import gzip
import re
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from scrapy.settings import BaseSettings

from archive.clock import now
from archive.errors import ArchiveError, os_errors
from archive.files.atomic import replace_file
from newsbot.health.console import say
from newsbot.health.report_packs import pack_reports

_NAME: Final = re.compile(r".+-(\d{8}T\d{6})Z\.log(\.gz)?")
_PLAIN: Final = timedelta(days=1)


def tidy(source: str, settings: BaseSettings) -> None:
    """Put away what is old; the caller holds the source's lock. A failure is a warning and no more.

    Settings: KEEP_LOGS, KEEP_REPORTS, both in days.
    """
    data = Path(settings["DATA_DIR"])
    try:
        pack_reports(data / "runs", source, now() - timedelta(days=settings.getint("KEEP_REPORTS")))
        # Logs are named by the real time, whatever clock a crawl was given.
        keep_logs(data / "logs", source, settings.getint("KEEP_LOGS"), datetime.now(UTC))
    except ArchiveError as error:
        say(source, f"warning: {error}")


def log_began(name: str) -> datetime | None:
    """Return when the run of a log began, by the log's name; None if it is no log's.

    >>> log_began("yenmy-20261122T041449Z.log.gz"), log_began("cron.log")
    (datetime.datetime(2026, 11, 22, 4, 14, 49, tzinfo=datetime.timezone.utc), None)
    """
    match = _NAME.fullmatch(name)
    try:
        return datetime.strptime(match[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if match else None
    except ValueError:
        return None


def log_path(data: Path, source: str) -> Path:
    """Return where the log of a crawl that begins now goes; its folder is made.

    :raises OSError: if it cannot be.
    """
    folder = data / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{source}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.log"


def log_text(path: Path) -> bytes:
    """Return what a log says, be it compressed or not.

    :raises OSError: if it cannot be read, or not be unpacked to its end.
    """
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (EOFError, zlib.error) as error:
        raise gzip.BadGzipFile(str(error)) from error


def keep_logs(folder: Path, source: str, days: int, now: datetime) -> None:
    """Compress a source's logs that are older than a day, and delete those older than a number of days; 0 deletes none.

    :raises ArchiveError: if one cannot be compressed or deleted.
    """
    for path in folder.glob(f"{source}-*.log*"):
        began = log_began(path.name)
        if began is None:
            continue
        with os_errors(f"cannot put away {path}"):
            if days and began < now - timedelta(days=days):
                path.unlink()
            elif path.suffix == ".log" and began < now - _PLAIN:
                replace_file(path.with_name(f"{path.name}.gz"), [gzip.compress(path.read_bytes(), mtime=0)])
                path.unlink()
