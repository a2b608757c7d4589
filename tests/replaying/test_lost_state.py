"""A state, index or store that was lost between two crawls is made again: nothing is new twice, nothing asked twice."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from newsbot.state.runs import CUT_SHORT
from tests.harness.commands import against, run_scrapy
from tests.harness.crawl_play import Play, rows
from tests.harness.databases import Databases
from tests.harness.whole_state import whole_state
from tests.replica.newsroom import Newsroom
from tests.replica.server import Replica
from tests.replica.sites import NOW

SOURCES = ("haiduongtv", "baosonla")
EDITED = {4: ("headline", 1), 5: ("body", 1)}
REMOVED = {6: "404", 7: "notice"}
AFTER = Newsroom(edited=EDITED, removed=REMOVED, changed=NOW + timedelta(hours=1))  # type: ignore[arg-type]
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def replica() -> Iterator[Replica]:
    with Replica(articles=12, now=NOW) as replica:
        yield replica


@pytest.fixture(scope="module")
def known(replica: Replica, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after two runs of each source, with the state as it was between them."""
    data = tmp_path_factory.mktemp("known") / "data"
    for source in SOURCES:
        replica.set_newsroom(source, Newsroom(held=2))
        assert Play(replica, source, data).run(NOW).status == 0
    shutil.copytree(data, data.with_name("between"))
    for source in SOURCES:
        replica.set_newsroom(source, AFTER)
        second = Play(replica, source, data).run(NOW + 2 * HOUR)
        assert {line["change"] for line in second.lines} >= {"new", "headline", "body", "removed"}, second.output
    return data


