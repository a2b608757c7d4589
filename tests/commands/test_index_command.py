"""``scrapy index`` as an operator calls it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import sleep

import pytest

from archive.index.index import digits
from newsbot.locks.archive_lock import archive_lock
from tests.harness.cdxj_agreement import public_lines
from tests.harness.commands import run_scrapy
from tests.harness.small_server import ArchiveCrawls, archive_crawls, captures
from tests.harness.warc_making import gz, record, warcinfo


@pytest.fixture(scope="module")
def crawls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArchiveCrawls]:
    with archive_crawls(lambda path, before: (200, {}, b"page " * 500), tmp_path_factory.mktemp("index")) as crawls:
        crawls.crawl("/a", "/b", "/b/c")
        sleep(1)  # an index tells times by the second
        crawls.crawl("/a")
        yield crawls


def index(data: Path, *arguments: str) -> tuple[int, list[str], str]:
    done = run_scrapy("index", *arguments, data=data)
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_lookup(crawls: ArchiveCrawls) -> None:
    url = crawls.server.url("/a")
    status, lines, _ = index(crawls.data, "lookup", url)
    assert (status, len(lines)) == (0, 2)
    assert "text/html" in lines[0] and "revisit" in lines[1]
    assert [line.split()[-4] for line in lines] == [file.name for file in crawls.files()]
    later = captures(crawls.files()[1])[0]["WARC-Date"]
    assert index(crawls.data, "lookup", url, "--at", later)[1] == lines[1:]
    assert index(crawls.data, "lookup", url, "--at", "1999")[1] == lines[:1]
    assert index(crawls.data, "lookup", url, "--until", "2000")[:2] == (1, [])
    assert len(index(crawls.data, "lookup", crawls.server.url("/b"), "--prefix")[1]) == 2
    assert len(index(crawls.data, "lookup", url, "--host", "--limit", "3")[1]) == 3
    assert index(crawls.data, "lookup", url, "--cdxj", "--at", later)[1][0].split(" {")[0].endswith(digits(later))


def test_lookup_of_what_was_made_of_a_page(tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    urn = "urn:pageinfo:https://baosonla.vn/"
    made = record("resource", b"{}", content_type="application/json", warc_target_uri=urn)
    (tmp_path / "warc" / "a.warc.gz").write_bytes(gz(warcinfo(), made))
    assert index(tmp_path, "rebuild")[0] == 0
    status, lines, _ = index(tmp_path, "lookup", urn)
    assert (status, len(lines)) == (0, 1)
    assert lines[0].endswith(urn)
    assert index(tmp_path, "lookup", "--prefix", "urn:pageinfo:https://baosonla")[0] == 0
    for words in (["urn:x:a b"], [urn, "--host"]):
        assert index(tmp_path, "lookup", *words)[0] == 2, words


def test_export_is_the_public_tools_index(crawls: ArchiveCrawls, tmp_path: Path) -> None:
    output = tmp_path / "new" / "folder" / "all.cdxj"
    assert index(crawls.data, "export", str(output))[0] == 0
    expected = sorted(line for file in crawls.files() for line in public_lines(file))
    assert output.read_text().splitlines() == expected


def test_rebuild(crawls: ArchiveCrawls, tmp_path: Path) -> None:
    crawls = replace(crawls, data=Path(shutil.copytree(crawls.data, tmp_path / "data")))
    before = list(crawls.collection().index.lines())
    (crawls.data / "index" / "runs.json").write_text("broken")
    assert index(crawls.data, "lookup", "http://a.test/")[0] == 3
    assert index(crawls.data, "rebuild")[:2] == (0, ["2 files indexed"])
    assert list(crawls.collection().index.lines()) == before
    (crawls.warcs / "torn.warc.gz").write_bytes(crawls.files()[0].read_bytes()[:-9])
    status, _, said = index(crawls.data, "rebuild")
    assert status == 1
    assert "torn.warc.gz: at " in said


def test_files_that_no_index_leads_to_are_named(crawls: ArchiveCrawls, tmp_path: Path) -> None:
    data = Path(shutil.copytree(crawls.data, tmp_path / "data"))
    shutil.rmtree(data / "index")
    for words in (("lookup", crawls.server.url("/a")), ("export", str(tmp_path / "all.cdxj"))):
        status, _, said = index(data, *words)
        assert status == 1
        assert (
            f"index: no index leads to 2 WARC files, such as {crawls.files()[0].name}: `scrapy index rebuild`" in said
        )
    assert index(data, "rebuild")[0] == 0
    assert index(data, "lookup", crawls.server.url("/a"))[::2] == (0, "")


def test_nothing_is_indexed_while_the_archive_is_rewritten(crawls: ArchiveCrawls) -> None:
    with archive_lock(crawls.data / "locks", rewriting=True):
        status, _, said = index(crawls.data, "rebuild")
    assert (status, "try again later" in said) == (75, True)


@pytest.mark.parametrize("arguments", [[], ["lookup"], ["export"], ["rebuild", "x"], ["other", "x"]])
def test_usage(tmp_path: Path, arguments: list[str]) -> None:
    assert index(tmp_path, *arguments)[0] == 2
