"""`scrapy prove PACKAGE` proves nothing of a package that was made to say what the archive does not."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from archive.index.cdxj import indexed
from newsbot.proving.bundle_check import NoBundleError, check_bundle
from newsbot.proving.proof import Proof
from tests.harness.chained import article_page, line_files, settings
from tests.harness.commands import run_scrapy
from tests.harness.forged_package import repacked
from tests.harness.warc_making import write


@pytest.fixture(scope="module")
def bundle(chained_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package that proves that an article is gone."""
    path = tmp_path_factory.mktemp("bundle") / "proof.wacz"
    done = run_scrapy("prove", f"{line_files(chained_archive)[-1]}:1", "--bundle", str(path), data=chained_archive)
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture(scope="module")
def page_bundle(chained_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package that proves the line of a page."""
    path = tmp_path_factory.mktemp("bundle") / "page.wacz"
    done = run_scrapy("prove", f"{line_files(chained_archive)[0]}:1", "--bundle", str(path), data=chained_archive)
    assert done.returncode == 0, done.stderr
    return path


def as_it_is(name: str, content: bytes) -> bytes:
    return content


def failed(found: Proof) -> set[str]:
    return {check.name for check in found.checks if check.holds is False}


@pytest.mark.parametrize(
    ("order", "fails"),
    [
        ([0, 1, 2], set()),
        ([2, 1, 0], {"signature"}),
        ([0, 2, 1], {"signature"}),
        ([0, 1, 1, 2], {"signature"}),
        ([0, 1, 2, 0, 1, 2], {"signature"}),
    ],
)
def test_entries_are_in_the_order_of_the_chain(bundle: Path, tmp_path: Path, order: list[int], fails: set[str]) -> None:
    """What was said first of a file that was redacted would hold else."""

    def reordered(name: str, content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join(lines[each] for each in order) if name == "chain/entries.jsonl" else content

    forged = repacked(bundle, tmp_path / "forged.wacz", reordered)
    assert failed(check_bundle(forged, settings(tmp_path))) == fails


def test_entries_end_with_line_feeds(bundle: Path, tmp_path: Path) -> None:
    def returned(name: str, content: bytes) -> bytes:
        return content.replace(b"\n", b"\r") if name == "chain/entries.jsonl" else content

    with pytest.raises(NoBundleError):
        check_bundle(repacked(bundle, tmp_path / "forged.wacz", returned), settings(tmp_path))


def last_line(bundle: Path) -> tuple[str, bytes]:
    with ZipFile(bundle) as package:
        line = package.read("proof/line.jsonl")
    content: dict[str, Any] = json.loads(line)
    return str(content["id"]), line


@pytest.mark.parametrize("old", ["", "b", ":"])
def test_no_file_of_lines_in_a_package_goes_unchecked(bundle: Path, tmp_path: Path, old: str) -> None:
    """Whatever it makes of the article's id: it may be written in another way, or be another's."""
    article_id, line = last_line(bundle)
    escaped = article_id.replace(old, f"\\u{ord(old):04x}") if old else article_id
    other = line.replace(article_id.encode(), escaped.encode(), 1).replace(b'"title":"', b'"title":"Forged ', 1)
    more = {f"articles/{article_id.partition(':')[0]}/zzz.jsonl": other}
    forged = repacked(bundle, tmp_path / "forged.wacz", as_it_is, more)
    assert "lines" in failed(check_bundle(forged, settings(tmp_path)))


@pytest.mark.parametrize("given", [float, str, lambda number: number + 0.5, lambda number: [number]])
@pytest.mark.parametrize("name", ["number", "records"])
def test_the_place_of_a_record_is_told_by_whole_numbers(
    bundle: Path, tmp_path: Path, name: str, given: Callable[[int], object]
) -> None:
    def edit(file: str, content: bytes) -> bytes:
        if file != "proof/records.json":
            return content
        return json.dumps([each | {name: given(each[name])} for each in json.loads(content)]).encode()

    found = check_bundle(repacked(bundle, tmp_path / "forged.wacz", edit), settings(tmp_path))
    assert failed(found) == {"in its file"}


@pytest.mark.parametrize("records", [b"{}", b"1", b"[1]"])
def test_places_of_records_that_are_no_list_are_none(bundle: Path, tmp_path: Path, records: bytes) -> None:
    def edit(name: str, content: bytes) -> bytes:
        return records if name == "proof/records.json" else content

    with pytest.raises(NoBundleError):
        check_bundle(repacked(bundle, tmp_path / "forged.wacz", edit), settings(tmp_path))


def test_a_sound_package_holds_what_proves_its_line_alone(page_bundle: Path, tmp_path: Path) -> None:
    found = check_bundle(repacked(page_bundle, tmp_path / "same.wacz", as_it_is), settings(tmp_path))
    assert all(check.holds for check in found.checks), found.checks
    assert {check.name for check in found.checks} >= {"index", "pages", "report", "description"}


@pytest.mark.parametrize(
    "name", ["extra.txt", "archive/more.warc", "articles/a.jsonl", "articles/baosonla/a.jsonl/../b.jsonl", "proof/x/"]
)
def test_a_file_that_no_proof_has_is_not_part_of_it(page_bundle: Path, tmp_path: Path, name: str) -> None:
    forged = repacked(page_bundle, tmp_path / "forged.wacz", as_it_is, {name: b"more"})
    found = check_bundle(forged, settings(tmp_path))
    assert f"{name} is not part of what was proven" in [check.says for check in found.checks if not check.holds]


def with_forged_page(bundle: Path, target: Path, url: str, *, is_indexed: bool) -> Path:
    """Add a WARC file with a page of somebody's own, and let the index lead to that."""
    made = article_page(url, "Forged", 1)
    warc = write(target.parent / "forged", [made])
    lines = [line for _, line in indexed(warc, [], warc.name)]

    def edit(name: str, content: bytes) -> bytes:
        if name == "indexes/index.cdx.gz" and is_indexed:
            known = [line for line in gzip.decompress(content).splitlines() if url.encode() not in line]
            return gzip.compress(b"".join(line + b"\n" for line in sorted([*known, *lines])))
        return content

    return repacked(bundle, target, edit, {f"archive/{warc.name}": warc.read_bytes()})


@pytest.mark.parametrize("is_indexed", [True, False])
def test_a_page_of_somebodys_own_is_not_part_of_a_proof(page_bundle: Path, tmp_path: Path, is_indexed: bool) -> None:
    _, line = last_line(page_bundle)
    for number, url in enumerate((json.loads(line)["url"], "https://baosonla.vn/elsewhere.html")):
        forged = with_forged_page(page_bundle, tmp_path / f"{number}.wacz", url, is_indexed=is_indexed)
        found = check_bundle(forged, settings(tmp_path))
        assert failed(found) == {"package", "index"}
        assert any("is not part of what was proven" in check.says for check in found.checks)


@pytest.mark.parametrize(
    ("file", "old", "new", "fails"),
    [
        ("indexes/index.cdx.gz", b"", b"", "index"),
        ("indexes/index.idx", b'"offset": 0', b'"offset": 9', "index"),
        ("pages/pages.jsonl", b'"title":"', b'"title":"Forged ', "pages"),
        ("pages/pages.jsonl", b'"url":"https://', b'"url":"https://forged.', "pages"),
        ("proof/report.json", b'"title": "', b'"title": "Forged ', "report"),
        ("proof/report.json", b"", b"", "report"),
        ("proof/report.json", b'"versions"', b'"others"', "report"),
        ("proof/report.json", b'"said": "', b'"said": "Forged ', "report"),
        ("proof/report.json", b'"ip": "', b'"ip": "1', "report"),
        ("proof/report.json", b'"version": 1', b'"version": 1.0', "report"),
        ("datapackage.json", b'"title": "', b'"title": "Forged ', "description"),
        ("datapackage.json", b'"mainPageUrl": "https://', b'"mainPageUrl": "https://forged.', "description"),
    ],
)
def test_what_is_seen_of_a_package_is_what_it_holds(
    page_bundle: Path, tmp_path: Path, file: str, old: bytes, new: bytes, fails: str
) -> None:
    def edit(name: str, content: bytes) -> bytes:
        if name != file:
            return content
        assert old in content
        return content.replace(old, new, 1) if old else b""

    assert failed(check_bundle(repacked(page_bundle, tmp_path / "forged.wacz", edit), settings(tmp_path))) == {fails}


def test_an_index_may_be_compressed_by_another_program(page_bundle: Path, tmp_path: Path) -> None:
    made: list[bytes] = []

    def edit(name: str, content: bytes) -> bytes:
        if name == "indexes/index.cdx.gz":
            made.append(gzip.compress(gzip.decompress(content), 1))
            return made[0]
        if name == "indexes/index.idx":
            heading, entry = content.splitlines(keepends=True)
            place = {"offset": 0, "length": len(made[0]), "digest": f"sha256:{sha256(made[0]).hexdigest()}"}
            key = entry[: entry.index(b" {") + 1]
            return heading + key + json.dumps(place | {"filename": "index.cdx.gz"}).encode() + b"\n"
        return content

    assert failed(check_bundle(repacked(page_bundle, tmp_path / "other.wacz", edit), settings(tmp_path))) == set()


def test_a_package_with_more_lines_of_an_article_than_there_can_be_is_not_read(bundle: Path, tmp_path: Path) -> None:
    """All would be held in memory, out of a few hundred kilobytes."""
    article_id, _ = last_line(bundle)
    line = json.dumps({"id": article_id}).encode() + b"\n"
    more = {f"articles/{article_id.partition(':')[0]}/zzz.jsonl": line * 20_000}
    forged = repacked(bundle, tmp_path / "forged.wacz", as_it_is, more)
    with pytest.raises(NoBundleError, match="more than 10000 lines of"):
        check_bundle(forged, settings(tmp_path))
