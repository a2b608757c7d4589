"""`scrapy convert`: out of archive files of any form a WARC file whose records can be looked up one by one."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from backports import zstd

from archive.convert import convert
from archive.records.members import Damage, Member, members, walk
from newsbot.replaying.rewriting import follow_moves
from newsbot.state.resources import ARTICLE, Resource, Resources
from newsbot.state.state import State
from tests.harness.archive_forms import ARC_FORMS, FORMS, RECORDS, arc
from tests.harness.commands import run_scrapy
from tests.harness.warc_making import collection, exchange, gz, record, response, warcinfo, write


def scrapy(*arguments: str, data: Path) -> tuple[int, str, str]:
    done = run_scrapy(*arguments, data=data)
    return done.returncode, done.stdout, done.stderr


def blocks(path: Path) -> list[tuple[str, str, bytes]]:
    found = [each for each in walk(path) if isinstance(each, Member)]
    return [(each.type, each.get("WARC-Target-URI"), bytes(each.block)) for each in found]


def package(*contents: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w") as wacz:
        wacz.writestr("datapackage.json", "{}")
        for number, content in enumerate(contents):
            wacz.writestr(f"archive/{number}.warc.gz", content, ZIP_DEFLATED if number else 0)
        wacz.writestr("archive/../../evil.txt", "no archive file")
    return file.getvalue()


def test_every_form(tmp_path: Path) -> None:
    """All blocks are as they were, and each record is found by offset and length; warcinfo says where it is from."""
    output = tmp_path / "new" / "folder"
    given = {f"{number}.warc.gz": content for number, content in enumerate((*FORMS.values(), *ARC_FORMS.values()))}
    for name, content in given.items():
        (tmp_path / name).write_bytes(content)
    status, said, error = scrapy(
        "convert", f"--output={output}", *(str(tmp_path / name) for name in given), data=tmp_path
    )
    assert (status, error) == (0, ""), said
    for name in given:
        old, new = tmp_path / name, output / name
        found = list(members(new))
        assert all(member.alone and member.version == "WARC/1.1" for member in found)
        assert f"converted-from: {name}\r\n".encode() in bytes(found[0].block)
        assert blocks(new)[1:] == blocks(old)
    sound = scrapy("verify", str(output / "3.warc.gz"), str(output / f"{len(FORMS)}.warc.gz"), data=tmp_path)
    assert sound[0] == 0, sound[1]
    assert " no faults, no notes " in sound[1]


def test_names(tmp_path: Path) -> None:
    """Beside the file; a package gives a file for each of its own."""
    (tmp_path / "a.ARC").write_bytes(ARC_FORMS["version 1"])
    (tmp_path / "b.warc.zst").write_bytes(FORMS["zstd with a dictionary"])
    (tmp_path / "c.warc.gz").write_bytes(FORMS["one gzip member"])
    (tmp_path / "d.wacz").write_bytes(package(gz(*RECORDS), FORMS["one gzip member"]))
    files = ["a.ARC", "b.warc.zst", "c.warc.gz", "d.wacz"]
    status, said, _ = scrapy("convert", *(str(tmp_path / name) for name in files), data=tmp_path / "data")
    assert status == 0
    made = ["a.warc.gz", "b.warc.gz", "c-converted.warc.gz", "d-0.warc.gz", "d-1.warc.gz"]
    assert sorted({each.name for each in tmp_path.iterdir()} - set(files)) == made
    assert f"{tmp_path / 'd-1.warc.gz'}: {len(RECORDS)} records of {tmp_path / 'd.wacz'}:1.warc.gz\n" in said
    status, _, error = scrapy("convert", str(tmp_path / "a.ARC"), data=tmp_path / "data")
    assert (status, error) == (3, f"convert: {tmp_path / 'a.warc.gz'} exists: it is not overwritten\n")


def test_old_heads(tmp_path: Path) -> None:
    """What WARC/1.1 has no longer is put right; nothing else of a head changes."""
    old = record(
        "response", response(), ("X-Own", "a"), warc_target_uri="<http://a.test/>", without="WARC-Block-Digest"
    )
    path = tmp_path / "a.warc"
    path.write_bytes((warcinfo() + old).replace(b"WARC/1.1", b"WARC/0.18").replace(b"X-Own: a", b"X-Own: a\r\n b"))
    assert scrapy("convert", str(path), data=tmp_path / "data")[0] == 0
    first, described, page = members(tmp_path / "a.warc.gz")
    assert (first.type, described.type) == ("warcinfo", "warcinfo")
    assert page.get("WARC-Target-URI") == "http://a.test/"
    assert page.get("X-Own") == "a b"
    assert page.get("WARC-Block-Digest").startswith("sha256:")
    assert {name for name, _ in page.fields} >= {"WARC-Record-ID", "WARC-Date", "Content-Type"}


def test_heads_keep_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    """What a crawler wrote in another encoding is not replaced by a mark that it was there."""
    page = record("response", response(), ("X-Own", "YYY"), warc_target_uri="http://a.test/ZZZ")
    page = page.replace(b"YYY", b"b\xe1o \xff").replace(b"/ZZZ", b"/ph\xfa")
    (tmp_path / "a.warc.gz").write_bytes(gzip.compress(warcinfo() + page))
    convert(tmp_path / "a.warc.gz", tmp_path / "b.warc.gz")
    head = list(members(tmp_path / "b.warc.gz"))[-1].head
    assert b"X-Own: b\xe1o \xff\r\n" in head
    assert b"WARC-Target-URI: http://a.test/ph\xfa\r\n" in head


@pytest.mark.parametrize("pack", [b"".join, lambda lines: gzip.compress(b"".join(lines)), lambda lines: gz(*lines)])
def test_arc_records_with_equal_lines(pack: Callable[[list[bytes]], bytes], tmp_path: Path) -> None:
    """Each has an id, the same however often it is read; a URL's bytes that are no UTF-8 are escaped as they are."""
    for name, blocks in (("a.arc", (b"one", b"two", b"two")), ("b.arc", (b"six", b"two", b"ten"))):
        lines = arc(1, *(("http://a.test/XXX 192.0.2.7 20080430204830 text/html", block) for block in blocks))
        (tmp_path / name).write_bytes(pack([line.replace(b"XXX", b"ph\xfa") for line in lines]))
        convert(tmp_path / name, tmp_path / f"{name}.warc.gz")
    records = [each for name in ("a", "b") for each in list(members(tmp_path / f"{name}.arc.warc.gz"))[2:]]
    assert [bytes(each.block) for each in records] == [b"one", b"two", b"two", b"six", b"two", b"ten"]
    assert {each.get("WARC-Target-URI") for each in records} == {"http://a.test/ph%FA"}
    assert len({each.get("WARC-Record-ID") for each in records[:3]}) == 3
    assert len({each.get("WARC-Record-ID") for each in (*records[:4], records[5])}) == 5
    read = [each.get("WARC-Record-ID") for each in walk(tmp_path / "a.arc") if isinstance(each, Member)]
    assert read[1:] == [each.get("WARC-Record-ID") for each in records[:3]]


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "torn.warc.zst").write_bytes(b"".join(map(zstd.compress, RECORDS))[:-20])
    (tmp_path / "page.html").write_bytes(b"<!DOCTYPE html>")
    (tmp_path / "broken.wacz").write_bytes(package(gz(*RECORDS))[:-40])
    rotten = package(gz(*RECORDS), gz(*RECORDS))  # the second compressed: what follows its name is no deflate data
    (tmp_path / "rotten.wacz").write_bytes(b"\xff".join(re.split(rb"(?s)(?<=archive/1.warc.gz).", rotten, maxsplit=1)))
    files = [str(tmp_path / name) for name in ("torn.warc.zst", "page.html", "broken.wacz", "rotten.wacz")]
    status, said, error = scrapy("convert", *files, data=tmp_path / "data")
    assert status == 3
    assert "torn.warc.zst" in said
    assert "the file ends inside this zstd frame" in said
    assert "page.html:0: 15 bytes not converted: no record is in this file, it is an HTML or XML document" in said
    assert f"convert: {files[2]}: the package cannot be read" in error
    assert f"{files[3]}:1.warc.gz:0: " in said
    assert (tmp_path / "rotten-0.warc.gz").exists()
    assert blocks(tmp_path / "torn.warc.gz")[1:] == blocks(tmp_path / "torn.warc.zst")[:-1]
    status, said, _ = scrapy("convert", "--json", files[1], data=tmp_path / "data")
    assert status == 1
    assert json.loads(said)["files"][0]["written"] == ""


