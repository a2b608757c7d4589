"""Each payload is kept once: what becomes a revisit record, what it says, and that it is read as if it were whole."""

from __future__ import annotations

import os
import resource
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from scrapy.http import Response

from archive.collection import Collection
from archive.dedup import Dedup
from archive.errors import ArchiveError
from archive.records.members import Member, walk
from archive.records.record import digest
from archive.records.revisit import Seen, Validators
from archive.replay.originals import Resolver
from archive.replay.replay import Skipped, responses
from tests.harness.foreign_warc import http, record, write
from tests.harness.small_server import Answer, ArchiveCrawls, archive_crawls, captures
from tests.harness.warc_reading import Record

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
PAGE = b"<html>" + b"the same page " * 200
DATE = "Sun, 22 Nov 2026 03:04:05 GMT"
MAX = 1 << 26


def script(path: str, before: int) -> Answer:
    pages: dict[str, Answer] = {
        "/page": (200, {}, PAGE),
        "/same": (200, {"X-Other": "head"}, PAGE),
        "/small": (200, {}, b"small page"),
        "/empty": (200, {}, b""),
        "/missing": (404, {}, PAGE),
        "/changing": (200, {}, PAGE + str(before).encode()),
        "/long": (200, {}, PAGE * 100),
        "/tagged": (304 if before else 200, {"ETag": 'W/"v1"'}, b"" if before else b"tagged page"),
        "/dated": (304 if before else 200, {"Last-Modified": DATE}, b"" if before else PAGE),
        "/twice": (304 if before > 1 else 200, {"ETag": '"v2"'}, b"" if before > 1 else PAGE),
    }
    return pages[path]


@pytest.fixture
def crawls(tmp_path: Path) -> Iterator[ArchiveCrawls]:
    with archive_crawls(script, tmp_path) as crawls:
        yield crawls


def assert_refers(revisit: Record, original: Record, profile: str = IDENTICAL) -> None:
    assert (revisit.type, original.type) == ("revisit", "response")
    assert revisit["WARC-Profile"] == profile
    assert revisit["WARC-Refers-To"] == original["WARC-Record-ID"]
    assert revisit["WARC-Refers-To-Target-URI"] == original["WARC-Target-URI"]
    assert revisit["WARC-Refers-To-Date"] == original["WARC-Date"]
    assert revisit["WARC-Payload-Digest"] == original["WARC-Payload-Digest"]
    assert revisit.get("WARC-Truncated") == ("length" if profile == IDENTICAL else None)
    assert revisit["Content-Type"] == original["Content-Type"]
    assert revisit.block.startswith(b"HTTP/1.1 ") and revisit.block.endswith(b"\r\n\r\n")


def types(*files: Path) -> list[str]:
    return [capture.type for file in files for capture in captures(file)]


def test_within_a_file(crawls: ArchiveCrawls) -> None:
    first, second, third = captures(crawls.crawl("/page", "/page", "/same"))
    assert_refers(second, first)
    assert_refers(third, first)
    assert b"\r\nX-Other: head\r\n" in third.block


def test_across_runs(crawls: ArchiveCrawls) -> None:
    (original,) = captures(crawls.crawl("/page"))
    second, third = captures(crawls.crawl("/page", "/same"))
    assert_refers(second, original)
    assert_refers(third, original)
    (fourth,) = captures(crawls.crawl("/same"))
    assert_refers(fourth, original)


def test_across_files_of_a_run(crawls: ArchiveCrawls) -> None:
    with pytest.raises(ValueError, match="unpack"):
        crawls.crawl("/page", "/page", ARCHIVE_MAX_BYTES=1)
    first, second = crawls.files()
    assert_refers(captures(second)[0], captures(first)[0])


def test_what_is_kept_each_time(crawls: ArchiveCrawls) -> None:
    paths = ("/small", "/empty", "/missing", "/changing")
    assert set(types(crawls.crawl(*paths, *paths), crawls.crawl(*paths))) == {"response"}


