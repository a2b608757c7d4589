"""`scrapy prove` says no after any one byte was changed of what its proof rests on."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from newsbot.proving.finding import NoLineError, OrderError, find
from newsbot.proving.proof import Prover
from tests.harness.chained import article_page, line_files, settings
from tests.harness.commands import said_by
from tests.harness.warc_making import write

URL = "https://baosonla.vn/kinh-te/lua-mua-aB3dE5fG7.html"
OTHER = "https://baosonla.vn/kinh-te/ngo-lai-bC4eF6gH8.html"
#: Every how many bytes of a file one is tried where all are alike.
_STEP = 13


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of one article; another one was redacted, which has left a receipt."""
    data = tmp_path_factory.mktemp("tiny")
    warc = write(data, [article_page(URL, "Lúa mùa", 1), article_page(OTHER, "Ngô lai", 2)])
    said_by("rebuild", f"--output={data / 'articles'}", warc, data=data)
    said_by("recover", "baosonla", data=data)
    said_by("redact", OTHER, "--reason=order", "--by=Lan", "--yes", data=data)
    return data


class Changed:
    """Tries a proof with each byte of a file changed."""

    def __init__(self, data: Path, path: Path):
        self._path, self._sound = path, path.read_bytes()
        self._articles = data / "articles"
        self._prover = Prover(settings(data))
        assert self.is_proven()

    def is_proven(self) -> bool:
        try:
            wanted = find(f"{line_files(self._articles.parent)[0]}:1", None, self._articles, lambda url: [])
        except (NoLineError, OrderError):
            return False
        return self._prover.holds(wanted)

    def unseen(self, within: slice = slice(None)) -> list[int]:
        """The places of bytes whose change is not noticed."""
        return [place for place in range(len(self._sound))[within] if self._with(place)]

    def _with(self, place: int) -> bool:
        with self._path.open("r+b", buffering=0) as file:
            os.pwrite(file.fileno(), bytes([self._sound[place] ^ 1]), place)
            proven = self.is_proven()
            os.pwrite(file.fileno(), self._sound[place : place + 1], place)
        return proven


@pytest.mark.parametrize("what", ["articles/*/*.jsonl", "chain/entries.jsonl"])
def test_no_byte_can_be_changed(data: Path, what: str) -> None:
    (path,) = data.glob(what)
    assert Changed(data, path).unseen() == []


def test_no_byte_of_the_record_can_be_changed(data: Path) -> None:
    """Nor one of its neighbours; of the rest of the file, which its digest alone tells of, some."""
    capture = json.loads(line_files(data)[0].read_bytes())["capture"]
    begin, end = capture["offset"] - 20, capture["offset"] + capture["length"] + 20
    changed = Changed(data, data / "warc" / capture["file"])
    assert changed.unseen(slice(begin, end)) == []
    assert changed.unseen(slice(0, begin, _STEP)) == []
    assert changed.unseen(slice(end, None, _STEP)) == []


def test_no_byte_of_a_receipt_can_be_changed(data: Path) -> None:
    """Its digest alone tells of it: some are tried."""
    (path,) = data.glob("receipts/*.json")
    assert Changed(data, path).unseen(slice(None, None, _STEP)) == []


def test_no_byte_of_the_index_line_can_be_changed(data: Path) -> None:
    (path,) = (each for each in data.glob("index/*.cdxj") if URL.encode() in each.read_bytes())
    content = path.read_bytes()
    start = content.rfind(b"\n", 0, content.index(URL.encode())) + 1
    assert Changed(data, path).unseen(slice(start, content.index(b"\n", start))) == []
