"""A source that was crawled before and has news since, crawled by processes that are killed at chosen moments."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Literal

from spiders.haiduongtv import HaiduongtvSpider
from tests.harness import durability
from tests.harness.commands import Command
from tests.harness.warc_reading import read_records
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW

SOURCE = HaiduongtvSpider.name
ARTICLES = 14
BEFORE = Newsroom(held=3)
EDITED = {4: ("headline", 1), 5: ("body", 1)}
REMOVED = {6: "404", 7: "notice"}
AFTER = Newsroom(edited=EDITED, removed=REMOVED, changed=NOW + timedelta(hours=1))  # type: ignore[arg-type]
#: When the crawl comes again; all articles are due to be looked at.
AGAIN = NOW + timedelta(hours=2)
#: So many requests to the disk a recovery makes at least.
RECOVERY = 20
#: What a kill waits for: so much of the usual time, so many of the usual requests on the wire, or on the disk.
Kind = Literal["time", "wire", "disk"]


@dataclass(frozen=True)
class Usual:
    """What a crawl takes that nobody disturbs."""

    seconds: float
    wire: int
    disk: int


@dataclass
class Past:
    """A data folder and how often each article was asked for, run by run."""

    data: Path
    #: When each run began (to the minute, as captures have it) -> article id -> requests on the wire.
    asked: dict[str, Counter[str]] = field(default_factory=dict)
    kills: int = 0

    def captured(self) -> dict[str, set[str]]:
        """By run, the articles whose answers the archive holds; one that sends on elsewhere is none yet."""
        found: dict[str, set[str]] = {run: set() for run in self.asked}
        for path in sorted((self.data / "warc").glob(f"{SOURCE}-*.warc.gz")):
            for record in read_records(path):
                article = HaiduongtvSpider.article_id(record["WARC-Target-URI"])
                run = record["WARC-Date"][:16]
                if record.type in ("response", "revisit") and article and run in found:
                    status = int(record.block.split(None, 2)[1])
                    if status not in (301, 302, 303, 307, 308):
                        found[run].add(article)
        return found


@dataclass
class Bench:
    """The replica, what starts crawls of it, and a data folder from which each play begins."""

    replica: Replica
    known: Path

    def start(self, data: Path, at: datetime, *words: str, **order: Any) -> Command:
        return durability.Bench(self.replica).start(
            data, *(words or ("crawl", SOURCE)), settings={"NOW": at.isoformat()}, **order
        )

    def again(self, folder: Path) -> Past:
        """Begin a play: the source is known, and has changed since."""
        shutil.copytree(self.known, folder / "data")
        return Past(folder / "data")

    def crawl(self, past: Past, at: datetime) -> None:
        """Crawl to the end."""
        with self._noted(past, at):
            command = self.start(past.data, at)
            status = command.wait()
        assert status == 0, command.said()

    def crawl_killed(self, past: Past, at: datetime, usual: Usual, kind: Kind, chance: random.Random) -> bool:
        """Crawl and kill that; return whether the kill came in time."""
        with self._noted(past, at):
            notes = past.data.parent / f"notes-{len(past.asked)}"
            disk: dict[str, Any] = {"folder": str(past.data), "notes": str(notes)}
            if kind == "disk":
                recovers = list(past.data.rglob("*.open")) and chance.random() < 0.5
                disk |= {"mode": "kill", "at": chance.randint(1, RECOVERY if recovers else usual.disk)}
            command = self.start(past.data, at, disk=disk)
            if kind == "time":
                sleep(chance.uniform(0.1, 0.9 * usual.seconds))
                command.kill()
            elif kind == "wire":
                wanted = chance.randint(1, usual.wire)
                while sum(self.replica.counters().values()) < wanted and command.is_running():
                    sleep(0.002)
                command.kill()
            status = command.wait()
        assert status in (-9, 0), command.said()
        past.kills += status != 0
        return status != 0

    def crawl_killed_late(self, past: Past, at: datetime, usual: Usual, left: int) -> None:
        """Crawl, and kill that in front of one of its last requests to the disk.

        :param left: how many more there usually are.
        """
        notes = past.data.parent / "late"
        disk = {"folder": str(past.data), "notes": str(notes), "mode": "kill", "at": usual.disk - left}
        with self._noted(past, at):
            assert self.start(past.data, at, disk=disk).wait() == -9
        past.kills += 1

    def usual(self, past: Past) -> Usual:
        """Crawl undisturbed, and return what that takes."""
        notes = past.data.parent / "notes"
        with self._noted(past, AGAIN):
            started = monotonic()
            command = self.start(past.data, AGAIN, disk={"folder": str(past.data), "notes": str(notes)})
            status = command.wait()
            seconds = monotonic() - started
        assert status == 0, command.said()
        requests = len(notes.with_name("notes.requests").read_text().split())
        return Usual(seconds, sum(self.replica.counters().values()), requests)

    @contextmanager
    def _noted(self, past: Past, at: datetime) -> Iterator[None]:
        self.replica.forget_counters()
        yield
        asked: Counter[str] = Counter()
        for address, times in self.replica.last_counters().items():
            assert times == 1, f"{address} was asked for {times} times in one run"
            if article := HaiduongtvSpider.article_id(f"https://{address}"):
                asked[article] += times
        past.asked[f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}"] = asked


@contextmanager
def bench(folder: Path) -> Iterator[Bench]:
    with Replica(articles=ARTICLES, now=NOW) as replica:
        each = Bench(replica, folder / "known" / "data")
        replica.set_newsroom(SOURCE, BEFORE)
        each.crawl(Past(each.known), NOW)
        replica.set_newsroom(SOURCE, AFTER)
        yield each