def lose(data: Path, *names: str) -> None:
    for name in names:
        for path in data.glob(f"{name}*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def state(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    return whole_state(f"sqlite:///{data}/state.sqlite")


def lines(data: Path) -> dict[str, str]:
    return {str(path.relative_to(data)): path.read_text() for path in sorted((data / "articles").rglob("*.jsonl"))}


def copy(known: Path, folder: Path) -> Path:
    shutil.copytree(known, folder / "data")
    return folder / "data"


def recover(replica: Replica, data: Path, *sources: str) -> str:
    """Do what every crawl does first, for one source."""
    done = Play(replica, sources[0], data).scrapy("recover", *sources)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def test_a_run_that_was_recovered_is_published_once(replica: Replica, known: Path, tmp_path: Path) -> None:
    """Killed before it published anything, it is the source's only run: its lines are under its own name then."""
    data, source = copy(known.with_name("between"), tmp_path), SOURCES[0]
    (path,) = (data / "articles" / source).glob("*.jsonl")
    told = path.read_text()
    path.rename(path.with_name(f"{path.name}.open")).write_bytes(b"")
    for table in ("article_versions", "first_printings"):
        change(data, f"DELETE FROM {table} WHERE source = '{source}'")
    recover(replica, data, source)
    recovered = lines(data)
    (name,) = (name for name in recovered if source in name)
    assert recovered[name] == told
    assert name.removesuffix(".jsonl").rpartition("-")[2] == path.stem.rpartition("-")[2]
    recover(replica, data, source)
    assert lines(data) == recovered
    # As newsbot named them before.
    Path(data, name).rename(Path(data, name).with_name(f"{source}-20261122032011123.jsonl"))
    lose(data, "state.sqlite")
    recovered = lines(data)
    recover(replica, data, source)
    assert lines(data) == recovered


def test_all_caches_lost_between_two_crawls(replica: Replica, known: Path, tmp_path: Path) -> None:
    whole, lost = copy(known, tmp_path / "whole"), copy(known, tmp_path / "lost")
    lose(lost, "state.sqlite", "dedup.sqlite", "index")
    runs = [Play(replica, SOURCES[0], data).run(NOW + 2.5 * HOUR) for data in (whole, lost)]
    assert [run.status for run in runs] == [0, 0], runs[1].output
    assert runs[1].asked == runs[0].asked
    assert lines(lost) == lines(whole) == lines(known)
    assert "the state does not know 4 of the runs" in runs[1].said
    assert run_scrapy("verify", data=lost).returncode == 0
    again = Play(replica, SOURCES[1], lost).run(NOW + 2.5 * HOUR)
    assert (again.status, "made again" in again.said, lines(lost)) == (0, False, lines(known))


@pytest.mark.parametrize("again", ["recover", "crawl"])
def test_lines_that_are_no_articles_are_named_and_the_others_count(
    again: str, replica: Replica, known: Path, tmp_path: Path
) -> None:
    data, source = copy(known, tmp_path), SOURCES[0]
    path = min((data / "articles" / source).glob("*.jsonl"))
    line = json.loads(path.read_text().partition("\n")[0])
    odd = [{"id": []}, {"id": 10**30}, {"id": f"{source}:\ud800"}, {"body": None}, {"title": True}, {"capture": None}]
    with path.open("a") as file:
        file.writelines(json.dumps(line | {"id": f"{source}:{n}"} | each) + "\n" for n, each in enumerate(odd))
    lose(data, "state.sqlite")
    if again == "recover":
        done = Play(replica, source, data).scrapy("recover", *SOURCES)
        assert done.returncode == 1
        said = done.stderr
    else:
        said = Play(replica, source, data).run(NOW + 2.5 * HOUR).said
    first = path.read_text().count("\n") - len(odd) + 1
    named = [text for text in said.splitlines() if "is not an article's" in text]
    assert [text.partition(f"{path}: ")[2] for text in named] == [
        f"line {number} is not an article's" for number in range(first, first + len(odd))
    ]
    assert "Traceback" not in said
    assert state(data)["article_versions"] == state(known)["article_versions"]


def test_what_was_made_again_is_said(replica: Replica, known: Path, tmp_path: Path) -> None:
    data = copy(known, tmp_path)
    lose(data, "state.sqlite")
    play = Play(replica, SOURCES[0], data)
    said = [play.scrapy("recover", SOURCES[0]).stdout for _ in range(2)]
    assert said == [f"{SOURCES[0]}: the state of 4 runs made again\n", f"{SOURCES[0]}: nothing to recover\n"]


@pytest.mark.parametrize("way", ["lost", "old", "broken off", "a run in the middle"])
def test_the_state_is_what_it_was(way: str, replica: Replica, known: Path, tmp_path: Path) -> None:
    data = copy(known, tmp_path)
    if way == "old":
        shutil.copy(known.with_name("between") / "state.sqlite", data / "state.sqlite")
    elif way == "lost":
        lose(data, "state.sqlite")
    else:
        order = "DESC" if way == "broken off" else "ASC"
        forget = f"DELETE FROM runs WHERE started IN (SELECT started FROM runs ORDER BY started {order} LIMIT 1)"
        change(data, forget)
    said = recover(replica, data, SOURCES[0], SOURCES[1])
    assert "made again" in said
    assert state(data) == state(known)
    assert lines(data) == lines(known)
    assert recover(replica, data, *SOURCES) == ""


def change(data: Path, command: str) -> None:
    engine = create_engine(f"sqlite:///{data}/state.sqlite")
    with engine.begin() as connection:
        connection.execute(text(command))
    engine.dispose()


@pytest.mark.parametrize("lost_too", ["state.sqlite", "index"])
def test_a_lost_manifest_is_told_once(lost_too: str, replica: Replica, known: Path, tmp_path: Path) -> None:
    """Its digests were the only ones: what is put in their place says nothing of what the files were."""
    data = copy(known, tmp_path)
    lose(data, "manifest-sha256.txt", lost_too)
    runs = [Play(replica, SOURCES[0], data).run(NOW + hours * HOUR) for hours in (2.5, 2.6)]
    told = "the manifest had lost the digests of 4 WARC files"
    assert [(run.status, told in run.said) for run in runs] == [(1, True), (0, False)], runs[0].output
    assert lines(data) == lines(known)


@pytest.mark.parametrize("run", [0, -1])
def test_a_file_that_cannot_be_read_is_named_and_the_rest_made_again(
    run: int, replica: Replica, known: Path, tmp_path: Path
) -> None:
    data, (source, other) = copy(known, tmp_path), SOURCES
    lose(data, "state.sqlite")
    bad = sorted((data / "warc").glob(f"{other}-*"))[run]
    environment = os.environ | {"NEWSBOT_DATA": str(data)} | replica.environment
    done = run_scrapy("recover", source, environment=environment, unreadable=str(bad))
    assert (done.returncode, done.stdout) == (1, f"{source}: the state of 4 runs made again\n"), done.stderr
    assert f"newsbot: {source}: {bad}: Input/output error\n" in done.stderr
    # What the lines tell is known of the other source, too, and how the run ended is not.
    assert state(data)["article_versions"] == state(known)["article_versions"]
    ended = "SELECT ended FROM runs ORDER BY started"
    assert sorted(row[0] for row in rows(f"sqlite:///{data}/state.sqlite", ended)) == [CUT_SHORT, *["finished"] * 3]
    assert lines(data) == lines(known)


def test_a_new_state_lacks_no_more_than_the_file_that_cannot_be_read(known: Path, tmp_path: Path) -> None:
    data = copy(known, tmp_path)
    bad, _ = sorted((data / "warc").glob(f"{SOURCES[1]}-*"))
    done = run_scrapy("rebuildstate", "--jobs=1", data=data, unreadable=str(bad))
    assert (done.returncode, done.stderr) == (1, f"rebuildstate: {bad}: Input/output error\n")
    made = f"sqlite:///{data}/state-rebuilt.sqlite"
    of_source = f"SELECT * FROM article_versions WHERE source = '{SOURCES[0]}' ORDER BY id, version"
    assert rows(made, of_source) == rows(f"sqlite:///{data}/state.sqlite", of_source)
    runs = rows(made, f"SELECT ended, captures FROM runs WHERE source = '{SOURCES[1]}' ORDER BY started")
    assert runs[0] == (CUT_SHORT, 0)
    assert runs[1][0] == "finished"


def test_a_killed_run_whose_file_cannot_be_read_is_finished_without_it(
    replica: Replica, known: Path, tmp_path: Path
) -> None:
    data, source = copy(known, tmp_path), SOURCES[0]
    *_, path = sorted((data / "articles" / source).glob("*.jsonl"))
    path.rename(path.with_name(f"{path.name}.open"))
    *_, bad = sorted((data / "warc").glob(f"{source}-*"))
    environment = os.environ | {"NEWSBOT_DATA": str(data)} | replica.environment
    done = run_scrapy("recover", source, environment=environment, unreadable=str(bad))
    assert (done.returncode, done.stderr) == (1, f"newsbot: {source}: {bad}: Input/output error\n")
    assert lines(data) == lines(known)


@pytest.mark.parametrize("state_too", [False, True])
def test_lines_that_are_gone_are_made_again(state_too: bool, replica: Replica, known: Path, tmp_path: Path) -> None:
    data = copy(known, tmp_path)
    lose(data, "articles", *(["state.sqlite"] if state_too else []))
    said = recover(replica, data, *SOURCES)
    assert "made again" in said
    assert sorted(lines(data).values()) == sorted(lines(known).values())
    assert state(data) == state(known)
    assert recover(replica, data, *SOURCES) == ""
    done = run_scrapy("verify", "--jobs=1", data=data)
    assert "line-count" not in done.stdout


def test_lines_that_are_gone_are_missed(known: Path, tmp_path: Path) -> None:
    data = copy(known, tmp_path)
    (first, *_) = sorted((data / "articles" / SOURCES[0]).glob("*.jsonl"))
    published = len(first.read_text().splitlines())
    first.unlink()
    done = run_scrapy("verify", data=data)
    assert done.returncode == 1
    assert f"line-missing: its run published {published} lines, articles/{SOURCES[0]} has no file" in done.stdout


@pytest.mark.parametrize("redacted", [0, 1])
def test_a_redaction_excuses_the_run_alone_that_it_changed(
    replica: Replica, known: Path, tmp_path: Path, redacted: int
) -> None:
    """A new article of the last run cannot be made again: that is said, unless somebody redacted that run."""
    data, source = copy(known, tmp_path), SOURCES[0]
    paths = sorted((data / "articles" / source).glob("*.jsonl"))
    told = [json.loads(line) for line in paths[-1].read_text().splitlines()]
    capture = next(line["capture"] for line in told if line["change"] == "new")
    with (data / "warc" / capture["file"]).open("r+b") as warc:
        warc.seek(capture["offset"] + capture["length"] // 2)
        warc.write(b"\xff" * 9)
    (data / "receipts").mkdir()
    receipt = {"files": [{"file": f"articles/{source}/{paths[redacted].name}"}]}
    (data / "receipts" / "redaction-20261122T000000.000Z.json").write_text(json.dumps(receipt))
    lose(data, "state.sqlite", "articles")
    said = Play(replica, source, data).scrapy("recover", source).stderr
    assert f"record at {capture['offset']} not read" in said
    run = paths[-1].stem.rpartition("-")[2]
    assert (f"run {run} had published {len(told)} lines: {len(told) - 1} could be made again" in said) == (not redacted)


@pytest.mark.parametrize("change", [lambda lines: lines[1:], lambda lines: [*lines, lines[0]], lambda lines: []])
def test_lines_fewer_or_more_than_published(
    change: Callable[[list[bytes]], list[bytes]], known: Path, tmp_path: Path
) -> None:
    data = copy(known, tmp_path)
    (first, *_) = sorted((data / "articles" / SOURCES[0]).glob("*.jsonl"))
    published = first.read_bytes().splitlines(keepends=True)
    first.write_bytes(b"".join(change(published)))
    done = run_scrapy("verify", "--jobs=1", data=data)
    assert done.returncode == 1
    there = len(change(published))
    assert f"line-count: its run published {len(published)} lines, {first.name} has {there}\n" in done.stdout


def test_a_clock_that_was_set_back(replica: Replica, known: Path, tmp_path: Path) -> None:
    """What was captured in the future of a run is no original of its captures."""
    data = copy(known, tmp_path)
    run = Play(replica, SOURCES[0], data).run(NOW - 5 * HOUR, "-a", "refetch=yes")
    assert run.status == 0, run.output
    done = run_scrapy("verify", data=data)
    assert done.returncode == 0, done.stdout


def test_two_crawls_at_a_time_make_it_again_once(replica: Replica, known: Path, tmp_path: Path) -> None:
    data = copy(known, tmp_path)
    lose(data, "state.sqlite", "dedup.sqlite", "index")
    play = Play(replica, SOURCES[0], data)
    done = play.scrapy("crawlall", "--jobs=2", *SOURCES, *against(replica), NEWSBOT_NOW=(NOW + 2.5 * HOUR).isoformat())
    assert done.returncode == 0, done.stdout + done.stderr
    assert lines(data) == lines(known)
    logs = "".join(path.read_text() for path in (data / "logs").glob("*.log"))
    assert (done.stderr + logs).count("it is made again") <= 1


def test_a_file_that_cannot_be_read_keeps_no_other_out_of_the_index(known: Path, tmp_path: Path) -> None:
    data, (source, other) = copy(known, tmp_path), SOURCES
    lose(data, "state.sqlite", "index", "dedup.sqlite")
    bad, *_ = sorted((data / "warc").glob(f"{other}-*"))
    done = run_scrapy("recover", source, data=data, unreadable=str(bad))
    assert (done.returncode, done.stdout) == (1, f"{source}: the state of 4 runs made again\n"), done.stderr
    assert f"{bad}: at 0, not indexed: it cannot be read\n" in done.stderr
    done = run_scrapy("index", "rebuild", data=data, unreadable=str(bad))
    said = (1, "3 files indexed\n", f"index: {bad}: at 0: it cannot be read\n")
    assert (done.returncode, done.stdout, done.stderr) == said
    done = run_scrapy("index", "rebuild", data=data)
    assert (done.returncode, done.stdout) == (0, "4 files indexed\n")


def _garble(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 20)


def _garble_inside(path: Path) -> None:
    """Leave a database its first page."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


#: What is damaged at once, and how: each is mended by itself.
DAMAGES: dict[str, dict[str, Callable[[Path], object]]] = {
    "all nonsense": {"index/runs.json": _garble, "dedup.sqlite": _garble, "state.sqlite": _garble},
    "runs of the index cut off, the others empty": {
        "index/run-*.cdxj": _cut,
        "dedup.sqlite": _empty,
        "state.sqlite": _empty,
    },
    "runs of the index gone, a state with nonsense in it": {
        "index/run-*.cdxj": Path.unlink,
        "state.sqlite": _garble_inside,
    },
    "names of a run gone": {"index/run-*.files": Path.unlink},
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_caches_are_mended(damage: str, replica: Replica, known: Path, tmp_path: Path) -> None:
    data = copy(known, tmp_path)
    lose(data, "state.sqlite-", "dedup.sqlite-")
    for pattern, do in DAMAGES[damage].items():
        for path in sorted(data.glob(pattern)):
            do(path)
    run = Play(replica, SOURCES[0], data).run(NOW + 2.5 * HOUR)
    assert run.status == 0, run.output
    assert "Traceback" not in run.output
    assert lines(data) == lines(known)
    for pattern, do in DAMAGES[damage].items():
        assert do not in (_garble, _garble_inside) or Path(pattern).name in run.output
    done = run_scrapy("verify", data=data)
    assert done.returncode == 0, done.stdout


def test_a_damaged_index_is_named_by_who_looks_into_it(known: Path, tmp_path: Path) -> None:
    data = copy(known, tmp_path)
    for path in data.glob("index/run-*.cdxj"):
        path.write_bytes(bytes(range(256)) * (path.stat().st_size // 256) + b"a" * (path.stat().st_size % 256))
    done = run_scrapy("index", "export", str(tmp_path / "a.cdxj"), data=data)
    assert "Traceback" not in done.stderr
    done = run_scrapy("index", "lookup", "--prefix", "https://", data=data)
    assert "Traceback" not in done.stderr
    (data / "index" / "runs.json").write_text("{")
    done = run_scrapy("index", "lookup", "https://baosonla.vn/", data=data)
    assert done.returncode == 3
    assert "runs.json is damaged" in done.stderr
    assert "`scrapy index rebuild` makes it again" in done.stderr
    assert run_scrapy("index", "rebuild", data=data).returncode == 0


def test_in_a_server(replica: Replica, known: Path, tmp_path: Path, databases: Databases) -> None:
    data, url = copy(known, tmp_path), databases.new("postgresql", tmp_path)
    done = Play(replica, SOURCES[0], data, url).scrapy("recover", SOURCES[0])
    assert done.returncode == 0, done.stdout + done.stderr
    query = "SELECT * FROM article_versions ORDER BY id, version"
    assert rows(url, query) == state(known)["article_versions"]
