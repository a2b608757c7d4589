"""Years of logs and reports stay few files, and whatever reads them finds what the runs wrote."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from newsbot.health.history import read_reports
from newsbot.health.report_packs import pack_reports
from newsbot.health.run_report import RunReport
from newsbot.upkeep.packaging.files import Enclosed, enclosed, run_log, run_reports, run_warcs
from newsbot.upkeep.redaction.scrubbing import Scrubber
from tests.harness.commands import Done, run_scrapy

SOURCE = "baosonla"
NOW = datetime(2026, 11, 22, 3, 20, tzinfo=UTC)
WEEK = timedelta(days=7)


def report_of(started: datetime, source: str = SOURCE) -> RunReport:
    text = started.isoformat(timespec="milliseconds")
    return RunReport(
        source=source,
        started=text,
        finished=text,
        exit_status=1,
        problems=['no layout fits: ,"stats":{ is part of a title: "Chợ phiên vùng cao đông khách"'],
        process=7,
        new=3,
        layouts={"stats": {"articles": 3, "field_coverage": {"body": 1.0}}},
        warc_files=[f"{source}-{started:%Y%m%d%H%M%S}000-00001-vm-{started:%m%d%H%M}.warc.gz"],
        stats={"finish_reason": "finished", "downloader/request_count": 12},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Sixty days of two sources, a run every six hours."""
    for number in range(240):
        started = NOW - timedelta(hours=6 * number)
        report_of(started).write(tmp_path / "runs")
        report_of(started, "yenmy").write(tmp_path / "runs")
    return tmp_path / "runs"


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_month_is_one_file_and_nothing_of_it_is_lost(folder: Path) -> None:
    before, written = read_reports(folder), content(folder)
    assert pack_reports(folder, SOURCE, NOW - WEEK) == 240 - 29
    names = sorted(path.name for path in folder.glob(f"{SOURCE}-*"))
    assert len([name for name in names if name.endswith(".json")]) == 29
    assert [name for name in names if name.endswith(".gz")] == [
        f"{SOURCE}-2026-{month}.jsonl.gz" for month in ("09", "10", "11")
    ]
    assert len(list(folder.glob("yenmy-*.json"))) == 240
    assert read_reports(folder) == before
    assert len(before.runs) == 480
    assert all(run.layouts["stats"]["articles"] == 3 and not run.stats for run in before.runs)
    mine = read_reports(folder, SOURCE, NOW - timedelta(days=30)).runs
    assert [run.started for run in mine] == [run.started for run in before.runs if run.source == SOURCE][-121:]
    for name, text in written.items():
        assert (found := enclosed(folder.parent, name)) is not None
        assert (found.name, found.text) == (name, text)


def test_stats_come_last_in_a_report() -> None:
    """`newsbot.health.report_packs.without_stats` cuts there."""
    assert fields(RunReport)[-1].name == "stats"


def test_it_is_done_once_a_day_and_adds_to_the_month(folder: Path) -> None:
    before = read_reports(folder)
    pack_reports(folder, SOURCE, NOW - 2 * WEEK)
    assert pack_reports(folder, SOURCE, NOW - 2 * WEEK + timedelta(hours=23)) == 0
    assert pack_reports(folder, SOURCE, NOW - WEEK) == 28
    assert read_reports(folder) == before


def test_killed_before_the_singles_are_removed_each_report_counts_once(folder: Path) -> None:
    before, written = read_reports(folder), content(folder)
    pack_reports(folder, SOURCE, NOW - WEEK)
    for name, text in written.items():
        (folder / name).write_bytes(text)
    assert read_reports(folder) == before
    pack_reports(folder, SOURCE, NOW - WEEK)
    assert read_reports(folder) == before
    assert len(list(folder.glob(f"{SOURCE}-*.json"))) == 29


def test_a_damaged_pack_is_named_and_never_written_over(folder: Path) -> None:
    pack_reports(folder, SOURCE, NOW - WEEK)
    pack = folder / f"{SOURCE}-2026-11.jsonl.gz"
    damaged = pack.read_bytes()[:-20]
    pack.write_bytes(damaged)
    report_of(NOW - timedelta(days=10, minutes=1)).write(folder)
    reports = read_reports(folder, SOURCE)
    assert reports.unreadable == [pack.name]
    assert len(reports.runs) > 150  # other months, and single ones
    with pytest.raises(ArchiveError, match=str(pack)):
        pack_reports(folder, SOURCE, NOW - WEEK)
    assert pack.read_bytes() == damaged
    assert (folder / f"{SOURCE}-20261112T031900.000Z.json").exists()


def test_what_is_no_report_stays_as_it_is(folder: Path) -> None:
    odd = {
        f"{SOURCE}-20261001T000000.000Z.json": b'{"source": "baoson',
        f"{SOURCE}-20261002T000000.000Z.json": replace_started(NOW),  # says another time than its name
        f"{SOURCE}-20261003T000000.000Z.json": b"[]",
        f"{SOURCE}-notes.json": b"mine",
    }
    for name, text in odd.items():
        (folder / name).write_bytes(text)
    pack_reports(folder, SOURCE, NOW - WEEK)
    assert {name: (folder / name).read_bytes() for name in odd} == odd


def replace_started(moment: datetime) -> bytes:
    return json.dumps(asdict(report_of(moment))).encode()


