"""A folder of files that are made to hold up, fill up or end whatever reads them, each beside a good article."""

from __future__ import annotations

import gzip
import json
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from backports import zstd

from archive.records.members import Damage, Member, walk
from tests.harness.commands import Done, run_scrapy
from tests.harness.warc_making import gz, record, warcinfo
from tests.hostile.site import HOST, answer, page

SOURCE = "baothudich"
#: What the kernel counts of processes that have ended, in kB.
GIGABYTE = 1 << 30


def capture(number: int, block: bytes = b"", kind: str = "response", **given: str) -> bytes:
    """A capture of the article of that number; by default a good one."""
    uri = given.pop("uri", f"http://{HOST}/bai-{number}.html")
    return record(kind, block or answer(page("", number=number)), warc_target_uri=uri, **given)


def chain(length: int) -> bytes:
    """Revisits each of which names the next, the last the first."""
    records = b""
    for number in range(length):
        following = (number + 1) % length
        records += capture(
            9_000 + number,
            b"HTTP/1.1 200 OK\r\n\r\n",
            "revisit",
            warc_refers_to_target_uri=f"http://{HOST}/bai-{9_000 + following}.html",
            warc_refers_to_date="2026-11-22T03:04:05Z",
        )
    return records


#: What stands between two good records of a file.
BETWEEN: dict[str, bytes] = {
    "status": capture(901, b"HTTP/1.1 " + b"2" * 5_000 + b" OK\r\n\r\n"),
    "version": capture(902, b"HTTP/" + b"1" * 5_000 + b".1 200 OK\r\n\r\n"),
    "length": capture(903, answer(b"<p>a", f"Content-Length: {'9' * 5_000}", length=False)),
    "lines": capture(904, answer(page("", number=904), *["Set-Cookie: a"] * 60_000)),
    "head": capture(905, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 400_000 + b"\r\n"),
    "chunks": capture(906, answer(b"1\r\na\r\n" * 300_000 + b"0\r\n\r\n", "Transfer-Encoding: chunked", length=False)),
    "deep": capture(907, answer(page("<b><i>" * 50_000))),
    "escapes": capture(908, uri=f"http://{HOST}/%{'25' * 100_000}41-908.html"),
    "fields": record("response", b"", ("X-Long", "a" * 900_000)) + record("response", b"", *[("X", "a")] * 50_000),
    "dates": capture(909, warc_date="9" * 5_000),
    "revisits": chain(300),
    "marks": b"WARC/" * 400_000,
    "records": b"WARC/1.0\r\nContent-Length: 999999999999999999\r\n\r\n" * 2_000,
    "bomb": capture(910, answer(gzip.compress(b"<p>a" * 8_000_000, 9), "Content-Encoding: gzip")),
    "large": record("resource", bytes(60_000_000), warc_target_uri=f"http://{HOST}/tap-911"),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "warc").mkdir()
    for number, (name, between) in enumerate(BETWEEN.items()):
        first, last = capture(100 + number), capture(200 + number)
        if name == "large":
            (folder / "warc" / f"{name}.warc.gz").write_bytes(gz(warcinfo(), first, between, last))
        else:
            (folder / "warc" / f"{name}.warc").write_bytes(warcinfo() + first + between + last)
    return folder


def run(data: Path, *words: str) -> Done:
    settings = ("SPIDER_MODULES=tests.hostile.spiders", "ARCHIVE_DISK_FLOOR=0")
    done = run_scrapy(*words, *(f"--set={setting}" for setting in settings), data=data)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    assert done.peak_bytes < GIGABYTE
    return done


def test_rebuild_reads_every_neighbour_and_names_what_it_does_not_read(data: Path) -> None:
    done = run(data, "rebuild", *map(str, sorted((data / "warc").iterdir())))
    assert done.returncode == 1
    lines = [line for path in (data / "rebuilt" / SOURCE).glob("*.jsonl") for line in path.read_text().splitlines()]
    read = {json.loads(line)["id"] for line in lines}
    good = {f"{SOURCE}:{start + number}" for number in range(len(BETWEEN)) for start in (100, 200)}
    assert good <= read
    assert f"{SOURCE}:904" in read, "many lines of a head are no fault"
    for name in ("status", "head", "deep", "bomb", "dates", "marks", "records"):
        assert f"{name}.warc" in done.stderr, name


