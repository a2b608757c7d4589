"""`scrapy crawlall`: several sources within a time, one crawlall a source, stopped or killed without harm."""

from __future__ import annotations

import json
import os
import pty
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from newsbot.locks.source_lock import LockedError, SourceClaim, SourceLock
from newsbot.running.crawlall.crawls import claim, in_turn
from newsbot.running.crawlall.fork_server import Order, fork_server
from tests.harness.commands import against, command_line, wait_until
from tests.harness.durability import assert_lines_resolve, assert_verified
from tests.harness.durability import lines as lines_in
from tests.project import ROOT
from tests.replica.faults import Delay, Status
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

ARTICLES = 6
FIRST, SECOND, THIRD = "baosonla", "haiduongtv", "yenmy"
STORIES = {site.name: sorted(story.key for story in site.stories) for site in sites(ARTICLES, now=NOW)}
PATIENCE = 90.0


class Job:
    """Starts crawlall with one data folder."""

    def __init__(self, replica: Replica, data: Path) -> None:
        self.replica, self.data = replica, data

    def command(self, *words: str) -> dict[str, Any]:
        return {
            "args": command_line(words[0], *against(self.replica, RETRY_TIMES="0"), *words[1:]),
            "env": os.environ | self.replica.environment | {"NEWSBOT_DATA": str(self.data)},
            "cwd": ROOT,
        }

    def start(self, *words: str, program: str = "crawlall") -> subprocess.Popen[str]:
        command = self.command(program, *words)
        return subprocess.Popen(**command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words: str, program: str = "crawlall") -> subprocess.CompletedProcess[str]:
        with self.start(*words, program=program) as process:
            output, errors = process.communicate(timeout=100)
            return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def results(self, *words: str) -> tuple[int, dict[str, dict[str, Any]]]:
        """Run with --json and return the status and what was said of each source."""
        done = self.run("--json", *words)
        return done.returncode, {entry["source"]: entry for entry in json.loads(done.stdout)}

    def lock(self, source: str) -> Path:
        return self.data / "locks" / f"{source}.lock"

    def has_captured(self, source: str) -> bool:
        return any(path.stat().st_size > 5_000 for path in self.data.glob(f"warc/{source}-*"))

    def assert_all_there(self, *sources: str) -> None:
        """Each article of these sources has its one line, and nothing is wrong with the archive."""
        assert not list(self.data.rglob("*.open"))
        found = sorted(line["id"] for line in lines_in(self.data) if line["source"] in sources)
        assert found == sorted(key for source in sources for key in STORIES[source])
        assert_lines_resolve(self.data)
        assert_verified(self.data)


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=ARTICLES, now=NOW) as replica:
        yield replica


@pytest.fixture
def job(replica: Replica, tmp_path: Path) -> Iterator[Job]:
    replica.set_faults()
    yield Job(replica, tmp_path / "data")
    replica.set_faults()


def is_free(data: Path, source: str) -> bool:
    try:
        with SourceLock(data / "locks", source), SourceClaim(data / "locks", source):
            return True
    except LockedError:
        return False


def begun(errors: str) -> list[str]:
    return [line.split(":")[0] for line in errors.splitlines() if line.endswith(": started")]


def test_a_second_crawlall_is_75_and_harms_nothing(job: Job) -> None:
    """Also while the first one has sources still waiting, which may be crawled by hand all the same."""
    job.replica.set_faults(Delay(f"*{FIRST}*", seconds=0.3))
    with job.start(FIRST, SECOND, THIRD, "-s", "RETRY_TIMES=5") as first:
        wait_until("the first has begun", lambda: job.has_captured(FIRST))
        crawl = int(job.lock(FIRST).read_text())
        os.kill(crawl, signal.SIGSTOP)  # however long the others take; connections that end meanwhile are made again
        second = job.run("--json", FIRST, SECOND, THIRD)
        by_hand = job.run(THIRD, program="crawl")
        os.kill(crawl, signal.SIGCONT)
        _, errors = first.communicate(timeout=PATIENCE)
    assert second.returncode == 75
    entries = json.loads(second.stdout)
    assert [(entry["source"], entry["status"], entry["outcome"]) for entry in entries] == [
        (source, 75, "skipped") for source in (FIRST, SECOND, THIRD)
    ]
    said = f"another crawlall has taken {SECOND} on (process {first.pid} holds {job.data}/locks/{SECOND}.claim)"
    assert f"newsbot: {SECOND}: {said}" in second.stderr
    assert by_hand.returncode == 0, by_hand.stderr
    assert first.returncode == 0, errors
    assert begun(errors) == [FIRST, SECOND, THIRD]
    assert len(list(job.data.glob("runs/*.json"))) == 4, "three of the first, one by hand, none of the second"
    job.assert_all_there(FIRST, SECOND, THIRD)


