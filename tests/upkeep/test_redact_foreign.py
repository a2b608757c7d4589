"""What depends on a redacted page, or holds it, in forms that the index does not tell: it keeps its text."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from backports import zstd

from tests.harness.commands import said_by
from tests.harness.foreign_revisits import INFO, LATER_URL, PAGE, URL, original, other, replayed, revisit
from tests.harness.foreign_warc import write
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
