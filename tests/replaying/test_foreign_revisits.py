"""Revisits as other crawlers write them, wget's among them: whatever is done to the archive, they keep their text."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import shutil
import subprocess
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from time import process_time
from zipfile import ZipFile

import pytest
from backports import zstd
from scrapy.http import Response

from archive.records.record import digest
from archive.replay.originals import Resolver
from archive.replay.replay import Skipped, responses
from archive.retirement.plan import plan
from archive.verify.verification import Verification
from tests.harness.commands import said_by, scrapy
from tests.harness.foreign_warc import http, record, write
from tests.harness.small_server import Answer, small_server
from tests.harness.warc_making import collection
from tests.harness.warc_reading import read_records

PAGE = "<!doctype html><meta charset=utf-8><h1>Nước lên</h1><p>".encode() + b"Ban Mong. " * 300
OTHER = PAGE.replace(b"Mong", b"Lau")
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
HTML = "Content-Type: text/html"


def verify(data: Path) -> None:
    """Nothing is wrong but what is odd in files of wget: brackets, and a block digest of nothing."""
    _, said = scrapy("verify", "--jobs", "1", data=data)
    assert "WARC files with" in said
    faults = [line for line in said.splitlines() if ".gz:" in line and not line.endswith("(note)")]
    assert all(": uri-brackets: " in fault for fault in faults), said


def bodies(data: Path, url: str) -> list[bytes]:
    """What the archive has of a URL, in the order of time."""
    warcs = collection(data)
    found = []
    for path in warcs.files():
        for response in responses(path, 1 << 20, Resolver(warcs, warcs.files())):
            assert isinstance(response, Response), response
            found += [(response.meta["capture"].date, response.body)] if response.url == url else []
    return [body for _, body in sorted(found)]


def names(data: Path) -> list[str]:
    return [path.name for path in collection(data).files()]


def script(path: str, before: int) -> Answer:
    return 200, {}, PAGE if path == "/page" else OTHER + path.encode()


def age(path: Path) -> None:
    """Make a file one of years ago."""
    data, members = path.read_bytes(), []
    while data:
        member = zlib.decompressobj(31)
        members.append(member.decompress(data))
        data = member.unused_data
    aged = (
        re.sub(rb"\r\nWARC-Date: [^\r]*", b"\r\nWARC-Date: 2020-01-01T00:00:00Z", each, count=1) for each in members
    )
    path.write_bytes(b"".join(gzip.compress(each, mtime=0) for each in aged))


@pytest.fixture(scope="module")
def by_wget(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Two crawls by GNU wget: the second keeps what it knows of the first as revisits that name a record id alone."""
    wget = shutil.which("wget")
    if wget is None:
        pytest.skip("no wget here")
    data = tmp_path_factory.mktemp("wget") / "data"
    (data / "warc").mkdir(parents=True)
    with small_server(script) as served:
        for name, paths, options in (
            ("first", ("/page", "/other"), ()),
            ("second", ("/page", "/more"), ("--warc-dedup=first.cdx",)),
        ):
            command = [wget, "-q", "--no-proxy", f"--warc-file={name}", "--warc-cdx", *options, "-O", "/dev/null"]
            urls = [served.url(path) for path in paths]
            subprocess.run([*command, *urls], cwd=data / "warc", check=True, timeout=60)
        page = served.url("/page")
    age(data / "warc" / "first.warc.gz")
    records = read_records(data / "warc" / "second.warc.gz")
    assert [each["WARC-Target-URI"] for each in records if each.type == "revisit"] == [page]
    return data, page