def test_verify_comes_to_an_end_and_names_the_files(data: Path) -> None:
    done = run(data, "verify", *map(str, sorted((data / "warc").iterdir())))
    assert done.returncode == 1
    for name in ("status", "length", "dates", "marks", "records"):
        assert f"{name}.warc" in done.stdout + done.stderr, name


def test_index_and_package_hold_the_neighbours(data: Path) -> None:
    run(data, "index", "rebuild")
    for number in (100, 200 + len(BETWEEN) - 1):
        done = run(data, "index", "lookup", f"http://{HOST}/bai-{number}.html")
        assert f"bai-{number}.html" in done.stdout
    done = run(data, "wacz", *map(str, sorted((data / "warc").iterdir())), "-o", str(data / "all.wacz"))
    assert done.returncode == 1
    with ZipFile(data / "all.wacz") as package:
        packed = set(package.namelist())
        pages = package.read("pages/pages.jsonl").decode()
    for number, path in enumerate(path for name in BETWEEN for path in (data / "warc").glob(f"{name}.*")):
        if f"archive/{path.name}" in packed:
            assert f"bai-{100 + number}.html" in pages and f"bai-{200 + number}.html" in pages
        else:
            assert path.name in done.stderr
    assert {name for name in BETWEEN if not any(name in each for each in packed)} == {"marks", "records"}


@pytest.mark.parametrize("pack", [gzip.compress, zstd.compress], ids=["gzip", "zstd"])
def test_a_head_without_end_is_not_unpacked(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Its member is named and left, whatever follows in it; the neighbours are read."""
    endless = b"WARC/1.1\r\nWARC-Type: " + b"a" * (160 << 20)
    path = tmp_path / "a.warc"
    path.write_bytes(pack(capture(1)) + pack(endless) + pack(capture(2)))
    del endless
    tracemalloc.start()
    found = [each for each in walk(path) if isinstance(each, Member) or each.lost]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    before, damage, behind = found
    assert isinstance(before, Member) and isinstance(behind, Member)
    assert isinstance(damage, Damage) and damage.code == "record-head"
    assert damage.offset == before.length and damage.offset + damage.length == behind.offset
    assert most < 48 << 20


def bomb(kind: str) -> bytes:
    """Some 300 MB of a record in 300 KB: in one gzip member, in one zstd frame, over many members, or at many starts.

    The starts lie in stored blocks of each other, and all lead into the same data.
    """
    start = record("response", b"", warc_target_uri="http://a.test/", content_length="1200000000")[:-4]
    if kind == "members":
        return gzip.compress(start) + gzip.compress(bytes(40_000_000)) * 8
    if kind == "zstd":
        return zstd.compress(start + bytes(300_000_000))
    if kind == "starts":
        packer = zlib.compressobj(9, wbits=-15)
        data = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
        size, starts = 10 + 5 + len(start), 40
        lengths = [size * (starts - number) - 15 for number in range(starts)]
        heads = [b"\0" + struct.pack("<HH", length, length ^ 0xFFFF) for length in lengths]
        return b"".join(b"\x1f\x8b\x08" + bytes(7) + head + start for head in heads) + data + bytes(8)
    packer = zlib.compressobj(wbits=31)
    begin = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    return begin + (packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)) * 300


@pytest.mark.parametrize("kind", ["gzip", "zstd", "members", "starts"])
def test_a_block_that_is_far_larger_than_its_data_is_not_unpacked(kind: str, tmp_path: Path) -> None:
    pack = zstd.compress if kind == "zstd" else gzip.compress
    path = tmp_path / "a.warc"
    path.write_bytes(pack(capture(1)) + bomb(kind) + pack(capture(2)))
    tracemalloc.start()
    found = [each for each in walk(path) if isinstance(each, Member) or each.lost]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    before, *between, behind = found
    assert isinstance(before, Member) and isinstance(behind, Member) and behind.complete
    damages = [each for each in between if isinstance(each, Damage)]
    codes = {"record-torn", "garbage"} if kind == "members" else {"gzip-dense"}
    assert {damage.code for damage in damages} == codes
    assert len(damages) == 1 or kind == "members"
    assert damages[0].offset == before.length and damages[-1].offset + damages[-1].length == behind.offset
    assert most < 200 << 20
