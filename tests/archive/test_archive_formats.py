"""Archive files of any form: the same records are read from all of them; other files are called by their name."""

from __future__ import annotations

import gzip
import io
import itertools
import random
import sys
import tarfile
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import FrameType

import pytest
from backports import zstd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scrapy.http import Response

from archive.collection import Collection
from archive.files.inflate import Content
from archive.files.plain_file import PlainFile
from archive.records.members import Damage, Member, walk
from archive.records.record import digest
from archive.records.record_reader import CutRecord, plain_records
from archive.replay.replay import responses
from archive.verify.file import verify_file
from tests.harness.archive_forms import (
    ARC_BLOCKS,
    ARC_FORMS,
    CONTENT,
    FORMS,
    IDS,
    PAGES,
    RECORDS,
    arc,
    pieces,
)
from tests.harness.counted_calls import counted_calls
from tests.harness.warc_making import BODY, DATE, HEAD, gz, record, response, warcinfo

#: Those that can be read record by record.
INDEXED = {"plain", "plain, lower case", "gzip"}


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes) -> Path:
        path = tmp_path / "warc" / "a.warc.gz"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    return write


def read(path: Path) -> list[tuple[str, bytes]]:
    found = [each for each in responses(path, 1 << 30) if isinstance(each, Response)]
    return [(each.meta["capture"].record_id, each.body) for each in found]


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_are_read_alike(form: str, put: Callable[[bytes], Path]) -> None:
    path = put(FORMS[form])
    found = list(responses(path, 1 << 30))
    assert all(isinstance(each, Response) for each in found), found
    assert read(path) == [(name, page.partition(b"\r\n\r\n")[2]) for name, page in zip(IDS, PAGES, strict=True)]
    report = verify_file(path)
    assert report.records == len(RECORDS)
    assert [finding for finding in report.findings if not finding.is_note] == []


@pytest.mark.parametrize("form", FORMS)
def test_index_has_what_can_be_looked_up(form: str, put: Callable[[bytes], Path], tmp_path: Path) -> None:
    path = put(FORMS[form])
    collection = Collection(path.parent, tmp_path / "index", None)
    problems = collection.add(path)
    lines = list(collection.index.lines())
    if form in INDEXED:
        assert (len(lines), problems) == (len(PAGES), [])
    else:
        (problem,) = problems
        assert "`scrapy convert` makes a WARC file" in problem.message
        assert lines == []


@pytest.mark.parametrize(
    "pack",
    [
        lambda records: gzip.compress(b"".join(records)),
        lambda records: b"".join(map(zstd.compress, records)),
        lambda records: gz(*(part for each in records for part in (each[:99], each[99:]))),
    ],
    ids=["one gzip member", "zstd", "split"],
)
def test_revisits_find_their_originals(pack: Callable[[list[bytes]], bytes], put: Callable[[bytes], Path]) -> None:
    """Also where no record can be looked up by offset and length."""
    payload = {"warc_payload_digest": digest(BODY)}
    again = {"warc_refers_to_target_uri": "http://a.test/", "warc_refers_to_date": DATE, **payload}
    page, revisit = record("response", response(), **payload), record("revisit", HEAD + b"\r\n", **again)
    assert [body for _, body in read(put(pack([warcinfo(), page, revisit])))] == [BODY, BODY]


def test_mixed_forms(put: Callable[[bytes], Path]) -> None:
    """What has a gzip member of its own is as good as ever where others have none."""
    path = put(gz(*RECORDS[:2], b"".join(RECORDS[2:4]), RECORDS[4]))
    assert [member.alone for member in walk(path) if isinstance(member, Member)] == [True, True, False, False, True]