def test_a_source_that_somebody_crawls_is_skipped_and_the_others_are_not(job: Job) -> None:
    with SourceLock(job.data / "locks", FIRST):
        status, found = job.results(FIRST, SECOND, "--jobs", "2")
    assert status == 0
    assert {name: (entry["status"], entry["outcome"]) for name, entry in found.items()} == {
        FIRST: (75, "skipped"),
        SECOND: (0, "finished"),
    }
    assert found[FIRST]["problems"][0].startswith(f"another run is crawling {FIRST} (process ")
    assert found[FIRST]["counts"] is found[FIRST]["duration"] is None
    job.assert_all_there(SECOND)


def test_json_is_all_of_stdout_and_says_what_the_reports_say(job: Job) -> None:
    job.replica.set_faults(Status(f"*{SECOND}*", status=502))
    done = job.run("--json", SECOND, FIRST, "--jobs", "2")
    assert done.returncode == 1
    broken, well = json.loads(done.stdout)
    assert (broken["source"], broken["status"], broken["outcome"]) == (SECOND, 1, "finished")
    assert broken["problems"][0].startswith("every request failed: ")
    (path,) = job.data.glob(f"runs/{FIRST}-*.json")
    report = json.loads(path.read_text())
    assert (well["source"], well["status"], well["problems"]) == (FIRST, 0, [])
    assert {name: well[name] for name in ("started", "finished", "duration")} == {
        name: report[name] for name in ("started", "finished", "duration")
    }
    assert well["counts"] == {name: report[name] for name in well["counts"]}
    assert (well["counts"]["new"], well["counts"]["failed"]) == (ARTICLES, 0)


def test_json_says_why_nothing_could_be_crawled(job: Job, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    job.data = tmp_path / "file" / "data"
    status, found = job.results(FIRST)
    assert (status, found["crawlall"]["status"], found["crawlall"]["outcome"]) == (3, 3, "not begun")
    assert "cannot write in the data folder" in found["crawlall"]["problems"][0]


def test_the_time_is_kept_and_who_was_not_reached_comes_first_next_time(job: Job) -> None:
    started = monotonic()  # with such a delay, the first alone would take a minute
    done = job.run("--json", "--max-minutes", "0.4", FIRST, SECOND, THIRD, "-s", "DOWNLOAD_DELAY=4")
    seconds = monotonic() - started
    entries = json.loads(done.stdout)
    assert seconds < 24 + 20, "with what it takes to start and to end on a busy machine"
    first, *others = ((entry["status"], entry["outcome"]) for entry in entries)
    assert first == (0, "cut short")
    assert others == [(1, "not begun")] * 2
    assert done.returncode == 1
    for source in (SECOND, THIRD):
        assert f"newsbot: {source}: not reached in the time of --max-minutes; it comes first next time" in done.stderr
    again = job.run(FIRST, SECOND, THIRD)
    assert again.returncode == 0, again.stderr
    assert begun(again.stderr) == [SECOND, THIRD, FIRST]
    job.assert_all_there(FIRST, SECOND, THIRD)


def test_a_crawl_that_does_not_end_in_time_is_killed_and_the_next_goes_on(job: Job) -> None:
    """Stopped in the middle (SIGSTOP), it hears no signal but the last."""
    job.replica.set_faults(Delay("*", seconds=0.5))
    with job.start("--json", "--max-minutes", "0.25", FIRST) as process:
        wait_until("it has begun", lambda: job.has_captured(FIRST))
        os.kill(int(job.lock(FIRST).read_text()), signal.SIGSTOP)
        output, _ = process.communicate(timeout=PATIENCE)
    (entry,) = json.loads(output)
    assert process.returncode == 1
    assert (entry["status"], entry["outcome"], entry["problems"][-1]) == (-9, "failed", "killed by SIGKILL")
    assert is_free(job.data, FIRST)
    job.replica.set_faults()
    assert job.run(FIRST).returncode == 0
    job.assert_all_there(FIRST)


@pytest.mark.parametrize(("signals", "outcome"), [(1, "cut short"), (2, "failed"), (3, "failed")])
def test_each_signal_is_firmer_than_the_last(job: Job, signals: int, outcome: str) -> None:
    """One ends what runs in good order; two do not wait for answers; three wait for nothing."""
    job.replica.set_faults(Delay("*", seconds=1 if signals == 1 else 120, skip=4))
    with job.start("--json", FIRST, SECOND) as process:
        wait_until("it has begun", lambda: job.has_captured(FIRST))
        if signals == 3:
            os.kill(int(job.lock(FIRST).read_text()), signal.SIGSTOP)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGINT)[:signals]:
            process.send_signal(number)
            sleep(0.5)
        told = monotonic()
        output, errors = process.communicate(timeout=PATIENCE)
    assert monotonic() - told < 60
    assert process.returncode == 1
    running, waiting = json.loads(output)
    assert running["outcome"] == outcome
    assert waiting["problems"] == ["not started: crawlall was told to stop"]
    assert "Traceback" not in errors
    assert is_free(job.data, FIRST)
    assert is_free(job.data, SECOND)


