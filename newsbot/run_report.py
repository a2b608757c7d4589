"""The JSON report of one crawl: data/runs/<source>-<time>.json, for people, for monitoring and for crawlall."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsbot.health import Stats, shares

#: So many of the newest reports are searched for one just written: there may be years of them.
LOOKED_AT = 5


@dataclass(frozen=True, kw_only=True)
class RunReport:
    """What one run of one source did. Times are ISO 8601 in UTC; ``status_mix`` counts answers by HTTP status."""

    source: str
    started: str
    finished: str
    exit_status: int
    problems: list[str]
    process: int
    pages: int = 0
    articles: int = 0
    lines: int = 0
    warc_bytes: int = 0
    warc_files: list[str] = field(default_factory=list)
    status_mix: dict[str, int] = field(default_factory=dict)
    field_coverage: dict[str, float] = field(default_factory=dict)
    stats: dict[str, Any] = field(default_factory=dict)

    def write(self, directory: Path) -> Path:
        """Write the report so that a reader sees all of it or nothing, and return its path.

        :raises OSError: if it cannot be written.
        """
        directory.mkdir(parents=True, exist_ok=True)
        stamp = datetime.fromisoformat(self.started).strftime("%Y%m%dT%H%M%S.%f")[:-3]
        path = directory / f"{self.source}-{stamp}Z.json"
        unfinished = path.with_suffix(f".{os.getpid()}.open")
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=2, default=str)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        return path


def report(
    source: str, stats: Stats, *, started: datetime, finished: datetime, exit_status: int, problems: Iterable[str]
) -> RunReport:
    """Make the report of a crawl from its stats; of one that never started they are empty."""
    return RunReport(
        source=source,
        started=started.astimezone(UTC).isoformat(timespec="milliseconds"),
        finished=finished.astimezone(UTC).isoformat(timespec="milliseconds"),
        exit_status=int(exit_status),
        problems=list(problems),
        process=os.getpid(),
        pages=stats.get("newsbot/pages", 0),
        articles=stats.get("newsbot/articles", 0),
        lines=stats.get("newsbot/lines", 0),
        warc_bytes=stats.get("archive/bytes", 0),
        warc_files=[str(file) for file in stats.get("archive/files", ())],
        status_mix=shares(stats, "downloader/response_status_count/"),
        field_coverage=field_coverage(stats),
        stats=dict(sorted(stats.items())),
    )


def field_coverage(stats: Stats) -> dict[str, float]:
    """Return for each field the share of articles that have it, by ``newsbot/extracted_by/<field>/<step>``.

    >>> field_coverage({"newsbot/articles": 4, "newsbot/extracted_by/sapo/layout": 2,
    ...                 "newsbot/extracted_by/sapo/structured": 1})
    {'sapo': 0.75}
    """
    articles = stats.get("newsbot/articles", 0)
    found: dict[str, int] = {}
    for name, count in shares(stats, "newsbot/extracted_by/").items():
        name = name.partition("/")[0]
        found[name] = found.get(name, 0) + count
    return {name: round(count / articles, 3) for name, count in sorted(found.items()) if articles}


def read_report(directory: Path, source: str, process: int) -> RunReport | None:
    """Return the report that this process has just written of a source, or None if it wrote none."""
    newest = sorted(directory.glob(f"{source}-*.json"), reverse=True)[:LOOKED_AT]
    for path in newest:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["source"] == source and content["process"] == process:
            return RunReport(**content)
    return None
