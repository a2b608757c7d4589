"""Old files that others refer to in ways that the index does not tell: they are not deleted."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from backports import zstd

from archive import beside
from archive.records.members import Damage, Member, walk
from archive.records.record import digest
from archive.retirement.plan import plan
from tests.harness.commands import scrapy
from tests.harness.foreign_revisits import (
    ID,
    INFO,
    LATER,
    LATER_URL,
    PAGE,
    URL,
    original,
    other,
    replayed,
    revisit,
)
from tests.harness.foreign_warc import record, write
from tests.harness.warc_making import collection


def without_id(data: bytes) -> bytes:
    return re.sub(rb"WARC-Record-ID: [^\r]*\r\n", b"", data)


def bad_checksum(data: bytes) -> bytes:
    member = bytearray(gzip.compress(data))
    member[-6] ^= 1
    return bytes(member)


def package(data: bytes) -> bytes:
    file = io.BytesIO()
    with ZipFile(file, "w") as written:
        written.writestr("archive/x.warc.gz", gzip.compress(INFO) + gzip.compress(data))
    return file.getvalue()


def tar(*files: tuple[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as written:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            written.addfile(info, io.BytesIO(data))
    return content.getvalue()


def retire(data: Path, *more: str) -> tuple[int, str]:
    return scrapy("retire", "--before=2021-01-01", "--delete", "--yes", *more, data=data)


#: What lies beside the original's file, by its name: all need it.
BESIDE: dict[str, bytes] = {
    "b.warc.gz": gzip.compress(other()) + gzip.compress(revisit(date="2026-03-02T07:00:01+07:00")),
    "b2.warc.gz": gzip.compress(other()) + bad_checksum(revisit()),
    "b3.warc.gz": gzip.compress(INFO + other() + revisit()),
    "b.wacz": package(revisit()),
    "sub/b.warc.gz": gzip.compress(revisit()),
    "b.warc.gz.orig": gzip.compress(revisit()) + b"xx",
    "b.WARC.GZ": gzip.compress(revisit()),
    "b.gz": gzip.compress(revisit()),
    "b.warc.zstd": zstd.compress(INFO + revisit()),
    "b.warc.xz": lzma.compress(INFO + revisit()),
    "b.warc.gz.bz2": bz2.compress(gzip.compress(revisit())),
}
#: A revisit in any form, beside a file that anyone finds.
MIXED = [
    tar(("first.warc.gz", gzip.compress(INFO) + gzip.compress(other())), (name, content))
    for name, content in {
        "b.warc": INFO + revisit(),
        "b.warc.zst": zstd.compress(revisit()),
        "b.warc.bz2": bz2.compress(revisit()),
        "in.tar.gz": gzip.compress(tar(("first.warc", other()), ("b.warc.zst", zstd.compress(revisit())))),
        "b.zip": package(revisit()),
    }.items()
]
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    ".tar": bytes,
    ".tar.gz": gzip.compress,
    ".tar.bz2": bz2.compress,
    ".tar.xz": lzma.compress,
    ".tar.zst": zstd.compress,
}
BESIDE |= {f"{number}{name}": pack(mixed) for number, mixed in enumerate(MIXED) for name, pack in PACKINGS.items()}


@pytest.mark.parametrize("name", BESIDE)
def test_a_revisit_in_any_form_keeps_its_original(name: str, tmp_path: Path) -> None:
    write(tmp_path / "warc" / "a.warc.gz", [INFO, original()])
    (tmp_path / "warc" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "warc" / name).write_bytes(BESIDE[name])
    warcs = collection(tmp_path)
    warcs.catch_up()
    found = plan(warcs, "20210101")
    assert (found.leaving, found.staying, found.unread) == ([], {"a.warc.gz": {name}}, {})


#: Records of one old file that keep it, though what the index has of it is old.
KEPT: dict[str, Callable[[], bytes]] = {
    "dated with an offset": lambda: gzip.compress(other("2020-12-31T20:00:00-07:00")),
    "damaged, and new": lambda: bad_checksum(other()),
    "dated by nobody": lambda: gzip.compress(other("yesterday")),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_file_with_a_record_that_may_be_new_stays(name: str, tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "warc" / "a.warc.gz").write_bytes(gzip.compress(original()) + KEPT[name]())
    write(tmp_path / "warc" / "b.warc.gz", [original(Target_URI=f"{URL}/b")])
    warcs = collection(tmp_path)
    warcs.catch_up()
    assert plan(warcs, "20210101").leaving == ["b.warc.gz"]


def test_dates_in_any_zone_are_indexed_in_utc(tmp_path: Path) -> None:
    write(tmp_path / "warc" / "a.warc.gz", [other("2026-03-02T06:00:01+07:00"), other("20260304")])
    warcs = collection(tmp_path)
    assert warcs.add(*warcs.files()) == []
    assert "20260301230001" in [entry.timestamp for entry in warcs.index.captures(f"{URL}/x")]


def test_records_without_ids_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path / "warc" / "a.warc.gz", [INFO, without_id(original())])
    write(tmp_path / "warc" / "b.warc.gz", [INFO, without_id(revisit())])
    warcs = collection(tmp_path)
    warcs.catch_up()
    assert plan(warcs, "20210101").staying == {"a.warc.gz": {"b.warc.gz"}}
    assert replayed(tmp_path)[LATER_URL] == PAGE


def test_segments_of_one_record_stay_together(tmp_path: Path) -> None:
    first = original(Record_ID=ID, Segment_Number="1")
    rest = record("continuation", b"rest", Target_URI=URL, date=LATER, Segment_Number="2", Segment_Origin_ID=ID)
    write(tmp_path / "warc" / "a.warc.gz", [INFO, first])
    write(tmp_path / "warc" / "b.warc.gz", [INFO, rest, other()])
    warcs = collection(tmp_path)
    warcs.catch_up()
    assert plan(warcs, "20210101").staying == {"a.warc.gz": {"b.warc.gz"}}


def test_where_a_file_beside_cannot_be_read_nothing_is_deleted(tmp_path: Path) -> None:
    write(tmp_path / "warc" / "a.warc.gz", [INFO, original()])
    broken = bytearray(lzma.compress(revisit()))
    broken[40] ^= 0xFF
    (tmp_path / "warc" / "b.warc.xz").write_bytes(broken)
    status, said = retire(tmp_path)
    assert status == 1 and "retire: b.warc.xz cannot be read, and may refer to any file" in said
    assert (tmp_path / "warc" / "a.warc.gz").exists()


def nested(times: int) -> bytes:
    found = tar(("b.warc.zst", zstd.compress(revisit())))
    for _ in range(times):
        found = tar(("in.tar.gz", gzip.compress(found)))
    return found


def with_bad_header(data: bytes) -> bytes:
    """A tar of two files whose second header is damaged."""
    damaged = bytearray(tar(("a.txt", b"text"), ("b.warc", data)))
    damaged[1024 + 20] ^= 1
    return bytes(damaged)


#: Tars of which nobody can tell what is in them, and why.
UNREAD = {
    "one in five others": (nested(5), "it is packed too often to be looked into"),
    "a 7-Zip archive in it": (tar(("a.warc", other()), ("b.7z", b"7z\xbc\xaf\x27\x1c")), "it is a 7-Zip archive"),
    "a damaged header": (with_bad_header(revisit()), "something other than a file follows in the tar"),
    "two, one behind the other": (tar(("a.warc", other())) + tar(("b.warc", revisit())), "something other than a file"),
    "its end missing": (tar(("a.warc", other()), ("b.warc", revisit() * 9))[:3000], "unexpected end of data"),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize("form", UNREAD)
def test_a_tar_that_cannot_be_read_to_its_end_is_named(
    form: str, pack: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    write(tmp_path / "warc" / "a.warc.gz", [INFO, original()])
    content, why = UNREAD[form]
    (tmp_path / "warc" / "b.tar.gz").write_bytes(pack(content))
    warcs = collection(tmp_path)
    warcs.catch_up()
    assert why in plan(warcs, "20210101").unread["b.tar.gz"]


def test_as_deep_as_is_looked(tmp_path: Path) -> None:
    write(tmp_path / "warc" / "a.warc.gz", [INFO, original()])
    (tmp_path / "warc" / "b.tar").write_bytes(nested(4))
    warcs = collection(tmp_path)
    warcs.catch_up()
    assert plan(warcs, "20210101").staying == {"a.warc.gz": {"b.tar"}}


def test_a_packed_tar_is_unpacked_file_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than one of its files is in the temporary folder at a time."""
    write(tmp_path / "warc" / "a.warc.gz", [INFO, original()])
    texts = [(f"{number}.txt", bytes([65 + number]) * (1 << 20)) for number in range(8)]
    (tmp_path / "warc" / "b.tar.gz").write_bytes(gzip.compress(tar(*texts, ("b.warc", revisit()))))
    sizes, folder = list[int](), tmp_path / "temporary"
    folder.mkdir()

    def walked(path: Path) -> Iterator[Member | Damage]:
        sizes.append(sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()))
        return walk(path)

    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(beside, "walk", walked)
    warcs = collection(tmp_path)
    warcs.catch_up()
    assert plan(warcs, "20210101").staying == {"a.warc.gz": {"b.tar.gz"}}
    assert len(sizes) == 10 and max(sizes) == 1 << 20


