"""A redacted page takes along what was made of it and what only it consists of; what others have stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import sleep

import pytest

from archive.records.record import resource_record
from archive.requisites.known import KnownRequisites
from tests.harness.commands import said_by
from tests.harness.illustrated import HOST, Illustrated, illustrated
from tests.harness.redacting import assert_gone, assert_sound, redact
from tests.harness.small_server import captures
from tests.harness.warc_making import collection
from tests.harness.warc_reading import Record, read_records

MADE = {"urn:view:": "image/png", "urn:thumbnail:": "image/jpeg", "urn:text:": "text/plain", "urn:dom:": "text/html"}


def of_page(records: list[Record], path: str) -> list[str]:
    """Types of the records whose address is a page's, or is made of it."""
    return sorted({each.type for each in records if (each.get("WARC-Target-URI") or "").endswith(f"{HOST}{path}")})


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Illustrated]:
    """An archive of three pages, each with a view, a text and so on, as a crawl with a browser writes them."""
    with illustrated(tmp_path_factory.mktemp("pages") / "data") as site:
        first = site.crawl("/lu")
        site.crawl("/lu-rut", "/cho")
        page = next(each for each in captures(first) if each["WARC-Target-URI"] == f"{HOST}/lu")
        warcinfo = read_records(first)[0]["WARC-Record-ID"]
        with first.open("ab") as file:
            for prefix, mime in MADE.items():
                block = f"{prefix} of a page about a flood".encode()
                file.write(resource_record(warcinfo, f"{prefix}{HOST}/lu", mime, block, page["WARC-Date"]).data)
        collection(site.data).add(first, changed=True)
        yield site


@pytest.fixture
def site(pages: Illustrated, tmp_path: Path) -> Illustrated:
    return replace(pages, data=Path(shutil.copytree(pages.data, tmp_path / "data")))


def test_what_only_the_page_has_goes_and_what_others_have_stays(site: Illustrated) -> None:
    before = site.held()
    output = site.data / "wacz" / "p.wacz"
    said_by("wacz", "-o", output, *site.files(), data=site.data)
    said = redact(site.data, f"{HOST}/lu", "--yes")
    assert before - site.held() == {"/lu", "/lu.gif", "/ban-do", "/map.gif"}
    assert "other pages have 3 of its pictures and frames, too: these stay" in said  # /song.gif, the logo, a background
    for path in ("/lu", "/lu.gif", "/ban-do", "/map.gif"):
        assert f"{HOST}{path} (small-" in said
        assert of_page(site.records(), path) == ["metadata"], path
    tombstones = [each for each in site.records() if each.get("WARC-Refers-To")]
    gone = {each["WARC-Target-URI"] for each in tombstones if each.type == "metadata"}
    assert {f"{prefix}{HOST}/lu" for prefix in ("urn:pageinfo:", *MADE)} < gone
    assert_gone(site.data, b"about a flood", b"/lu.gif" * 20, b"/map.gif" * 20, "/lu: Nước sông".encode())
    assert_sound(site.data)
    said_by("wacz", "-o", site.data / "q.wacz", *site.files(), data=site.data)
    listed = (site.data / "do-not-fetch.txt").read_text()
    assert [line.split()[0] for line in listed.splitlines()[1:]] == [
        f"{HOST}{path}" for path in ("/ban-do", "/lu", "/lu.gif", "/map.gif")
    ]


def test_nothing_of_them_is_left_in_the_database_of_requisites(site: Illustrated) -> None:
    database = site.data / "requisites.sqlite"
    assert any(b"/map.gif" in path.read_bytes() for path in site.data.glob("requisites.sqlite*"))
    redact(site.data, f"{HOST}/lu", "--yes")
    for path in site.data.glob("requisites.sqlite*"):
        for name in (b"/map.gif", b"/lu.gif", b"/ban-do"):
            assert name not in path.read_bytes(), path
    known = KnownRequisites(database)
    assert known.get(f"{HOST}/site.css") is not None
    known.close()
    site.asked()
    site.crawl("/lu-rut")
    assert site.asked() == ["/lu-rut"]


def test_it_is_listed_before_anything_is_done(site: Illustrated) -> None:
    before = {path: path.read_bytes() for path in site.files()}
    said = redact(site.data, f"{HOST}/lu", "--dry-run")
    redacted = [line for line in said.splitlines() if line.startswith("would be redacted: ")]
    assert len(redacted) == 1 + 5 + 3
    alone = ", ".join(f"{HOST}{path}" for path in ("/ban-do", "/lu.gif", "/map.gif"))
    assert f"nor would what no other page consists of: {alone}\n" in said
    assert {path: path.read_bytes() for path in site.files()} == before


def test_a_version_takes_along_what_was_made_of_it_alone(site: Illustrated) -> None:
    site.crawl("/lu")
    pages = [each for path in site.files() for each in captures(path) if each["WARC-Target-URI"] == f"{HOST}/lu"]
    assert [each.type for each in pages] == ["response", "revisit"]
    before = site.held()
    redact(site.data, f"{HOST}/lu", "--record", pages[0]["WARC-Record-ID"], "--yes")
    assert site.held() == before
    made = [each for each in site.records() if each.type == "resource" and each["WARC-Target-URI"].endswith("/lu")]
    assert [each["WARC-Date"] for each in made] == [pages[1]["WARC-Date"]]
    assert not (site.data / "do-not-fetch.txt").exists()
    assert_sound(site.data)


def test_a_version_that_was_not_modified_keeps_its_pictures(site: Illustrated) -> None:
    site.crawl("/lu", REQUISITES="off")
    page = next(each for each in site.records() if each.type == "response" and each["WARC-Target-URI"] == f"{HOST}/lu")
    before = site.held()
    redact(site.data, f"{HOST}/lu", "--record", page["WARC-Record-ID"], "--yes")
    assert site.held() == before


def test_a_frame_that_is_a_page_itself_stays(site: Illustrated) -> None:
    site.crawl("/ban-do")
    before = site.held()
    redact(site.data, f"{HOST}/lu", "--yes")
    assert before - site.held() == {"/lu", "/lu.gif"}
    assert_sound(site.data)


def test_what_a_page_elsewhere_has_stays(tmp_path: Path) -> None:
    with illustrated(tmp_path / "data") as site:
        site.crawl("/lu")
        sleep(1)
        second = site.crawl("/lu-rut")
        before = next(each for each in read_records(second) if each.type == "request")["WARC-Date"][:19]
        order = ("retire", f"--before={before}", "--keep-originals", "--yes", "--to", tmp_path / "old")
        said_by(*order, data=site.data)
        held = site.held()
        redact(site.data, f"{HOST}/lu-rut", "--yes")
    assert held - site.held() == {"/lu-rut", "/ben.gif"}
    assert "/song.gif" in held
    assert_sound(site.data)
