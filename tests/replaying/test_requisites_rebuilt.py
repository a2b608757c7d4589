"""What a page embeds is no page: no article is read from it again, and nothing is known of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.http.exchange import Exchange
from tests.harness.commands import against, run_scrapy, said_by
from tests.harness.crawl_play import rows
from tests.harness.durability import lines
from tests.harness.warc_making import write
from tests.harness.warc_reading import read_records
from tests.replica.server import Replica
from tests.replica.sites import NOW

SOURCE = "haiduongtv"


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Responses at the addresses of articles."""
    data = tmp_path_factory.mktemp("crawl")
    with Replica(articles=4, now=NOW) as replica:
        done = run_scrapy("crawl", SOURCE, *against(replica), data=data, environment=replica.environment)
    assert done.returncode == 0, done.stderr
    urls = {line["url"] for line in lines(data)}
    (warc,) = (data / "warc").glob("*.warc.gz")
    found = (each for each in read_records(warc) if each.type == "response")
    return {each["WARC-Target-URI"]: each.block for each in found if each["WARC-Target-URI"] in urls}


def exchange(url: str, answer: bytes, second: int, hops: str) -> Exchange:
    started = datetime.now(UTC) - timedelta(hours=1) + timedelta(seconds=second)
    return Exchange(url, "GET", started, bytearray(b"GET / HTTP/1.1\r\n\r\n"), bytearray(answer), hops=hops)


def test_an_article_in_a_frame_gives_no_line_and_no_state(articles: dict[str, bytes], tmp_path: Path) -> None:
    (page, body), (frame, framed), (gone, _), (lost, _), *_ = articles.items()
    failed = exchange(lost, b"", 3, "LE")
    failed.error = "connection lost"
    exchanges = [
        exchange(page, body, 0, "L"),
        exchange(frame, framed, 1, "LE"),
        exchange(gone, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 2, "LE"),
        failed,
    ]
    data = tmp_path / "data"
    warc = write(data, exchanges, prefix=SOURCE)
    said_by("rebuild", "--output", data / "articles", warc, data=data)
    (line,) = lines(data)
    assert line["url"] == page
    said_by("rebuildstate", data=data)
    state = f"sqlite:///{data}/state-rebuilt.sqlite"
    assert rows(state, "SELECT key FROM resources") == rows(state, "SELECT id FROM article_versions") == [(line["id"],)]
