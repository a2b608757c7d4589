"""A package takes along what its pages need, whenever that was captured, and replays alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.harness.commands import said_by, scrapy
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


@dataclass(frozen=True)
class Days:
    """An archive of three days; on the second the style sheet was asked for again, and had not been modified."""

    site: Illustrated
    files: list[Path]

    @property
    def last(self) -> Path:
        return self.files[-1]


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with illustrated(tmp_path_factory.mktemp("days") / "data") as site:
        files = [site.crawl("/cho", REQUISITES_RECHECK_DAYS=0), site.crawl("/lu"), site.crawl("/lu-rut")]
        yield Days(site, files)


def test_the_last_day_replays_with_the_style_sheet_of_the_first(days: Days, tmp_path: Path) -> None:
    """Also along goes the answer that it was not modified since, which the page names."""
    output = tmp_path / "day.wacz"
    page = next(each for each in read_records(days.last) if each.get("WARC-Target-URI") == f"{HOST}/lu-rut")
    since = page["WARC-Date"][:23]
    said_by("wacz", *days.files, f"--since={since}", "-o", output, data=days.site.data)
    records = packaged(output, tmp_path)
    held = {record["WARC-Record-ID"] for record in records}
    assert {entry["record"] for entry in info_of(records, "/lu-rut")["urls"].values()} <= held
    paths = captured(records)
    assert [each.type for each in records if each["WARC-Target-URI"] == f"{HOST}/site.css"].count("revisit") == 1
    assert {"/site.css", "/more.css", "/song.gif", "/ben.gif"} <= {*paths}
    assert not {"/lu", "/cho", "/lu.gif", "/cho.gif", "/ban-do"} & {*paths}
    with replayweb(output) as player:
        assert player.evaluate(f"{HOST}/lu-rut", page["WARC-Date"], HEADLINE_COLOUR) == COLOUR
        sizes = "[...document.images].map(image => image.naturalWidth)"
        assert player.evaluate(f"{HOST}/lu-rut", page["WARC-Date"], sizes) == [1, 1]


def test_they_can_be_left_out(days: Days, tmp_path: Path) -> None:
    output = tmp_path / "alone.wacz"
    said_by("wacz", "--without-originals", days.last, "-o", output, data=days.site.data)
    with ZipFile(output) as package:
        assert [name for name in package.namelist() if name.startswith("archive/")] == [f"archive/{days.last.name}"]


@pytest.mark.parametrize("has_index", [True, False])
def test_what_is_nowhere_is_named_with_its_page(days: Days, has_index: bool, tmp_path: Path) -> None:
    data = tmp_path / "data"
    if has_index:
        shutil.copytree(days.site.data, data)
        (data / "warc" / days.files[1].name).unlink()
    else:
        (data / "warc").mkdir(parents=True)
        shutil.copy(days.last, data / "warc")
    status, said = scrapy("wacz", "-o", tmp_path / "p.wacz", data / "warc" / days.last.name, data=data)
    assert status == 1
    assert re.search(
        rf"^wacz: {HOST}/lu-rut: {HOST}/song\.gif of [-0-9T:.]+Z, which it consists of, is not in the archive$",
        said,
        re.MULTILINE,
    )
    assert (tmp_path / "p.wacz").exists()


def test_without_an_index_they_are_found_by_their_ids(days: Days, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(days.site.data / "warc", data / "warc")
    said_by("wacz", data / "warc" / days.last.name, "-o", tmp_path / "p.wacz", data=data)
    assert {"/site.css", "/song.gif"} <= {*captured(packaged(tmp_path / "p.wacz", tmp_path))}


def test_a_page_that_was_not_modified_has_what_its_original_consists_of(tmp_path: Path) -> None:
    with illustrated(tmp_path / "data") as site:
        site.crawl("/lu")
        second = site.crawl("/lu", REQUISITES="off")
        assert [each.type for each in read_records(second) if each.type in ("revisit", "resource")] == ["revisit"]
        said_by("wacz", second, "-o", tmp_path / "p.wacz", data=site.data)
    records = packaged(tmp_path / "p.wacz", tmp_path)
    assert {"/lu", "/lu.gif", "/site.css", "/more.css", "/map.gif"} <= {*captured(records)}
    assert info_of(records, "/lu")