def test_truncated_captures_are_kept_and_not_referred_to(crawls: ArchiveCrawls) -> None:
    cut = crawls.crawl("/long", "/long", DOWNLOAD_MAXSIZE=9000, DOWNLOAD_WARNSIZE=0)
    assert types(cut) == ["response", "response"]
    assert types(crawls.crawl("/long")) == ["response"]
    assert types(crawls.crawl("/long")) == ["revisit"]


def test_least_size(crawls: ArchiveCrawls) -> None:
    assert types(crawls.crawl("/small", "/small", ARCHIVE_DEDUP_MIN_BYTES=5)) == ["response", "revisit"]
    assert types(crawls.crawl("/page", "/page", ARCHIVE_DEDUP_MIN_BYTES=len(PAGE) + 1)) == ["response", "response"]


def test_off(crawls: ArchiveCrawls) -> None:
    assert types(crawls.crawl("/page", "/page", ARCHIVE_DEDUP="off")) == ["response", "response"]
    assert not (crawls.data / "dedup.sqlite").exists()


def test_what_is_gone_is_not_referred_to(crawls: ArchiveCrawls) -> None:
    crawls.crawl("/page").unlink()
    assert types(crawls.crawl("/page")) == ["response"]


@pytest.mark.parametrize(
    ("path", "header", "sent", "known"),
    [
        ("/tagged", "If-None-Match", '"v1"', True),
        ("/tagged", "If-None-Match", 'W/"v1"', True),
        ("/tagged", "If-None-Match", '"v0", W/"v1"', True),
        ("/tagged", "If-None-Match", '"v0"', True),  # the answer says which it is
        ("/dated", "If-Modified-Since", DATE, True),
        ("/dated", "If-Modified-Since", "Sun, 22 Nov 2026 03:04:06 GMT", False),
        ("/dated", "If-None-Match", '"v1"', False),
    ],
)
def test_not_modified(crawls: ArchiveCrawls, path: str, header: str, sent: str, known: bool) -> None:
    (original,) = captures(crawls.crawl(path))
    (answer,) = captures(crawls.crawl({"url": path, "headers": {header: sent}}))
    assert answer.block.startswith(b"HTTP/1.1 304 ")
    if known:
        assert_refers(answer, original, NOT_MODIFIED)
    else:
        assert answer.type == "response"


def test_not_modified_refers_to_the_original_not_to_a_revisit(crawls: ArchiveCrawls) -> None:
    (original,) = captures(crawls.crawl("/page"))
    (first,) = captures(crawls.crawl("/twice"))
    assert_refers(first, original)
    request = {"url": "/twice", "headers": {"If-None-Match": '"v2"'}}
    crawls.server.log.append((0, "127.0.0.1", "/twice"))
    (second,) = captures(crawls.crawl(request))
    assert_refers(second, original, NOT_MODIFIED)


def test_others_see_only_what_is_closed(tmp_path: Path) -> None:
    """A file being written is known to its own crawl alone, and to nobody if it never ends well."""
    own, other = (Dedup(tmp_path / "dedup.sqlite", tmp_path) for _ in range(2))
    seen = Seen("<urn:a>", "http://a.test/", "2026", "sha256:00", 2000, Validators('"v1"', ""), "<urn:a>")
    (tmp_path / "a.warc.gz.open").touch()
    own.add(seen, "a.warc.gz", 100)
    for dedup, visible in ((own, True), (other, False)):
        assert bool(dedup.with_payload("sha256:00", 2000)) == visible
        assert bool(dedup.with_validators("http://a.test/", ['"v1"'], "")) == visible
    own.commit("a.warc.gz")
    (tmp_path / "a.warc.gz.open").rename(tmp_path / "a.warc.gz")
    assert own.with_payload("sha256:00", 2000) == other.with_payload("sha256:00", 2000) != None  # noqa: E711
    assert other.with_validators("http://a.test/", ['"v1"'], "") is not None
    own.close()
    other.close()


