"""The operator hears of what begins and what ends, by message, heartbeat and metrics, and a run never breaks by it."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic

import pytest
from prometheus_client.parser import text_string_to_metric_families
from scrapy.settings import Settings

from newsbot.configuration.settings_table import mistakes
from newsbot.health.exit_status import ExitStatus
from newsbot.health.result import Result
from newsbot.health.run_report import RunReport
from newsbot.health.telling.metrics import write_metrics
from newsbot.health.telling.notifications import LONGEST_LINE, Told, news, notify
from newsbot.health.telling.outcome import heartbeat, tell
from tests.harness.commands import against, run_scrapy
from tests.replica.faults import Status
from tests.replica.server import Replica

# apprise looks for a module that Python 3.13 drops, and does without it there.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@dataclass
class Ear:
    """A service that notes what it is told."""

    port: int = 0
    status: int = 200
    asked: list[str] = field(default_factory=list)
    told: list[dict[str, str]] = field(default_factory=list)

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ear.asked.append(self.path)
            self.send_response(ear.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            ear.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ear.port = listener.server_address[1]
    thread = Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield ear
    listener.shutdown()
    thread.join()
    listener.server_close()


def result(source: str, status: int = 0, *problems: str, **report: object) -> Result:
    time = "2026-11-22T03:20:11.123+00:00"
    known = {"source": source, "started": time, "finished": time, "exit_status": status, "process": 1}
    return Result(source, status, list(problems), RunReport.from_json(known | {"problems": list(problems)} | report))


def message(results: Sequence[Result]) -> tuple[str, str] | None:
    """Title and text of what these crawls alone say, if that is news."""
    found = news(results, Told())
    return (found.title, found.text) if found.lines else None


DOWN = result("baosonla", 1, "every request failed: HTTP 500 (4)", raised=["errors"])
STILL_DOWN = result("baosonla", 1, "every request failed: HTTP 500 (4)", raised=[])
BETTER = result("yenmy", 0, cleared=["generic"])


def test_a_message_names_what_began_and_what_ended() -> None:
    assert message([DOWN, BETTER, STILL_DOWN]) == (
        "newsbot: baosonla not well; yenmy better",
        "baosonla: every request failed: HTTP 500 (4)\nyenmy: over: generic",
    )


@pytest.mark.parametrize(
    "quiet", [STILL_DOWN, result("yenmy"), Result("yenmy", ExitStatus.LOCKED, ["another run is crawling yenmy"])]
)
def test_what_is_as_it_was_is_no_message(quiet: Result) -> None:
    assert message([quiet]) is None


def test_a_crawl_without_a_report_is_told() -> None:
    found = message([Result("crawlall", ExitStatus.NOT_ARCHIVED, ["only 5 bytes are free"])])
    assert found == ("newsbot: crawlall not well", "crawlall: only 5 bytes are free")


FULL = Result("baosonla", ExitStatus.NOT_ARCHIVED, ["only 5 bytes are free"])
LOCKED_FOR_HOURS = Result(
    "yenmy", ExitStatus.UNHEALTHY, ["another run is crawling yenmy (… for 13 hours)"], begun=False
)
POSTPONED = Result("yenmy", ExitStatus.UNHEALTHY, ["not reached"], begun=False, postponed=True)


def test_what_could_not_be_crawled_is_told_once_as_a_failure_and_once_that_it_is_over(ear: Ear, tmp_path: Path) -> None:
    settings = Settings({"NOTIFY_URLS": ear.url("/hook", "json"), "DATA_DIR": str(tmp_path)})
    jobs = [[FULL], [FULL], [FULL, LOCKED_FOR_HOURS], [FULL, LOCKED_FOR_HOURS], [POSTPONED], [result("baosonla")]]
    for job in jobs:
        assert list(tell(job, settings)) == []
    assert [(told["type"], told["title"]) for told in ear.told] == [
        ("failure", "newsbot: baosonla not well"),
        ("failure", "newsbot: yenmy not well"),
        ("success", "newsbot: baosonla better"),
    ]
    assert ear.told[-1]["message"] == "baosonla: over: it can be crawled again"


def test_a_crawlall_that_could_not_begin_is_told(ear: Ear, tmp_path: Path) -> None:
    settings = Settings({"NOTIFY_URLS": ear.url("/hook", "json"), "DATA_DIR": str(tmp_path / "file" / "data")})
    (tmp_path / "file").touch()
    job = [Result("crawlall", ExitStatus.NOT_ARCHIVED, ["cannot write in the data folder"], begun=False)]
    (said,) = tell(job, settings)
    assert said.startswith(f"cannot write {tmp_path}/file/data/told.json: Not a directory")
    assert [told["message"] for told in ear.told] == ["crawlall: cannot write in the data folder"]


def test_a_message_stays_short_whatever_a_site_sends() -> None:
    found = message([result("yenmy", 1, *(f"{number} {'x' * 9999}" for number in range(99)), raised=["log"])])
    assert found is not None
    lines = found[1].splitlines()
    assert len(lines) == 31
    assert lines[-1] == "… and 69 more"
    assert max(map(len, lines)) == LONGEST_LINE


def test_a_message_goes_out_by_webhook_with_its_text_as_it_is(ear: Ear) -> None:
    text = "yenmy: <b>*bold*</b> &amp; _more_"
    assert list(notify([ear.url("/hook", "json")], "newsbot: yenmy not well", text)) == []
    (told,) = ear.told
    assert (told["title"], told["message"]) == ("newsbot: yenmy not well", text)


def test_a_message_that_cannot_be_sent_is_said_without_its_secrets(ear: Ear) -> None:
    ear.status = 500
    assert list(notify([ear.url("/secret", "json")], "a", "b")) == ["the message by json was not taken (NOTIFY_URLS)"]


@pytest.mark.parametrize(
    ("status", "fail_url", "asked"),
    [
        (ExitStatus.WELL, "", ["/id"]),
        (ExitStatus.UNHEALTHY, "", ["/id/fail"]),
        (ExitStatus.NOT_ARCHIVED, "/other", ["/other"]),
        (ExitStatus.LOCKED, "", []),
    ],
)
def test_the_heartbeat_says_how_a_job_ended(ear: Ear, status: int, fail_url: str, asked: list[str]) -> None:
    assert heartbeat(ear.url("/id"), fail_url and ear.url(fail_url), status) is None
    assert ear.asked == asked


def test_a_heartbeat_that_fails_is_named_without_its_url(ear: Ear) -> None:
    ear.status = 404
    assert heartbeat(ear.url("/secret"), "", 0) == "HTTP 404"
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        assert heartbeat(f"http://127.0.0.1:{closed.getsockname()[1]}/secret", "", 0) == "connection refused"


def test_a_service_that_sends_a_byte_now_and_then_does_not_hold_a_run_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbot.health.telling.outcome.LONGEST", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        started = monotonic()
        assert heartbeat(f"http://127.0.0.1:{deaf.getsockname()[1]}/", "", 0) == "no answer in 0 s"
        assert monotonic() - started < 30, "it is never done"


def test_what_cannot_be_used_is_a_mistake_that_keeps_secrets(capfd: pytest.CaptureFixture[str]) -> None:
    settings = Settings({"NOTIFY_URLS": "json://ok.example hunter2://secret", "HEARTBEAT_URL": "ftp://secret"})
    assert list(mistakes(settings, {})) == [
        "HEARTBEAT_URL: this is not an http(s) URL",
        "NOTIFY_URLS: apprise cannot use the URL that begins hunter2:",
    ]
    assert "secret" not in "".join(capfd.readouterr())
    assert list(mistakes(Settings(), {})) == []


def test_verify_tells_of_faults_each_time(ear: Ear, tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc" / "a.warc.gz").write_bytes(b"no gzip")
    own = {"NEWSBOT_CONFIG": "", "NEWSBOT_DATA": str(tmp_path), "NEWSBOT_NOTIFY_URLS": ear.url("/hook", "json")}
    for options in ([], ["--tell"], ["--tell"]):
        done = run_scrapy("verify", "--jobs=1", *options, environment=os.environ | own)
        assert done.returncode == 1, done.stderr
    first, second = ear.told
    assert first["title"].startswith("newsbot: verify: ") and "a.warc.gz:" in first["message"]
    assert first["message"] == second["message"]


def test_nothing_is_told_where_nobody_wants_to_hear() -> None:
    assert list(tell([DOWN], Settings())) == []


def test_metrics_are_what_prometheus_reads(tmp_path: Path) -> None:
    run = result(
        "yenmy",
        1,
        "a problem",
        duration=4.5,
        new=3,
        gone=1,
        status_mix={"200": 9, "404": 1},
        field_coverage={"sapo": 0.75},
        alarms={'odd "name"\n': "a problem"},
    ).report
    assert run is not None
    before = os.umask(0o077)
    try:
        path = write_metrics(tmp_path / "collector", run)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644, "node_exporter is another user"
    assert [each.name for each in path.parent.iterdir()] == ["newsbot_yenmy.prom"]
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(path.read_text())
        for sample in family.samples
    }
    source = ("source", "yenmy")
    assert samples["newsbot_exit_status", source] == 1
    assert samples["newsbot_duration_seconds", source] == 4.5
    assert samples["newsbot_start_time_seconds", source] == 1795317611.123
    assert samples["newsbot_lines", ("change", "new"), source] == 3
    assert samples["newsbot_lines", ("change", "gone"), source] == 1
    assert samples["newsbot_answers", source, ("status", "404")] == 1
    assert samples["newsbot_field_coverage", ("field", "sapo"), source] == 0.75
    assert samples["newsbot_alarm", ("monitor", 'odd "name"\n'), source] == 1
    assert not any(name == "newsbot_generic_share" for name, *_ in samples), "what is not known is not said"


def test_crawlall_tells_once_for_all_and_only_what_is_new(ear: Ear, tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Replica(articles=12) as replica:
        replica.set_faults(Status("*baosonla*", status=500))
        words = against(replica, RETRY_TIMES="0", PROMETHEUS_TEXTFILE=str(tmp_path / "prom"))
        environment = os.environ | replica.environment | {"NEWSBOT_DATA": str(data)}
        environment |= {"NEWSBOT_NOTIFY_URLS": ear.url("/hook", "json"), "NEWSBOT_HEARTBEAT_URL": ear.url("/beat")}
        order = ("crawlall", "baosonla", "yenmy", "--jobs", "2", *words)
        first, second = (run_scrapy(*order, environment=environment) for _ in range(2))
    assert (first.returncode, second.returncode) == (1, 1), first.stderr + second.stderr
    assert len(ear.told) == 1, first.stderr + second.stderr
    (told,) = ear.told
    assert told["title"] == "newsbot: baosonla not well"
    assert told["message"].startswith("baosonla: every request failed: its robots.txt cannot be read: HTTP 500")
    assert [path for path in ear.asked if path != "/hook"] == ["/beat/fail", "/beat/fail"]
    assert sorted(path.name for path in (tmp_path / "prom").iterdir()) == [
        "newsbot_baosonla.prom",
        "newsbot_yenmy.prom",
    ]
    (report,) = [
        found
        for path in sorted((data / "runs").glob("yenmy-*.json"))[:1]
        if (found := json.loads(path.read_text(encoding="utf-8")))
    ]
    assert report["new"] == report["lines"] > 0
    assert 0 <= report["generic_share"] < 0.5
    assert report["text_length"] > 100
    assert report["robots"]
    assert report["listings"]
    assert report["duration"] > 0
    assert sum(layout["articles"] for layout in report["layouts"].values()) == report["articles"]
    assert not any("hook" in log.read_text() for log in (data / "logs").iterdir())

    page = run_scrapy("report", environment=environment)
    assert (page.returncode, page.stderr) == (0, "")
    assert page.stdout == f"{data}/report.html: 4 runs\n"
    assert "every request failed" in (data / "report.html").read_text(encoding="utf-8")
