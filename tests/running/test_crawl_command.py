"""`scrapy crawl` ends with a status that cron can trust, and says in one line what is wrong."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from newsbot.locks.source_lock import SourceLock
from tests.harness.commands import LONG, Done, against, command_line, run_scrapy, wait_until
from tests.project import ROOT
from tests.replica.faults import Delay, Fault, Status
from tests.replica.server import Replica

SOURCE = "baosonla"


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=30) as replica:
        yield replica


class Crawl:
    """Runs crawls against the replica into one data folder."""

    def __init__(self, replica: Replica, data: Path) -> None:
        self.replica = replica
        self.data = data

    def order(self, *words: str) -> dict[str, Any]:
        """What starts a crawl as from a shell."""
        return {
            "args": command_line(*words, *against(self.replica, RETRY_TIMES="1")),
            "env": os.environ | self.replica.environment | {"NEWSBOT_DATA": str(self.data)},
            "cwd": ROOT,
            "text": True,
        }

    def run(
        self, *words: str, faults: Sequence[Fault] = (), data: str = "", more: Sequence[str] = (), **order: Any
    ) -> Done:
        """Run a crawl to its end; what is given as `more` goes before all else."""
        self.replica.set_faults(*faults)
        environment = os.environ | self.replica.environment | {"NEWSBOT_DATA": data or str(self.data)}
        words = (*words, "--nolog", *against(self.replica, RETRY_TIMES="1"), *more)
        return run_scrapy(*words, environment=environment, **order)

    def report(self) -> dict[str, Any]:
        (path,) = (self.data / "runs").glob("*.json")
        report: dict[str, Any] = json.loads(path.read_text())
        return report

    def lines(self) -> list[dict[str, Any]]:
        return [
            json.loads(line)
            for path in self.data.glob("articles/*/*.jsonl*")
            for line in path.read_text(encoding="utf-8").splitlines()
        ]


@pytest.fixture
def crawl(replica: Replica, tmp_path: Path) -> Crawl:
    return Crawl(replica, tmp_path / "data")


def test_a_good_crawl_is_0_and_reported(crawl: Crawl) -> None:
    done = crawl.run("crawl", SOURCE)
    assert (done.returncode, done.stderr) == (0, "")
    report = crawl.report()
    assert report["source"] == SOURCE
    assert (report["exit_status"], report["problems"]) == (0, [])
    assert report["lines"] == len(crawl.lines()) > 20
    assert report["pages"] >= report["articles"] >= report["lines"]
    assert report["field_coverage"]["body"] > 0.9
    assert report["status_mix"]["200"] > report["articles"]
    sizes = [(crawl.data / "warc" / name).stat().st_size for name in report["warc_files"]]
    assert sum(sizes) == report["warc_bytes"] > 0
    assert not list(crawl.data.rglob("*.open"))


def test_nothing_but_500_is_1_and_named(crawl: Crawl) -> None:
    done = crawl.run("crawl", SOURCE, faults=[Status("*baosonla*", status=500)])
    assert done.returncode == 1
    assert done.stderr.startswith(f"newsbot: {SOURCE}: every request failed: its robots.txt cannot be read: HTTP 500")
    assert crawl.report()["exit_status"] == 1
    assert crawl.lines() == []


def test_a_broken_listing_is_1_and_named_although_articles_came(crawl: Crawl) -> None:
    done = crawl.run("crawl", SOURCE, faults=[Status("*/rss/*", status=404)])
    assert done.returncode == 1
    assert f"newsbot: {SOURCE}: not read: feed https://baosonla.vn/rss/home.rss: HTTP 404" in done.stderr
    assert crawl.lines()


def test_an_unknown_source_is_2_with_what_was_meant(crawl: Crawl) -> None:
    done = crawl.run("crawl", "baosonal")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("newsbot: there is no source 'baosonal'; did you mean baosonla? Known: ")
    assert "suckhoemoitruong" in line
    assert not crawl.data.exists()


@pytest.mark.parametrize(
    ("option", "complaint"),
    [
        ("CONNECT_TO=baosonla.vn", "CONNECT_TO: 'baosonla.vn' is not of the form HOST1:PORT1:HOST2:PORT2"),
        ("DOWNLOAD_TIMEOUT=soon", "DOWNLOAD_TIMEOUT: 'soon' is not a number from 0"),
        ("CONCURRENT_REQUESTS=2.5", "CONCURRENT_REQUESTS: '2.5' is not a whole number from 0"),
        ("HEALTH_ERROR_SHARE=nan", "HEALTH_ERROR_SHARE: 'nan' is not a number from 0"),
        ("ARCHIVE_SYNC=often", "ARCHIVE_SYNC: 'often' is not record, close or a number of seconds"),
        ("ROBOTSTXT_OBEY=perhaps", "ROBOTSTXT_OBEY: 'perhaps' is not True or False"),
        ("LOG_LEVEL=LOUD", "LOG_LEVEL: 'LOUD' is not DEBUG, INFO, WARNING, ERROR or CRITICAL"),
        ("CONTACT=someone, somewhere", "CONTACT: 'someone, somewhere' is not a URL or e-mail address in ASCII"),
        ("USER_AGENT=a\nCookie: b", "USER_AGENT: 'a\\nCookie: b' cannot be sent (printable ASCII, not empty)"),
        ("DATA_DIR=", "DATA_DIR: is empty (the environment variable NEWSBOT_DATA names the data folder)"),
        ("DOWNLOAD_DELAYS=1", "-s DOWNLOAD_DELAYS: there is no such setting; did you mean DOWNLOAD_DELAY?"),
        ("ARCHIVE_MAX_BYTE=1", "-s ARCHIVE_MAX_BYTE: there is no such setting; did you mean ARCHIVE_MAX_BYTES?"),
    ],
)
def test_a_bad_setting_is_2_and_named(crawl: Crawl, option: str, complaint: str) -> None:
    done = crawl.run("crawl", SOURCE, more=["-s", option])
    assert (done.returncode, done.stderr) == (2, f"newsbot: {complaint}\n")
    assert not crawl.data.exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["crawl"], "name one source"),
        (["crawl", SOURCE, "yenmy"], "name one source"),
        (["crawl", SOURCE, "--fast"], "--fast: there is no such option"),
        (["crawl", SOURCE, "-a", "limits=3"], "-a limits: baosonla takes no such argument, but limit, "),
        (["crawl", SOURCE, "-a", "limit=some"], "-a limit must be a whole number from 1, not 'some'"),
        (["crawlall", "nowhere"], "there is no source 'nowhere'"),
        (["crawlall", "--jobs", "0"], "--jobs: 0 is not a number from 1"),
        (["crawlall", "-O", "all.jsonl"], "-o, -O, FEEDS: "),
    ],
)
def test_a_bad_order_is_2_in_one_line(crawl: Crawl, words: list[str], complaint: str) -> None:
    done = crawl.run(*words)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert complaint in line
    assert not crawl.lines()


@pytest.mark.parametrize("command", [["crawl", SOURCE], ["crawlall"]])
@pytest.mark.parametrize("place", ["{file}/data", "/proc/newsbot", "/dev/full"])
def test_an_unwritable_data_folder_is_3(crawl: Crawl, tmp_path: Path, place: str, command: list[str]) -> None:
    (tmp_path / "file").touch()
    data = place.format(file=tmp_path / "file")
    done = crawl.run(*command, data=data)
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert f"cannot write in the data folder {data}: " in line


def test_a_full_data_folder_is_3(crawl: Crawl) -> None:
    no_room = (resource.RLIMIT_FSIZE, (0, 0))
    done = subprocess.run(
        **crawl.order("crawl", SOURCE, "--nolog"),
        capture_output=True,
        timeout=LONG,
        check=False,
        preexec_fn=lambda: resource.setrlimit(*no_room),
    )
    assert done.returncode == 3
    assert "cannot write in the data folder" in done.stderr
    assert not crawl.lines()


def test_too_little_free_space_is_3(crawl: Crawl) -> None:
    done = crawl.run("crawl", SOURCE, more=["-s", f"ARCHIVE_DISK_FLOOR={1 << 60}"])
    assert done.returncode == 3
    assert f"ARCHIVE_DISK_FLOOR is {1 << 60}" in done.stderr
    assert not crawl.lines()


def test_a_disk_that_fills_during_the_crawl_is_3_and_every_line_has_its_capture(crawl: Crawl) -> None:
    done = crawl.run("crawl", SOURCE, file_limit=150_000)
    assert done.returncode == 3, done.stderr
    assert f"newsbot: {SOURCE}: the archive could not be written: " in done.stderr
    assert crawl.lines()
    for line in crawl.lines():
        (file,) = (crawl.data / "warc").glob(f"{line['capture']['file']}*")
        assert line["capture"]["offset"] + line["capture"]["length"] <= file.stat().st_size


def test_lines_without_an_archive_are_refused_with_3(crawl: Crawl) -> None:
    done = crawl.run("crawl", SOURCE, "-s", "ARCHIVE_ENABLED=False")
    assert done.returncode == 3, done.stderr
    assert "ARCHIVE_ENABLED" in done.stderr
    assert not crawl.lines()


def test_a_source_that_is_being_crawled_is_75(crawl: Crawl) -> None:
    with SourceLock(crawl.data / "locks", SOURCE):
        done = crawl.run("crawl", SOURCE)
        both = crawl.run("crawlall", SOURCE)
    assert (done.returncode, both.returncode) == (75, 75)
    assert done.stderr.startswith(f"newsbot: {SOURCE}: another run is crawling {SOURCE} (process {os.getpid()} holds ")
    assert not (crawl.data / "runs").exists()


@pytest.mark.parametrize("command", [["crawl", SOURCE], ["crawlall", SOURCE, "yenmy"]])
def test_a_crawl_told_to_stop_stops_soon_and_is_1(crawl: Crawl, command: list[str]) -> None:
    def asked() -> int:
        return sum(crawl.replica.counters().values())

    crawl.replica.set_faults(Delay("*", seconds=1))
    crawl.replica.forget_counters()
    order = crawl.order(*command, "-s", "CONCURRENT_REQUESTS=1")
    with subprocess.Popen(**order, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        wait_until("pages are asked for", lambda: asked() >= 3)
        process.send_signal(signal.SIGTERM)
        before = asked()
        _, errors = process.communicate(timeout=LONG)
    assert asked() - before < 15, "half of what is left"
    assert process.returncode == 1
    assert f"newsbot: {SOURCE}: did not finish: shutdown" in errors
    assert crawl.report()["problems"][0] == "did not finish: shutdown"
    with SourceLock(crawl.data / "locks", SOURCE):
        pass  # nobody goes on crawling it
    if command[0] == "crawlall":
        assert "newsbot: yenmy: not started" in errors


def test_crawlall_prints_a_table_and_keeps_logs(crawl: Crawl) -> None:
    done = crawl.run("crawlall", SOURCE, "haiduongtv", "--jobs", "2", "-a", "limit=5")
    assert done.returncode == 0, done.stderr
    for source in (SOURCE, "haiduongtv"):
        (row,) = [line for line in done.stdout.splitlines() if line.startswith(f"│ {source} ")]
        cells = [cell.strip() for cell in row.split("│")[1:-1]]
        assert (cells[1], cells[2], cells[3]) == ("5", "0", "0")
        assert cells[-1] == "well"
        assert f"{source}: started" in done.stderr
        assert list((crawl.data / "logs").glob(f"{source}-*.log"))


def test_crawlall_takes_the_worst_status_and_names_the_source(crawl: Crawl) -> None:
    done = crawl.run("crawlall", SOURCE, "haiduongtv", "-a", "limit=5", faults=[Status("*haiduongtv*", status=502)])
    assert done.returncode == 1
    assert done.stderr.count("every request failed: its robots.txt cannot be read: HTTP 502") == 1, "told once"
    assert "newsbot: haiduongtv: every request failed: its robots.txt cannot be read: HTTP 502" in done.stderr
    assert "every request failed" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert f"newsbot: {SOURCE}: " not in done.stderr
