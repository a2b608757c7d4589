"""What depends on a redacted page, or holds it, in forms that the index does not tell: it keeps its text."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest
from backports import zstd

from tests.harness.commands import said_by
from tests.harness.foreign_revisits import INFO, LATER_URL, PAGE, URL, original, other, replayed, revisit
from tests.harness.foreign_warc import write
from tests.harness.hard_papers import capture, text, url
from tests.harness.warc_making import collection


def redact(data: Path, status: int = 0) -> str:
    return said_by("redact", "--reason=x", "--yes", "--all-versions", URL, data=data, status=status)


def split(data: bytes, at: int = 300) -> bytes:
    return gzip.compress(data[:at]) + gzip.compress(data[at:])


#: A revisit, and its original, in files whose records cannot be looked up one by one, or have dates of another zone.
PAIRS = {
    "revisit that shares a gzip member": (gzip.compress(original()), gzip.compress(INFO + revisit())),
    "revisit in two gzip members": (gzip.compress(original()), gzip.compress(INFO) + split(revisit())),
    "revisit of another zone": (
        gzip.compress(original()),
        gzip.compress(revisit(date="2026-03-02T07:00:01+07:00")),
    ),
    "original that shares a gzip member": (gzip.compress(INFO + original() + other()), gzip.compress(revisit())),
    "original without an id": (
        gzip.compress(re.sub(rb"WARC-Record-ID: \S+\r\n", b"", original())),
        gzip.compress(revisit()),
    ),
    "original in two gzip members": (gzip.compress(INFO) + split(original()), gzip.compress(revisit())),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_revisit_outlives_its_original_in_any_form(name: str, tmp_path: Path) -> None:
    (tmp_path / "warc").mkdir()
    for file, content in zip(("a.warc.gz", "b.warc.gz"), PAIRS[name], strict=True):
        (tmp_path / "warc" / file).write_bytes(content)
    redact(tmp_path)
    collection(tmp_path).catch_up()
    found = replayed(tmp_path)
    assert URL not in found and found[LATER_URL] == PAGE


def test_what_depends_in_a_form_that_is_only_read_is_converted_first(tmp_path: Path) -> None:
    path = write(tmp_path / "warc" / "a.warc.gz", [INFO, original()])
    before = path.read_bytes()
    (tmp_path / "warc" / "b.warc.zst").write_bytes(zstd.compress(INFO + revisit()))
    said = redact(tmp_path, status=3)
    assert "b.warc.zst holds a capture" in said and "scrapy convert" in said
    assert path.read_bytes() == before


def test_lines_of_files_whose_names_end_alike_stay_apart(tmp_path: Path) -> None:
    """A redaction decides lines anew, and writes them beside those of the same file."""
    data, spiders = tmp_path / "data", "--set=SPIDER_MODULES=tests.harness.hard_papers"
    ids = []
    for number, month in enumerate(("nov", "dec", "jan"), 1):
        article = capture("baomot", 1, f"2026-11-0{number}T00:00:00Z", text(number))
        write(data / "warc" / f"rec-{month}-0.warc.gz", [INFO, article])
        ids += re.findall(rb"WARC-Record-ID: (\S+)", article)
    said_by("index", "rebuild", data=data)
    said_by("rebuild", spiders, "--output", tmp_path / "out", data / "warc", data=data)
    shutil.copytree(tmp_path / "out", data / "articles")
    for record_id in ids[:2]:
        said_by("redact", spiders, "--reason=x", "--yes", f"--record={record_id.decode()}", url("baomot", 1), data=data)
    (lines,) = (data / "articles").rglob("*.jsonl")
    assert (lines.name, json.loads(lines.read_text())["capture"]["file"]) == ("rec-jan-0.jsonl", "rec-jan-0.warc.gz")
