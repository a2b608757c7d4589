"""What it costs to capture what pages need to be shown: none of it, pictures, all of it, again, and by a browser."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.runs import run_python
from tests.harness.commands import against, command_line
from tests.replica.server import Replica

_ARTICLES = 60
_SOON = "all, a second run soon"
#: Ways of crawling: settings, and whether what is counted is a second run, which fetches all pages again.
_WAYS: dict[str, tuple[dict[str, str], bool]] = {
    "REQUISITES=off": ({}, False),
    "REQUISITES=images": ({"REQUISITES": "images"}, False),
    "REQUISITES=all": ({"REQUISITES": "all"}, False),
    _SOON: ({"REQUISITES": "all"}, True),
    "all, a second run a month later": ({"REQUISITES": "all", "REQUISITES_RECHECK_DAYS": "0"}, True),
    "BROWSER=articles": ({"REQUISITES": "all", "BROWSER": "articles"}, False),
}


@dataclass(frozen=True)
class Shown:
    """What a run sent and received, over all its pages; the time is Scrapy's own."""

    pages: int
    requests: int
    bytes: int
    warc_bytes: int
    seconds: float
    #: Requisites that came in full.
    fetched: int


def showing(source: str, folder: Path, console: Console) -> bool:
    """Print a row for each way; return whether a run soon after another asks for no requisite at all."""
    table = Table(title=f"{source}: a page with what it needs to be shown, on average")
    for heading in ("", "pages", "requests", "KB received", "KB of WARC", "seconds"):
        table.add_column(heading, justify="left" if not heading else "right")
    found: dict[str, Shown] = {}
    with Replica(articles=_ARTICLES) as replica:
        for name, (settings, is_second) in _WAYS.items():
            if "BROWSER" in settings and shutil.which("chromium") is None:
                console.print("without chromium: not measured with a browser")
                continue
            data = folder / str(len(found))
            found[name] = shown = _crawl(replica, source, data, settings)
            if is_second:
                found[name] = shown = _crawl(replica, source, data, settings, "-a", "refetch=yes")
            numbers = (shown.requests, shown.bytes / 1000, shown.warc_bytes / 1000, shown.seconds)
            table.add_row(name, str(shown.pages), *(f"{number / max(shown.pages, 1):.2f}" for number in numbers))
    console.print(table)
    asked = found[_SOON].fetched
    console.print(f"requisites that a run soon after another asks for: {asked} (none)")
    return not asked


def _crawl(replica: Replica, source: str, data: Path, settings: dict[str, str], *arguments: str) -> Shown:
    words = [*against(replica, LOG_LEVEL="ERROR", **settings), *arguments]
    environment = replica.environment | {"NEWSBOT_DATA": str(data)}
    run_python(command_line("crawl", source, *words)[1:], environment)
    report = json.loads(max((data / "runs").glob(f"{source}-*.json")).read_text("utf-8"))
    stats = report["stats"]
    return Shown(
        report["pages"],
        stats["archive/exchanges"],
        report["downloaded_bytes"],
        report["warc_bytes"],
        stats["elapsed_time_seconds"],
        stats.get("requisites/fetched", 0),
    )
