"""What a WARC file says of its run is read from its ends alone, and believed only where the archive wrote it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.records.record import closing, configuration, member, warcinfo
from archive.records.run_record import Opening, closing_pairs, opening_pairs, read_closing, read_opening

DATE = "2026-11-22T03:20:11.000000Z"
RUN = opening_pairs("0123abcd", DATE)
ENDED = closing_pairs("0123abcd", DATE, "finished", {"request": 3, "response": 1, "revisit": 1}, 4711)


def opening(*pairs: tuple[str, object]) -> bytes:
    warcinfo_id, data = warcinfo("a.warc.gz", DATE, [("isPartOf", "baosonla"), *pairs])
    return data + configuration(warcinfo_id, DATE, {"SPIDER_ARGUMENTS": {"limit": "2"}}).data


def capture(block: bytes = b"GET / HTTP/1.1\r\n\r\n") -> bytes:
    fields = [("WARC-Record-ID", "<urn:uuid:0>"), ("WARC-Date", DATE), ("WARC-Target-URI", "http://a.vn/")]
    return member("request", fields, "application/http;msgtype=request", block)


END = closing("<urn:uuid:1>", DATE, ENDED)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(opening(*RUN) + capture(b"\x1f\x8b\x08" * 30_000) + END)
    assert read_opening(path) == Opening("baosonla", "0123abcd", DATE, {"SPIDER_ARGUMENTS": {"limit": "2"}})
    read = read_closing(path)
    assert read == {name: str(value) for name, value in ENDED}
    assert (read["requests"], read["captures"], read["bytes"]) == ("3", "2", "4711")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: data + capture(),
        lambda data: data.removesuffix(END),
        lambda data: data[:-4] + bytes(4),
        lambda data: gzip.decompress(data),
        lambda data: data.removesuffix(END) + gzip.compress(b"finish-reason: finished\r\n"),
        lambda data: data.removesuffix(END) + gzip.compress(bytes(1 << 22)),
        lambda data: b"",
        lambda data: b"\x1f\x8b\x08" * 20_000,
    ],
)
def test_no_end_where_none_was_written(spoil: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(spoil(opening(*RUN) + capture() + END))
    assert read_closing(path) is None


@pytest.mark.parametrize("data", [b"", b"<html>", opening(), capture() + opening(*RUN), opening(*RUN)[:200], END + END])
def test_files_of_others(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(data)
    assert read_opening(path) is None
