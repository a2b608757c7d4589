"""Redaction beside the index: files of other forms, repairs and programs; other disks; no second capture."""

from __future__ import annotations

import fcntl
import gzip
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from backports import zstd

from newsbot.fetching.do_not_fetch import NAME
from newsbot.state.state import State, Version
from tests.crawl_play import Play
from tests.crawl_server import CrawlServer
from tests.foreign_warc import http, record, write
from tests.replica.server import Replica
from tests.replica.sites import NOW

SECRET = b"<h1>Chuyen nha ong Hai</h1>"
KEPT = b"<h1>Lu ve</h1>"
URL, OTHER = "http://a.test/ong-hai", "http://a.test/lu-ve"
DATE = "2026-01-02T00:00:01Z"
HTML = "Content-Type: text/html"
INFO = record("warcinfo", b"software: a crawler\r\n", type="application/warc-fields")
PAGE = record("response", http(SECRET, HTML), Target_URI=URL, date=DATE)
NEIGHBOUR = record("response", http(KEPT, HTML), Target_URI=OTHER, date=DATE)
RECORDS = [INFO, PAGE, NEIGHBOUR]
_servers: list[CrawlServer] = []


@pytest.fixture(scope="module", autouse=True)
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrawlServer]:
    """What starts all commands here."""
    with CrawlServer(tmp_path_factory.mktemp("server")) as server:
        _servers.append(server)
        yield server
    _servers.clear()


def redact(data: Path, *arguments: str, status: int = 0, url: str = URL) -> str:
    words = ["redact", "--reason=x", "--yes", url, *arguments, "-s", f"DATA_DIR={data}"]
    command = _servers[0].start(words)
    ended, said = command.wait(), command.output.read_text()
    assert ended == status, said
    return said


def arc() -> bytes:
    """The page in the form that came before WARC."""
    body = http(SECRET, HTML)
    head = "filedesc://a.arc 0.0.0.0 20260102000000 text/plain 76\n1 0 InternetArchive\n"
    head += "URL IP-address Archive-date Content-type Archive-length\n\n"
    return f"{head}{URL} 192.0.2.1 20260102000001 text/html {len(body)}\n".encode() + body + b"\n"


def test_what_can_be_rewritten_is_and_what_cannot_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    warcs = data / "warc"
    write(warcs / "a.warc.gz", RECORDS)
    whole = {
        "b.warc.gz": gzip.compress(b"".join(RECORDS)),
        "c.warc.gz.orig": b"".join(map(gzip.compress, RECORDS)) + b"torn",
        "c.warc.gz.repaired": b"".join(map(gzip.compress, RECORDS)),
        "d.warc": b"".join(RECORDS),
    }
    left = {"e.arc": arc(), "f.warc.zst": b"".join(map(zstd.compress, RECORDS)), "g.warc.bz2": b"BZh91AY&SY"}
    for name, content in (whole | left).items():
        (warcs / name).write_bytes(content)
    with ZipFile(warcs / "h.wacz", "w") as package:
        package.writestr("archive/a.warc.gz", b"".join(map(gzip.compress, RECORDS)))
        package.writestr("datapackage.json", "{}")
    with ZipFile(warcs / "innocent.wacz", "w") as package:
        package.writestr("archive/a.warc.gz", b"".join(map(gzip.compress, [INFO, NEIGHBOUR])))
    with ZipFile(warcs / "rotten.wacz", "w", ZIP_DEFLATED) as package:
        package.writestr("archive/a.warc.gz", b"".join(map(gzip.compress, RECORDS)))
    rotten = (warcs / "rotten.wacz").read_bytes()
    (warcs / "rotten.wacz").write_bytes(b"\xff".join(re.split(rb"(?s)(?<=a.warc.gz).", rotten, maxsplit=1)))
    (warcs / "notes.txt").write_text("nothing of it")
    before = {name: (warcs / name).read_bytes() for name in (*left, "h.wacz", "innocent.wacz", "rotten.wacz")}

    said = redact(data, "--all-versions", status=1)
    named = {line.partition("NOT redacted: ")[2].partition(": ")[0] for line in said.splitlines() if "NOT red" in line}
    assert {Path(path).name for path in named} == {*left, "h.wacz", "rotten.wacz"}
    for name, content in before.items():
        assert (warcs / name).read_bytes() == content
    for name in ("a.warc.gz", *whole):
        content = (warcs / name).read_bytes()
        plain = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        assert SECRET not in plain and KEPT in plain, name
    (receipt,) = (data / "receipts").iterdir()
    assert len(json.loads(receipt.read_text())["left"]) == 5