def test_packages_find_the_packed_reports_and_compressed_logs_of_their_runs(folder: Path) -> None:
    data = folder.parent
    started = NOW - timedelta(days=20)
    run = report_of(started)
    name = f"{SOURCE}-{started:%Y%m%dT%H%M%S}.000Z.json"
    (data / "logs").mkdir()
    log = data / "logs" / f"{SOURCE}-{started - timedelta(seconds=3):%Y%m%dT%H%M%SZ}.log.gz"
    log.write_bytes(gzip.compress(b"INFO: spider opened\n"))
    (warc := data / "warc" / run.warc_files[0]).parent.mkdir()
    warc.touch()
    text = (folder / name).read_bytes()
    pack_reports(folder, SOURCE, NOW - WEEK)
    (found,) = run_reports(data, run.warc_files, [])
    assert (found.name, found.text) == (name, text)
    assert run_log(data, found) == (log.name.removesuffix(".gz"), b"INFO: spider opened\n")
    for given in (name, name.removesuffix(".json"), f"runs/{name}"):
        assert list(run_warcs(data, data / "warc", [given])) == [warc]


def test_what_is_redacted_leaves_packed_reports_and_compressed_logs_too(folder: Path) -> None:
    pack_reports(folder, SOURCE, NOW - WEEK)
    pack = folder / f"{SOURCE}-2026-10.jsonl.gz"
    scrubber = Scrubber(["Chợ phiên vùng cao đông khách"])
    before = read_reports(folder, SOURCE).runs
    pack.write_bytes(b"".join(scrubber.scrub(pack) or ()))
    after = read_reports(folder, SOURCE)
    assert after.unreadable == []
    october = [run for run in after.runs if run.started.startswith("2026-10")]
    assert len(october) == 124
    assert all(run.problems == ["[redacted]"] for run in october)
    assert [replace(run, problems=[]) for run in after.runs] == [replace(run, problems=[]) for run in before]
    assert scrubber.scrub(pack) is None
    log = folder / f"{SOURCE}-20261001T000000Z.log.gz"
    log.write_bytes(gzip.compress("INFO: a\nINFO: chợ phiên vùng cao đông\n".encode()))
    assert gzip.decompress(b"".join(scrubber.scrub(log) or ())) == b"INFO: a\n[redacted]\n"


@pytest.mark.parametrize("damage", [lambda log: log[:-9], lambda log: log[:20] + b"\xff\xff" + log[22:]])
def test_a_damaged_log_is_named(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    data, run = folder.parent, report_of(NOW)
    (data / "logs").mkdir()
    log = data / "logs" / f"{SOURCE}-{NOW:%Y%m%dT%H%M%SZ}.log.gz"
    log.write_bytes(damage(gzip.compress(b"INFO: spider opened at a time\n")))
    with pytest.raises(ArchiveError, match=log.name):
        run_log(data, Enclosed("a.json", json.dumps(asdict(run)).encode()))
    with pytest.raises(ArchiveError, match=log.name):
        Scrubber(["Chợ phiên vùng cao đông khách"]).scrub(log)


def crawl(data: Path, *settings: str) -> Done:
    """Crawl a source that cannot be reached: only what comes before and after matters."""
    usual = (
        "CONNECT_TO=::127.0.0.1:9",
        "RETRY_TIMES=0",
        "ARCHIVE_DISK_FLOOR=0",
        "CRAWL_DELAY_MAX=0",
        "DOWNLOAD_DELAY=0",
    )
    return run_scrapy("crawl", SOURCE, "--nolog", *(f"--set={each}" for each in (*usual, *settings)), data=data)


def test_a_crawl_puts_away_what_is_old_of_its_source(tmp_path: Path) -> None:
    now, runs, logs = datetime.now(UTC), tmp_path / "runs", tmp_path / "logs"
    logs.mkdir()
    for days in (0, 2, 6, 9, 40):
        report_of(now - timedelta(days=days)).write(runs)
        for source in (SOURCE, "yenmy"):
            (logs / f"{source}-{now - timedelta(days=days):%Y%m%dT%H%M%SZ}.log").write_text(f"{days}\n")
    (logs / "cron.log").write_text("mine\n")
    assert crawl(tmp_path).returncode == 1
    kept = sorted(path.name.partition("Z")[2] for path in logs.glob(f"{SOURCE}-*"))
    assert kept == [".log", ".log.gz", ".log.gz", ".log.gz"]
    assert sorted(gzip.decompress(path.read_bytes()) for path in logs.glob("*.gz")) == [b"2\n", b"6\n", b"9\n"]
    assert len(list(logs.glob("yenmy-*.log"))) == 5
    assert (logs / "cron.log").exists()
    assert len(list(runs.glob("*.json"))) == 4  # three of the week, and that of this crawl
    assert len(read_reports(runs, SOURCE).runs) == 6

    assert crawl(tmp_path, "KEEP_LOGS=0", "KEEP_REPORTS=1").returncode == 1
    assert len(list(logs.glob(f"{SOURCE}-*"))) == 4
    assert len(read_reports(runs, SOURCE).runs) == 7
    assert len(list(runs.glob("*.json"))) == 3


def test_a_pack_that_cannot_be_read_is_a_warning_and_changes_no_status(tmp_path: Path) -> None:
    started = datetime.now(UTC) - timedelta(days=20)
    report_of(started).write(tmp_path / "runs")
    pack = tmp_path / "runs" / f"{SOURCE}-{started:%Y-%m}.jsonl.gz"
    pack.write_bytes(b"no gzip")
    done = crawl(tmp_path)
    assert done.returncode == 1
    assert f"newsbot: {SOURCE}: warning: {pack} cannot be read: " in done.stderr
    assert "Traceback" not in done.stderr
