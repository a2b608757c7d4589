"""`scrapy prove PACKAGE` proves nothing of a package that was made to say what the archive does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from newsbot.proving.bundle_check import NoBundleError, check_bundle
from newsbot.proving.proof import Proof
from tests.harness.chained import line_files, settings
from tests.harness.commands import run_scrapy
from tests.harness.forged_package import repacked


@pytest.fixture(scope="module")
def bundle(chained_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package that proves that an article is gone."""
    path = tmp_path_factory.mktemp("bundle") / "proof.wacz"
    done = run_scrapy("prove", f"{line_files(chained_archive)[-1]}:1", "--bundle", str(path), data=chained_archive)
    assert done.returncode == 0, done.stderr
    return path


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
    forged = repacked(bundle, tmp_path / "forged.wacz", lambda name, content: content, more)
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
