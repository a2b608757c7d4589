"""A rebuild by many processes: the lines are those of one, and no process that dies costs or leaves anything."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from distributed import Client

from archive.records.file_part import FilePart
from archive.records.members import Member, walk
from archive.records.record import digest
from newsbot.replaying.ahead import PART
from tests.harness.commands import LONG, Command, Done, start, wait_until
from tests.harness.foreign_warc import http, record, write
from tests.harness.hard_papers import SIGNS, capture, page, text, url
from tests.harness.processes import descendants, running
from tests.project import ROOT

SPIDERS = "--set=SPIDER_MODULES=tests.harness.hard_papers"
INFO = record("warcinfo", b"", type="application/warc-fields")
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


def day(number: int, second: int = 0) -> str:
    return f"2026-11-{number:02}T00:00:{second:02}Z"


def front(paper: str, date: str, path: str = "") -> bytes:
    """A list that was answered."""
    answer = http(b"<h1>Tin</h1>", "Content-Type: text/html")
    return record("response", answer, date=date, Target_URI=f"https://{paper}.vn/{path}")


def filler(seed: int, size: int, inside: bytes = b"") -> bytes:
    """A gzip member that is as long as its content, which may hold whole records of another file."""
    block = random.Random(seed).randbytes(size) + inside
    made = record("resource", block, type="image/png", Target_URI=f"https://a.test/{seed}")
    return gzip.compress(made, 0, mtime=0)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two papers: a change, a removal, a reprint, a revisit in another file, a file of three parts, a torn one."""
    folder = tmp_path_factory.mktemp("hard-papers")
    first = folder / "baomot-20261101000000000-00000-h-aaaaaaaa.warc.gz"
    captures = [gzip.compress(capture("baomot", n, day(1, n)), mtime=0) for n in range(1, 31)]
    hidden = gzip.compress(capture("baomot", 666, day(1)), mtime=0)
    lists = [gzip.compress(front("baomot", day(1), path), mtime=0) for path in ("robots.txt", "")]
    head = b"".join([gzip.compress(INFO, mtime=0), *lists, *captures[:10]])
    begin = head + filler(1, PART - len(head) - 30_000) + filler(2, 60_000, hidden) + b"".join(captures[10:20])
    first.write_bytes(begin + filler(3, PART) + b"".join(captures[20:]))
    payload = page("Tin số 3 của baomot", text(3))
    again = {"Refers_To_Target_URI": url("baomot", 3), "Refers_To_Date": day(1, 3), "Payload_Digest": digest(payload)}
    revisit = record(
        "revisit", http(b"", "Content-Type: text/html; charset=utf-8"), date=day(2, 3), Target_URI=url("baomot", 40),
        Profile=IDENTICAL, **again,
    )  # fmt: skip
    second = [
        *(
            INFO,
            front("baomot", day(2), "robots.txt"),
            front("baomot", day(2)),
            capture("baomot", 1, day(2, 1), body=text(99)),
            revisit,
        ),
        *(capture("baomot", n, day(2, n)) for n in (5, 6)),
        capture("baomot", 4, day(2, 10), status="404 Not Found"),
    ]
    third = [INFO, front("baohai", day(3)), *(capture("baohai", n, day(3, n), body=text(n)) for n in (7, 8, 200))]
    foreign = [INFO, *(capture(paper, n, day(4, n - 300)) for n in (301, 302) for paper in ("baomot", "baohai"))]
    files = [
        first,
        write(folder / "baomot-20261102000000000-00000-h-bbbbbbbb.warc.gz", second),
        write(folder / "baohai-20261103000000000-00000-h-cccccccc.warc.gz", third),
        write(folder / "foreign.warc", foreign),
        write(folder / "torn.warc.gz", [INFO, capture("baohai", 400, day(5)), capture("baohai", 401, day(5, 1))]),
    ]
    files[-1].write_bytes(files[-1].read_bytes()[:-20])
    return files


def started(folder: Path, *words: str | Path, **environment: str) -> Command:
    """A rebuild that has begun."""
    given = os.environ | {"NEWSBOT_DATA": str(folder / "data")} | environment
    return start("rebuild", SPIDERS, "--output", folder / "out", *words, environment=given)


def rebuild(folder: Path, *words: str | Path, **environment: str) -> Done:
    return started(folder, *words, **environment).done()


def lines(folder: Path) -> dict[str, bytes]:
    """The lines of each source."""
    return {
        source.name: b"".join(path.read_bytes() for path in sorted(source.glob("*.jsonl")))
        for source in sorted((folder / "out").iterdir())
    }