@pytest.fixture
def wgets(by_wget: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    data, page = by_wget
    return Path(shutil.copytree(data, tmp_path / "data")), page


def test_originals_of_wget_are_not_deleted(wgets: tuple[Path, str]) -> None:
    data, page = wgets
    collection(data).catch_up(attended=True)
    verify(data)
    said = said_by("retire", "--before=2021-01-01", "--delete", "--yes", data=data)
    assert "stays: first.warc.gz, to which captures in 1 files refer, such as second.warc.gz" in said
    assert names(data) == ["first.warc.gz", "second.warc.gz"]
    assert bodies(data, page) == [PAGE, PAGE]
    verify(data)


def test_a_copy_of_what_wget_refers_to_is_enough(wgets: tuple[Path, str]) -> None:
    data, page = wgets
    said_by("retire", "--before=2021-01-01", "--delete", "--yes", "--keep-originals", data=data)
    assert names(data) == ["originals.warc.gz", "second.warc.gz"]
    assert bodies(data, page) == [PAGE, PAGE]
    verify(data)


def test_a_revisit_of_wget_outlives_its_original(wgets: tuple[Path, str]) -> None:
    data, page = wgets
    first = next(each for each in read_records(data / "warc" / "first.warc.gz") if each.type == "response")
    said = said_by("redact", "--reason=x", "--yes", f"--record={first['WARC-Record-ID']}", page, data=data)
    assert "made whole: revisit" in said
    assert bodies(data, page) == [PAGE]
    verify(data)


def test_a_redaction_of_another_page_leaves_them_alone(wgets: tuple[Path, str]) -> None:
    data, page = wgets
    second = (data / "warc" / "second.warc.gz").read_bytes()
    said_by("redact", "--reason=x", "--yes", page.replace("/page", "/other"), data=data)
    assert (data / "warc" / "second.warc.gz").read_bytes() == second
    assert bodies(data, page) == [PAGE, PAGE]
    verify(data)


URL, LATER_URL = "http://a.test/one", "http://a.test/two"
FIRST, LATER = "2020-01-01T00:00:01Z", "2026-01-02T00:00:01Z"


def sha1(form: str, body: bytes = PAGE) -> str:
    value = hashlib.sha1(body, usedforsecurity=False).digest()
    return {"base32": f"sha1:{base64.b32encode(value).decode()}", "hex": f"SHA-1:{value.hex().upper()}"}[form]


def original(**fields: str) -> bytes:
    return record("response", http(PAGE, HTML), **{"Target_URI": URL, "date": FIRST, **fields})


def revisit(**fields: str) -> bytes:
    usual = {"Target_URI": LATER_URL, "date": LATER, "Profile": IDENTICAL}
    return record("revisit", http(b"", HTML), **{**usual, **fields})


NAMED = {"Refers_To_Target_URI": URL, "Refers_To_Date": FIRST}
ID = "<urn:uuid:5e2c6bb2-0f5e-4d0c-8f43-0a1a6d2b7c11>"
#: An original and a revisit of it, by the way in which one finds the other.
PAIRS = {
    "digest alone": (original(Payload_Digest=sha1("base32")), revisit(Payload_Digest=sha1("base32"))),
    "digest in another spelling": (original(Payload_Digest=sha1("base32")), revisit(Payload_Digest=sha1("hex"))),
    "digest with a hyphen, and a moment": (
        original(Payload_Digest=digest(PAGE)),
        revisit(Payload_Digest=digest(PAGE).replace("sha256", "sha-256"), **NAMED),
    ),
    "no digest on the original": (original(), revisit(Payload_Digest=digest(PAGE), **NAMED)),
    "no digest on the original, nothing named": (original(), revisit(Payload_Digest=digest(PAGE))),
    "another algorithm": (original(Payload_Digest=digest(PAGE)), revisit(Payload_Digest=sha1("hex"))),
    "no digest at all": (original(), revisit(**NAMED)),
    "an empty block": (
        original(Payload_Digest=sha1("base32")),
        record("revisit", b"", Target_URI=LATER_URL, date=LATER, Profile=IDENTICAL, **NAMED),
    ),
    "id alone": (original(Record_ID=ID), revisit(Refers_To=ID, Payload_Digest=sha1("base32"))),
    "id alone, no digest": (original(Record_ID=ID), revisit(Refers_To=ID)),
}


FIELDS = "application/warc-fields"


def write_pair(data: Path, first: bytes, later: bytes) -> None:
    write(data / "warc" / "a.warc.gz", [record("warcinfo", b"", type=FIELDS, date=FIRST), first])
    write(data / "warc" / "b.warc.gz", [record("warcinfo", b"", type=FIELDS, date=LATER), later])


@pytest.mark.parametrize("name", PAIRS)
def test_a_foreign_pair(name: str, tmp_path: Path) -> None:
    """It is whole, also by itself, and known to be needed."""
    data = tmp_path / "data"
    write_pair(data, *PAIRS[name])
    warcs = collection(data)
    warcs.catch_up()
    assert bodies(data, LATER_URL) == [PAGE]
    (answer,) = responses(warcs.files()[1], 1 << 20, Resolver(files=warcs.files()))
    assert isinstance(answer, Response) and answer.body == PAGE
    verification = Verification()
    found = [finding for report in verification.check(warcs.files()) for finding in report.findings]
    assert not [finding for finding in (*found, *verification.findings()) if not finding.is_note]
    kept = plan(warcs, "20210101")
    assert (kept.leaving, kept.staying) == ([], {"a.warc.gz": {"b.warc.gz"}})


@pytest.mark.parametrize("name", ["digest alone", "another algorithm", "id alone, no digest"])
def test_a_foreign_pair_is_packaged_and_outlives_a_redaction(name: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    write_pair(data, *PAIRS[name])
    said_by("wacz", "-o", tmp_path / "p.wacz", data / "warc" / "b.warc.gz", data=data)
    with ZipFile(tmp_path / "p.wacz") as package:
        package.extract("archive/originals.warc.gz", tmp_path)
    assert [each["WARC-Target-URI"] for each in read_records(tmp_path / "archive/originals.warc.gz")][-1] == URL
    said_by("redact", "--reason=x", "--yes", URL, data=data)
    assert bodies(data, URL) == []
    assert bodies(data, LATER_URL) == [PAGE]
    verify(data)


def test_what_a_dangling_revisit_means_is_not_guessed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [original(), revisit(Payload_Digest=sha1("hex", OTHER))])
    assert isinstance([*responses(path, 1 << 20)][-1], Skipped)


def test_an_answer_304_that_names_nothing_is_no_fault(tmp_path: Path) -> None:
    """Older Heritrix: nothing but the digest of its own, empty body."""
    nothing = {"Profile": NOT_MODIFIED, "Payload_Digest": sha1("base32", b"")}
    answer = record("revisit", http(b"", status="304 Not Modified"), Target_URI=URL, date=LATER, **nothing)
    data = tmp_path / "data"
    write_pair(data, original(), answer)
    collection(data).catch_up()
    assert plan(collection(data), "20210101").leaving == []
    verify(data)


def test_what_the_index_does_not_know_stays(tmp_path: Path) -> None:
    """A file whose records share a gzip member, and what a file in a form refers to that the index does not know."""
    data = tmp_path / "data"
    write_pair(data, original(Payload_Digest=sha1("base32")), record("response", http(OTHER, HTML), Target_URI=URL))
    (data / "warc" / "c.warc.gz").write_bytes(gzip.compress(original() + original(Target_URI=LATER_URL)))
    later = revisit(Payload_Digest=sha1("hex"), date="2099-01-01T00:00:00Z")
    (data / "warc" / "d.warc.zst").write_bytes(zstd.compress(later))
    said = said_by("retire", "--before=2050-01-01", "--delete", "--yes", data=data, status=1)
    assert "retire: c.warc.gz stays: the index does not have its captures" in said
    assert "stays: a.warc.gz, to which captures in 1 files refer, such as d.warc.zst" in said
    assert names(data) == ["a.warc.gz", "c.warc.gz"]


def test_originals_elsewhere_in_the_archive_are_found_whatever_was_asked_before(tmp_path: Path) -> None:
    """A single file is checked; the first of its revisits names an id that is nowhere, and gives no digest."""
    data = tmp_path / "data"
    later = [revisit(Refers_To=ID), revisit(Payload_Digest=sha1("base32"))]
    write(data / "warc" / "a.warc.gz", [original(Payload_Digest=sha1("base32"))])
    path = write(data / "warc" / "b.warc.gz", [record("warcinfo", b"", type=FIELDS, date=LATER), *later])
    warcs = collection(data)
    warcs.catch_up()
    verification = Verification(warcs)
    assert [*verification.check([path])]
    assert [finding.rule for finding in verification.findings()] == ["revisit-unresolved"]


@pytest.mark.parametrize("asked_before", [False, True])
def test_the_original_found_does_not_depend_on_what_was_asked_before(asked_before: bool, tmp_path: Path) -> None:
    """What the index says comes first, also once an earlier record without the digest is known to have it, too."""
    unsaid = original(Payload_Digest=digest(PAGE))
    says_so = record("response", http(OTHER, HTML), Target_URI=f"{URL}/x", Payload_Digest=sha1("hex"), date=LATER)
    files = [
        write(tmp_path / "a.warc.gz", [unsaid]),
        write(tmp_path / "b.warc.gz", [says_so]),
        write(tmp_path / "c.warc.gz", [revisit(Payload_Digest=sha1("hex", b"nowhere"))]),
        write(tmp_path / "d.warc.gz", [revisit(Payload_Digest=sha1("hex"))]),
    ]
    resolver = Resolver(files=files)
    if asked_before:  # that has all files read
        assert isinstance(next(responses(files[2], 1 << 20, resolver)), Skipped)
    (found,) = responses(files[3], 1 << 20, resolver)
    assert isinstance(found, Response) and found.body == OTHER


def test_what_may_be_meant_and_is_not_takes_no_memory(tmp_path: Path) -> None:
    """Many large captures of one second, and a revisit with a digest that none of them has."""
    captures = [record("response", http(b"%d" % n + bytes(8 << 20)), Target_URI=URL, date=FIRST) for n in range(12)]
    first = write(tmp_path / "a.warc.gz", captures)
    second = write(tmp_path / "b.warc.gz", [revisit(Payload_Digest=digest(OTHER), **NAMED)])
    del captures
    tracemalloc.start()
    (found,) = responses(second, 1 << 20, Resolver(files=[first, second]))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, Skipped) and "has another payload" in found.reason
    assert most < 300 << 20, "a quarter of a gigabyte is asked for, and not used, where an index is opened"


