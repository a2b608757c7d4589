"""Runs of one source in the replica, one after another, each at a time of its own."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from newsbot.planning.schedule import warc_date
from newsbot.state.resources import ARTICLE, Resource, Resources
from newsbot.state.state import State
from tests.harness.commands import against, run_scrapy
from tests.replica.newspaper import Newspaper
from tests.replica.server import Replica


@dataclass(frozen=True)
class Run:
    """What one run asked for and what came of it."""

    status: int
    output: str
    #: Address -> how often it was asked for.
    asked: dict[str, int]
    stats: dict[str, Any]
    #: The new lines.
    lines: list[dict[str, Any]]

    @property
    def requests(self) -> int:
        return sum(self.asked.values())

    @property
    def said(self) -> str:
        """What it told its operator, its log left out."""
        return "\n".join(line for line in self.output.splitlines() if line.startswith("newsbot:"))

    @property
    def bytes(self) -> int:
        return int(self.stats.get("downloader/response_bytes", 0))


class Play:
    """A data folder and the runs that fill it.

    :param state_url: where the state is; in the folder by default.
    """

    def __init__(self, replica: Replica, source: str, data: Path, state_url: str = ""):
        self.replica, self.source, self.data = replica, source, data
        self.state_url = state_url or f"sqlite:///{data}/state.sqlite"
        self._read: set[str] = set()

    def run(self, at: datetime, *arguments: str) -> Run:
        """Crawl at a time."""
        self.replica.forget_counters()
        order = ("crawl", self.source, *against(self.replica, LOG_LEVEL="INFO"), *arguments)
        done = self.scrapy(*order, NEWSBOT_NOW=at.isoformat())
        reports = sorted((self.data / "runs").glob("*.json"))
        stats = json.loads(reports[-1].read_text())["stats"] if reports else {}
        return Run(done.returncode, done.stdout + done.stderr, self.replica.counters(), stats, self._new_lines())

    def scrapy(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"NEWSBOT_DATA": str(self.data)} | self.replica.environment | environment
        return run_scrapy(*arguments, f"--set=STATE_URL={self.state_url}", environment=environment)

    def _new_lines(self) -> list[dict[str, Any]]:
        lines = []
        for path in sorted((self.data / "articles" / self.source).glob("*.jsonl")):
            if path.name not in self._read:
                self._read.add(path.name)
                lines += [json.loads(line) for line in path.read_text().splitlines()]
        return lines

    def seed(self, site: Newspaper, indices: Iterable[int], at: datetime) -> None:
        """Let articles be known, as if they had been fetched long ago."""
        self.data.mkdir(parents=True, exist_ok=True)
        state, date = State(self.state_url), warc_date(at)
        rows = []
        for index in indices:
            headline = site.headline(index)
            key = f"{site.name}:{site.identity(headline)}"
            rows.append(
                Resource(key, site.name, ARTICLE, headline.url, status=200, captured_at=date, checked_at=date, step=5)
            )
        Resources(state).put(rows)
        state.close()


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in a database."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found