@pytest.mark.parametrize("form", ["one gzip member", "gzip members of 333 bytes", "zstd frames of 700 bytes"])
def test_damage_in_the_middle(form: str, put: Callable[[bytes], Path]) -> None:
    """What is in front of it and behind it is read."""
    content = FORMS[form]
    path = put(content[: len(content) // 2] + b"\xff" * 40 + content[len(content) // 2 + 40 :])
    found = list(walk(path))
    assert any(isinstance(each, Damage) and each.lost for each in found)
    whole = [each for each in found if isinstance(each, Member) and each.complete]
    assert len(whole) >= 2
    assert all(bytes(member.block) in CONTENT for member in whole)


def test_torn_record_is_not_continued_by_the_next(put: Callable[[bytes], Path]) -> None:
    """A crawler cut a block short, but went on: the next member begins with a record."""
    path = put(gz(*RECORDS[:2], RECORDS[2][:-300], *RECORDS[3:]))
    assert [name for name, _ in read(path)] == [IDS[0], *IDS[2:]]
    assert {finding.rule for finding in verify_file(path).findings} == {"record-torn"}


@pytest.mark.parametrize("form", ARC_FORMS)
def test_arc(form: str, put: Callable[[bytes], Path]) -> None:
    path = put(ARC_FORMS[form])
    assert [body for _, body in read(path)] == [page.partition(b"\r\n\r\n")[2] for page in PAGES]
    found = [each for each in walk(path) if isinstance(each, Member)]
    assert [member.type for member in found] == ["warcinfo", "response", *["response"] * len(PAGES), "resource"]
    assert found[1].get("Content-Type") == "text/dns"
    assert found[2].get("WARC-Date") == "2008-04-30T20:48:30Z"
    assert found[2].get("WARC-IP-Address") == "192.0.2.7"
    assert found[-1].get("WARC-Target-URI") == "http://a.test/a%20b"
    assert found[-1].get("Content-Type") == "text/html; charset=utf-8"
    assert len({member.get("WARC-Record-ID") for member in found}) == len(found)
    rules = {finding.rule for finding in verify_file(path).findings}
    assert rules == {"format-convert", "digest-missing"}


def test_arc_with_wrong_lengths(put: Callable[[bytes], Path]) -> None:
    """A block that claims to be longer than it is hides no record, and one at the end is named."""
    lines = arc(1, *ARC_BLOCKS[1:4])
    lines[2] = lines[2].replace(b"%d\n" % len(PAGES[1]), b"%d\n" % (len(PAGES[1]) + 900), 1)
    path = put(b"".join(lines)[:-500])
    found = list(walk(path))
    assert [each.code for each in found if isinstance(each, Damage)] == ["format-convert", "record-end", "record-torn"]
    assert [each.complete for each in found if isinstance(each, Member)] == [True, True, False, False]


#: Lines that look like those of ARC, but name no address.
UNREAL = ("999.9.9.9", "a:b", "1.2.3", "::1::", "-.-", "1.1.1.1-")


@pytest.mark.parametrize("address", UNREAL)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_arc_with_a_line_that_is_none(
    pack: Callable[[bytes], bytes], address: str, put: Callable[[bytes], Path]
) -> None:
    """It is named, and the records around it are read."""
    unreal = b"http://a.test/dead %s 20080430204829 text/html 40\n%s\n" % (address.encode(), b"x" * 40)
    lines = arc(1, *ARC_BLOCKS)
    found = list(itertools.islice(walk(put(pack(b"".join([*lines[:2], unreal, *lines[2:]])))), 30))
    read = [each.get("WARC-Target-URI") for each in found if isinstance(each, Member) and each.complete]
    whole = [each.get("WARC-Target-URI") for each in walk(put(pack(b"".join(lines)))) if isinstance(each, Member)]
    assert read[-len(ARC_BLOCKS) + 1 :] == whole[-len(ARC_BLOCKS) + 1 :]
    assert any(isinstance(each, Damage) and each.lost for each in found)


def test_arc_line_is_not_begun_in_its_middle(put: Callable[[bytes], Path]) -> None:
    """Garbage is passed over wherever the file is cut in pieces to search it."""
    line = b"dat2http://a.test/%d 192.0.2.1 20080430204829 text/html 10"
    path = put(b"".join(arc(1, *ARC_BLOCKS[:1])) + b" ".join(line % number for number in range(9000)) + b"\n")
    assert len([each for each in walk(path) if isinstance(each, Member)]) == len(arc(1, *ARC_BLOCKS[:1]))


class _Standing:
    """A grammar whose search never gets on, and whose records have no length."""

    def cut(self, content: Content | PlainFile, start: int) -> CutRecord | None:
        problem = ("record-head", "nothing")
        return None if start % 2 else CutRecord(b"", [], b"", start, problem)

    def next(self, content: Content | PlainFile, start: int) -> int:
        return 0

    def begins(self, content: Content | PlainFile) -> bool:
        return True


def test_a_walk_gets_on_whatever_a_grammar_says() -> None:
    found = list(itertools.islice(plain_records(b"abcdef", 0, _Standing()), 50))
    assert [each.offset for each in found] == [0, 1, 2, 3, 4, 5]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    f"http://a.test/ {address} 20080430204829 text/html 4\n".encode()
                    for address in (*UNREAL, "1.1.1.1")
                ),
                *(b"http://a.test/ 1.1.1.1 200804302048 text/html %d\n" % length for length in (0, 5, 999)),
                *(b"WARC/1.1\r\n", b"WARC/1.0\nA: b\n", b"WARC/9\n", b"Content-Length: 3\r\n", b"\r\n", b"\n"),
                *(b"filedesc://a 0.0.0.0 20080430204829 text/plain 3\n", b"abcd\n", b"\0" * 20, b"\x1f\x8b\x08\0"),
            ]
        ),
        max_size=12,
    ),
    st.sampled_from([bytes, gzip.compress, lambda content: gz(content[:40], content[40:])]),
)
def test_any_walk_ends(tmp_path: Path, pieces: list[bytes], pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(pack(b"".join(pieces)))
    assert len(list(itertools.islice(walk(path), 1000))) < 1000


def tar(content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as written:
        info = tarfile.TarInfo("a.warc")
        info.size = len(content)
        written.addfile(info, io.BytesIO(content))
    return file.getvalue()


NAMED = {
    tar(CONTENT): "but a tar archive: unpack it first",
    gzip.compress(tar(CONTENT)): "gzip of a tar archive",
    zstd.compress(tar(CONTENT)): "zstd of a tar archive",
    b"PK\x03\x04" + bytes(22) + b"\x12\0\0\0pages/pages.jsonl": "a WACZ package",
    b"BZh91AY&SY": "a bzip2 file",
    b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n": "Git LFS",
    b"\n<html><body>404</body></html>": "an HTML or XML document",
    gzip.compress(b"<!DOCTYPE html>"): "gzip of an HTML or XML document",
    b'{"a": 1}': "JSON",
    b"HTTP/1.1 200 OK\r\n\r\n": "a bare HTTP message",
    b"WARC/": "begins like a WARC file",
    bytes(700): "NUL bytes",
    gzip.compress(b""): "a gzip file of nothing",
    b"": "the file is empty",
    "Tin tức\n".encode(): "text",
    b"\x80\x81\x82": "unknown bytes",
}


@pytest.mark.parametrize(("content", "name"), NAMED.items(), ids=NAMED.values())
def test_other_files_are_called_what_they_are(content: bytes, name: str, put: Callable[[bytes], Path]) -> None:
    (finding,) = verify_file(put(content)).findings
    assert finding.rule in ("format-unknown", "empty-file")
    assert name in finding.message


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1 << 30), st.integers(1, 40), st.sampled_from(["gzip", "zstd"]))
def test_split_anywhere(tmp_path: Path, seed: int, cuts: int, packing: str) -> None:
    """Wherever members end, and however many there are, the records are the same."""
    chance = random.Random(seed)
    content = b"".join(RECORDS[:4])
    ends = sorted({0, len(content), *(chance.randrange(len(content)) for _ in range(cuts))})
    parts = [content[start:end] for start, end in pairwise(ends)]
    path = tmp_path / "a.warc.gz"
    path.write_bytes(b"".join(map(gzip.compress if packing == "gzip" else zstd.compress, parts)))
    found = list(walk(path))
    assert [each for each in found if isinstance(each, Damage) and each.lost] == []
    assert [each.head + each.block + b"\r\n\r\n" for each in found if isinstance(each, Member)] == RECORDS[:4]


