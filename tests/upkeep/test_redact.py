"""Redaction: nothing is left of what was redacted, and everything else is as whole as before."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
from time import sleep
from typing import Any
from zipfile import ZipFile

import pytest
from scrapy.http import Response

from archive.replay.originals import Resolver
from archive.replay.replay import responses
from newsbot.state.state import State
from newsbot.state.versions import Versions
from tests.harness.commands import scrapy, start
from tests.harness.crawl_play import Play
from tests.harness.redacting import assert_gone, assert_sound, redact
from tests.harness.replay_tools import replay_tool
from tests.harness.small_server import PAGE, ArchiveCrawls, archive_crawls, captures, same_page
from tests.harness.warc_making import collection
from tests.harness.warc_reading import Record, read_records
from tests.project import ROOT
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW

SOURCE = "baosonla"
THOROUGH = "NEWSBOT_KILLS" in os.environ
#: Of what a redaction asks of the disk, every so many-th request is a process's last.
EVERY = 1 if THOROUGH else 11
REQUESTS = 110
Line = dict[str, Any]


def lines(data: Path, folder: str = "articles") -> list[Line]:
    paths = sorted((data / folder).rglob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def assert_rebuild_agrees(data: Path, folder: Path) -> None:
    status, said = scrapy("rebuild", "--output", folder, *sorted((data / "warc").glob("*.warc.gz")), data=data)
    assert status == 0, said
    assert sorted(map(json.dumps, lines(folder, ""))) == sorted(map(json.dumps, lines(data)))
    assert_state_agrees(data)


def assert_state_agrees(data: Path) -> None:
    """What the next crawl knows of each article is what its last line says."""
    state = State(f"sqlite:///{data}/state.sqlite")
    last = {line["id"]: line for line in sorted(lines(data), key=lambda line: line["version"])}
    known = Versions(state).latest([*last, *(line["id"] for line in lines(data))])
    state.close()
    assert {
        article_id: (version.version, version.content_digest, version.file, version.offset)
        for article_id, version in known.items()
    } == {
        article_id: (line["version"], line["content_digest"], line["capture"]["file"], line["capture"]["offset"])
        for article_id, line in last.items()
    }


def paragraphs(line: Line) -> list[bytes]:
    """What only this article's page says."""
    return [text.encode() for text in line["body"].split("\n\n") if not set(text) & set('&<>"')]


@dataclass(frozen=True)
class News:
    """Two runs of a source: in the second, one article had changed, and the others had not."""

    data: Path

    def copy(self, folder: Path) -> Path:
        return Path(shutil.copytree(self.data, folder / "data"))

    def changed(self) -> list[Line]:
        """Both versions of the article that has two."""
        found = lines(self.data)
        return [line for line in found if [other["id"] for other in found].count(line["id"]) == 2]

    def unchanged(self) -> Line:
        return next(line for line in lines(self.data) if line["id"] != self.changed()[0]["id"])


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> News:
    data = tmp_path_factory.mktemp("news") / "data"
    with Replica(articles=6, now=NOW) as replica:
        play = Play(replica, SOURCE, data)
        first = play.run(NOW)
        assert first.status == 0, first.output
        later = NOW + timedelta(hours=3)
        replica.set_newsroom(SOURCE, Newsroom(edited={2: ("body", 1)}, changed=later - timedelta(hours=1)))
        second = play.run(later)
        assert second.status == 0, second.output
    assert [line["version"] for line in second.lines] == [2]
    news = News(data)
    line = second.lines[0]
    (data / "logs").mkdir(exist_ok=True)
    (data / "logs" / f"{SOURCE}-20260101T000000Z.log").write_text(
        f"INFO: one\nERROR: cannot read {line['title']!r}\nDEBUG: {paragraphs(line)[0].decode()[:60]}\nINFO: two\n"
    )
    status, said = scrapy("wacz", "--source", SOURCE, data=data)
    assert status == 0, said
    return news


