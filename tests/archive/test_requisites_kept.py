"""Archives with page requisites are sound, and every command that reads archives knows how to take them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from archive.clock import now
from tests.harness.commands import said_by
from tests.harness.illustrated import HOST, Illustrated, illustrated
from tests.harness.warc_making import collection, gz, record, warcinfo
from tests.harness.warc_reading import read_records


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Illustrated]:
    with illustrated(tmp_path_factory.mktemp("pages") / "data") as site:
        site.crawl("/cho", REQUISITES_RECHECK_DAYS=0)
        site.crawl("/lu")
        site.crawl("/lu-rut")
        yield site


@pytest.fixture
def site(pages: Illustrated, tmp_path: Path) -> Illustrated:
    return replace(pages, data=Path(shutil.copytree(pages.data, tmp_path / "data")))


def test_they_are_sound_as_a_whole_and_file_by_file(pages: Illustrated) -> None:
    assert "no faults, no notes" in said_by("verify", "--all", data=pages.data)
    for path in pages.files():
        assert "no faults, no notes" in said_by("verify", "--all", path, data=pages.data)


def test_what_a_page_consists_of_and_is_nowhere_is_noted(site: Illustrated) -> None:
    _, second, third = site.files()
    second.unlink()
    said = said_by("verify", "--all", third, data=site.data)
    notes = [line for line in said.splitlines() if ": requisite-missing: " in line]
    assert notes, said
    assert all(f"urn:pageinfo:{HOST}/lu-rut names {HOST}/" in note and "(note)" in note for note in notes), notes


def test_a_damaged_list_of_requisites_is_no_fault(tmp_path: Path) -> None:
    blocks = [
        b"",
        b"{",
        b"[]",
        b'{"urls":[]}',
        b'{"urls":{"http://a.test/":7}}',
        b"[" * 100_000,
        b"\xff",
        b'{"urls":{"\\ud800":{}}}',
    ]
    resources = (record("resource", block, warc_target_uri="urn:pageinfo:http://a.test/") for block in blocks)
    (tmp_path / "a.warc.gz").write_bytes(gz(warcinfo(), *resources))
    assert "no faults" in said_by("verify", "--all", tmp_path / "a.warc.gz", data=tmp_path)


def test_it_may_be_written_long_after_its_page(tmp_path: Path) -> None:
    early, late = (f"{now() - timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (9, 1))
    page = record("resource", b"{}", warc_target_uri="urn:pageinfo:http://a.test/", warc_date=early)
    other = record("resource", b"text", warc_target_uri="http://a.test/", warc_date=late)
    (tmp_path / "a.warc.gz").write_bytes(gz(warcinfo(warc_date=early), other, page))
    assert "date-order" not in said_by("verify", "--all", tmp_path / "a.warc.gz", data=tmp_path)


def test_index_convert_and_repair_take_them(site: Illustrated, tmp_path: Path) -> None:
    for words in (["index", "rebuild"], ["repair", *site.files()]):
        said_by(*words, data=site.data)
    (entry,) = collection(site.data).index.captures(f"urn:pageinfo:{HOST}/lu")
    assert entry.mime == "application/json"
    assert "no faults, no notes" in said_by("verify", "--all", data=site.data)
    first = site.files()[1]
    (tmp_path / "converted").mkdir()
    said_by("convert", "--output", tmp_path / "converted", first, data=site.data)
    (converted,) = (tmp_path / "converted").glob("*.warc.gz")
    assert [each.block for each in read_records(converted) if each.type == "resource"] == [
        each.block for each in read_records(first) if each.type == "resource"
    ]
