"""A state and a package made by many processes are those of one, and no process that dies costs more than its page."""

from __future__ import annotations

import gzip
import os
import re
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from archive.records.record import digest
from newsbot.vietnamese.text import content_digest
from tests.harness.commands import Command, Done, start, wait_until
from tests.harness.databases import Databases
from tests.harness.foreign_warc import http, record, write
from tests.harness.hard_papers import SIGNS, capture, page, text, url
from tests.harness.processes import descendants, running
from tests.harness.whole_state import whole_state

SPIDERS = "--set=SPIDER_MODULES=tests.harness.hard_papers"
INFO = record("warcinfo", b"", type="application/warc-fields")
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"

Made = TypeVar("Made")


def day(number: int, second: int = 0) -> str:
    return f"2026-11-{number:02}T00:00:{second:02}Z"


def archive(data: Path, words: str = "") -> Path:
    """Two papers: a change, a removal, a revisit in another file, a stream of records, an answer that is no page.

    :param words: stand on one page, and are hard on who reads it.
    """
    warcs = data / "warc"
    warcs.mkdir(parents=True)
    answers = [capture("baomot", n, day(1, n), body=f"{text(7)} {words}" if n == 7 else "") for n in range(1, 21)]
    write(warcs / "baomot-20261101000000000-00000-h-aaaaaaaa.warc.gz", [INFO, *answers])
    again = {"Refers_To_Target_URI": url("baomot", 3), "Refers_To_Date": day(1, 3)}
    payload = digest(page("Tin số 3 của baomot", text(3)))
    revisit = record(
        "revisit", http(b"", "Content-Type: text/html; charset=utf-8"), date=day(2, 3), Target_URI=url("baomot", 40),
        Profile=IDENTICAL, Payload_Digest=payload, **again,
    )  # fmt: skip
    broken = record("response", b"no HTTP", date=day(2, 4), Target_URI=url("baomot", 41))
    second = [
        *(capture("baomot", n, day(2, n), body=text(99 + n)) for n in (1, 2)),
        *(revisit, broken, capture("baomot", 4, day(2, 10), status="404 Not Found")),
        *(capture("baomot", n, day(2, n)) for n in range(50, 60)),
    ]
    write(warcs / "baomot-20261102000000000-00000-h-bbbbbbbb.warc.gz", [INFO, *second])
    stream = b"".join([INFO, *(capture("baohai", n, day(3, n), body=text(n)) for n in range(7, 17))])
    (warcs / "baohai-20261103000000000-00000-h-cccccccc.warc.gz").write_bytes(gzip.compress(stream, mtime=0))
    return data


def started(data: Path, *words: str | Path) -> Command:
    given = os.environ | {"NEWSBOT_DATA": str(data), SIGNS: str(data), "SOURCE_DATE_EPOCH": "1795000000"}
    return start(words[0], SPIDERS, *words[1:], environment=given)


def state(data: Path, jobs: int) -> tuple[Done, list[str]]:
    """A rebuilt state, row by row."""
    path = data / f"by-{jobs}.sqlite"
    done = started(data, "rebuildstate", f"--jobs={jobs}", f"--output=sqlite:///{path}").done()
    with sqlite3.connect(path) as database:
        rows = [*database.iterdump()]
    database.close()
    return done, rows


def package(data: Path, jobs: int) -> tuple[Done, bytes]:
    path = data / f"by-{jobs}.wacz"
    done = started(data, "wacz", f"--jobs={jobs}", "-o", path, *sorted((data / "warc").iterdir())).done()
    return done, path.read_bytes()


def said(done: Done) -> tuple[int, str, str]:
    return done.returncode, done.stdout.replace("by-2", "by-1"), done.stderr.replace("by-2", "by-1")


def by_one_and_by_two(make: Callable[[Path, int], tuple[Done, Made]], data: Path) -> tuple[Done, Made]:
    """What one process makes, and what it says; two make and say the same."""
    alone, made = make(data, 1)
    several, same = make(data, 2)
    assert same == made
    assert said(several) == said(alone)
    return alone, made


def test_the_state_is_that_of_one_process(tmp_path: Path) -> None:
    alone, rows = by_one_and_by_two(state, archive(tmp_path))
    assert alone.returncode == 1, "for the answer that is none"
    dump = "\n".join(rows)
    for article in ("baomot:20", "baomot:40", "baomot:59", "baohai:16"):
        assert f"'{article}'" in dump