def test_in_the_data_folder(tmp_path: Path) -> None:
    """A file of the collection is replaced and indexed, and its lines follow; an ARC file gets one beside it."""
    path = write(tmp_path, [exchange("/", response()), exchange("/b", response(b"<p>more</p>"), after=1)])
    content = gzip.compress(gzip.decompress(path.read_bytes()))
    path.write_bytes(content)
    (tmp_path / "warc" / "old.arc.gz").write_bytes(ARC_FORMS["gzip"])
    collection(tmp_path).add(path, changed=True)
    assert list(collection(tmp_path).index.lines()) == []
    status, said, error = scrapy("convert", str(path), str(tmp_path / "warc" / "old.arc.gz"), data=tmp_path)
    assert (status, error) == (0, ""), said
    assert path.with_name(f"{path.name}.orig").read_bytes() == content
    lines = list(collection(tmp_path).index.lines())
    assert {json.loads(line.partition(b" {")[2].join([b"{", b""]))["filename"] for line in lines} == {
        path.name,
        "old.warc.gz",
    }
    status, said, _ = scrapy("verify", data=tmp_path)
    assert status == 0, said
    status, said, _ = scrapy("convert", str(path), data=tmp_path)
    assert (status, said) == (0, f"{path}: its records can be looked up one by one already, left alone\n")