def test_a_page_that_only_an_unindexed_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "data" / "warc" / "b.warc.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress(b"".join(RECORDS)))
    redact(tmp_path / "data")
    assert SECRET not in gzip.decompress(path.read_bytes())
    (tmp_path / "data" / "warc" / "e.arc").write_bytes(arc())
    said = redact(tmp_path / "data", status=1)
    assert "cannot be redacted: " in said and "scrapy convert" in said


def test_a_file_that_is_odd_but_whole(tmp_path: Path) -> None:
    """Some crawlers leave out the line ends behind a record."""
    path = tmp_path / "data" / "warc" / "a.warc.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(gzip.compress(each.removesuffix(b"\r\n\r\n")) for each in RECORDS))
    redact(tmp_path / "data")
    content = gzip.decompress(path.read_bytes())
    assert SECRET not in content and KEPT in content
    assert not (tmp_path / "data" / "redaction").exists()


def test_a_broken_package_does_not_stop_a_redaction_half_way(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "warc" / "a.warc.gz", RECORDS)
    (data / "wacz").mkdir()
    (data / "wacz" / "b.wacz").write_bytes(b"PK\x03\x04 no package")
    said = redact(data, status=1)
    assert "NOT redacted: " in said and "b.wacz is no package" in said
    assert not (data / "redaction").exists()


def test_other_databases_that_know_the_page_are_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "warc" / "a.warc.gz", RECORDS)
    for name, url in (("state-rebuilt.sqlite", URL), ("old.sqlite", URL + "x")):
        state = State(f"sqlite:///{data / name}")
        state.add([Version("baosonla:1", 1, "baosonla", "sha256:a", "sha256:b", "2026-01-02T00:00:01Z", url=url)])
        state.close()
    (data / "state.sqlite.damaged").write_bytes((data / "old.sqlite").read_bytes()[:5000])
    before = (data / "state-rebuilt.sqlite").read_bytes()
    said = redact(data, "--dry-run")
    assert "\nwould be redacted: response " in said and "\nit would not be asked for again" in said
    said = redact(data, status=1)
    named = [line.partition("NOT redacted: ")[2] for line in said.splitlines() if "NOT redacted: " in line]
    rebuilt, damaged = sorted(named)
    assert rebuilt.startswith(f"{data}/state-rebuilt.sqlite: it knows the page: remove it")
    assert damaged.startswith(f"{data}/state.sqlite.damaged: it is a database that cannot be read (")
    assert (data / "state-rebuilt.sqlite").read_bytes() == before
    redact(data, status=1)  # named as long as it is there
    (data / "state-rebuilt.sqlite").unlink()
    (data / "state.sqlite.damaged").unlink()
    redact(data, status=2)


def test_an_archive_on_another_disk(tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system here")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        path = write(Path(folder) / "warc" / "a.warc.gz", RECORDS)
        redact(tmp_path / "data", "-s", f"ARCHIVE_DIR={folder}/warc")
        assert SECRET not in gzip.decompress(path.read_bytes())
    (receipt,) = (tmp_path / "data" / "receipts").iterdir()
    assert str(path) in [each["file"] for each in json.loads(receipt.read_text())["files"]]


def test_who_is_waited_for_is_said(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "warc" / "a.warc.gz", RECORDS)
    (data / "locks").mkdir()
    with (data / "locks" / "yenmy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = redact(data, "--wait", "0.01", status=75)
    assert "redact: waiting: another run is crawling it" in said
    redact(data, "--wait", "1")


def test_what_was_redacted_is_never_asked_for_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with Replica(articles=4, now=NOW) as replica:
        play = Play(replica, "baosonla", data)
        first = play.run(NOW)
        assert first.status == 0, first.output
        gone, kept = first.lines[:2]
        said = redact(data, "--all-versions", url=gone["url"])
        assert "it will not be asked for again" in said
        assert (data / NAME).read_text().splitlines()[1].split()[0] == gone["url"]
        again = play.run(NOW + timedelta(hours=3), "-a", "refetch=yes")
    assert again.status == 0, again.output
    asked = {address.rpartition("-")[2] for address in again.asked}
    assert gone["url"].rpartition("-")[2] not in asked
    assert kept["url"].rpartition("-")[2] in asked
    assert again.stats["newsbot/not_asked_for"] >= 1
    assert gone["id"] not in {line["id"] for line in again.lines}


@pytest.mark.parametrize("line", ["baosonla: the third one", "https://[baosonla.vn/3.html"])
def test_a_list_that_cannot_be_understood_stops_the_crawl(line: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / NAME).write_text(f"# mine\n{line}\n", encoding="utf-8-sig")
    with Replica(articles=1, now=NOW) as replica:
        run = Play(replica, "baosonla", data).run(NOW)
    assert run.status == 2, run.output
    assert f"{data / NAME}: line 2 begins with no address" in run.said
    assert not run.asked