def test_members_are_unpacked_a_few_times_at_most(put: Callable[[bytes], Path]) -> None:
    """A record over many members is not read again with each of them."""
    path = put(gz(*pieces(100)))
    unpacked = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal unpacked
        unpacked += event == "call" and frame.f_code.co_name == "inflate"

    sys.setprofile(count)
    try:
        found = list(walk(path))
    finally:
        sys.setprofile(None)
    assert len([each for each in found if isinstance(each, Member)]) == len(RECORDS)
    assert len(pieces(100)) <= unpacked <= 3 * len(pieces(100))


def test_records_behind_many_members_are_placed_in_one_go(put: Callable[[bytes], Path]) -> None:
    """A record over many members, and as many behind it in the last one: not each is sought among all members."""
    counts = []
    for size in (200, 800):
        head, body = record("resource", b"x" * size).split(b"\r\n\r\n", 1)
        last = body[size - 1 :] + record("resource", b"") * size
        path = put(gz(head + b"\r\n\r\n", *[b"x"] * (size - 1), last))
        counts.append(counted_calls(partial(list, walk(path))))
        assert len([each for each in walk(path) if isinstance(each, Member)]) == 1 + size
    assert counts[1] < 6 * counts[0]


@pytest.mark.parametrize(
    "piece",
    [b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"WARC/", b"WARC/1.1\r\n", b"http://a 1.1.1.1 20080430204825 a 1 "],
)
def test_false_beginnings_are_passed_over_in_one_go(piece: bytes, put: Callable[[bytes], Path]) -> None:
    """The file is read a few times, not once for each place where a record might begin."""
    path = put(piece * (400_000 // len(piece)))
    reads = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal reads
        reads += event == "call" and frame.f_code.co_name in ("read_at", "inflate", "unpack")

    sys.setprofile(count)
    try:
        found = list(walk(path))
    finally:
        sys.setprofile(None)
    assert not any(isinstance(each, Member) for each in found)
    assert reads < 100


def test_head_without_framing(put: Callable[[bytes], Path]) -> None:
    """Line ends that are short everywhere, as an editor leaves them: all is read as far as lengths hold."""
    block = HEAD.replace(b"\r\n", b"\n") + b"\n<p>text</p>"
    content = b"".join(record("response", block, warc_record_id=name).replace(b"\r\n", b"\n") for name in IDS)
    path = put(content)
    assert [body for _, body in read(path)] == [b"<p>text</p>"] * len(IDS)
    assert {"record-end", "head-line"} <= {finding.rule for finding in verify_file(path).findings}