@pytest.mark.parametrize("arguments", [[], ["none.arc"], [f"--output={__file__}", __file__]])
def test_usage(arguments: list[str], tmp_path: Path) -> None:
    assert scrapy("convert", *arguments, data=tmp_path)[0] == 2


@pytest.mark.parametrize("name", ["zstd", "one zstd frame"])
def test_repair_leaves_what_is_no_warc_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.zst"
    path.write_bytes(FORMS[name])
    (tmp_path / "b.wacz").write_bytes(package(gz(*RECORDS)))
    status, said, error = scrapy("repair", str(path), str(tmp_path / "b.wacz"), data=tmp_path / "data")
    assert (status, error) == (1, "")
    assert f"{path}: left alone: the file is zstd-compressed: `scrapy convert`" in said
    assert "b.wacz: left alone: this is no WARC file but a WACZ package (zip), which `scrapy convert` reads" in said
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.warc.zst", "b.wacz"]


def test_lines_that_are_no_articles_follow_their_record_and_are_not_noted(tmp_path: Path) -> None:
    path = write(tmp_path, [exchange("/0", response(b"<p>0</p>"), 0)])
    (member,) = (member for member in members(path) if member.type == "response")
    capture = {"file": path.name, "offset": 10**9, "record_id": member.get("WARC-Record-ID")}
    lines = tmp_path / "articles" / "a" / "a.jsonl"
    lines.parent.mkdir(parents=True)
    odd: list[dict[str, object]] = [{"id": []}, {"id": 10**30}, {"version": 10**30}, {"title": True}, {}]
    unmoved = json.dumps({"title": "\ud83c", "capture": capture}, separators=(",", ":"))
    said = [json.dumps(each | {"capture": capture}, separators=(",", ":")) for each in odd]
    lines.write_text("\n".join([unmoved, *said]) + "\n")
    moves = follow_moves(tmp_path / "articles", path)
    left, *moved = map(json.loads, lines.read_text().splitlines())
    assert left == json.loads(unmoved)
    assert {line["capture"]["offset"] for line in moved} == {member.offset}
    assert (moves.changed, moves.offsets, moves.lost) == ([lines], set(), {})


def test_lost_articles_are_asked_for_again(tmp_path: Path) -> None:
    """Those that a line names, and what the state knows at a URL that the index had."""
    pages = [exchange(f"/{number}", response(b"<p>%d</p>" % number * 300), number) for number in range(3)]
    path = write(tmp_path, pages)
    found = [member for member in members(path) if member.type == "response"]
    lines = tmp_path / "articles" / "a" / "a.jsonl"
    lines.parent.mkdir(parents=True)
    with lines.open("w") as file:
        for number, member in enumerate(found[:2]):
            capture = {"file": path.name, "offset": member.offset, "record_id": member.get("WARC-Record-ID")}
            line = {"id": f"a:{number}", "source": "a", "url": f"http://a.test/{number}", "version": 1}
            line |= {"title": "Lũ về", "body": "Nước lên.", "language": "vi", "reader_version": "1"}
            line |= {"fetched_at": "2026-11-22T00:00:00Z"}
            file.write(json.dumps(line | {"capture": capture}, separators=(",", ":")) + "\n")
    url = f"sqlite:///{tmp_path}/state.sqlite"
    state = State(url)
    known = {"etag": '"1"', "next_check": None, "step": 5, "captured_at": "2026-11-22T00:00:00Z"}
    Resources(state).put([Resource(f"a:{n}", "a", ARTICLE, f"http://a.test/{n}", **known) for n in (0, 2)])  # type: ignore[arg-type]
    state.close()
    content = bytearray(path.read_bytes())
    for member in found[1:]:
        content[member.offset + 60] ^= 0xFF
    path.write_bytes(content)
    status, said, error = scrapy("repair", str(path), data=tmp_path)
    assert (status, error) == (1, ""), said
    assert f"{path}: 2 articles and lists are asked for again by the next crawl\n" in said
    state = State(url)
    due = Resources(state).due("a", ARTICLE, "2999", 10)
    state.close()
    assert [(row.key, row.etag, row.step) for row in due] == [("a:1", None, 0), ("a:2", None, 0)]
    assert not any(isinstance(each, Damage) for each in walk(path))


def test_of_two_captures_of_a_list_in_one_second_the_loss_of_one_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path, [exchange("/", response(b"<p>%d</p>" % number * 300), 1) for number in range(2)])
    first, second = (member for member in members(path) if member.type == "response")
    assert first.get("WARC-Date") == second.get("WARC-Date")
    state = State(f"sqlite:///{tmp_path}/state.sqlite")
    Resources(state).put([Resource("http://a.test/", "a", "section", "http://a.test/", etag='"1"')])
    content = bytearray(path.read_bytes())
    content[second.offset + 60] ^= 0xFF
    path.write_bytes(content)
    status, said, error = scrapy("repair", str(path), data=tmp_path)
    assert (status, error) == (1, ""), said
    assert f"{path}: 1 articles and lists are asked for again by the next crawl\n" in said
    assert Resources(state).get(["http://a.test/"])["http://a.test/"].etag is None
    state.close()
