"""Files leave without what pages in others consist of, and both folders show their pages as before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import sleep

import pytest

from archive.requisites.known import KnownRequisites
from tests.harness.commands import said_by
from tests.harness.illustrated import (
    COLOUR,
    HEADLINE_COLOUR,
    HOST,
    Illustrated,
    captured,
    illustrated,
    info_of,
    packaged,
)
from tests.harness.replayweb import replayweb
from tests.harness.warc_reading import read_records

COPIES = "originals.warc.gz"


@dataclass(frozen=True)
class Old:
    """An archive of four days; the last has a page that consists of what the first three gave."""

    site: Illustrated
    #: Names of the files.
    files: list[str]
    #: A moment between the third day and the last.
    before: str

    def copy(self, folder: Path) -> Old:
        data = Path(shutil.copytree(self.site.data, folder / "data"))
        return replace(self, site=replace(self.site, data=data))


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    with illustrated(tmp_path_factory.mktemp("old") / "data") as site:
        files = []
        for path, days in (
            ("/cho", 0),  # with the style sheet, which is asked for again
            ("/lu", 30),  # that it was not modified, and a picture that the last page has, too
            ("/chi-tin", 30),  # nothing that anybody else needs
            ("/lu-rut", 30),
        ):
            sleep(1)  # an index knows the second of a capture
            files.append(site.crawl(path, REQUISITES_RECHECK_DAYS=days))
        before = next(each for each in read_records(files[-1]) if each.type == "request")["WARC-Date"][:19]
        yield Old(site, [path.name for path in files], before)


def names(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "warc").glob("*.warc.gz"))


def assert_complete(site: Illustrated, path: str) -> None:
    """All that a page consists of is there, and so is what revisits refer to."""
    records = site.records()
    held = {record["WARC-Record-ID"] for record in records}
    info = info_of(records, path)
    assert {entry["record"] for entry in info["urls"].values() if "record" in entry} <= held
    assert f"{HOST}/site.css" in info["urls"]
    assert "no faults, no notes" in said_by("verify", "--all", data=site.data)


def test_what_a_page_consists_of_stays(old: Old, tmp_path: Path) -> None:
    site = old.copy(tmp_path).site
    first, second, third, last = old.files
    said = said_by("retire", f"--before={old.before}", "--to", tmp_path / "old", data=site.data)
    assert f"stays: {second}, to which captures in 1 files refer, such as {last}" in said
    assert f"stays: {first}, to which captures in" in said
    assert names(site.data) == sorted([first, second, last])
    assert names(tmp_path / "old") == sorted([third, COPIES])
    assert_complete(site, "/lu-rut")
    assert_complete(replace(site, data=tmp_path / "old"), "/chi-tin")


def test_copies_of_what_it_consists_of_stay(old: Old, tmp_path: Path) -> None:
    site = old.copy(tmp_path).site
    said_by("retire", f"--before={old.before}", "--to", tmp_path / "old", "--keep-originals", data=site.data)
    assert names(site.data) == sorted([old.files[-1], COPIES])
    assert names(tmp_path / "old") == sorted(old.files[:-1])
    assert_complete(site, "/lu-rut")
    copies = [record.get("WARC-Target-URI") for record in read_records(site.data / "warc" / COPIES)]
    assert {f"{HOST}/site.css", f"{HOST}/more.css", f"{HOST}/song.gif"} <= {*copies}
    assert not {f"{HOST}{path}" for path in ("/cho", "/lu", "/lu.gif", "/cho.gif", "/ban-do")} & {*copies}
    assert_complete(replace(site, data=tmp_path / "old"), "/lu")


def test_after_that_a_package_replays_as_before(old: Old, tmp_path: Path) -> None:
    site = old.copy(tmp_path).site
    last, before, after = site.data / "warc" / old.files[-1], tmp_path / "before.wacz", tmp_path / "after.wacz"
    said_by("wacz", last, "-o", before, data=site.data)
    said_by("retire", f"--before={old.before}", "--delete", "--keep-originals", "--yes", data=site.data)
    said_by("wacz", last, "-o", after, data=site.data)
    assert captured(packaged(before, tmp_path / "1")) == captured(packaged(after, tmp_path / "2")) != []
    page = next(each for each in read_records(last) if each.get("WARC-Target-URI") == f"{HOST}/lu-rut")
    with replayweb(after) as player:
        assert player.evaluate(f"{HOST}/lu-rut", page["WARC-Date"], HEADLINE_COLOUR) == COLOUR


def test_a_page_that_was_not_modified_keeps_what_its_original_consists_of(tmp_path: Path) -> None:
    with illustrated(tmp_path / "data") as site:
        site.crawl("/lu")
        sleep(1)
        second = site.crawl("/lu", REQUISITES="off")
        before = next(each for each in read_records(second) if each.type == "request")["WARC-Date"][:19]
        said_by("retire", f"--before={before}", "--delete", "--keep-originals", "--yes", data=site.data)
        assert names(site.data) == sorted([second.name, COPIES])
        assert {"/lu", "/lu.gif", "/site.css", "/more.css", "/ban-do", "/map.gif"} <= site.held()
        assert_complete(site, "/lu")
        said_by("wacz", second, "-o", tmp_path / "p.wacz", data=site.data)


def test_what_has_left_is_asked_for_in_full(old: Old, tmp_path: Path) -> None:
    site = old.copy(tmp_path).site
    said_by("retire", f"--before={old.before}", "--delete", "--yes", data=site.data)
    site.asked()
    known = KnownRequisites(site.data / "requisites.sqlite")
    assert known.get(f"{HOST}/chi-tin.gif") is None
    assert known.get(f"{HOST}/lu.gif") is not None
    known.close()
    third = site.crawl("/chi-tin")
    assert site.asked() == ["/chi-tin", "/chi-tin.gif"]
    pictures = [each for each in read_records(third) if each.get("WARC-Target-URI") == f"{HOST}/chi-tin.gif"]
    assert [each.type for each in pictures] == ["request", "response", "metadata"]
