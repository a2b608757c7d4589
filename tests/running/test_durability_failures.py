"""A disk that fails at any moment: the crawl ends with status 3, no line lacks its capture, the next start recovers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from spiders.baosonla import BaosonlaSpider
from tests.harness.commands import Command
from tests.harness.durability import (
    SOURCE,
    Bench,
    article_ids,
    assert_complete,
    assert_kept,
    assert_lines_resolve,
    assert_sound,
    bench,
    lines,
    synced_content,
)
from tests.harness.warc_reading import read_records

#: So small a run that it can be repeated for each thing it asks of the disk: one WARC file, one sync before its end.
SMALL = {"ARCHIVE_MAX_BYTES": "10000000", "ARCHIVE_SYNC": "close"}
WORKERS = 2
THOROUGH = "NEWSBOT_KILLS" in os.environ
#: Of a mode, every so many-th request fails, if it shall not take long; nearly all come in rows of one kind.
EVERY = {"fail": 2, "fail-from": 6, "short": 2}
#: Every so many-th failure is followed by a crawl and not by a mere recovery.
CRAWL_AFTER = 8


@dataclass(frozen=True)
class Small:
    """A bench, and the names of all that a run asks of the disk."""

    bench: Bench
    requests: list[str]


def small_crawl(each: Bench, data: Path, **disk: object) -> Command:
    order = {"folder": str(data), "notes": f"{data}-notes"} | disk
    return each.start(data, "crawl", SOURCE, "-a", "limit=2", settings=SMALL, disk=order)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    folder = tmp_path_factory.mktemp("small")
    with bench() as each:
        assert small_crawl(each, folder / "data").wait() == 0
        yield Small(each, (folder / "data-notes.requests").read_text().split())


@pytest.mark.parametrize("mode", ["fail", "fail-from", "short"])
def test_each_request_to_the_disk_may_fail(small: Small, tmp_path: Path, mode: str) -> None:
    """The k-th for many k, or for all: with an error; with that and all after it; by taking half of what is written."""
    asked = [at for at, name in enumerate(small.requests, 1) if mode != "short" or name in ("write", "pwrite")]
    if not THOROUGH:
        asked = asked[:: EVERY[mode]]

    def work(at: int) -> None:
        fail_at(small.bench, tmp_path / f"{at}-{small.requests[at - 1]}", mode, at)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, asked))


def fail_at(each: Bench, data: Path, mode: str, at: int) -> None:
    command = small_crawl(each, data, mode=mode, at=at)
    status, said = command.wait(), command.said()
    may_be_mended = mode == "fail" and data.name.endswith(("-open", "-unlink", "-mkdir"))
    assert status == 3 or (status == 0 and may_be_mended), (data.name, mode, status, said)
    assert status == 0 or f"newsbot: {SOURCE}: " in said, (data.name, mode, said)
    assert_lines_resolve(data)
    safe = synced_content(Path(f"{data}-notes"))
    if not data.exists():  # the very first request has failed: `recover` takes that for a mistyped name
        assert each.start(data, "recover", SOURCE).wait() == 2
    elif at % CRAWL_AFTER:
        assert each.start(data, "recover", SOURCE).wait() == 0
        assert not list((data / "warc").glob("*.open")) + list((data / "articles").rglob("*.open"))
        for path in (data / "warc").glob("*.warc.gz"):
            assert_sound(path)
        assert sorted(line["id"] for line in lines(data)) == captured_articles(data), (data.name, mode)
    else:
        assert each.crawl(data) == 0
        assert_complete(data, article_ids())
    assert_lines_resolve(data)
    assert_kept(safe)


def captured_articles(data: Path) -> list[str]:
    """The ids of all article pages in the archive."""
    records = [record for path in (data / "warc").glob("*.warc.gz") for record in read_records(path)]
    pages = [record for record in records if record.type == "response" and record.block.split(b" ", 2)[1] == b"200"]
    ids = {BaosonlaSpider.article_id(page["WARC-Target-URI"]) for page in pages}
    return sorted(each for each in ids if each)
