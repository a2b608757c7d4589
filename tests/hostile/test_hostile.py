"""A site that sends what no honest one would: every job ends, says what it gave up, and reads what stands beside it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from tests.harness.commands import HURRY, Done, command_line, options, run_scrapy
from tests.hostile.site import ALL, HOST, READ, UNHEARD, UNREAD, HostileSite, hostile_site, path_of
from tests.project import ROOT

SOURCE = "baothudich"
GIGABYTE = 1 << 30
#: Seconds, on a machine that is busy with other tests, too; a job that does not end takes for ever.
LONG = 120


@dataclass
class Jobs:
    """Commands in one data folder."""

    data: Path
    site: HostileSite
    done: dict[str, Done] = field(default_factory=dict)

    def arguments(self, *words: str) -> list[str]:
        settings = {"CONNECT_TO": f"{HOST}:80:127.0.0.1:{self.site.port}", "SPIDER_MODULES": "tests.hostile.spiders"}
        return [*words, *options(HURRY | settings | {"RETRY_ENABLED": "False"})]

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"NEWSBOT_DATA": str(self.data), "NEWSBOT_NOW": "2026-11-22T10:00:00+07:00"}

    def run(self, *words: str) -> Done:
        done = run_scrapy(*self.arguments(*words), environment=self.environment)
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        return done

    def warcs(self) -> list[str]:
        return sorted(map(str, (self.data / "warc").glob("*.warc.gz")))

    def lines(self, folder: str = "articles") -> list[dict[str, Any]]:
        paths = sorted((self.data / folder / SOURCE).glob("*.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]

    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = json.loads(max((self.data / "runs").glob("*.json")).read_text())["stats"]
        return stats


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    with hostile_site() as site:
        jobs = Jobs(tmp_path_factory.mktemp("data"), site)
        jobs.done["crawl"] = jobs.run("crawl", SOURCE)
        yield jobs


def url_of(name: str) -> str:
    return f"http://{HOST}{path_of(name)}"


def test_the_crawl_ends_and_reads_the_neighbours(jobs: Jobs) -> None:
    assert jobs.done["crawl"].returncode == 1, jobs.done["crawl"].stderr
    assert {line["url"] for line in jobs.lines()} == set(map(url_of, READ))
    places = [(line["capture"]["file"], line["capture"]["offset"]) for line in jobs.lines()]
    assert places == sorted(places), "lines stand in the order of their captures, whatever it takes to read one"
    assert jobs.done["crawl"].peak_bytes < GIGABYTE


def test_the_crawl_says_what_it_gave_up(jobs: Jobs) -> None:
    stats, said = jobs.stats(), jobs.done["crawl"].stderr
    assert {line.partition(": ")[0] for line in stats["newsbot/over_limit_pages"]} == set(map(url_of, UNREAD))
    assert {line.partition(": ")[0] for line in stats["newsbot/failed_addresses"]} == set(map(url_of, UNHEARD))
    assert f"{len(UNREAD)} pages were kept, but not read" in said
    assert f"{len(UNHEARD)} of {len(ALL)} article pages failed" in said


def test_values_have_a_budget(jobs: Jobs) -> None:
    lines = {line["url"]: line for line in jobs.lines()}
    assert lines[url_of("base")]["images"] == [{"url": f"http://{HOST}/a.jpg", "caption": None}]
    assert len(lines[url_of("pictures")]["images"]) == 2_000
    assert jobs.stats()["newsbot/cut_values"] == [f"{url_of('pictures')}: 20000 pictures"]
    assert max(len(json.dumps(line)) for line in lines.values()) < 1_000_000


def test_what_was_kept_verifies(jobs: Jobs) -> None:
    done = jobs.run("verify")
    assert done.returncode == 0, done.stdout
    assert jobs.run("index", "rebuild").returncode == 0


def test_rebuild_gives_the_same_and_names_the_rest(jobs: Jobs) -> None:
    done = jobs.run("rebuild", *jobs.warcs())
    assert done.returncode == 1
    assert jobs.lines("rebuilt") == jobs.lines()
    name = Path(jobs.warcs()[0]).name
    for page in UNREAD:
        assert f"{url_of(page)}, in {name} at " in done.stderr


def test_a_package_holds_all_of_it(jobs: Jobs) -> None:
    done = jobs.run("wacz", "--source", SOURCE, "-o", str(jobs.data / "all.wacz"))
    assert done.returncode in (0, 1), done.stderr
    assert (jobs.data / "all.wacz").exists()


def test_the_next_run_does_not_ask_again_for_what_it_could_not_read(jobs: Jobs, tmp_path: Path) -> None:
    jobs.site.asked.clear()
    Jobs(Path(shutil.copytree(jobs.data, tmp_path / "data")), jobs.site).run("crawl", SOURCE)
    asked = set(jobs.site.asked)
    assert not asked & {path_of(name) for name in (*READ, *UNREAD)}


@pytest.mark.parametrize("told", [signal.SIGKILL, signal.SIGTERM])
def test_a_crawl_hears_while_a_page_is_read(tmp_path: Path, jobs: Jobs, told: signal.Signals) -> None:
    with hostile_site(("tot", "attributes", "tot nhat")) as site:
        jobs = Jobs(tmp_path, site)
        command = command_line(*jobs.arguments("crawl", SOURCE))
        crawl = subprocess.Popen(command, cwd=ROOT, env=jobs.environment, stderr=subprocess.DEVNULL)
        started = monotonic()
        while not (readers := readers_of(crawl.pid)) and monotonic() < started + LONG:
            sleep(0.05)
        sleep(1)  # for the capture to be on disk
        crawl.send_signal(told)
        status = crawl.wait(LONG)
        ended_by = monotonic() + LONG
        while any(Path(f"/proc/{reader}").exists() for reader in readers) and monotonic() < ended_by:
            sleep(0.05)
        assert not any(Path(f"/proc/{reader}").exists() for reader in readers), "it ends with its crawl"
        if told is signal.SIGTERM:
            assert status == 1
            assert jobs.stats()["finish_reason"] == "shutdown"
            return
        done = jobs.run("crawl", SOURCE)
        assert {line["url"] for line in jobs.lines()} == {url_of("tot"), url_of("tot nhat")}
        assert f"{url_of('attributes')}" in done.stderr
        assert site.asked[path_of("attributes")] == 1


def readers_of(parent: int) -> list[int]:
    """The reader processes of a crawl."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "cmdline").read_bytes().split(b"\0")
            is_child = f"PPid:\t{parent}\n" in (path / "status").read_text()
        except OSError:
            continue
        if is_child and b"newsbot.reader_process.child" in words:
            found.append(int(path.name))
    return found
