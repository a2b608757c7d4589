"""Every run is written down, in the state and in the archive, however it ends; the one can be had from the other."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from archive.index.cdxj import read_line
from archive.records.members import members
from archive.records.run_record import pairs_in, read_closing, read_opening
from newsbot.state.runs import CUT_SHORT, Run
from tests.harness.crawl_play import rows
from tests.harness.databases import KINDS, PASSWORD, Databases
from tests.harness.durability import (
    ARTICLE_PAGE,
    SOURCE,
    Bench,
    article_ids,
    assert_complete,
    assert_verified,
    bench,
    lines,
)
from tests.harness.warc_making import collection
from tests.harness.whole_state import assert_same_state
from tests.replica.faults import Delay

IDS = article_ids()
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Archive:
    """A data folder, its state and what crawls it."""

    bench: Bench
    data: Path
    state_url: str
    new_database: Callable[[], str]

    def scrapy(self, *words: str, status: int = 0, settings: dict[str, str] | None = None) -> str:
        command = self.bench.start(self.data, *words, settings={"STATE_URL": self.state_url} | (settings or {}))
        ended, said = command.wait(), command.said()
        assert ended == status, said
        return said

    def crawl(self, *words: str) -> Run:
        """Crawl to the end and return what is written of it."""
        before = self.runs() if list(self.data.glob("warc/*")) else []
        self.scrapy("crawl", SOURCE, *words)
        (run,) = [run for run in self.runs() if run not in before]
        return run

    def kill(self, when: Callable[[], bool], *words: str) -> None:
        """Crawl a source whose last articles do not come, and kill the crawl as soon as something is true."""
        # The first come one by one, so that there are syncs between them: a line waits for the sync after its own.
        slowly, never = Delay(ARTICLE_PAGE, seconds=0.3, times=3), Delay(ARTICLE_PAGE, seconds=120, skip=3)
        self.bench.replica.set_faults(slowly, never)
        command = self.bench.start(self.data, "crawl", SOURCE, *words, settings={"STATE_URL": self.state_url})
        started = monotonic()
        try:
            while not when():
                assert monotonic() - started < 60
                sleep(0.01)
        finally:
            command.kill()
            self.bench.replica.set_faults()
        assert command.wait() == -signal.SIGKILL

    def rows(self, query: str) -> Rows:
        return rows(self.state_url, query)

    def change(self, command: str) -> None:
        engine = create_engine(self.state_url)
        with engine.begin() as connection:
            connection.execute(text(command))
        engine.dispose()

    def runs(self) -> list[Run]:
        return [Run(*row) for row in self.rows("SELECT * FROM runs ORDER BY started")]

    def assert_rebuilt(self) -> None:
        """Rebuild the state from the WARC files; it is the same."""
        output = self.new_database()
        self.scrapy("rebuildstate", f"--output={output}")
        assert self.runs()
        assert_same_state(self.state_url, output)


@pytest.fixture(scope="module")
def crawls() -> Iterator[Bench]:
    with bench() as each:
        yield each


@pytest.fixture(params=KINDS)
def archive(request: pytest.FixtureRequest, crawls: Bench, databases: Databases, tmp_path: Path) -> Archive:
    def new() -> str:
        return databases.new(request.param, tmp_path)

    return Archive(crawls, tmp_path / "data", new(), new)


def warcs(archive: Archive) -> list[Path]:
    return sorted((archive.data / "warc").glob("*.warc.gz"))


def test_a_run_and_its_end(archive: Archive) -> None:
    run = archive.crawl("-a", "max_pages=2")
    files, last = warcs(archive), None
    requests = captures = size = 0
    for path in files:
        opening = read_opening(path)
        assert opening
        assert (opening.source, opening.run, opening.started) == (SOURCE, run.run, run.started)
        assert opening.settings["SPIDER_ARGUMENTS"] == {"max_pages": "2"}
        for last in members(path):
            requests += last.type == "request"
            captures += last.type in ("response", "revisit")
            size += last.length
        assert (read_closing(path) is not None) == (path == files[-1])
    assert last is not None
    assert pairs_in(last) == read_closing(files[-1])
    indexed = {(entry.filename, entry.offset) for entry in map(read_line, collection(archive.data).index.lines())}
    assert len(indexed) > len(IDS)
    assert (files[-1].name, last.offset) not in indexed
    assert run._replace(run="", started="", finished=None) == Run(
        SOURCE,
        "",
        "",
        None,
        "finished",
        1,
        '{"max_pages": "2"}',
        requests,
        captures,
        size - last.length,
        len(IDS),
        0,
        0,
    )
    assert run.started < str(run.finished)
    assert_complete(archive.data, IDS)
    archive.assert_rebuilt()


def test_a_part_of_a_source_is_not_the_source(archive: Archive) -> None:
    """A limit leaves lists unread; whoever rebuilds must not take them for read."""
    limited = archive.crawl("-a", "limit=2")
    assert (limited.ended, limited.complete, limited.new) == ("finished", 0, 2)
    assert archive.rows("SELECT count(*) FROM resources WHERE kind != 'article' AND complete = 1") == [(0,)]
    archive.assert_rebuilt()
    rest = archive.crawl()
    assert (rest.complete, rest.new) == (1, len(IDS) - 2)
    archive.assert_rebuilt()
    again = archive.crawl("-a", "refetch=yes")
    assert (again.complete, again.new, again.changed) == (1, 0, 0)
    assert again.captures >= len(IDS)
    archive.assert_rebuilt()
    assert_verified(archive.data)


def test_a_run_that_got_no_answer(archive: Archive) -> None:
    """It says so, it is in its place among the others, and it spoils nothing that is known."""
    first = archive.crawl()
    archive.scrapy("crawl", SOURCE, status=1, settings={"CONNECT_TO": ":80:127.0.0.1:1,:443:127.0.0.1:1"})
    _, silent = archive.runs()
    assert (silent.ended, silent.captures, silent.new) == ("finished", 0, 0)
    last = archive.crawl()
    assert [run.run for run in archive.runs()] == [first.run, silent.run, last.run]
    assert (last.complete, last.new) == (1, 0)
    archive.assert_rebuilt()
    assert_verified(archive.data)


def test_a_killed_run_is_made_up_for(archive: Archive) -> None:
    """Its row has no end; recovery gives it one, and lets the state know of every article that was captured."""
    archive.kill(lambda: bool(lines(archive.data)))
    (killed,) = archive.runs()
    assert (killed.ended, killed.finished, killed.new) == (None, None, 0)
    archive.scrapy("recover")
    (killed,) = archive.runs()
    found = lines(archive.data)
    assert (killed.ended, killed.complete, killed.new) == (CUT_SHORT, 0, len(found))
    assert len(found) < len(IDS), "it was killed before its end"
    captured = [(line["id"], line["fetched_at"]) for line in found]
    known = archive.rows("SELECT key, checked_at FROM resources WHERE kind = 'article' AND status = 200 ORDER BY key")
    assert known == sorted(captured)
    archive.assert_rebuilt()
    archive.bench.replica.forget_counters()
    assert archive.crawl().new == len(IDS) - len(found)
    asked = archive.bench.replica.counters()
    assert not {line["url"] for line in found} & asked.keys(), "what is durable is not fetched again"
    assert_complete(archive.data, IDS)
    archive.assert_rebuilt()


def test_killed_between_the_last_file_and_the_last_row(archive: Archive) -> None:
    """The archive says that the run has come to its end; the state and the line file do not know it yet."""
    archive.crawl()
    (whole,) = archive.runs()
    answered = "SELECT * FROM resources WHERE kind = 'article' AND status = 200 ORDER BY key"
    resources = archive.rows(answered)
    (path,) = (archive.data / "articles" / SOURCE).glob("*.jsonl")
    path.rename(f"{path}.open")
    archive.change("UPDATE runs SET ended = NULL, finished = NULL, complete = 0, new = 0, captures = 0")
    archive.change("DELETE FROM resources WHERE kind = 'article'")
    archive.change(f"DELETE FROM article_versions WHERE id = '{IDS[0]}'")
    archive.scrapy("recover")
    assert archive.runs() == [whole]
    assert archive.rows(answered) == resources
    assert len(resources) == len(IDS)
    assert_complete(archive.data, IDS)
    # Nobody knew whether its lists had been read to their end: they are read again.
    assert archive.crawl().new == 0


def test_the_password_of_the_database_is_nowhere(crawls: Bench, databases: Databases, tmp_path: Path) -> None:
    archive = Archive(crawls, tmp_path / "data", databases.new("postgresql", tmp_path), lambda: "")
    log_to = {"LOG_LEVEL": "DEBUG", "LOG_FILE": str(tmp_path / "data.log")}
    said = archive.scrapy("crawl", SOURCE, settings=log_to)
    report = next((archive.data / "runs").glob("*.json")).read_text()
    kept = "".join(bytes(record.block).decode("latin-1") for path in warcs(archive) for record in members(path))
    log = (tmp_path / "data.log").read_text()
    assert "STATE_URL" in kept
    assert len(log) > 1000
    assert not [text for text in (said, report, kept, log) if PASSWORD in text]
    broken = archive.state_url.replace("/state", "/nothing")
    said = Archive(crawls, tmp_path / "data", broken, lambda: "").scrapy("crawl", SOURCE, status=3)
    assert "nothing" in said
    assert PASSWORD not in said + next((archive.data / "runs").glob("*.json")).read_text()
