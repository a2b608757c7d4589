"""A command whose disk is full ends with status 3 and one line, and leaves no half-written file."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.commands import against, clean_environment, run_scrapy
from tests.replica.server import Replica

SOURCE = "baosonla"
#: Bytes that a file may have: room for a beginning, not for an end.
LIMIT = 9000


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("full") / "data"
    with Replica(articles=8) as replica:
        order = ("crawl", SOURCE, "--nolog", *against(replica))
        done = run_scrapy(*order, data=data, environment=clean_environment() | replica.environment)
    assert done.returncode == 0, done.stderr
    yield data


@pytest.mark.parametrize(
    "words",
    ["wacz", "rebuildstate", "report", "index export DATA/all.cdxj", "index rebuild", "rebuild WARC", "repair TORN"],
)
def test_a_full_disk(crawled: Path, tmp_path: Path, words: str) -> None:
    data = tmp_path / "data"
    shutil.copytree(crawled, data)
    (warc,) = (data / "warc").glob("*.warc.gz")
    torn = data / "warc" / "torn.warc.gz"
    if "TORN" in words:
        torn.write_bytes(warc.read_bytes()[:-100])
    before = {path for path in data.rglob("*") if path.is_file()}
    order = [
        word.replace("DATA", str(data)).replace("WARC", str(warc)).replace("TORN", str(torn)) for word in words.split()
    ]
    done = run_scrapy(*order, data=data, environment=clean_environment(), file_limit=LIMIT)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
    assert f"{order[0]}: " in done.stderr
    new = {path for path in data.rglob("*") if path.is_file()} - before
    kept = ("locks/", "index/run-", "index/lock", "dedup.sqlite", "rebuilt/")
    left = [str(path.relative_to(data)) for path in new]
    assert [name for name in left if not name.startswith(kept)] == []
    assert not [name for name in left if name.endswith((".tmp", ".open", ".repaired"))]