def test_what_waits_to_be_written_is_known(tmp_path: Path) -> None:
    """Rows go to the database by the thousand; before and after, the oldest record with a payload is found."""
    dedup = Dedup(tmp_path / "dedup.sqlite", tmp_path)
    (tmp_path / "a.warc.gz.open").touch()

    def seen(number: int, date: str) -> Seen:
        name, url = f"<urn:{number}>", f"http://a.test/{number % 2}"
        return Seen(name, url, date, f"sha256:{number % 700}", 2000, Validators(f'"{number % 700}"', ""), name)

    for number in range(2500):
        dedup.add(seen(number, f"{9000 - number}"), "a.warc.gz", number)
        latest = dedup.with_payload(f"sha256:{number % 700}", 2000)
        assert latest is not None
        assert (latest.record_id, latest.date) == (f"<urn:{number}>", f"{9000 - number}")
        newest = dedup.with_validators(f"http://a.test/{number % 2}", [f'"{number % 700}"'], "")
        assert newest is not None
        assert newest.record_id == f"<urn:{number % 700}>"
    dedup.commit("a.warc.gz")
    dedup.close()
    with sqlite3.connect(tmp_path / "dedup.sqlite") as database:
        counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("originals", "validators")]
    database.close()
    assert counts == [(2500,), (2500,)]


def content(data: Path) -> list[list[tuple[object, ...]]]:
    """All that the store and the index say."""
    with sqlite3.connect(data / "dedup.sqlite") as database:
        tables = ("originals", "validators", "revisits", "files")
        stored = [sorted(database.execute(f"SELECT * FROM {table}").fetchall(), key=str) for table in tables]
    database.close()
    return [*stored, [(line,) for line in Collection(data / "warc", data / "index", None).index.lines()]]


def test_rebuilt_from_the_files_alone(crawls: ArchiveCrawls) -> None:
    crawls.crawl("/page", "/tagged", "/same")
    crawls.crawl("/page", {"url": "/tagged", "headers": {"If-None-Match": '"v1"'}}, "/twice")
    before = content(crawls.data)
    assert [len(table) for table in before[:4]] == [2, 2, 4, 2]
    for damage in ("", "not a database"):
        (crawls.data / "dedup.sqlite").write_text(damage)
        (crawls.data / "index" / "runs.json").write_text(damage)
        collection = crawls.collection()
        assert [taken for taken in collection.rebuild() if not isinstance(taken, Path)] == []
        assert content(crawls.data) == before


def test_rebuilt_beside_what_there_is(crawls: ArchiveCrawls) -> None:
    """It is broken off, or killed, and a crawl runs meanwhile: readers see all of the old index, or all of the new."""
    crawls.crawl("/page", "/tagged", "/same")
    before = content(crawls.data)
    broken_off = crawls.collection().rebuild()
    assert isinstance(next(broken_off), Path)
    assert content(crawls.data) == before
    del broken_off
    for clears in (lambda: crawls.collection().catch_up(), lambda: [*crawls.collection().rebuild()]):
        if not (child := os.fork()):
            killed = crawls.collection().rebuild()
            next(killed)
            os._exit(0)
        os.waitpid(child, 0)
        assert (crawls.data / "index" / "unfinished").exists()
        assert content(crawls.data) == before
        clears()
        assert content(crawls.data) == before
        assert [*crawls.data.rglob("*unfinished*")] == []
    rebuilding = crawls.collection().rebuild()
    next(rebuilding)
    later = crawls.crawl("/twice")
    assert later in [*rebuilding]
    assert crawls.collection().missing() == []
    assert later.name in crawls.collection().index.files()


def test_caught_up_by_the_next_crawl(crawls: ArchiveCrawls) -> None:
    """A crash came after a file had got its name, and before it was indexed, or its payloads were known."""
    files = [crawls.crawl("/page"), crawls.crawl("/same", "/tagged")]
    before = content(crawls.data)
    collection = crawls.collection()
    dedup = collection.dedup
    assert dedup is not None
    for unindexed, unknown in (([files[1]], []), ([], files), (files, [files[1]])):
        for file in unindexed:
            collection.index.remove(file.name)
        for file in unknown:
            dedup.remove(file.name)
        assert collection.missing() == sorted({*unindexed, *unknown})
        collection.catch_up()
        assert content(crawls.data) == before
    dedup.remove(files[0].name)
    collection.index.remove(files[1].name)
    assert types(crawls.crawl("/same")) == ["revisit"]
    assert crawls.collection().missing() == []