def test_a_robots_txt_on_its_way_does_not_hold_the_end(job: Job) -> None:
    """What it is for would not be sent any more; the next run asks for it again."""
    job.replica.forget_counters()
    job.replica.set_faults(Delay(f"{FIRST}.vn/robots.txt", seconds=3 * PATIENCE))
    with job.start(FIRST, program="crawl") as process:
        wait_until("it has been asked for", lambda: any("robots.txt" in url for url in job.replica.counters()))
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1, errors
    assert "Traceback" not in errors
    assert "robots.txt" not in "".join(line for line in errors.splitlines() if line.startswith("newsbot: "))
    job.replica.set_faults()
    assert job.run(FIRST).returncode == 0
    job.assert_all_there(FIRST)


def test_killed_it_takes_its_crawls_with_it(job: Job) -> None:
    job.replica.set_faults(Delay("*", seconds=0.4))
    with job.start(FIRST, SECOND, "--jobs", "2") as process:
        wait_until("both have begun", lambda: job.has_captured(FIRST) and job.has_captured(SECOND))
        children = [int(job.lock(source).read_text()) for source in (FIRST, SECOND)]
        process.kill()
        wait_until("their crawls have ended", lambda: not any(map(runs, children)))
    assert all(is_free(job.data, source) for source in (FIRST, SECOND))
    assert len(list(job.data.glob("runs/*.json"))) == 2, "they ended in good order"
    job.replica.set_faults()
    assert job.run(FIRST, SECOND, "--jobs", "2").returncode == 0
    job.assert_all_there(FIRST, SECOND)


def test_the_process_that_forks_takes_its_crawls_with_it(job: Job) -> None:
    job.replica.set_faults(Delay("*", seconds=0.4))
    with job.start("--json", FIRST, SECOND) as process:
        wait_until("the first has begun", lambda: job.has_captured(FIRST))
        crawl = int(job.lock(FIRST).read_text())
        os.kill(parent_of(crawl), signal.SIGKILL)
        output, errors = process.communicate(timeout=PATIENCE)
    running, waiting = json.loads(output)
    assert (process.returncode, running["outcome"]) == (1, "failed"), errors
    assert waiting["problems"] == ["cannot be started: its process: Broken pipe"]
    assert "Traceback" not in errors
    wait_until("the crawl has ended", lambda: not runs(crawl))
    assert len(list(job.data.glob("runs/*.json"))) == 1, "it ended in good order"


