"""What a crawl does last: its source's old logs and reports are put away, so that years of them stay quick to use."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from scrapy.settings import BaseSettings

from archive.clock import now
from archive.errors import ArchiveError
from newsbot.health.console import say
from newsbot.health.report_packs import pack_reports
from newsbot.upkeep.old_logs import keep_logs


def tidy(source: str, settings: BaseSettings) -> None:
    """Put away what is old; the caller holds the source's lock. A failure is said, and costs nothing else.

    Settings: KEEP_LOGS, KEEP_REPORTS, both in days.
    """
    data = Path(settings["DATA_DIR"])
    try:
        pack_reports(data / "runs", source, now() - timedelta(days=settings.getint("KEEP_REPORTS")))
        # Logs are named by the real time, whatever clock a crawl was given.
        keep_logs(data / "logs", source, settings.getint("KEEP_LOGS"), datetime.now(UTC))
    except ArchiveError as error:
        say(source, f"warning: {error}")
