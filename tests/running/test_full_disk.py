"""A command whose disk is full ends with status 3 and one line, and leaves no half-written file."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.project import ROOT
from tests.replica.server import Replica

SOURCE = "baosonla"
#: Bytes that a file may have: room for a beginning, not for an end.
LIMIT = 9000


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("full") / "data"
    with Replica(articles=8) as replica:
        settings = [f"CONNECT_TO={','.join(replica.settings['CONNECT_TO'])}", "DOWNLOAD_DELAY=0", "CRAWL_DELAY_MAX=0"]
        settings += ["AUTOTHROTTLE_ENABLED=False", "ARCHIVE_DISK_FLOOR=0"]
        words = [word for each in settings for word in ("-s", each)]
        done = scrapy(data, "crawl", SOURCE, "--nolog", *words, variables=replica.environment)
    assert done.returncode == 0, done.stderr
    yield data


def scrapy(
    data: Path, *words: str, limit: int = resource.RLIM_INFINITY, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command none of whose files may grow beyond so many bytes."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words],
        cwd=ROOT,
        env=os.environ | {"NEWSBOT_DATA": str(data), "NEWSBOT_CONFIG": ""} | dict(variables or {}),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        preexec_fn=limited,
    )


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
    done = scrapy(data, *order, limit=LIMIT)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
    assert f"{order[0]}: " in done.stderr
    new = {path for path in data.rglob("*") if path.is_file()} - before
    kept = ("locks/", "index/run-", "index/lock", "dedup.sqlite", "rebuilt/")
    left = [str(path.relative_to(data)) for path in new]
    assert [name for name in left if not name.startswith(kept)] == []
    assert not [name for name in left if name.endswith((".tmp", ".open", ".repaired"))]