@pytest.mark.parametrize("record_id", ["WARC-Record-ID: <urn:uuid:1>\r\n", ""], ids=["one id for all", "no ids"])
def test_records_that_nothing_tells_apart_but_their_place_in_a_stream_are(record_id: str, tmp_path: Path) -> None:
    records = [capture("baohai", n, day(3, n), body=text(n)) for n in range(7, 17)]
    alike = [re.sub(rb"WARC-Record-ID: .*\r\n", record_id.encode(), each) for each in records]
    (tmp_path / "warc").mkdir()
    path = tmp_path / "warc" / "baohai-20261103000000000-00000-h-cccccccc.warc.gz"
    path.write_bytes(gzip.compress(b"".join(alike), mtime=0))
    _, rows = by_one_and_by_two(state, tmp_path)
    for n in range(7, 17):
        title = content_digest(f"Tin số {n} của baohai", "", "")  # by which its headline is known
        assert any(f"'baohai:{n}'" in row and title in row for row in rows)


def test_pages_among_thousands_of_pictures_are_all_read(tmp_path: Path) -> None:
    """A page is asked for before as many as are read together have been found."""
    warcs = tmp_path / "warc"
    warcs.mkdir()
    picture = http(b"GIF89a", "Content-Type: image/gif")
    pictures = [
        record("response", picture, date=day(1, 30), Target_URI=f"https://baomot.vn/{n}.gif") for n in range(2_001)
    ]
    first, *others = [capture("baomot", n, day(1, n)) for n in range(1, 9)]
    write(warcs / "baomot-20261101000000000-00000-h-aaaaaaaa.warc.gz", [INFO, first, *pictures, *others])
    alone, _ = by_one_and_by_two(state, tmp_path)
    assert alone.returncode == 0, alone.stdout + alone.stderr
    by_one_and_by_two(package, tmp_path)


def test_the_package_is_that_of_one_process(tmp_path: Path) -> None:
    alone, _ = by_one_and_by_two(package, archive(tmp_path))
    assert "pages: 31" in alone.stdout, "none of the stream, which is not indexed; that of the revisit among them"


@pytest.mark.parametrize("make", [state, package])
def test_a_process_that_dies_is_named_and_its_pages_read_again(
    make: Callable[[Path, int], tuple[Done, object]], tmp_path: Path
) -> None:
    data = archive(tmp_path, "kills one process")
    (data / "killed").touch()
    _, wanted = make(data, 1)
    (data / "killed").unlink()
    done, found = make(data, 2)
    assert found == wanted
    assert "has died: it is begun again" in done.stderr


def test_a_page_that_ends_every_process_costs_no_other(tmp_path: Path) -> None:
    done, rows = state(archive(tmp_path, "kills every process"), 2)
    (named,) = [line for line in done.stderr.splitlines() if "not read: every process" in line]
    assert url("baomot", 7) in named
    dump = "\n".join(rows)
    assert all(f"'baomot:{n}'" in dump for n in (5, 6, 8))
    assert done.returncode == 1


@pytest.mark.parametrize("command", ["rebuildstate", "wacz"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_when_it_is_told_to(command: str, how: signal.Signals, tmp_path: Path) -> None:
    data = archive(tmp_path, "takes for ever")
    begun = started(data, command, "--jobs=2")
    wait_until("a page is read", lambda: [*data.glob("reading-*")])
    processes = descendants(begun.pid)
    begun.kill(how)
    assert begun.wait() != 0
    assert "Traceback" not in begun.said()
    wait_until("all its processes have ended", lambda: not running(processes))
    assert not [*(data / "wacz").glob("*.wacz")]


@pytest.mark.parametrize("kind", ["default", "sqlite", "postgresql"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_half_a_state_is_taken_for_none(kind: str, how: signal.Signals, tmp_path: Path, databases: Databases) -> None:
    """A crawl would look only for what came behind the last run in it."""
    data = archive(tmp_path / "data", "takes for ever")
    url = f"sqlite:///{data}/state-rebuilt.sqlite" if kind == "default" else databases.new(kind, tmp_path)
    words = ["rebuildstate", "--jobs=1", *([] if kind == "default" else [f"--output={url}"])]
    begun = started(data, *words)
    wait_until("a page is read", lambda: [*data.glob("reading-*")])
    begun.kill(how)
    assert begun.wait() != 0
    (data / "go-on").touch()
    if kind == "default" and how == signal.SIGINT:
        assert not [*data.glob("state-rebuilt*")]
    else:
        done = started(data, "recover", "baomot", f"--set=STATE_URL={url}").done()
        assert done.returncode == 3, done.stderr
        assert "is half made: `scrapy rebuildstate`" in done.stderr
    for status in (1, 2):  # for the answer that is none; a whole one is not made anew
        done = started(data, *words).done()
        assert done.returncode == status, done.stderr
    done = started(data, "rebuildstate", "--jobs=1", f"--output=sqlite:///{data}/other.sqlite").done()
    assert whole_state(url) == whole_state(f"sqlite:///{data}/other.sqlite")