def test_a_crawl_that_cannot_be_started_is_named(tmp_path: Path) -> None:
    """Where what it says cannot be written; the next is started all the same."""
    try:
        server = fork_server(lambda: None)
    except SystemExit:  # the server itself, at its end
        os._exit(0)
    if isinstance(server, Order):  # a crawl
        os._exit(len(server.source))
    with closing(server):
        with pytest.raises(FileNotFoundError, match=f"{tmp_path}/nowhere/a.txt"):
            server.start(Order("a", []), tmp_path / "nowhere" / "a.txt")
        crawl = server.start(Order("four", ["A=b"]), tmp_path / "b.txt")
        wait_until("it has ended", lambda: not runs(crawl))
        assert server.poll(crawl) == 4


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def runs(process: int) -> bool:
    """Whether a process, which may be nobody's child any more, is not dead."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_crawl_that_is_over_is_not_stopped_any_more(job: Job) -> None:
    """Told to stop while it tells how it went, it still ends with that status."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(PATIENCE)
        url = f"HEARTBEAT_URL=http://127.0.0.1:{listener.getsockname()[1]}/"
        with job.start(FIRST, "-s", url, program="crawl") as process:
            connection, _ = listener.accept()
            for number in (signal.SIGTERM, signal.SIGINT):
                process.send_signal(number)
            connection.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")
            connection.close()
            _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors.count("Traceback")) == (0, 0), errors
    job.assert_all_there(FIRST)


def test_a_crawl_whose_parent_has_ended_does_not_begin(job: Job) -> None:
    done = job.run(FIRST, "-s", "PARENT_PROCESS=1", program="crawl")
    assert done.returncode == 1
    assert done.stderr.endswith("newsbot: process 1, which started this crawl, has ended\n")
    assert not job.data.exists()


def test_a_terminal_shows_lines_that_count_up(job: Job) -> None:
    parent, child = pty.openpty()
    command = job.command("crawlall", FIRST, SECOND)
    command["env"] |= {"TERM": "xterm", "COLUMNS": "100"}
    job.replica.set_faults(Delay(f"*{FIRST}*", seconds=0.2))
    with subprocess.Popen(**command, stdin=child, stdout=child, stderr=child) as process:
        os.close(child)
        shown = read_terminal(parent)
    assert process.returncode == 0
    assert f"{FIRST} 0:00:0" in shown
    assert "1 waiting" in shown
    ends = [line for line in shown.splitlines() if f"{FIRST}: ended after" in line]
    assert len(ends) == 1
    assert ends[0].rstrip().endswith(f"{ARTICLES} articles")
    assert f"│ {SECOND}" in shown
    assert f"{FIRST}: started" not in shown


def read_terminal(descriptor: int) -> str:
    """What was written to a terminal, without the sequences that move and colour."""
    written = b""
    while True:
        try:
            written += os.read(descriptor, 1 << 16)
        except OSError:  # Linux's word for the end of a terminal
            break
    os.close(descriptor)
    text = written.decode("utf-8", "replace")
    return "".join(part.lstrip("0123456789;?").removeprefix("m") for part in text.split("\x1b["))


def test_a_time_that_is_none_is_2(job: Job) -> None:
    done = job.run("--max-minutes=nan", "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "newsbot: --max-minutes: nan is not a number above 0"


def test_the_turns(tmp_path: Path) -> None:
    """Never crawled before long ago before just now; a claim is no turn."""
    for age, name in enumerate(("recent", "old", "older")):
        with SourceLock(tmp_path, name) as lock:
            pass
        os.utime(lock.path, (NOW.timestamp() - age * 1000,) * 2)
    names = ("recent", "old", "never", "older", "new")
    claims, refused = claim(names, tmp_path)
    assert (list(claims), refused) == (list(names), [])
    assert in_turn(claims, tmp_path) == ["never", "new", "older", "old", "recent"]
    again, refused = claim([*names, "other"], tmp_path)
    assert list(again) == ["other"]
    assert [result.source for result in refused] == list(names)
    for each in claims.values():
        each.close()


def test_a_claim_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    claims, (refused,) = claim([FIRST], tmp_path / "file")
    assert claims == {}
    assert (refused.status, refused.problems) == (3, [f"cannot use {tmp_path}/file: File exists"])
