"""Sixty days of six sources, as run reports: steady work, and everything that goes wrong in such a time.

`python -m tests.harness.run_history FOLDER` writes them to FOLDER/runs, for a look at `scrapy report`.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from newsbot.health.monitors.verdict import unusual, with_problems
from newsbot.health.problems import Stats, problems
from newsbot.health.run_report import RunReport, report

DAYS = 60
RUNS_A_DAY = 4
LAST = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

LAYOUT_CHANGE, MENDED = 30, 37  # baoquangninh
OUTAGE, UP_AGAIN = 40, 42  # baosonla
ROBOTS = 20  # yenmy
REMOVALS = 25  # baohaiduong takes old articles down
SILENT = 53  # haiduongtv: its lists answer, and bring nothing new
SOLD = 57  # suckhoemoitruong's domain leads elsewhere


@dataclass(frozen=True)
class Paper:
    """A source with its usual number of articles a day, and how many of them carry which field."""

    name: str
    host: str
    daily: float
    weekend: float
    authors: float
    tags: float


PAPERS = (
    Paper("baohaiduong", "baohaiduong.vn", 52, 30, 0.94, 0.85),
    Paper("baoquangninh", "baoquangninh.vn", 74, 48, 0.9, 0.7),
    Paper("baosonla", "baosonla.vn", 38, 21, 0.97, 0.6),
    Paper("haiduongtv", "haiduongtv.com.vn", 17, 12, 0.55, 0.0),
    Paper("suckhoemoitruong", "suckhoemoitruong.com.vn", 24, 6, 0.88, 0.92),
    Paper("yenmy", "yenmy.hungyen.gov.vn", 3, 0.4, 0.2, 0.0),
)


def steady(days: int = 30, runs_a_day: int = 1, **change: Any) -> list[RunReport]:
    """Return the runs of a source that never changes, but for what is given."""
    paper = next(paper for paper in PAPERS if paper.name == "baohaiduong")
    found: list[RunReport] = []
    for number in range(days * runs_a_day):
        started = LAST - timedelta(days=days) + timedelta(hours=24 / runs_a_day * number)
        made = stats(replace(paper, weekend=paper.daily), 0, started, random.Random(number))
        found.append(judged(paper.name, started, made, found, 30))
    return [replace(run, **change) for run in found]


def history(papers: tuple[Paper, ...] = PAPERS, days: int = DAYS, seed: int = 7) -> Iterator[RunReport]:
    """Yield the reports of all runs, each judged by what came before it, in the order of time within each source."""
    for paper in papers:
        chance = random.Random(f"{seed} {paper.name}")
        past: list[RunReport] = []
        for number in range(days * RUNS_A_DAY):
            day = number // RUNS_A_DAY
            started = LAST - timedelta(days=days) + timedelta(hours=24 / RUNS_A_DAY * (number + 1))
            run = judged(paper.name, started, stats(paper, day, started, chance), past, chance.uniform(20, 90))
            past.append(run)
            yield run


def judged(name: str, started: datetime, stats: Stats, past: list[RunReport], seconds: float) -> RunReport:
    """Return the report of a run as a crawl makes it."""
    finished = started + timedelta(seconds=seconds)
    run = report(name, stats, started=started, finished=finished, exit_status=0, problems=problems(stats))
    run = replace(with_problems(run, past, unusual(past, run)), stats={})
    return replace(run, exit_status=1 if run.problems else 0)


def stats(paper: Paper, day: int, started: datetime, chance: random.Random) -> Stats:
    """Return what Scrapy and newsbot count in one run of a paper on a day of the history."""
    rate = (paper.weekend if started.weekday() >= 5 else paper.daily) / RUNS_A_DAY
    new = sum(chance.random() < rate / 200 for _ in range(200))
    lists = {f"https://{paper.host}/rss/home.rss": 20, f"https://{paper.host}/thoi-su/": 15}
    changed = sum(chance.random() < 0.06 for _ in range(new))
    gone = int(chance.random() < 0.03)
    robots = "1111111111111111"
    if paper.name == "baosonla" and OUTAGE <= day < UP_AGAIN:
        return {"finish_reason": "finished", "newsbot/failed": 6, "newsbot/failed/HTTP 502": 6} | mix({502: 6})
    if paper.name == "yenmy" and day >= ROBOTS:
        robots = "2222222222222222"
    if paper.name == "baohaiduong" and day == REMOVALS:
        gone = 9
    if paper.name == "haiduongtv" and day >= SILENT:
        new = changed = 0
    if paper.name == "suckhoemoitruong" and day >= SOLD:
        new = changed = 0
        away: Stats = {"newsbot/redirected_away": {"cheap-<b>pills</b>.example": 6}}
        return {"finish_reason": "finished", "newsbot/known": 1} | away | mix({302: 6})
    broken = paper.name == "baoquangninh" and LAYOUT_CHANGE <= day < MENDED
    counted = coverage(paper, new + changed, broken, chance)
    return counted | {
        "finish_reason": "finished",
        "newsbot/pages": new + changed + len(lists),
        "newsbot/article_pages": new + changed,
        "newsbot/articles": new + changed,
        "newsbot/known": 20,
        "newsbot/lines": new + changed + gone,
        "newsbot/change/new": new,
        "newsbot/change/headline": changed // 3,
        "newsbot/change/body": changed - changed // 3,
        "newsbot/change/removed": gone,
        "newsbot/duplicates": sum(chance.random() < 0.04 for _ in range(new)),
        "newsbot/text_length": chance.gauss(2300, 200) * (0.8 if broken else 1),
        "newsbot/date_lag_hours": chance.uniform(1, 6),
        "newsbot/listings": lists,
        f"newsbot/robots/{paper.host}": robots,
        "downloader/response_bytes": 31_000 * (new + changed + 2),
        "archive/bytes": 24_000 * (new + changed + 2),
        "requisites/wanted": 9 * new,
        "requisites/had": 6 * new,
        "requisites/fetched": 3 * new - new // 4,
        "requisites/missing": new // 4,
        "requisites/missing_addresses": [f"https://{paper.host}/anh/{n}.jpg: HTTP 404" for n in range(new // 4)],
        **mix({200: new + changed + 2, 304: 2}),
    }


def coverage(paper: Paper, articles: int, broken: bool, chance: random.Random) -> dict[str, Any]:
    """Return how articles were read: a new design leaves the title and the body to the generic step."""
    shares = {"title": 1.0, "body": 1.0, "published_at": 0.99, "sapo": 0.97, "authors": paper.authors}
    shares |= {"tags": paper.tags, "images": 0.93}
    if broken:
        shares |= {"sapo": 0.4, "authors": 0.05, "tags": 0.0, "images": 0.3}
    layout, step = ("none", "generic") if broken else (f"{paper.name}-2022", "layout")
    stats: dict[str, Any] = {f"newsbot/layout/{layout}": articles}
    for field, share in shares.items():
        if has := sum(chance.random() < share for _ in range(articles)):
            stats[f"newsbot/extracted_by/{field}/{step}"] = stats[f"newsbot/coverage/{layout}/{field}"] = has
    return stats


def mix(statuses: dict[int, int]) -> dict[str, Any]:
    return {f"downloader/response_status_count/{status}": count for status, count in statuses.items()}


if __name__ == "__main__":
    for each in history():
        each.write(Path(sys.argv[1]) / "runs")
