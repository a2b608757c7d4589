"""Revisits in the players that archives use: of the same URL and of another, within a file and across files."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.harness.replay_tools import replay_tool
from tests.harness.replayweb import replayweb
from tests.harness.small_server import PAGE, ArchiveCrawls, archive_crawls, captures, same_page
from tests.harness.warc_reading import Record
from tests.harness.wayback import wayback


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveCrawls]:
    with archive_crawls(same_page, tmp_path_factory.mktemp("revisits")) as crawls:
        crawls.crawl("/a", "/a", "/b", "/tagged")
        crawls.crawl("/a", "/c", {"url": "/tagged", "headers": {"If-None-Match": '"v1"'}})
        yield crawls


def stamp(capture: Record) -> str:
    return re.sub(r"\D", "", capture["WARC-Date"])[:14]


def test_pywb(crawls: ArchiveCrawls, tmp_path: Path) -> None:
    run = {"cwd": tmp_path, "check": True, "capture_output": True, "timeout": 120}
    subprocess.run([replay_tool("wb-manager"), "init", "news"], **run)  # type: ignore[call-overload]
    subprocess.run([replay_tool("wb-manager"), "add", "news", *crawls.files()], **run)  # type: ignore[call-overload]
    with wayback(tmp_path) as address:
        for file in crawls.files():
            for capture in captures(file):
                if capture.block.startswith(b"HTTP/1.1 304"):
                    continue
                url = capture["WARC-Target-URI"]
                with urlopen(f"{address}/news/{stamp(capture)}id_/{url}") as answer:
                    expected = PAGE + b"<p>tagged" * url.endswith("/tagged")
                    assert answer.read() == expected, capture.fields


def test_replayweb_within_a_file(crawls: ArchiveCrawls) -> None:
    file = crawls.files()[0]
    with replayweb(file) as player:
        for capture in captures(file):
            assert "Lũ về" in player.text(capture["WARC-Target-URI"], capture["WARC-Date"])


def test_replayweb_across_files(crawls: ArchiveCrawls, tmp_path: Path) -> None:
    """Both files' records, one behind the other, are a WARC file, too."""
    together = tmp_path / "both.warc.gz"
    together.write_bytes(b"".join(file.read_bytes() for file in crawls.files()))
    with replayweb(together) as player:
        for capture in captures(crawls.files()[1]):
            assert "Lũ về" in player.text(capture["WARC-Target-URI"], capture["WARC-Date"]), capture.fields
