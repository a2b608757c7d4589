"""A run report that cannot be read costs itself alone, whatever has become of it."""

from __future__ import annotations

import gzip
import json
import subprocess
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsbot.health.history import read_reports
from newsbot.health.monitors.verdict import unusual, with_problems
from newsbot.health.report_packs import pack_reports
from newsbot.health.run_report import RunReport, read_report
from newsbot.upkeep.packaging.files import run_reports
from tests.harness.crawl_play import Play
from tests.harness.run_history import steady
from tests.replica.server import Replica
from tests.replica.sites import NOW

WARC = "{}-20261122032011123-00000-h-0123abcd.warc.gz"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted(asdict(steady(1)[0]))


def broken(report: dict[str, Any]) -> st.SearchStrategy[bytes]:
    text = json.dumps(report).encode()
    changed = st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1, max_size=3)
    return (
        changed.map(lambda fields: json.dumps(report | fields).encode())
        | VALUES.map(lambda value: json.dumps(value).encode())
        | st.integers(0, len(text) - 1).map(lambda size: text[:size])
        | st.binary(max_size=30)
        | st.just(b"[" * 100_000)
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_a_report_holds(data: st.DataObject, tmp_path: Path) -> None:
    past = steady(3)
    for path in tmp_path.iterdir():
        path.unlink()
    for run in past:
        run.write(tmp_path)
    first, name = past[0], sorted(path.name for path in tmp_path.iterdir())[0]
    content = data.draw(broken(asdict(first)))
    (tmp_path / name).write_bytes(content)
    month = f"{first.source}-2020-01.jsonl.gz"
    (tmp_path / month).write_bytes(gzip.compress(content.replace(b"\n", b" ") + b"\n"))
    read = read_reports(tmp_path, first.source)
    assert [run for run in read.runs if run in past[1:]] == past[1:]
    assert read.unreadable in ([], [name], [month], [month, name])
    assert read_report(tmp_path, first.source, past[-1].process) == past[-1]
    unusual(read.runs, past[-1])
    with_problems(past[-1], read.runs, [])
    pack_reports(tmp_path, first.source, NOW + timedelta(days=3000))
    list(run_reports(tmp_path.parent, [WARC.format("baohaiduong")], []))


def test_a_report_with_half_a_character_is_packaged_as_it_is(tmp_path: Path) -> None:
    (run,) = steady(1, problems=["half of it"], warc_files=["a.warc.gz"])
    path = run.write(tmp_path / "runs")
    text = path.read_bytes().replace(b"half of it", b"\\ud800")
    path.write_bytes(text)
    problems: list[str] = []
    (found,) = run_reports(tmp_path, [WARC.format(run.source), "a.warc.gz"], problems)
    assert (found.name, found.text, problems) == (path.name, text, [])


def test_odd_names_and_folders(tmp_path: Path) -> None:
    (run,) = steady(1)
    run.write(tmp_path / "runs")
    odd = f"{run.source}-99999999T999999.999Z.json"
    (tmp_path / "runs" / odd).write_text("{}")
    (tmp_path / "file").write_text("")
    assert read_reports(tmp_path / "runs") == ([run], [odd])
    assert read_reports(tmp_path / "file") == ([], [str(tmp_path / "file")])


def test_crawls_go_on_and_name_it(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    (runs / "haiduongtv-20261101T000000.000Z.json").write_text('{"source": "haiduongtv", "process": ')
    (runs / "haiduongtv-29991101T000000.000Z.json").write_bytes(b"\xff\xfe\x00")
    with Replica(articles=3, now=NOW) as replica:
        done = Play(replica, "haiduongtv", tmp_path).scrapy(
            "crawlall", "haiduongtv", "--set=ARCHIVE_DISK_FLOOR=0", "--set=DOWNLOAD_DELAY=0",
            "--set=AUTOTHROTTLE_ENABLED=False", f"--set=CONNECT_TO={','.join(replica.settings['CONNECT_TO'])}",
            NEWSBOT_NOW=NOW.isoformat(),
        )  # fmt: skip
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert len(read_reports(runs, "haiduongtv").runs) == 1
    assert isinstance(read_reports(runs, "haiduongtv").runs[0], RunReport)