def test_what_may_be_meant_is_unpacked_once_for_all_revisits(tmp_path: Path) -> None:
    """Many revisits with digests that none of the captures has which they name."""
    captures = [record("response", http(b"%d" % n + bytes(2 << 20)), Target_URI=URL, date=FIRST) for n in range(40)]
    dangling = [revisit(Payload_Digest=digest(b"%d" % n), **NAMED) for n in range(20)]
    first, second = write(tmp_path / "a.warc.gz", captures), write(tmp_path / "b.warc.gz", dangling)
    started = process_time()
    answers = responses(second, 1 << 20, Resolver(files=[first, second]))
    assert isinstance(next(answers), Skipped)
    looked_up = process_time()
    assert len([each for each in answers if isinstance(each, Skipped)]) == 19
    assert process_time() - looked_up < looked_up - started


def test_what_was_read_of_a_file_is_not_told_of_another_in_its_place(tmp_path: Path) -> None:
    first = write(tmp_path / "a.warc.gz", [original()])
    second = write(tmp_path / "b.warc.gz", [revisit(Payload_Digest=digest(PAGE), **NAMED)])
    resolver = Resolver(files=[first, second])
    (found,) = responses(second, 1 << 20, resolver)
    assert isinstance(found, Response) and found.body == PAGE
    write(first, [record("response", http(OTHER, HTML), Target_URI=URL, date=FIRST)])
    (found,) = responses(second, 1 << 20, resolver)
    assert isinstance(found, Skipped)


@pytest.mark.parametrize(
    "form", [zstd.compress, lambda records: gzip.compress(records)], ids=["zstd", "one gzip member"]
)
def test_verify_finds_an_original_without_a_digest_in_files_of_any_form(
    form: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    """Also where neither it nor the revisit can be read by itself."""
    sha1 = f"sha1:{base64.b32encode(hashlib.sha1(PAGE).digest()).decode()}"
    info = record("warcinfo", b"software: other\r\n", type="application/warc-fields")
    page = record("response", http(PAGE, HTML), Target_URI="http://a.test/1")
    again = record(
        "revisit",
        http(b"", HTML),
        Target_URI="http://a.test/2",
        Profile=IDENTICAL,
        Payload_Digest=sha1,
        date="2026-11-23T00:00:00Z",
    )
    first, second = tmp_path / "first.warc", tmp_path / "second.warc"
    first.write_bytes(form(info + page))
    second.write_bytes(form(again))
    verification = Verification()
    assert len([*verification.check([first, second])]) == 2
    assert not [finding for finding in verification.findings() if not finding.is_note]
    (found,) = responses(second, 1 << 20, Resolver(files=[first, second]))
    assert isinstance(found, Response) and found.body == PAGE
