"""All fixtures, checked the same way. A new source adds fixtures, never test code.

A layout that several sources share needs the page of one of them: a new member of a family needs none.

tests/fixtures/<spider>/<page>.warc   a page as captured, with its request
tests/fixtures/<spider>/<page>.json   what must come of it, compared with the page by a person
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from scrapy.crawler import Crawler

from archive.records.members import members
from newsbot.items import FIELDS, SCHEMA_FILE, SCHEMA_VERSION
from newsbot.reading.article import READER_VERSION
from newsbot.replaying.captures import Reader
from newsbot.replaying.fixtures import FIXTURE_NAME, FOLDER, NOT_IN_FIXTURES, read_result
from newsbot.spider import Layout
from tests.harness.fixture_pages import PAGES, SETTINGS, captured, expected
from tests.harness.pages import LOADER, SPIDERS, load

LARGEST = 200_000

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}-{page.stem}")


@pytest.fixture(scope="module")
def readers() -> dict[str, Reader]:
    return {name: Reader(Crawler(LOADER.load(name), SETTINGS)) for name in SPIDERS}


@every_page
def test_page_is_read_as_expected(page: Path, readers: dict[str, Reader]):
    fixture = expected(page)
    assert read_result(readers[page.parent.name], captured(page)) == {
        "outcome": fixture["outcome"],
        "article": fixture["article"],
    }


@every_page
def test_record_is_a_whole_line(page: Path):
    """What is expected is a complete article line, but for what says where the capture lies and which code read it."""
    fixture = expected(page)
    assert (fixture["article"] is None) == (fixture["outcome"] != "article")
    if fixture["article"] is None:
        return
    assert list(fixture["article"]) == [name for name in FIELDS if name not in NOT_IN_FIXTURES]
    capture = captured(page).meta["capture"]
    line = fixture["article"] | {
        "schema_version": SCHEMA_VERSION,
        "pages": [],
        "body": "\n\n".join(fixture["article"]["body"]),
        "reader_version": READER_VERSION,
        "capture": capture.pointer() | {"file": "a.warc.gz"},
    }
    Draft202012Validator(json.loads(SCHEMA_FILE.read_text())).validate(line)
    assert (line["url"], line["fetched_at"]) == (capture.url, capture.date)


@every_page
def test_a_person_has_reviewed_it(page: Path):
    fixture = expected(page)
    assert list(fixture) == ["reviewed", "shows", "outcome", "article"]
    assert fixture["reviewed"] is True, f"compare {page} with its .json, then set reviewed to true"
    assert fixture["shows"] and "TODO" not in fixture["shows"]


@every_page
def test_capture_is_one_whole_exchange(page: Path):
    assert page.stat().st_size <= LARGEST
    request, response = members(page)
    assert (request.type, response.type) == ("request", "response")
    for record, other in ((request, response), (response, request)):
        assert record.version in ("WARC/1.0", "WARC/1.1")
        assert record.get("WARC-Block-Digest") == f"sha256:{sha256(record.block).hexdigest()}"
        assert not record.get("WARC-Truncated")
        assert record.get("WARC-Concurrent-To") == other.get("WARC-Record-ID")
        assert record.get("WARC-Target-URI") == other.get("WARC-Target-URI")
        assert record.get("WARC-Date") == other.get("WARC-Date")


@pytest.fixture(scope="module")
def met() -> set[Layout]:
    """The layouts of which there are pages."""
    found = {(page.parent.name, article["layout"]) for page in PAGES if (article := expected(page)["article"])}
    return {layout for name in SPIDERS for layout in load(name).layouts if (name, layout.name) in found}


@pytest.mark.parametrize("name", SPIDERS)
def test_every_layout_has_a_page(name: str, met: set[Layout]):
    assert [layout.name for layout in load(name).layouts if layout not in met] == []


def test_what_is_no_article_has_pages():
    fixtures = [expected(page) for page in PAGES]
    assert {"article", "incomplete", "gone", "wall"} <= {fixture["outcome"] for fixture in fixtures}
    assert any(fixture["article"] and fixture["article"]["layout"] is None for fixture in fixtures)


def test_files_come_in_pairs_of_known_sources():
    files = [path for path in FOLDER.rglob("*") if path.is_file() and path.name != ".gitattributes"]
    assert {path.with_suffix("") for path in files} == {page.with_suffix("") for page in PAGES}
    assert len(files) == 2 * len(PAGES)
    assert {path.suffix for path in files} == {".warc", ".json"}
    assert {page.parent.name for page in PAGES} <= set(SPIDERS)
    assert all(FIXTURE_NAME.fullmatch(page.stem) for page in PAGES)