@pytest.fixture(scope="module")
def redacted(news: News, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after all versions of the changed article were redacted."""
    data = news.copy(tmp_path_factory.mktemp("redacted"))
    sleep(1)  # a package tells its dates in whole seconds
    redact(data, news.changed()[0]["url"], "--all-versions", "--yes")
    return data


def test_scene(news: News, tmp_path: Path) -> None:
    """What the tests start from: an archive that is sound, with revisits across files."""
    assert_sound(news.data)
    assert_rebuild_agrees(news.data, tmp_path)
    _, second = sorted((news.data / "warc").iterdir())
    assert sum(record.type == "revisit" for record in read_records(second)) >= 5


def test_the_documents_name_every_file_of_a_data_folder(news: News, redacted: Path) -> None:
    page = (ROOT / "docs" / "operate" / "data-folder.md").read_text(encoding="utf-8")
    table = page.partition("| path | what it is |")[2].partition("\n\n")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `data/")]
    known = [name.replace("<source>", "*") for cell in cells for name in re.findall("`data/([^`]+)`", cell)]
    for data in (news.data, redacted):
        files = [str(path.relative_to(data)) for path in data.rglob("*") if path.is_file()]
        assert len(files) > 10
        assert not [file for file in files if not any(fnmatch(file, f"{name}*") for name in known)]


def test_nothing_is_left(news: News, redacted: Path, tmp_path: Path) -> None:
    data, (line, second) = redacted, news.changed()
    assert_gone(data, *paragraphs(line), *paragraphs(second))
    assert_sound(data)
    assert_rebuild_agrees(data, tmp_path)
    before = [each for each in lines(news.data) if each["id"] != line["id"]]
    assert [{**each, "capture": None} for each in lines(data)] == [{**each, "capture": None} for each in before]
    assert not (data / "redaction").exists()


def test_tombstones(news: News, redacted: Path) -> None:
    data, (line, second) = redacted, news.changed()
    old = {record["WARC-Record-ID"]: record for record in _records(news.data)}
    found = {record["WARC-Refers-To"]: record for record in _records(data) if record.type == "metadata"}
    for each in (line, second):
        removed, tombstone = old[each["capture"]["record_id"]], found[each["capture"]["record_id"]]
        notes = tombstone.notes()
        assert (tombstone["WARC-Target-URI"], tombstone["WARC-Date"]) == (each["url"], each["fetched_at"])
        assert (notes["reason"], notes["redacted-by"]) == ("court order 12/2026", "The editor")
        assert notes["redacted-block-digest"] == removed["WARC-Block-Digest"]
        assert notes["redacted-payload-digest"] == each["capture"]["payload_digest"]
    of_article = [record for record in _records(data) if record["WARC-Target-URI"] == line["url"]]
    assert {record.type for record in of_article} == {"metadata"}


def test_everything_else_is_byte_for_byte(news: News, redacted: Path) -> None:
    data, (line, _) = redacted, news.changed()
    assert {path.name for path in (data / "warc").iterdir()} == {path.name for path in (news.data / "warc").iterdir()}
    for path in (data / "warc").iterdir():
        kept = {record["WARC-Record-ID"]: record for record in read_records(path)}
        old = news.data / "warc" / path.name
        for record in read_records(old):
            if record["WARC-Target-URI"] != line["url"]:
                same = kept[record["WARC-Record-ID"]]
                assert _bytes(path, same) == _bytes(old, record)


def test_index_and_receipt(news: News, redacted: Path) -> None:
    data, (line, _) = redacted, news.changed()
    assert not list(collection(data).index.captures(line["url"]))
    (receipt,) = (data / "receipts").iterdir()
    content = json.loads(receipt.read_text())
    assert (content["reason"], content["by"], content["urls"]) == ("court order 12/2026", "The editor", [line["url"]])
    assert content["lines"] == 2
    assert {each["fate"] for each in content["records"]} == {"redacted"}
    changed = {each["file"].partition("/")[0] for each in content["files"]}
    assert changed == {"warc", "articles", "wacz", "logs"}
    assert all(len(each["before"]) == 64 for each in content["files"])
    gone = [each["file"] for each in content["files"] if not each["after"]]
    assert [Path(name).suffix for name in gone] == [".jsonl"], "the second run had published nothing else"


def test_log_says_what_it_can(redacted: Path) -> None:
    assert next((redacted / "logs").glob("*2026*")).read_text() == "INFO: one\n[redacted]\n[redacted]\nINFO: two\n"


def test_package_is_whole(news: News, redacted: Path) -> None:
    data, (line, _) = redacted, news.changed()
    (path,) = (data / "wacz").iterdir()
    with ZipFile(path) as package, ZipFile(news.data / "wacz" / path.name) as old:
        pages = [json.loads(page) for page in package.read("pages/pages.jsonl").splitlines()[1:]]
        old_pages = [json.loads(page) for page in old.read("pages/pages.jsonl").splitlines()[1:]]
        description, old_description = (json.loads(each.read("datapackage.json")) for each in (package, old))
    assert pages == [page for page in old_pages if page["url"] != line["url"]]
    assert description["created"] == old_description["created"]
    assert description["modified"] > description["created"]
    done = subprocess.run([replay_tool("wacz"), "validate", "-f", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_one_version(news: News, tmp_path: Path) -> None:
    """The version after it is the first that is known now."""
    data, (line, second) = news.copy(tmp_path), news.changed()
    redact(data, line["url"], "--record", line["capture"]["record_id"], "--yes")
    (left,) = [each for each in lines(data) if each["id"] == line["id"]]
    assert left == {**second, "version": 1, "change": "new", "capture": left["capture"]}
    assert_sound(data)
    assert_rebuild_agrees(data, tmp_path / "rebuilt")


def test_original_of_later_revisits(news: News, tmp_path: Path) -> None:
    """The line goes on from the capture of the second run, which holds the page itself now, if the site sent it."""
    data, line = news.copy(tmp_path), news.unchanged()
    redact(data, line["url"], "--record", line["capture"]["record_id"], "--yes")
    (receipt,) = (data / "receipts").iterdir()
    fates = [each["fate"] for each in json.loads(receipt.read_text())["records"]]
    assert fates == ["redacted", "made whole"]
    assert_sound(data)
    assert_rebuild_agrees(data, tmp_path / "rebuilt")


@pytest.mark.parametrize(
    "odd", [{"id": []}, {"id": 10**30}, {"id": f"{SOURCE}:\ud800"}, {"title": True}, {"capture": None}], ids=str
)
def test_a_line_of_the_page_that_is_no_article_is_named_and_nothing_begun(
    odd: Line, news: News, tmp_path: Path
) -> None:
    data, line = news.copy(tmp_path), news.changed()[0]
    path = min((data / "articles" / SOURCE).glob("*.jsonl"))
    number = path.read_text().count("\n") + 1
    with path.open("a") as file:
        file.write(json.dumps(line | odd, separators=(",", ":")) + "\n")
    before = {path: path.read_bytes() for path in sorted(data.rglob("*.gz")) + sorted(data.rglob("*.jsonl"))}
    for order in ("--dry-run", "--yes"):
        said = redact(data, line["url"], "--all-versions", order, status=3)
        assert f"{path}: line {number} is no article's: its {next(iter(odd))} " in said
        assert len(said.splitlines()) == 1
    assert {path: path.read_bytes() for path in before} == before
    assert not (data / "do-not-fetch.txt").exists()
    assert not [*(data / "redaction").glob("*")]


def test_lines_beside_it_that_are_no_articles_stay(news: News, tmp_path: Path) -> None:
    data, line = news.copy(tmp_path), news.changed()[0]
    elsewhere = news.unchanged() | {"id": f"{SOURCE}:0"}
    odd = [elsewhere | {"title": True}, elsewhere | {"capture": None}, {}, []]
    added = [json.dumps(each).encode() + b"\n" for each in odd]
    path = min((data / "articles" / SOURCE).glob("*.jsonl"))
    path.write_bytes(added[0] + path.read_bytes() + b"".join(added[1:]))
    redact(data, line["url"], "--all-versions", "--yes")
    left = path.read_bytes().splitlines(keepends=True)
    assert [each for each in left if each in added] == added
    assert line["id"] not in {json.loads(each)["id"] for each in left if each not in added}


def test_redacted_article_is_not_asked_for_again(news: News, redacted: Path, tmp_path: Path) -> None:
    data, (line, _) = Path(shutil.copytree(redacted, tmp_path / "data")), news.changed()
    with Replica(articles=6, now=NOW) as replica:
        run = Play(replica, SOURCE, data).run(NOW + timedelta(days=40))
    assert run.status == 0, run.output
    assert line["id"] not in {each["id"] for each in lines(data)}


@pytest.mark.parametrize("step", range(EVERY // 2 + 1, REQUESTS, EVERY))
def test_kill_or_failure(news: News, step: int, tmp_path: Path) -> None:
    """Whenever the process or the disk fails, the next call finishes what was begun, or nothing was."""
    data, (line, second) = news.copy(tmp_path), news.changed()
    words = ["redact", "--reason=x", "--yes", line["url"], "--all-versions", "-s", f"DATA_DIR={data}"]
    mode, expected = ("fail", 3) if step % 2 else ("kill", -9)
    disk = {"folder": str(data), "notes": f"{tmp_path}/notes", "mode": mode, "at": step}
    command = start(*words, disk=disk)
    ended = command.wait()
    if ended == 0:
        pytest.skip("the redaction asks for less, or can do without")
    assert ended == expected, command.said()
    status, said = scrapy("redact", data=data)
    assert not (data / "redaction").exists()
    if status == 2:
        assert "nothing is left to finish" in said
        assert lines(data) == lines(news.data)
    else:
        assert status == 0, said
        assert_gone(data, *paragraphs(line), *paragraphs(second))
        assert len(lines(data)) == len(lines(news.data)) - 2
    assert_sound(data)


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveCrawls]:
    with archive_crawls(same_page, tmp_path_factory.mktemp("revisits") / "data") as crawls:
        crawls.crawl("/a", "/b", "/a", "/tagged")
        crawls.crawl("/a", "/c", {"url": "/tagged", "headers": {"If-None-Match": '"v1"'}})
        yield crawls


@pytest.fixture
def revisits(crawls: ArchiveCrawls, tmp_path: Path) -> ArchiveCrawls:
    return replace(crawls, data=Path(shutil.copytree(crawls.data, tmp_path / "data")))


def bodies(crawls: ArchiveCrawls) -> dict[str, list[bytes]]:
    """The bodies of all captures, by path."""
    found: dict[str, list[bytes]] = {}
    for path in crawls.files():
        for response in responses(path, 1 << 20, Resolver(crawls.collection())):
            assert isinstance(response, Response), response
            found.setdefault(response.url.rpartition("/")[2], []).append(response.body)
    return found


def test_other_urls_get_the_payload(revisits: ArchiveCrawls) -> None:
    """The first capture that referred to it, and in its file; what comes later refers to that."""
    said = redact(revisits.data, revisits.server.url("/a"), "--all-versions", "--yes")
    assert f"the same body stays: {revisits.server.url('/b')}" in said
    kinds = [
        [(each["WARC-Target-URI"].rpartition("/")[2], each.type) for each in captures(path)]
        for path in revisits.files()
    ]
    assert kinds == [[("b", "response"), ("tagged", "response")], [("c", "revisit"), ("tagged", "revisit")]]
    assert bodies(revisits) == {"b": [PAGE], "c": [PAGE], "tagged": [PAGE + b"<p>tagged", b""]}
    assert_sound(revisits.data)


def test_copies_go_too(revisits: ArchiveCrawls) -> None:
    redact(revisits.data, revisits.server.url("/a"), "--all-versions", "--copies", "--yes")
    assert set(bodies(revisits)) == {"tagged"}
    assert_gone(revisits.data, "Lũ về</h1><p>Muong La. Muong La. ".encode() + b"Muong La. " * 297 + b"\r\n")
    assert_sound(revisits.data)


def test_answer_not_modified_stands_alone(revisits: ArchiveCrawls) -> None:
    url = revisits.server.url("/tagged")
    original = next(each for each in captures(revisits.files()[0]) if each["WARC-Target-URI"] == url)
    redact(revisits.data, url, "--record", original["WARC-Record-ID"], "--yes")
    (left,) = (each for each in captures(revisits.files()[1]) if each["WARC-Target-URI"] == url)
    assert (left.type, left.block.split(b"\r\n")[0]) == ("response", b"HTTP/1.1 304 Not Modified")
    assert_sound(revisits.data)


def test_next_crawl_does_not_refer_to_what_is_gone(revisits: ArchiveCrawls) -> None:
    redact(revisits.data, revisits.server.url("/a"), "--all-versions", "--copies", "--yes")
    (capture,) = captures(revisits.crawl("/a"))
    assert capture.type == "response"
    assert_sound(revisits.data)


def test_leftovers_of_repairs(revisits: ArchiveCrawls) -> None:
    """Damaged files that are kept beside the archive hold it, too."""
    first = revisits.files()[0]
    torn = first.with_name(first.name + ".torn")
    torn.write_bytes(first.read_bytes()[:-30])
    redact(revisits.data, revisits.server.url("/a"), "--all-versions", "--copies", "--yes")
    kept = [record for record in read_records(torn) if record.type == "response"]
    assert [record["WARC-Target-URI"] for record in kept] == [revisits.server.url("/tagged")]


def test_dry_run_changes_nothing(revisits: ArchiveCrawls) -> None:
    before = {path: path.read_bytes() for path in revisits.files()}
    said = redact(revisits.data, revisits.server.url("/a"), "--all-versions", "--dry-run")
    assert said.count("redacted: ") == 3
    assert said.count("made whole: ") == 1
    assert {path: path.read_bytes() for path in revisits.files()} == before
    assert not (revisits.data / "receipts").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["http://nowhere.test/", "--yes"], "no capture of http://nowhere.test/"),
        (["URL", "--yes"], "say --all-versions or --record ID"),
        (["URL", "--record=<urn:uuid:0>", "--yes"], "has no such record"),
        (["URL", "--all-versions"], "say --yes"),
        ([], "nothing is left to finish"),
    ],
)
def test_wrong_orders(revisits: ArchiveCrawls, words: list[str], message: str) -> None:
    said = redact(revisits.data, *(word.replace("URL", revisits.server.url("/a")) for word in words), status=2)
    assert message in said


def test_half_redacted_archive_is_not_touched(revisits: ArchiveCrawls) -> None:
    (revisits.data / "redaction").mkdir()
    (revisits.data / "redaction" / "plan.json").write_text("{}")
    file = str(revisits.files()[0])
    for words in (["crawl", SOURCE, "--set=ARCHIVE_DISK_FLOOR=0"], ["wacz", file], ["repair", file]):
        status, said = scrapy(*words, data=revisits.data)
        assert status == 3, said
        assert "a redaction was cut short" in said


def test_running_crawl_is_left_alone(revisits: ArchiveCrawls) -> None:
    lock = revisits.data / "locks" / f"{SOURCE}.lock"
    lock.parent.mkdir()
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        redact(revisits.data, revisits.server.url("/a"), "--all-versions", "--yes", status=75)


def _records(data: Path) -> list[Record]:
    return [record for path in sorted((data / "warc").iterdir()) for record in read_records(path)]


def _bytes(path: Path, record: Record) -> bytes:
    return gzip.decompress(path.read_bytes()[record.offset : record.offset + record.length])
