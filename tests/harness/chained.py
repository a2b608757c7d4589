"""A small archive with a signed chain: three runs of one source, with an article that is new, changed, and gone."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from scrapy.settings import Settings
from scrapy.utils.project import get_project_settings

from archive.chain.chain import Chain
from archive.http.exchange import Exchange
from newsbot.replaying.verification import Check
from tests.harness.crawl_play import Play
from tests.harness.warc_making import exchange, response
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW

SOURCE = "baosonla"
#: When each run began, in hours after the first, and what has happened before it.
RUNS: tuple[tuple[int, dict[str, Any]], ...] = (
    (0, {}),
    (2, {"edited": {1: ("headline", 1)}}),
    (24 * 5, {"edited": {1: ("headline", 1)}, "removed": {1: "404"}}),
)


def make(data: Path) -> None:
    """Crawl into a data folder."""
    with Replica(articles=3, now=NOW) as replica:
        play = Play(replica, SOURCE, data)
        for hours, events in RUNS:
            changed = NOW + timedelta(hours=hours - 1) if events else None
            replica.set_newsroom(SOURCE, Newsroom(**events, changed=changed))
            run = play.run(NOW + timedelta(hours=hours))
            assert run.status == 0, run.output


def settings(data: Path, **more: str) -> Settings:
    given = get_project_settings()
    for name, value in {"DATA_DIR": str(data), **more}.items():
        given.set(name, value, "cmdline")
    return given


def faults(data: Path, *, root: str = "", key: str = "", **more: str) -> set[tuple[str, str]]:
    """What `scrapy verify` finds: rule and file of each fault."""
    check = Check.of_folder(settings(data, **more))
    check.expected_root, check.expected_key = root, key
    return {(found.rule, found.file) for found in check.findings(1, lambda size: None) if not found.is_note}


def chain(data: Path) -> Chain:
    return Chain(data / "chain")


def entries(data: Path) -> list[dict[str, Any]]:
    """The entries of a chain, as they are written."""
    return [json.loads(line) for _, line in chain(data).lines()]


def line_files(data: Path) -> list[Path]:
    return sorted((data / "articles").rglob("*.jsonl"), key=lambda path: path.name)


def article_page(url: str, title: str, after: int, *, packed: bool = False) -> Exchange:
    """A small page of an article of the source.

    :param packed: whether it comes gzipped, and no header says so.
    """
    text = f'<h1>{title}</h1><div class="fulltext"><p>Nương đã xanh lại sau trận mưa đêm qua.</p></div>'.encode()
    body = gzip.compress(text, mtime=0) if packed else text
    made = exchange("/", response(body, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"), after)
    made.url = url
    made.started = datetime(2026, 11, 22, 3, 4, after, tzinfo=UTC)
    return made