def test_what_refers_to_a_record(crawls: ArchiveCrawls) -> None:
    first, second = crawls.crawl("/page", "/tagged"), crawls.crawl("/same", "/page")
    dedup = crawls.collection().dedup
    assert dedup is not None
    original = captures(first)[0]
    assert [(each.file, each.offset) for each in dedup.referring_to(original["WARC-Record-ID"])] == [
        (second.name, capture.offset) for capture in captures(second)
    ]
    assert dedup.references() == [(second.name, first.name, original.offset)]


def test_damaged_files_are_taken_in_as_far_as_they_go(crawls: ArchiveCrawls) -> None:
    file = crawls.crawl("/page", "/changing", "/same")
    file.write_bytes(file.read_bytes()[:-10])
    (crawls.warcs / "other.warc.gz").write_bytes(b"no WARC")
    problems = [taken for taken in crawls.collection().rebuild() if not isinstance(taken, Path)]
    assert {problem.path.name for problem in problems} == {file.name, "other.warc.gz"}
    assert len([entry for entry in crawls.collection().index.lines() if b'"warc/revisit"' in entry]) == 1


def test_several_processes_open_a_new_store_at_once(tmp_path: Path) -> None:
    children = []
    for number in range(6):
        children.append(os.fork())
        if not children[-1]:
            status = 1
            try:
                Dedup(tmp_path / "dedup.sqlite", tmp_path).commit(f"{number}.warc.gz")
                status = 0
            finally:
                os._exit(status)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    dedup = Dedup(tmp_path / "dedup.sqlite", tmp_path)
    assert len(dedup.files()) == 6
    dedup.close()


def test_a_file_of_which_something_could_not_be_kept_stays_unknown(tmp_path: Path) -> None:
    """The disk for temporary files was full for a moment: the file is read again by the next crawl."""
    dedup, (_, most) = Dedup(tmp_path / "dedup.sqlite", tmp_path), resource.getrlimit(resource.RLIMIT_FSIZE)

    def add(numbers: Iterable[int]) -> None:
        for number in numbers:
            name, url = f"<urn:{number}>", f"http://a.test/{number}/" + "long" * 500
            dedup.add(Seen(name, url, "2026", f"sha256:{number}", 2000, Validators("", ""), name), "a.warc.gz", number)

    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, most))
    try:
        with pytest.raises(ArchiveError, match=r"dedup\.sqlite"):
            add(range(20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    with pytest.raises(ArchiveError, match=r"dedup\.sqlite: what was to be added to it is lost"):
        add([20_000])
    with pytest.raises(ArchiveError, match=r"dedup\.sqlite: what was to be added to it is lost"):
        dedup.commit("a.warc.gz")
    assert dedup.files() == set()
    dedup.close()


def test_a_broken_store_is_named(tmp_path: Path) -> None:
    (tmp_path / "dedup.sqlite").write_bytes(b"x" * 5000)
    with pytest.raises(ArchiveError, match=r"dedup\.sqlite"):
        Dedup(tmp_path / "dedup.sqlite", tmp_path)


def bodies(path: Path, resolver: Resolver | None = None) -> list[bytes | str]:
    """The bodies of the responses of a file, or why they cannot be had."""
    read = responses(path, MAX, resolver)
    return [each.body if isinstance(each, Response) else each.reason for each in read]


def test_another_capture_of_the_same_second_is_no_original(tmp_path: Path) -> None:
    """An index knows whole seconds: the answer of the run after it must not stand for one that is lost."""
    url, payload = "http://baotrangdai.vn/nang-len-22.html", digest(PAGE)
    gone = record("response", http(b"none", status="404 Not Found"), date="2026-11-22T03:04:05.9Z", Target_URI=url)
    fields = {"Target_URI": url, "Payload_Digest": payload, "Profile": IDENTICAL, "Refers_To_Target_URI": url}
    said = {**fields, "Refers_To_Date": "2026-11-22T03:04:05.1Z"}
    revisit = record("revisit", http(b""), date="2026-11-22T03:04:06Z", **said)
    path = write(tmp_path / "runs.warc.gz", [gone, revisit])
    resolver = Resolver(files=[path])
    (found,) = (each for each in walk(path) if isinstance(each, Member) and each.type == "revisit")
    assert resolver.original(found) is None
    assert "has another payload" in str(bodies(path, resolver)[1])


def test_read_as_if_whole(crawls: ArchiveCrawls) -> None:
    first = crawls.crawl("/page", "/page", "/same")
    second = crawls.crawl("/page", "/same", {"url": "/changing"})
    assert bodies(first) == [PAGE] * 3
    assert bodies(second, Resolver(crawls.collection())) == [PAGE, PAGE, PAGE + b"0"]
    assert bodies(second, Resolver(files=[first, second])) == [PAGE, PAGE, PAGE + b"0"]
    lost = bodies(second)
    assert lost[2] == PAGE + b"0"
    assert all(isinstance(each, str) and "is not here: http://127.0.0.1" in each for each in lost[:2])
    for response, revisit in zip(responses(second, MAX, Resolver(files=[first])), captures(second), strict=True):
        assert isinstance(response, Response)
        capture = response.meta["capture"]
        assert (capture.record_id, capture.offset, capture.length) == (
            revisit["WARC-Record-ID"],
            revisit.offset,
            revisit.length,
        )
        assert capture.payload_digest == revisit["WARC-Payload-Digest"]
        assert capture.truncated is None


def test_not_modified_is_read_as_it_was(crawls: ArchiveCrawls) -> None:
    crawls.crawl("/tagged")
    (answer,) = responses(crawls.crawl({"url": "/tagged", "headers": {"If-None-Match": '"v1"'}}), MAX)
    assert isinstance(answer, Response)
    assert (answer.status, answer.body) == (304, b"")


URL = "http://a.test/"
ORIGINAL = record("response", http(PAGE, "Content-Type: text/html"), Target_URI=URL, Payload_Digest="sha1:AAAA")
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE), PAGE)
OTHER = record("response", http(b"other"), Target_URI=URL, Payload_Digest="sha1:BBBB", date="2026-11-23T00:00:00Z")
LATER = {"date": "2026-11-24T00:00:00Z", "Target_URI": URL}


