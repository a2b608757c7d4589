"""What a `crawlall` without names leaves out: sources that are not enabled, and those whose time has not come."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy.settings import Settings

from newsbot.cms.onecms import OneCmsSpider
from newsbot.health.run_report import RunReport
from newsbot.running.crawlall.due import sort_by_due
from tests.harness.commands import against, command_line
from tests.harness.pages import SPIDERS, load
from tests.project import ROOT
from tests.replica.server import Replica

ENABLED = ("baosonla", "yenmy")


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=4) as replica:
        yield replica


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """All sources but two are off; one of them is asked once in six hours."""
    off = "".join(f"[sources.{name}]\nenabled = false\n" for name in SPIDERS if name not in ENABLED)
    file = tmp_path / "newsbot.toml"
    file.write_text(f'{off}[sources.baosonla]\nevery = "6h"\n')
    return file


def crawlall(replica: Replica, settings: Path, *words: str) -> subprocess.CompletedProcess[str]:
    data = settings.parent / "data"
    environment = replica.environment | {"NEWSBOT_DATA": str(data), "NEWSBOT_CONFIG": str(settings)}
    command = command_line("crawlall", *against(replica), "--json", "--jobs", "2", *words)
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, check=False)


def crawled(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.stdout, done.stderr
    return [result["source"] for result in json.loads(done.stdout)]


def test_sources_are_left_out_and_named(replica: Replica, settings: Path) -> None:
    first = crawlall(replica, settings)
    assert (first.returncode, crawled(first)) == (0, list(ENABLED)), first.stderr
    others = ", ".join(name for name in SPIDERS if name not in ENABLED and not load(name).archive_only)
    assert f"newsbot: crawlall: not enabled: {others}" in first.stderr.splitlines()

    second = crawlall(replica, settings)
    assert (second.returncode, crawled(second)) == (0, ["yenmy"])
    assert "newsbot: crawlall: not due yet (EVERY): baosonla" in second.stderr.splitlines()

    named = crawlall(replica, settings, "baosonla", "haiduongtv", "-a", "limit=1")
    assert (named.returncode, crawled(named)) == (0, ["baosonla", "haiduongtv"]), "who is named is crawled"
    assert "not enabled" not in named.stderr


BEGAN = datetime(2026, 11, 22, 4, tzinfo=UTC)


def left_out(runs: Path, now: datetime, arguments: dict[str, str] | None = None, **settings: object) -> list[str]:
    """What is said of one source that was crawled once."""
    began = {"source": "yenmy", "started": BEGAN.isoformat(), "finished": BEGAN.isoformat(), "process": 1}
    RunReport.from_json({**began, "exit_status": 0, "problems": [], "arguments": arguments or {}}).write(runs)
    return list(sort_by_due([load("yenmy")], Settings({"ENABLED": True, **settings}), runs, now).left_out())


@pytest.mark.parametrize(("hours", "is_due"), [(0.1, False), (5.3, False), (5.5, True), (24, True)])
def test_a_run_counts_from_its_beginning_but_for_a_tenth(tmp_path: Path, hours: float, is_due: bool) -> None:
    said = left_out(tmp_path, BEGAN + timedelta(hours=hours), EVERY="6h")
    assert said == ([] if is_due else ["not due yet (EVERY): yenmy"])


def test_a_run_over_a_part_of_a_source_does_not_count(tmp_path: Path) -> None:
    assert left_out(tmp_path, BEGAN + timedelta(hours=1), {"limit": "5"}, EVERY="6h") == []


@pytest.mark.parametrize(("enabled", "is_crawled"), [(None, False), (True, True), (False, False)])
def test_a_site_kept_as_an_archive_is_left_out_unless_it_is_enabled(
    tmp_path: Path, enabled: bool | None, is_crawled: bool
) -> None:
    class Kept(OneCmsSpider):
        name = "kept"
        province = ""
        allowed_domains = ["kept.test"]
        archive_only = True

    settings = Settings({"ENABLED": True})
    if enabled is not None:
        settings.set("ENABLED", enabled, priority="cmdline")
    due = sort_by_due([Kept], settings, tmp_path, BEGAN)
    assert (due.now, list(due.left_out())) == (["kept"] if is_crawled else [], [])


@pytest.mark.parametrize("every", ["soon", "6", "-1h"])
def test_a_time_that_is_none_is_named(replica: Replica, settings: Path, every: str) -> None:
    settings.write_text(f'[sources.yenmy]\nevery = "{every}"\n')
    done = crawlall(replica, settings)
    assert done.returncode == 2
    assert f"EVERY: '{every}' is not a number of hours (6h) or days (7d)" in done.stderr
