"""The state behaves the same in every database, and says what is wrong with one without telling its password."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, make_url, text

from archive.errors import ArchiveError
from newsbot.state.resources import Resource, Resources
from newsbot.state.runs import Run, Runs
from newsbot.state.state import State
from newsbot.state.versions import Version, Versions
from tests.project import ROOT

OPEN = """
import sys
from newsbot.publishing.duplicates.near_duplicates import NearDuplicates
from newsbot.state.resources import Resources
from newsbot.state.runs import Runs
from newsbot.state.state import State
print("ready", flush=True)
sys.stdin.readline()
state = State(sys.argv[1])
for user in Resources, Runs, NearDuplicates:
    user(state)
state.close()
"""
TABLES = {"article_versions", "resources", "runs", "first_printings", "first_printing_signatures"}


class Crawl:
    """A process that opens a state when it is told to."""

    def __init__(self, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", OPEN, url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def complaint(self) -> str:
        """Return what it says of errors; empty if all is well."""
        _, said = self._process.communicate(timeout=60)
        return said or "" if self._process.returncode == 0 else f"{said} ({self._process.returncode})"


@pytest.fixture
def state(state_url: str) -> Iterator[State]:
    state = State(state_url)
    yield state
    state.close()


def version(article: str, number: int = 1, **more: Any) -> Version:
    return Version(article, number, article.partition(":")[0], "sha256:c", "sha256:h", "2026-11-22T00:00:00Z", **more)


def test_crawls_that_begin_together_make_the_tables_once(state_url: str) -> None:
    crawls = [Crawl(state_url) for _ in range(6)]
    for crawl in crawls:
        crawl.wait_until_ready()
    for crawl in crawls:
        crawl.go()
    assert [crawl.complaint() for crawl in crawls] == [""] * len(crawls)
    engine = create_engine(state_url)
    assert set(inspect(engine).get_table_names()) >= TABLES
    engine.dispose()


def test_columns_that_an_older_newsbot_did_not_know(state_url: str) -> None:
    engine = create_engine(state_url)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE article_versions (id VARCHAR NOT NULL, version INTEGER NOT NULL, source VARCHAR NOT NULL,"
                " content_digest VARCHAR NOT NULL, headline_digest VARCHAR NOT NULL, fetched_at VARCHAR NOT NULL,"
                " PRIMARY KEY (id, version))"
            )
        )
        connection.execute(text("INSERT INTO article_versions VALUES ('a:1', 1, 'a', 'c', 'h', '2026')"))
    engine.dispose()
    for _ in range(2):
        state = State(state_url)
        assert Versions(state).latest(["a:1"]) == {"a:1": Version("a:1", 1, "a", "c", "h", "2026")}
        state.close()


def test_versions(state: State) -> None:
    Versions(state).add([version("a:1"), version("a:1", 2, change="body"), version("b:1", file="b.warc.gz")])
    Versions(state).add([version("a:1", url="http://never.vn/"), version("a:2")])
    assert {key: row.version for key, row in Versions(state).latest(["a:1", "a:2", "a:3"]).items()} == {
        "a:1": 2,
        "a:2": 1,
    }
    assert Versions(state).latest(["a:1"])["a:1"].url == ""
    assert {row.id for row in Versions(state).with_content(["sha256:c", "sha256:d"])} == {"a:1", "a:2", "b:1"}
    assert Versions(state).changes(["b.warc.gz", "c.warc.gz"]) == {"new": 1}
    Versions(state).move([version("b:1", url="http://b.vn/2")])
    Versions(state).relocate("b.warc.gz", [("b:1", 1, 77)])
    assert Versions(state).latest(["b:1"])["b:1"][-3:] == ("http://b.vn/2", "b.warc.gz", 77)
    state.forget_articles(["a:1", "b:1"])
    state.compact()
    assert Versions(state).latest(["a:1", "a:2", "b:1"]).keys() == {"a:2"}


def test_more_keys_than_a_statement_takes(state: State) -> None:
    resources = Resources(state)
    rows = {f"a:{number}": Resource(f"a:{number}", "a", "article", "") for number in range(1100)}
    resources.put([*rows.values()])
    keys = [f"a:{number}" for number in range(70_000)]
    assert resources.get(keys) == rows
    assert Versions(state).latest(keys) == {}


def test_dates_are_in_the_order_of_their_bytes(state: State) -> None:
    """A server that sorts as people do would take these for another order."""
    resources = Resources(state)
    dates = sorted(["2026-11-22T00:00:00.5Z", "2026-11-22T00:00:00Z", "2026-11-22t", "2026-11-22T", "Đ", "e", "E", "d"])
    resources.put([Resource(f"a:{date}", "a", "article", "", next_check=date) for date in dates])
    assert [row.next_check for row in resources.due("a", "article", "\U0010ffff", 100)] == dates
    assert [row.next_check for row in resources.due("a", "article", "2026-11-22T00:00:00Z", 100)] == [
        date for date in dates if date <= "2026-11-22T00:00:00Z"
    ]
    assert len(resources.due("a", "article", "\U0010ffff", 3)) == 3


def test_what_no_database_should_be_given(state: State) -> None:
    resources = Resources(state)
    hostile = Resource("a:\0\udcff", "a", "feed", "http://a.vn/\0", etag='"\ud800"', found_on="'; DROP TABLE runs; --")
    resources.put([hostile])
    resources.put([hostile])
    (row,) = resources.get([hostile.key]).values()
    assert (row.key, row.url, row.etag) == ("a:\ufffd\ufffd", "http://a.vn/\ufffd", '"\ufffd"')
    assert row.found_on == hostile.found_on


def test_a_transaction_is_kept_whole_or_not_at_all(state: State, state_url: str) -> None:
    resources = Resources(state)
    resources.put([Resource("a:1", "a", "article", "before")])
    bad = Resource("a:2", "a", "article", "after", status=None)  # type: ignore[arg-type]
    with pytest.raises(ArchiveError, match="state database"):
        resources.put([Resource("a:1", "a", "article", "after"), bad])
    assert {row.url for row in resources.get(["a:1", "a:2"]).values()} == {"before"}
    other = State(state_url)
    with state.transaction() as connection:
        connection.execute(text("UPDATE resources SET url = 'half'"))
        assert [row.url for row in Resources(other).get(["a:1"]).values()] == ["before"] or "sqlite" in state_url
    other.close()


def test_runs(state: State) -> None:
    runs = Runs(state)
    first = Run("a", "2026-11-22T00:00:00Z", "0123abcd")
    runs.put(first)
    runs.put(Run("a", "2026-11-21T00:00:00Z", "0123abcd"))
    runs.put(Run("b", "2026-11-22T00:00:00Z", "0123abcd"))
    assert [run.started[8:10] for run in runs.unfinished("a")] == ["21", "22"]
    runs.put(first.ends({"finish-reason": "finished", "complete": "yes", "bytes": str(1 << 40), "new": "never"}))
    assert [run.started[8:10] for run in runs.unfinished("a")] == ["21"]


@pytest.mark.parametrize("state_url", ["postgresql"], indirect=True)
def test_a_server_that_was_restarted(state: State, state_url: str) -> None:
    """Connections that were dropped are made anew, and a server that is away is waited for."""
    Versions(state).add([version("a:1")])
    url = make_url(state_url)
    admin, name = create_engine(url.set(database="postgres")), url.database

    def order(command: str) -> None:
        with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(command))

    drop = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    order(drop)
    assert Versions(state).latest(["a:1"])
    order(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    order(drop)
    back = Timer(1.0, order, [f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"])
    back.start()
    assert Versions(state).latest(["a:1"])
    back.join()
    admin.dispose()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bot:PASSWORD@127.0.0.1:1/news",
        "postgresql://127.0.0.1:1/news?user=bot&password=PASSWORD",
        "postgres://bot:PASSWORD@127.0.0.1/news",
        "postgresql+psycopg2://bot:PASSWORD@127.0.0.1/news",
        "postgresql://bot:PASSWORD@127.0.0.1:many/news",
        "postgresql://bot:PASS@WORD@127.0.0.1:many/news",
        "postgresql://bot:1/PASSWORD#@127.0.0.1/news",
    ],
)
def test_what_is_wrong_is_said_in_one_line_without_the_password(url: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        State(url.replace("PASS", "geheim"))
    message = str(caught.value)
    assert "geheim" not in message
    assert "\n" not in message
    assert url.partition(":")[0] in message


def test_a_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=f"sqlite:///{tmp_path}/none/state.sqlite: unable to open"):
        State(f"sqlite:///{tmp_path}/none/state.sqlite")
