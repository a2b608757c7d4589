"""What whole commands make of a state on a PostgreSQL server: several sources at once, and what is taken out of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.commands import against
from tests.harness.crawl_play import Play, rows
from tests.harness.databases import Databases
from tests.harness.durability import lines
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

ARTICLES = 12
SOURCES = ("baosonla", "haiduongtv", "yenmy")


@pytest.fixture(scope="module")
def play(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Three sources crawled at once, into a database that had no table yet."""
    data = tmp_path_factory.mktemp("data")
    with Replica(articles=ARTICLES, now=NOW) as replica:
        play = Play(replica, SOURCES[0], data, databases.new("postgresql", data))
        done = play.scrapy("crawlall", *SOURCES, "--jobs=3", *against(replica))
        assert done.returncode == 0, done.stdout + done.stderr
        yield play


def test_sources_crawled_at_once(play: Play) -> None:
    assert not list(play.data.glob("state.sqlite*"))
    found = lines(play.data)
    expected = {
        story.key
        for site in sites(ARTICLES, now=NOW)
        if site.name in SOURCES
        for story in site.stories
        if story.kind == "article"
    }
    assert {line["id"] for line in found} == expected
    assert len(found) == len(expected)
    versions = sorted(rows(play.state_url, "SELECT id, version, fetched_at FROM article_versions"), key=str)
    assert versions == sorted(((line["id"], 1, line["fetched_at"]) for line in found), key=str)
    ended = rows(play.state_url, "SELECT source, ended FROM runs")
    assert sorted(ended) == [(source, "finished") for source in SOURCES]


def test_rebuilt(play: Play, databases: Databases, tmp_path: Path) -> None:
    output = databases.new("postgresql", tmp_path)
    done = play.scrapy("rebuildstate", f"--output={output}")
    assert done.returncode == 0, done.stdout + done.stderr
    for query in ("SELECT * FROM runs", "SELECT * FROM article_versions"):
        assert sorted(rows(output, query), key=str) == sorted(rows(play.state_url, query), key=str)


def test_redacted(play: Play) -> None:
    """Nothing of it is left in the tables, nor beside them: they are written anew."""
    line = lines(play.data)[0]
    count = "SELECT count(*) FROM article_versions"
    ((before,),) = rows(play.state_url, count)
    files = "SELECT relname, relfilenode FROM pg_class WHERE relname IN ('article_versions', 'first_printings')"
    places = rows(play.state_url, files)
    done = play.scrapy("redact", "--reason=court order", "--by=The editor", line["url"], "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows(play.state_url, count) == [(before - 1,)]
    for table in ("article_versions", "first_printings"):
        assert not rows(play.state_url, f"SELECT id FROM {table} WHERE id = '{line['id']}'")
    assert {name for name, _ in places} == {"article_versions", "first_printings"}
    assert not set(places) & set(rows(play.state_url, files))
    assert play.scrapy("verify").returncode == 0