@pytest.mark.parametrize("form", ["without ids", "with one id"])
def test_copies_of_originals_that_ids_do_not_tell_apart(form: str, tmp_path: Path) -> None:
    """Two originals are needed: two copies are kept."""
    bodies = [PAGE, PAGE + b"again"]
    for number, body in enumerate(bodies):
        record_ = original(body, Target_URI=f"{URL}{number}", Record_ID=ID)
        write(tmp_path / "warc" / f"a{number}.warc.gz", [INFO, without_id(record_) if "out" in form else record_])
    later = [
        revisit(Target_URI=f"{LATER_URL}{n}", Refers_To_Target_URI=f"{URL}{n}", Payload_Digest=digest(body))
        for n, body in enumerate(bodies)
    ]
    write(tmp_path / "warc" / "b.warc.gz", [INFO, *later])
    status, said = retire(tmp_path, "--keep-originals")
    assert status == 0 and "copies of 2 records kept" in said, said
    assert not [*(tmp_path / "warc").glob("a*")]
    found = replayed(tmp_path)
    assert [found[f"{LATER_URL}{n}"] for n in range(2)] == bodies


def test_of_two_captures_of_one_second_the_id_tells(tmp_path: Path) -> None:
    named = {"Payload_Digest": "", "Refers_To": ID}
    write(tmp_path / "warc" / "a.warc.gz", [INFO, original(b"not this one")])
    write(tmp_path / "warc" / "a2.warc.gz", [INFO, original(Record_ID=ID)])
    write(tmp_path / "warc" / "b.warc.gz", [INFO, revisit(**named)])
    warcs = collection(tmp_path)
    warcs.catch_up()
    assert replayed(tmp_path)[LATER_URL] == PAGE
    assert plan(warcs, "20210101").staying == {"a2.warc.gz": {"b.warc.gz"}}
