"""Old WARC files leave for another disk, or for good, and both folders stay whole, whenever the process is killed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from archive.collection import Collection
from archive.retirement.references import needs, spans
from newsbot.state.resources import Resources
from newsbot.state.state import State
from newsbot.state.versions import Versions
from tests.harness.commands import said_by, scrapy, start
from tests.harness.crawl_play import Play
from tests.harness.durability import lines
from tests.harness.small_server import Answer, archive_crawls
from tests.harness.warc_reading import read_records
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW

SOURCE = "baosonla"
THOROUGH = "NEWSBOT_KILLS" in os.environ
#: Of what a retirement asks of the disk, every so many-th request is a process's last.
EVERY = 1 if THOROUGH else 11
REQUESTS = 112
#: Between the second and the third run.
BEFORE = "2026-11-05"
STAY, LEAVE, NEW = 0, 1, 2


def retire(data: Path, *arguments: str | Path, status: int = 0) -> str:
    return said_by("retire", f"--before={BEFORE}", *arguments, data=data, status=status)


def names(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "warc").iterdir())


def assert_sound(*folders: Path, notes: int = 0) -> None:
    for folder in folders:
        status, said = scrapy("verify", "--all", "--jobs", "1", data=folder)
        assert status == 0, said
        assert said.count(" (note)") == notes, said


@dataclass(frozen=True)
class News:
    """Three runs of one source: the second changes one article, the third changes it again; the others stay."""

    data: Path
    replica: Replica

    def copy(self, folder: Path) -> Path:
        return Path(shutil.copytree(self.data, folder / "data"))

    @property
    def files(self) -> list[str]:
        return names(self.data)


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[News]:
    with Replica(articles=6, now=NOW) as replica:
        play = Play(replica, SOURCE, tmp_path_factory.mktemp("news") / "data")
        for hours, number in ((0, 0), (2, 1), (24 * 15, 2)):
            edited: Any = {1: ("headline", number)} if number else {}
            changed = NOW + timedelta(hours=hours - 1) if number else None
            replica.set_newsroom(SOURCE, Newsroom(edited=edited, changed=changed))
            run = play.run(NOW + timedelta(hours=hours))
            assert run.status == 0, run.output
        assert len(names(play.data)) == 3
        yield News(play.data, replica)


def test_what_nothing_refers_to_leaves_and_can_be_checked_where_it_is(news: News, tmp_path: Path) -> None:
    data, old, files = news.copy(tmp_path), tmp_path / "old", news.files
    said = retire(data, "--to", old, "--by", "The archivist")
    assert said.startswith(f"stays: {files[STAY]}, to which captures in 1 files refer, such as {files[NEW]}\n")
    assert said.endswith("1 WARC files moved to " + f"{old}, 1 stay for the sake of others\n")
    assert names(data) == [files[STAY], files[NEW]]
    assert names(old) == [files[LEAVE], "originals.warc.gz"]
    assert (old / "warc" / files[LEAVE]).read_bytes() == (news.data / "warc" / files[LEAVE]).read_bytes()
    assert_sound(data, old)
    assert lines(data) == lines(news.data)
    assert lines(old) == [line for line in lines(data) if line["capture"]["file"] == files[LEAVE]] != []

    (entry,) = map(json.loads, (data / "retired.jsonl").read_text().splitlines())
    digest = hashlib.sha256((old / "warc" / files[LEAVE]).read_bytes()).hexdigest()
    assert (entry["file"], entry["sha256"], entry["to"]) == (files[LEAVE], digest, str(old / "warc"))
    assert entry["by"] == "The archivist"
    (receipt,) = (data / "receipts").iterdir()
    assert [each["file"] for each in json.loads(receipt.read_text())["files"]] == [files[LEAVE]]


def test_runs_that_were_redacted_miss_no_lines_where_they_go(news: News, tmp_path: Path) -> None:
    data, old = news.copy(tmp_path), tmp_path / "old"
    line = next(line for line in lines(data) if line["capture"]["file"] == news.files[STAY])
    said_by("redact", line["url"], "--all-versions", "--reason=x", "--yes", data=data)
    retire(data, "--to", old, "--keep-originals")
    assert_sound(data, old)


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system here")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def test_to_another_disk_files_are_copied_if_there_is_room(news: News, tmp_path: Path, other_disk: Path) -> None:
    data, old = news.copy(tmp_path), other_disk / "old"
    order = ("retire", f"--before={BEFORE}", "--to", old, "--keep-originals")
    status, said = scrapy(*order, data=data, floor=1 << 60)
    assert status == 3, said
    assert f"are free for {old / 'warc'}, ARCHIVE_DISK_FLOOR is" in said
    assert names(data) == news.files and names(old) == []
    status, said = scrapy(*order, data=data)
    assert status == 0, said
    assert names(old) == news.files[:NEW]
    for name in news.files[:NEW]:
        assert (old / "warc" / name).read_bytes() == (news.data / "warc" / name).read_bytes()
    assert_sound(data, old)


def test_a_dry_run_only_says_it(news: News, tmp_path: Path) -> None:
    data = news.copy(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (data / "warc").iterdir()}
    said = retire(data, "--to", tmp_path / "old", "--dry-run")
    assert f"would leave: {news.files[LEAVE]}\n1 WARC files would be moved" in said
    assert {path: path.stat().st_mtime_ns for path in (data / "warc").iterdir()} == before
    assert not (tmp_path / "old").exists() and not (data / "retired.jsonl").exists()


def test_copies_of_what_is_needed_let_a_file_leave(news: News, tmp_path: Path) -> None:
    data, old, files = news.copy(tmp_path), tmp_path / "old", news.files
    said = retire(data, "--to", old, "--keep-originals")
    assert "2 WARC files moved" in said and "0 stay" in said
    assert names(data) == [files[NEW], "originals.warc.gz"]
    assert names(old) == [files[STAY], files[LEAVE]]
    assert_sound(data, old)
    copies = [record for record in read_records(data / "warc" / "originals.warc.gz") if record.type == "response"]
    assert 0 < len(copies) < 20
    size = sum((news.data / "warc" / name).stat().st_size for name in files[:NEW])
    assert (data / "warc" / "originals.warc.gz").stat().st_size < size / 2
    said = retire(data, "--to", old, "--keep-originals")
    assert "0 WARC files moved" in said
    assert names(data) == [files[NEW], "originals.warc.gz"]


def test_what_has_come_itself_needs_no_copy_any_more(news: News, tmp_path: Path) -> None:
    data, old, files = news.copy(tmp_path), tmp_path / "old", news.files
    retire(data, "--to", old)
    retire(data, "--to", old, "--keep-originals")
    assert names(old) == [files[STAY], files[LEAVE]]
    assert_sound(data, old)
    assert lines(old) == [line for line in lines(data) if line["capture"]["file"] != files[NEW]]


def test_a_crawl_goes_on_and_refers_to_nothing_that_has_left(news: News, tmp_path: Path) -> None:
    """An article whose captures have left is taken down: its line still tells the text, read in the other folder."""
    data, old = news.copy(tmp_path), tmp_path / "old"
    retire(data, "--to", old, "--keep-originals")
    shutil.rmtree(old / "index")  # the text is found without
    assert_gone_articles_are_told(news, data)
    assert_sound(data)


def test_also_where_the_captures_are_deleted(news: News, tmp_path: Path) -> None:
    data = news.copy(tmp_path)
    retire(data, "--delete", "--yes", "--keep-originals")
    assert names(data) == [news.files[NEW], "originals.warc.gz"]
    retired = [json.loads(line) for line in (data / "retired.jsonl").read_text().splitlines()]
    assert [(entry["file"], entry["to"]) for entry in retired] == [(name, None) for name in news.files[:NEW]]
    assert_sound(data, notes=sum(line["capture"]["file"] in news.files[:NEW] for line in lines(data)))
    assert_gone_articles_are_told(news, data)


def assert_gone_articles_are_told(news: News, data: Path) -> None:
    before = {line["id"]: line for line in lines(data)}
    play = Play(news.replica, SOURCE, data)
    newsroom = Newsroom(edited={1: ("headline", 2)}, removed={2: "410"}, changed=NOW + timedelta(days=16))
    news.replica.set_newsroom(SOURCE, newsroom)
    run = play.run(NOW + timedelta(days=17))
    assert run.status == 0, run.output
    (gone,) = [line for line in lines(data) if line["change"] == "removed"]
    assert (gone["title"], gone["body"]) == (before[gone["id"]]["title"], before[gone["id"]]["body"])
    assert gone["version"] == before[gone["id"]]["version"] + 1


def test_what_was_captured_so_long_ago_is_asked_for_in_full(news: News, tmp_path: Path) -> None:
    data = news.copy(tmp_path)

    def validators() -> dict[str, bool]:
        state = State(f"sqlite:///{data}/state.sqlite")
        rows = Resources(state).due(SOURCE, "article", "2999", 99) + Resources(state).due(SOURCE, "feed", "2999", 99)
        state.close()
        return {row.key: bool(row.etag or row.last_modified) for row in rows if row.captured_at < BEFORE}

    assert any(validators().values())
    retire(data, "--to", tmp_path / "old", "--keep-originals")
    assert validators() and not any(validators().values())


def test_lines_of_a_disk_that_is_not_there_are_noted_and_no_fault(news: News, tmp_path: Path) -> None:
    data, old, files = news.copy(tmp_path), tmp_path / "old", news.files
    retire(data, "--to", old)
    old.rename(tmp_path / "in a drawer")
    assert_sound(data, notes=sum(line["capture"]["file"] == files[LEAVE] for line in lines(data)))


@pytest.mark.parametrize("keep", [(), ("--keep-originals",)])
def test_the_state_is_rebuilt_with_the_files_that_have_left(news: News, tmp_path: Path, keep: tuple[str, ...]) -> None:
    data, old = news.copy(tmp_path), tmp_path / "old"
    retire(data, "--to", old, *keep)
    status, said = scrapy("rebuildstate", data=data)
    assert status == 0, said
    ids = {line["id"] for line in lines(data)}
    live, rebuilt = (State(f"sqlite:///{data}/{name}.sqlite") for name in ("state", "state-rebuilt"))
    assert Versions(rebuilt).latest(ids) == Versions(live).latest(ids)
    live.close()
    rebuilt.close()
    (data / "state-rebuilt.sqlite").unlink()
    old.rename(tmp_path / "in a drawer")
    status, said = scrapy("rebuildstate", data=data)
    assert status == 1
    what = r"[12] retired WARC files are not here, such as baosonla-\S+: they were moved to"
    assert re.search(f"{what} {old / 'warc'}, and are not in the state", said)


@pytest.mark.parametrize("words", [("rebuildstate",), ("index", "rebuild")])
def test_a_file_that_is_lost_is_named(news: News, tmp_path: Path, words: tuple[str, ...]) -> None:
    data = news.copy(tmp_path)
    retire(data, "--delete", "--keep-originals", "--yes")
    lost = data / "warc" / news.files[NEW]
    lost.unlink()
    status, said = scrapy(*words, data=data)
    named = [line for line in said.splitlines() if lost.name in line]
    assert (status, len(named)) == (1, 1), said
    assert "is in the manifest, but not there" in named[0]


def test_a_look_into_the_index_names_the_other_folder(news: News, tmp_path: Path) -> None:
    data, old = news.copy(tmp_path), tmp_path / "old"
    url = next(line["url"] for line in lines(data) if line["capture"]["file"] == news.files[LEAVE])
    retire(data, "--to", old, "--keep-originals")
    status, said = scrapy("index", "lookup", url, "--until", BEFORE, data=data)
    assert f"index: older WARC files are in {old / 'warc'}, which has an index of its own\n" in said
    status, said = scrapy("index", "lookup", url, "--until", BEFORE, data=old)
    assert status == 0
    assert [name in said for name in news.files] == [True, True, False]


def test_a_damaged_file_stays_and_is_named(news: News, tmp_path: Path) -> None:
    data = news.copy(tmp_path)
    path = data / "warc" / news.files[LEAVE]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    said = retire(data, "--to", tmp_path / "old", status=1)
    assert f"retire: {path.name} stays: it is not what the manifest says" in said
    assert path.exists() and not (tmp_path / "old").exists()


@pytest.mark.parametrize("changes", [("new", "headline", "headline"), ("new", "removed", "restored")])
def test_versions_go_on_in_a_row_where_some_were_deleted_and_their_first_printing_is_redacted(
    news: News, tmp_path: Path, changes: tuple[str, ...]
) -> None:
    data = news.copy(tmp_path)
    changed = next(line["id"] for line in lines(data) if line["version"] == 3)
    first = next(line for line in lines(data) if line["id"] != changed)
    for path in (data / "articles").rglob("*.jsonl"):
        told = [json.loads(line) for line in path.read_text().splitlines()]
        for line in told:
            if line["id"] == changed:
                line |= {"duplicate_of": first["id"], "change": changes[line["version"] - 1]}
        path.write_text("".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in told))
    before = [line for line in lines(data) if line["id"] == changed]
    assert [line["duplicate_of"] for line in before] == [first["id"]] * 3
    retire(data, "--delete", "--yes")
    status, said = scrapy("redact", first["url"], "--all-versions", "--reason=x", "--by=y", "--yes", data=data)
    assert status == 0, said
    assert [line for line in lines(data) if line["id"] == changed] == [
        line | {"duplicate_of": None, "capture": line["capture"] | {"offset": now, "length": length}}
        for line, now, length in zip(before, *_places(data, changed), strict=True)
    ]
    said = scrapy("verify", "--all", "--jobs", "1", data=data)[1]
    rules = {line.split(": ")[1] for line in said.splitlines() if line.count(": ") > 1}
    assert rules == {"line-retired", "chain-file"}, said  # the chain tells of the lines that were written here by hand


def _places(data: Path, article_id: str) -> tuple[list[int], list[int]]:
    """Offsets and lengths, which move when a file is written anew."""
    captures = [line["capture"] for line in lines(data) if line["id"] == article_id]
    return [capture["offset"] for capture in captures], [capture["length"] for capture in captures]


def test_without_a_manifest_nothing_leaves(news: News, tmp_path: Path) -> None:
    data = news.copy(tmp_path)
    (data / "manifest-sha256.txt").write_bytes(b"")
    said = retire(data, "--delete", "--yes", status=3)
    assert f"retire: the manifest has lost the digests of 3 files, such as {news.files[0]}" in said
    assert names(data) == news.files
    assert scrapy("index", "rebuild", data=data)[0] == 1
    retire(data, "--delete", "--yes")


def test_revisits_that_the_index_has_lost_are_found_in_their_files(news: News, tmp_path: Path) -> None:
    data = news.copy(tmp_path)
    index = Collection(data / "warc", data / "index", None).index
    kept = [line for line in index.lines() if news.files[NEW].encode() in line and b"warc/revisit" not in line]
    index.add([news.files[NEW]], kept)
    said = retire(data, "--to", tmp_path / "old", "-s", "ARCHIVE_DEDUP=off")
    assert f"stays: {news.files[STAY]}, to which captures in 1 files refer, such as {news.files[NEW]}\n" in said


@pytest.mark.parametrize("keep", [(), ("--keep-originals",)])
def test_another_file_of_that_name_is_not_written_over(news: News, tmp_path: Path, keep: tuple[str, ...]) -> None:
    data, old = news.copy(tmp_path), tmp_path / "old"
    (other := old / "warc" / news.files[LEAVE]).parent.mkdir(parents=True)
    other.write_bytes(b"mine")
    said = retire(data, "--to", old, *keep, status=3)
    assert f"{other} is there already, and is another file" in said
    assert other.read_bytes() == b"mine"
    assert names(data) == news.files
    assert_sound(data)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--before=soon", "--to=x"], "say --before with a date"),
        (["--before=2026-13-01", "--to=x"], "say --before with a date"),
        (["--before=2026-11-01"], "say --before with a date"),
        (["--before=2026-11-01", "--delete"], "nothing was done: say --yes"),
        (["--before=2026-11-01", "--to={data}/old"], "the data folder"),
        (["--before=2026-11-01", "--to={data}/.."], "the data folder"),
        (["--before=2026-11-01", "--to=x", "y"], "no names"),
    ],
)
def test_wrong_orders(news: News, tmp_path: Path, words: list[str], complaint: str) -> None:
    data = news.copy(tmp_path)
    status, said = scrapy("retire", *(word.format(data=data) for word in words), data=data)
    assert status == 2, said
    assert complaint in said
    assert names(data) == news.files


def test_an_archive_elsewhere_is_not_moved_onto_itself(news: News, tmp_path: Path) -> None:
    data, elsewhere = news.copy(tmp_path), tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("warc", "index", "dedup.sqlite", "manifest-sha256.txt"):
        (data / name).rename(elsewhere / name)
    (tmp_path / "alias").symlink_to(elsewhere)
    archive = ("-s", f"ARCHIVE_DIR={elsewhere / 'warc'}")
    for to in (elsewhere, tmp_path / "alias"):
        assert "which the files should leave" in retire(data, "--to", to, "--keep-originals", *archive, status=2)
    assert names(elsewhere) == news.files


def test_while_a_crawl_runs_or_has_been_killed_nothing_leaves(news: News, tmp_path: Path) -> None:
    data, old = news.copy(tmp_path), tmp_path / "old"
    with (data / "locks" / "yenmy.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another run is crawling yenmy (process " in retire(data, "--to", old, status=75)
    (left := data / "articles" / SOURCE / f"{SOURCE}-20261101000000000-0123abcd.jsonl.open").touch()
    assert f"{left} was left open: finish it first" in retire(data, "--to", old, status=3)
    assert not old.exists()


@pytest.mark.parametrize("step", range(EVERY // 2 + 1, REQUESTS, EVERY))
def test_kill_or_failure(news: News, step: int, tmp_path: Path) -> None:
    """Whenever the process or the disk fails, no capture is lost, and the same call finishes what was begun."""
    data, old, files = news.copy(tmp_path), tmp_path / "old", news.files
    words = ["retire", f"--before={BEFORE}", f"--to={old}", "--keep-originals"]
    settings = ["-s", f"DATA_DIR={data}", "-s", "ARCHIVE_DISK_FLOOR=0"]
    mode, expected = ("fail", 3) if step % 2 else ("kill", -9)
    disk = {"folder": str(tmp_path), "notes": f"{tmp_path}/notes", "mode": mode, "at": step}
    command = start(*words, *settings, disk=disk)
    ended = command.wait()
    if ended == 0:
        pytest.skip("the retirement asks for less, or can do without")
    assert ended == expected, command.said()
    for name in files:
        wanted = (news.data / "warc" / name).read_bytes()
        places = [folder / "warc" / name for folder in (data, old) if (folder / "warc" / name).exists()]
        assert places and all(place.read_bytes() == wanted for place in places)
    status, said = scrapy(*words, data=data)
    assert status == 0, said
    assert names(data) == [files[NEW], "originals.warc.gz"]
    assert set(names(old)) >= {files[STAY], files[LEAVE]}
    assert_sound(data, old)
    assert lines(data) == lines(news.data)
    assert len(lines(old)) == sum(line["capture"]["file"] != files[NEW] for line in lines(data))


def test_what_has_left_is_not_overlooked_by_a_redaction(news: News, tmp_path: Path) -> None:
    data, old, files = news.copy(tmp_path), tmp_path / "old", news.files
    retire(data, "--to", old, "--keep-originals")
    line = next(line for line in lines(data) if line["capture"]["file"] == files[LEAVE])
    words = ("redact", "--reason=x", "--yes", "--all-versions", line["url"])
    status, said = scrapy(*words, data=data)
    assert status == 2
    for name in files[:NEW]:
        assert str(old / "warc" / name) in said
        (old / "warc" / name).rename(data / "warc" / name)
    status, said = scrapy(*words, data=data)
    assert status == 0, said
    assert line["id"] not in {each["id"] for each in lines(data)}
    assert_sound(data)


def test_lines_whose_captures_were_deleted_can_be_redacted(news: News, tmp_path: Path) -> None:
    data = news.copy(tmp_path)
    retire(data, "--delete", "--yes", "--keep-originals")
    line = next(line for line in lines(data) if line["capture"]["file"] == news.files[LEAVE])
    others = [each for each in lines(data) if each["id"] != line["id"]]
    status, said = scrapy("redact", "--reason=x", "--yes", "--all-versions", line["url"], data=data)
    assert status == 0, said
    assert lines(data) == others


PAGE = b"<!doctype html><meta charset=utf-8><h1>a</h1><p>" + b"Muong La. " * 300


def script(path: str, before: int) -> Answer:
    return 200, {}, PAGE + path.encode()


@pytest.mark.parametrize("store", [True, False])
def test_references_are_found_without_a_store(tmp_path: Path, store: bool) -> None:
    """Files of others, or a store that is switched off: the revisits themselves are read."""
    with archive_crawls(script, tmp_path / "data") as crawls:
        first, second = crawls.crawl("/a", "/b"), crawls.crawl("/a", "/c")
    collection = Collection(crawls.warcs, crawls.data / "index", crawls.data / "dedup.sqlite" if store else None)
    found = {(need.file, need.original) for need in needs(collection, spans(collection))}
    assert found == {(second.name, first.name)}
    status, said = scrapy("retire", "--before=2999-01-01", "--to=x", "--dry-run", data=crawls.data)
    assert (status, said.count("would leave")) == (0, 2), said