@pytest.mark.parametrize(
    ("original", "revisit", "found"),
    [
        (ORIGINAL, record("revisit", http(b""), Payload_Digest="sha1:AAAA", **LATER), True),
        (ORIGINAL, record("revisit", http(b""), Payload_Digest="sha1:CCCC", **LATER), False),
        (ORIGINAL, record("revisit", http(b""), Payload_Digest="sha1:AAAA", Refers_To_Target_URI=URL, **LATER), True),
        (
            record(
                "response", http(CHUNKED, "Transfer-Encoding: chunked"), Target_URI=f"<{URL}>", Payload_Digest="s:A"
            ),
            record("revisit", http(b"", "Transfer-Encoding: chunked"), Payload_Digest="s:A", **LATER),
            True,
        ),
        (
            ORIGINAL,
            record(
                "revisit",
                http(b""),
                Payload_Digest="sha1:AAAA",
                Refers_To_Target_URI=URL,
                Refers_To_Date="2020-01-01T00:00:00Z",
                **LATER,
            ),
            False,
        ),
    ],
    ids=["own URL", "other digest", "no date", "chunked, brackets", "other date"],
)
def test_revisits_of_other_crawlers(tmp_path: Path, original: bytes, revisit: bytes, found: bool) -> None:
    path = write(tmp_path / "a.warc.gz", [OTHER, original, revisit])
    last = bodies(path)[-1]
    assert last == PAGE if found else isinstance(last, str) and URL in last


def test_an_original_that_is_not_what_its_digest_says(tmp_path: Path) -> None:
    """The index and the record agree on a digest that the payload does not have."""
    wrong = record("response", http(PAGE), Target_URI=URL, Payload_Digest="sha256:00")
    revisit = record("revisit", http(b""), Payload_Digest="sha256:00", **LATER)
    assert isinstance(bodies(write(tmp_path / "a.warc.gz", [wrong, revisit]))[-1], str)


def test_damage_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "a.warc.gz", [ORIGINAL, OTHER])
    data = path.read_bytes()
    path.write_bytes(data[:-5])
    first, second = responses(path, MAX)
    assert isinstance(first, Response)
    assert isinstance(second, Skipped)