@pytest.fixture(scope="module")
def by_one(archive: list[Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("by-one")
    done = rebuild(folder, "--jobs=1", *archive)
    return done, lines(folder)


def test_the_lines_are_those_of_one_process(
    archive: list[Path], by_one: tuple[Done, dict[str, bytes]], tmp_path: Path
) -> None:
    done = rebuild(tmp_path, "--jobs=2", *reversed(archive))
    alone, wanted = by_one
    assert lines(tmp_path) == wanted
    assert (done.returncode, done.stdout.rpartition(" in ")[0]) == (1, alone.stdout.rpartition(" in ")[0])
    assert done.stderr == alone.stderr
    read = [json.loads(line) for said in wanted.values() for line in said.splitlines()]
    told = {(line["id"], line["version"]): (line["change"], line["duplicate_of"]) for line in read}
    assert told["baomot:1", 2] == ("body", None)
    assert told["baomot:4", 2] == ("removed", None)
    assert told["baohai:7", 1] == ("new", "baomot:7")
    assert {"baomot:30", "baomot:40", "baomot:301", "baohai:302", "baohai:400"} <= {line["id"] for line in read}
    assert "baomot:666" not in {line["id"] for line in read}


def test_what_a_revisit_gives_does_not_depend_on_which_others_its_process_has_read(tmp_path: Path) -> None:
    """Two pages can be meant by a SHA-1: one says that it has it, the earlier one is only known once all was read."""
    meant = page("Tin số 1 của baomot", text(1))
    sha1, nowhere = (f"sha1:{hashlib.sha1(each, usedforsecurity=False).hexdigest()}" for each in (meant, b""))

    def revisit(number: int, payload_digest: str) -> bytes:
        said = {"Target_URI": url("baomot", number), "Payload_Digest": payload_digest, "Profile": IDENTICAL}
        return record("revisit", http(b"", "Content-Type: text/html; charset=utf-8"), date=day(number), **said)

    files = [
        write(tmp_path / "a.warc.gz", [capture("baomot", 1, day(1), Payload_Digest=digest(meant))]),
        write(tmp_path / "b.warc.gz", [capture("baomot", 2, day(2), Payload_Digest=sha1)]),
        write(tmp_path / "c.warc.gz", [revisit(3, nowhere)]),
        write(tmp_path / "d.warc.gz", [revisit(4, sha1)]),
    ]
    for jobs in (1, 2):
        rebuild(tmp_path / str(jobs), f"--jobs={jobs}", *files)
    assert lines(tmp_path / "2") == lines(tmp_path / "1")
    read = {line["id"]: line["title"] for line in map(json.loads, lines(tmp_path / "1")["baomot"].splitlines())}
    assert read == {"baomot:1": "Tin số 1 của baomot", **dict.fromkeys(("baomot:2", "baomot:4"), "Tin số 2 của baomot")}


def test_what_looks_like_a_record_inside_another_is_where_a_part_begins(archive: list[Path]) -> None:
    """Else the test above would not show that such a part is read again."""
    part = FilePart(archive[0], PART, 2 * PART, exact=False)
    assert [*part.records()]
    assert part.begin not in {found.offset for found in walk(archive[0]) if isinstance(found, Member)}


@pytest.fixture
def small(tmp_path: Path) -> list[Path]:
    """A file for each of four pages, the second of which is hard on its reader as a test says."""
    return [
        write(tmp_path / f"baomot-2026110{n}000000000-00000-h-{n:08}.warc.gz", [INFO, capture("baomot", n, day(n))])
        for n in range(1, 5)
    ]


def harden(files: list[Path], words: str) -> None:
    write(files[1], [INFO, capture("baomot", 2, day(2), body=f"{text(2)} {words}")])


def ids(folder: Path) -> list[str]:
    return [json.loads(line)["id"] for said in lines(folder).values() for line in said.splitlines()]


def test_a_process_that_dies_is_named_and_its_file_read_again(small: list[Path], tmp_path: Path) -> None:
    harden(small, "kills one process")
    done = rebuild(tmp_path, "--jobs=2", *small, **{SIGNS: str(tmp_path)})
    assert (done.returncode, ids(tmp_path)) == (0, [f"baomot:{n}" for n in range(1, 5)]), done.stderr
    assert f"rebuild: a process that read {small[1]} has died: it is read again" in done.stderr


def test_a_file_that_ends_every_process_is_named_and_the_others_are_read(small: list[Path], tmp_path: Path) -> None:
    harden(small, "kills every process")
    done = rebuild(tmp_path, "--jobs=2", *small, **{SIGNS: str(tmp_path)})
    assert (done.returncode, ids(tmp_path)) == (1, ["baomot:1", "baomot:3", "baomot:4"]), done.stderr
    assert f"rebuild: {small[1]}: not read: every process that was at it has died" in done.stderr


def begun(small: list[Path], tmp_path: Path) -> tuple[Command, set[int]]:
    """A rebuild in the middle of its work, and its processes."""
    harden(small, "takes for ever")
    command = started(tmp_path, "--jobs=2", *small, **{SIGNS: str(tmp_path)})
    wait_until("a page is read", lambda: [*tmp_path.glob("reading-*")])
    return command, descendants(command.pid)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_when_it_is_told_to(small: list[Path], tmp_path: Path, how: signal.Signals) -> None:
    command, processes = begun(small, tmp_path)
    command.kill(how)
    assert command.wait() != 0
    assert "Traceback" not in command.said()
    wait_until("all its processes have ended", lambda: not running(processes))
    assert [*(tmp_path / "out").rglob("*.jsonl*")] == []


def test_what_a_kill_leaves_is_not_taken_for_whole(small: list[Path], tmp_path: Path) -> None:
    command, processes = begun(small, tmp_path)
    command.kill()
    command.wait()
    wait_until("all its processes have ended", lambda: not running(processes))
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file() and not path.name.endswith(".open")] == []
    (tmp_path / "go-on").touch()
    done = rebuild(tmp_path, "--jobs=2", *small, **{SIGNS: str(tmp_path)})
    assert (done.returncode, ids(tmp_path)) == (0, [f"baomot:{n}" for n in range(1, 5)]), done.stderr


def test_what_a_crawl_has_written_is_never_removed(small: list[Path], tmp_path: Path) -> None:
    """Although a rebuild that was killed has left its mark beside it."""
    crawled = tmp_path / "out" / "baomot" / "baomot-20261101000000000-aaaaaaaa.jsonl"
    crawled.parent.mkdir(parents=True)
    crawled.write_text("{}\n")
    (tmp_path / "out" / "rebuild.open").touch()
    done = rebuild(tmp_path, "--jobs=1", *small)
    assert done.returncode == 2, done.stderr
    assert "is not an empty folder" in done.stderr
    assert crawled.read_text() == "{}\n"


def test_a_long_file_of_lines_is_checked_by_processes_of_which_one_dies(small: list[Path], tmp_path: Path) -> None:
    harden(small, "kills one process")
    data = tmp_path / "data"
    files = [path.rename(write(data / "warc" / path.name, [])) for path in small]
    (tmp_path / "killed").touch()
    assert rebuild(tmp_path, *files, **{SIGNS: str(tmp_path)}).returncode == 0
    said = lines(tmp_path)["baomot"].splitlines(keepends=True)
    wrong = [json.dumps(json.loads(said[0]) | {"body": "a" * size}).encode() + b"\n" for size in (5 << 20, 3 << 20)]
    (tmp_path / "long.jsonl").write_bytes(b"".join([*said[:1], wrong[0], *said[1:3], wrong[1], *said[3:]]))

    def verify(jobs: int) -> tuple[list[dict[str, object]], str]:
        given = os.environ | {"NEWSBOT_DATA": str(data), SIGNS: str(tmp_path)}
        words = ("verify", SPIDERS, f"--jobs={jobs}", "--json")
        done = start(*words, tmp_path / "long.jsonl", environment=given).done()
        return json.loads(done.stdout)["findings"], done.stderr

    by_one, _ = verify(1)
    assert len(by_one) == 2
    (tmp_path / "killed").unlink()
    by_two, errors = verify(2)
    assert by_two == by_one
    assert f"a process that was at {tmp_path / 'long.jsonl'} has died: it is begun again" in errors


@dataclass
class Cluster:
    """A Dask scheduler with workers, each a process that is not begun again when it dies."""

    address: str
    scheduler: subprocess.Popen[bytes]
    #: Where pages that are read on it leave signs.
    signs: Path


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with begun_cluster(tmp_path_factory.mktemp("cluster"), 3, ROOT) as made:
        yield made


@contextmanager
def begun_cluster(folder: Path, workers: int, place: Path) -> Iterator[Cluster]:
    """A cluster whose workers are started in some folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {SIGNS: str(folder)}
    told = folder / "scheduler.json"
    begun: list[subprocess.Popen[bytes]] = []

    def begin(what: str, place: Path, *words: str) -> None:
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(told), *words]
        log = (folder / f"{what}-{len(begun)}.log").open("wb")
        begun.append(subprocess.Popen(command, cwd=place, env=environment, stdout=log, stderr=log))
        log.close()

    begin("scheduler", ROOT, "--host=127.0.0.1", "--port=0", "--no-dashboard")
    try:
        wait_until("the scheduler says where it is", lambda: told.exists() and told.read_text().rstrip().endswith("}"))
        address = json.loads(told.read_text())["address"]
        for _ in range(workers):
            begin("worker", place, "--no-nanny", "--nthreads=1", "--no-dashboard", f"--local-directory={folder}")
        with Client(address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=LONG)
        yield Cluster(address, begun[0], folder)
    finally:
        for each in begun:
            each.kill()
            each.wait()


def reading(signs: Path) -> set[int]:
    """The processes that are at a page which takes for ever."""
    return {int(path.name.removeprefix("reading-")) for path in signs.glob("reading-*")}


def test_a_cluster_loses_nothing_with_a_worker(
    archive: list[Path], by_one: tuple[Done, dict[str, bytes]], small: list[Path], cluster: Cluster, tmp_path: Path
) -> None:
    """It is killed in the middle of a page, which another worker reads then."""
    harden(small, "takes for ever")
    command = started(tmp_path, f"--scheduler={cluster.address}", *archive, small[1])
    wait_until("a page is read", lambda: reading(cluster.signs))
    (worker,) = reading(cluster.signs)
    os.kill(worker, signal.SIGKILL)
    wait_until("another worker is at it", lambda: reading(cluster.signs) - {worker})
    (cluster.signs / "go-on").touch()
    done = command.done()
    assert done.returncode == 1, done.stderr  # for the file that is torn
    told, wanted = lines(tmp_path), by_one[1]
    assert told["baohai"] == wanted["baohai"]
    assert sorted(set(told["baomot"].splitlines()) - set(wanted["baomot"].splitlines())) == [
        line for line in told["baomot"].splitlines() if b"takes for ever" in line
    ]


def test_lines_of_a_cluster_may_go_into_a_folder_that_is_yet_to_be_made(
    small: list[Path], cluster: Cluster, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "deep" / "out"
    done = rebuild(tmp_path, f"--scheduler={cluster.address}", *small, "--output", folder)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("newsbot-")] == []
    assert len([*folder.rglob("*.jsonl")]) == 1


def test_a_scheduler_that_dies_leaves_no_lines(small: list[Path], cluster: Cluster, tmp_path: Path) -> None:
    for sign in (*cluster.signs.glob("reading-*"), *cluster.signs.glob("go-on")):
        sign.unlink()
    harden(small, "takes for ever")
    command = started(tmp_path, f"--scheduler={cluster.address}", *small)
    wait_until("a page is read", lambda: reading(cluster.signs))
    cluster.scheduler.kill()
    assert command.wait() == 3, command.said()
    assert "Traceback" not in command.said()
    assert f"rebuild: the scheduler {cluster.address} has ended" in command.said()
    assert [*(tmp_path / "out").rglob("*.jsonl*")] == []


@pytest.mark.parametrize("address", ["localhost", "http://127.0.0.1:8786", "tcp://127.0.0.1"])
def test_what_is_no_address_of_a_scheduler_is_not_asked(address: str, small: list[Path], tmp_path: Path) -> None:
    done = rebuild(tmp_path, f"--scheduler={address}", *small)
    assert done.returncode == 2
    assert f"--scheduler: '{address}' is no address such as tcp://192.0.2.1:8786" in done.stderr


def test_a_scheduler_that_is_not_there_is_named(small: list[Path], tmp_path: Path) -> None:
    done = rebuild(tmp_path, "--scheduler=tcp://127.0.0.1:9", *small)
    assert done.returncode == 3
    assert "rebuild: --scheduler tcp://127.0.0.1:9 cannot be reached: " in done.stderr


def test_a_worker_that_was_started_elsewhere_is_one_line(small: list[Path], tmp_path: Path) -> None:
    with begun_cluster(tmp_path, 1, tmp_path) as cluster:
        done = rebuild(tmp_path, f"--scheduler={cluster.address}", *small)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (3, "", 1), done.stderr
    assert "a worker cannot be prepared: ModuleNotFoundError(\"No module named 'newsbot'\")" in done.stderr
    assert "start the scheduler and all workers in the project's folder" in done.stderr
    assert not (tmp_path / "out").exists() or [*(tmp_path / "out").iterdir()] == []
