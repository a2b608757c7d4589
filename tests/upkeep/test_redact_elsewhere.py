"""Redaction beside the index: files of other forms, repairs and programs; other disks; no second capture."""

from __future__ import annotations

import bz2
import fcntl
import gzip
import io
import json
import lzma
import re
import signal
import tarfile
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import sleep
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from backports import zstd

from archive.records.record import digest
from archive.records.revisit import IDENTICAL
from newsbot.fetching.do_not_fetch import NAME
from newsbot.state.state import State
from newsbot.state.versions import Version, Versions
from tests.harness.commands import said_by, start
from tests.harness.crawl_play import Play
from tests.harness.foreign_warc import http, record, write
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


def redact(data: Path, *arguments: str, status: int = 0, url: str = URL) -> str:
    return said_by("redact", "--reason=x", "--yes", url, *arguments, data=data, status=status)


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
        Versions(state).add(
            [Version("baosonla:1", 1, "baosonla", "sha256:a", "sha256:b", "2026-01-02T00:00:01Z", url=url)]
        )
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
    (tmp_path / "data").mkdir()
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
    assert "redact: waiting: another run is crawling yenmy (process " in said
    redact(data, "--wait", "1")


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_told_to_stop_a_command_ends_with_one_line(tmp_path: Path, told: signal.Signals) -> None:
    data = tmp_path / "data"
    write(data / "warc" / "a.warc.gz", RECORDS)
    (data / "locks").mkdir()
    with (data / "locks" / "yenmy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = start("redact", "--reason=x", "--yes", "--wait=1", URL, "-s", f"DATA_DIR={data}")
        while "waiting" not in command.said():
            assert command.is_running(), command.said()
            sleep(0.05)
        command.kill(told)
        assert command.wait() in (-signal.SIGINT, 130)
    assert command.said().splitlines()[1:] == ["newsbot: interrupted"]


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


ID = "<urn:uuid:7d0f3a6e-9c1b-4b0e-8a55-2f6f1c6c0a01>"
THIRD = "http://a.test/cho-phien"


def without_id(each: bytes) -> bytes:
    head, line, rest = each.partition(b"WARC-Record-ID: ")
    return head + rest.partition(b"\r\n")[2] if line else each


def page(url: str, body: bytes, kind: str = "response", **fields: str) -> bytes:
    return record(kind, http(body, HTML), Target_URI=url, date=DATE, **fields)


def plain(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def test_records_without_an_id_are_told_apart(tmp_path: Path) -> None:
    others = [without_id(NEIGHBOUR), without_id(page(THIRD, b"Cho phien"))]
    path = write(tmp_path / "data" / "warc" / "a.warc.gz", [INFO, without_id(PAGE), *others])
    redact(tmp_path / "data")
    content = plain(path)
    assert SECRET not in content and b"redacted-type: response" in content
    assert content.startswith(INFO) and content.endswith(b"".join(others))


def test_another_page_with_the_same_record_id_stays(tmp_path: Path) -> None:
    warcs = tmp_path / "data" / "warc"
    first = write(warcs / "a.warc.gz", [INFO, page(URL, SECRET, Record_ID=ID)])
    request = record("request", b"GET / HTTP/1.1\r\n\r\n", Target_URI=OTHER, date=DATE, Concurrent_To=ID)
    second = write(warcs / "b.warc.gz", [INFO, page(OTHER, KEPT, Record_ID=ID), request])
    before = second.read_bytes()
    redact(tmp_path / "data")
    assert SECRET not in plain(first)
    assert second.read_bytes() == before


def test_only_records_of_the_same_exchange_go_along(tmp_path: Path) -> None:
    other_id = ID.replace("a01", "a02")
    others = [
        page(OTHER, KEPT, Record_ID=other_id),
        page(THIRD, b"Cho phien", Concurrent_To=ID),
        record("revisit", http(b""), Target_URI=THIRD, date=DATE, Concurrent_To=ID),
    ]
    request = record("request", b"GET /ong-hai HTTP/1.1\r\n\r\n", Target_URI=URL, date=DATE, Concurrent_To=ID)
    path = write(
        tmp_path / "data" / "warc" / "a.warc.gz",
        [INFO, page(URL, SECRET, Record_ID=ID, Concurrent_To=other_id), request, *others],
    )
    redact(tmp_path / "data")
    content = plain(path)
    assert SECRET not in content and b"GET /ong-hai" not in content
    assert content.endswith(b"".join(others))


def test_what_is_told_of_a_page_beside_it_goes_along(tmp_path: Path) -> None:
    """Segments that go on with it, and what browsertrix writes of a page under addresses of its own."""
    text = b"Chuyen nha ong Hai"
    full = http(b"x" * 90 + SECRET, HTML)
    others = [
        NEIGHBOUR,
        record("resource", b"Lu ve", Target_URI=f"urn:text:{OTHER}", date=DATE, type="text/plain"),
        record("metadata", b"title: Lu ve\r\n", Target_URI=OTHER, date=DATE, type="application/warc-fields"),
    ]
    path = write(
        tmp_path / "data" / "warc" / "a.warc.gz",
        [
            INFO,
            record("response", full[:100], Target_URI=URL, date=DATE, Record_ID=ID, Segment_Number="1"),
            record("continuation", full[100:], date=DATE, Segment_Number="2", Segment_Origin_ID=ID),
            record("resource", text, Target_URI=f"urn:text:{URL}", date=DATE, type="text/plain"),
            record("resource", b"{}", Target_URI=f"urn:pageinfo:{URL}", date=DATE, type="application/json"),
            record("metadata", b"title: " + text, Target_URI=URL, date=DATE, type="application/warc-fields"),
            *others,
        ],
    )
    redact(tmp_path / "data")
    content = plain(path)
    assert text not in content
    assert content.count(b"WARC-Type: resource") == content.count(b"WARC-Type: metadata") - 3 == 1  # with tombstones
    assert content.endswith(b"".join(others))
    redact(tmp_path / "data", status=2)


def test_no_revisit_is_led_to_a_record_that_only_claims_the_payload(tmp_path: Path) -> None:
    warcs, claimed = tmp_path / "data" / "warc", digest(SECRET)
    write(warcs / "a.warc.gz", [INFO, page(OTHER, SECRET[:9], Payload_Digest=claimed), page(URL, SECRET, Record_ID=ID)])
    revisit = record(
        "revisit", http(b"", HTML), Target_URI=THIRD, date=DATE, Profile=IDENTICAL, Refers_To=ID, Payload_Digest=claimed
    )
    path = write(warcs / "b.warc.gz", [INFO, revisit])
    assert "would be made whole: " in redact(tmp_path / "data")
    assert plain(path).count(SECRET) == 1


def test_a_damaged_capture_that_a_repair_kept_does_not_hinder(tmp_path: Path) -> None:
    warcs = tmp_path / "data" / "warc"
    path = write(warcs / "a.warc.gz", RECORDS)
    torn = bytearray(gzip.compress(page(URL, SECRET + bytes(range(256)))))
    torn[-6] ^= 1  # of the checksum
    kept = warcs / "b.warc.gz.orig"
    kept.write_bytes(gzip.compress(INFO) + torn + gzip.compress(NEIGHBOUR))
    redact(tmp_path / "data", "--all-versions")
    assert SECRET not in plain(path)
    assert SECRET not in plain(kept) and KEPT in plain(kept)


def package(*records: bytes, name: str = "archive/a.warc.gz", pack: Callable[[bytes], bytes] = gzip.compress) -> bytes:
    content = io.BytesIO()
    with ZipFile(content, "w") as file:
        file.writestr(name, b"".join(map(pack, records)))
        file.writestr("datapackage.json", "{}")
    return content.getvalue()


def tar(*files: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as file:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return content.getvalue()


def test_what_is_damaged_and_names_the_page_is_named(tmp_path: Path) -> None:
    warcs = tmp_path / "data" / "warc"
    write(warcs / "a.warc.gz", RECORDS)
    broken = [INFO, b"V" + PAGE[1:], NEIGHBOUR]
    write(warcs / "b.warc", broken)
    write(warcs / "c.warc.gz", broken)
    (warcs / "d.warc.gz.orig").write_bytes(b"".join(map(gzip.compress, broken)))
    write(warcs / "e.warc", [INFO, b"V" + NEIGHBOUR[1:], NEIGHBOUR])
    said = redact(tmp_path / "data", "--all-versions", status=1)
    lines = [line for line in said.splitlines() if "NOT redacted" in line]
    named = {Path(line.partition("NOT redacted: ")[2].partition(": ")[0]).name for line in lines}
    assert named == {"b.warc", "c.warc.gz", "d.warc.gz.orig"}, said


def test_every_file_that_may_hold_the_page_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    write(data / "warc" / "a.warc.gz", RECORDS)
    text = b"<p>Nha ong Hai chuyen tu Muong La ve Son La</p>"
    write(
        data / "warc" / "c.warc.gz",
        [record("response", http(SECRET + text), Target_URI=URL, date="2026-02-01T00:00:00Z")],
    )
    damaged = bytearray(tar(("a.warc.gz", gzip.compress(NEIGHBOUR))))
    damaged[20] ^= 1  # of its first header
    old = bytearray(tar(("a.warc.bz2", bz2.compress(PAGE))))
    old[257:265] = bytes(8)  # as before 1988
    old[148:156] = b"%06o\0 " % (sum(old[:148]) + 8 * 32 + sum(old[156:512]))
    mixed = tar(("a.warc.gz", gzip.compress(NEIGHBOUR)), ("b.warc.zst", zstd.compress(PAGE)))
    holding = {
        "wacz/2026/a.wacz": package(*RECORDS),
        "wacz/a.wacz.bak": package(*RECORDS),
        "backup/a.zip": package(*RECORDS),
        "backup/a.tar.gz": gzip.compress(tar(("a.warc.gz", gzip.compress(PAGE)))),
        "backup/damaged.tar": bytes(damaged),
        "backup/damaged.tar.gz": gzip.compress(damaged),
        "backup/old.tar": bytes(old),
        "warc/mixed.tar": mixed,
        "warc/mixed.tar.gz": gzip.compress(mixed),
        "warc/found.tar": tar(("a.warc.gz", gzip.compress(PAGE)), ("b.warc", NEIGHBOUR)),
        "warc/a.zip": package(NEIGHBOUR, name="archive/a.warc.bz2", pack=lambda data: bz2.compress(data + PAGE)),
        "backup/a.htm": text,
        "backup/a.html.gz": gzip.compress(b"<html>" + text),
        "backup/a.xz": lzma.compress(PAGE),
        "backup/a.zst": zstd.compress(PAGE),
        "warc/a.html.gz": gzip.compress(text),
        "warc/a.warc.gz.gz": gzip.compress(gzip.compress(PAGE)),
        "articles/a/a.jsonl.bak": text,
        "articles/a.bak/a.jsonl": text,
        "backup/torn.gz": gzip.compress(bytes(range(256)) * 99)[:90] + gzip.compress(PAGE),
    }
    innocent = {
        "wacz/2026/b.wacz": package(INFO, NEIGHBOUR),
        "backup/b.zip": package(INFO, NEIGHBOUR),
        "backup/b.htm": KEPT + f'<a href="{URL}-2">'.encode(),
        "backup/b.gz": gzip.compress(NEIGHBOUR),
        "warc/b.tar": tar(("b.warc.gz", gzip.compress(NEIGHBOUR)), ("b.warc.zst", zstd.compress(NEIGHBOUR))),
    }
    for name, content in (holding | innocent).items():
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(content)
    write(data / "wacz" / "b.warc.gz", RECORDS)
    said = redact(data, "--all-versions", status=1)
    lines = [line for line in said.splitlines() if "NOT redacted" in line]
    named = {line.partition("NOT redacted: ")[2].partition(": ")[0].removeprefix(f"{data}/") for line in lines}
    assert named == set(holding), said
    assert SECRET not in plain(data / "wacz" / "b.warc.gz")
    assert all((data / name).read_bytes() == content for name, content in (holding | innocent).items())


def retire(data: Path, to: Path) -> None:
    said_by("retire", "--before=2026-01-15", "--to", to, "--yes", data=data)


def test_captures_that_were_moved_are_told_of_though_no_line_is(tmp_path: Path) -> None:
    data, to = tmp_path / "data", tmp_path / "old"
    write(data / "warc" / "a.warc.gz", RECORDS)
    write(data / "warc" / "b.warc.gz", [record("response", http(SECRET), Target_URI=URL, date="2026-03-01T00:00:00Z")])
    retire(data, to)
    assert f"move the files back here first: {to}/warc/a.warc.gz" in redact(data, status=2)


def test_copies_that_were_lent_to_another_folder_are_named(tmp_path: Path) -> None:
    data, to, later = tmp_path / "data", tmp_path / "old", "2026-03-01T00:00:00Z"
    payload = digest(SECRET)
    new = record("response", http(KEPT), Target_URI=f"{OTHER}-2", date=later)
    write(data / "warc" / "a.warc.gz", [INFO, page(URL, SECRET, Payload_Digest=payload), new])
    info = record("warcinfo", b"software: another\r\n", type="application/warc-fields")
    named = {"Refers_To_Target_URI": URL, "Refers_To_Date": DATE}
    revisit = record(
        "revisit",
        http(b"", HTML),
        Target_URI=OTHER,
        date="2026-01-03T00:00:00Z",
        Profile=IDENTICAL,
        Payload_Digest=payload,
        **named,
    )
    write(data / "warc" / "b.warc.gz", [info, revisit])
    retire(data, to)
    assert (to / "warc" / "originals.warc.gz").exists()
    said = redact(data, status=1)
    assert f"NOT redacted: {to}/warc/originals.warc.gz: it holds the page: redact it there, too" in said
    redact(to)
    assert SECRET in plain(to / "warc" / "b.warc.gz")  # of another URL: made whole
    assert SECRET not in plain(to / "warc" / "originals.warc.gz")
