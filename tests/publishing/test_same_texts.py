"""A duplicate is one of a first printing, also where a paper prints once more what others took from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from archive.http.exchange import Capture
from newsbot.items import Article
from newsbot.publishing.publication import Publication
from newsbot.state.state import State
from newsbot.vietnamese.text import content_digest

SHORT = "Ảnh: Phiên chợ vùng cao ngày giáp Tết."
LONG = "\n\n".join(
    f"Đoạn {n}: Người dân xã {n * 7} đi chợ phiên từ sáng sớm, mua bán rau, vải và {n * 11} con gà."
    for n in range(1, 9)
)
TITLE = "Chợ phiên"
Telling = tuple[str, int, str | None]


def article(number: str, minute: int, body: str, *, title: str = TITLE, tags: Sequence[str] = ()) -> Article:
    source, date = number.partition(":")[0], f"2026-11-22T10:{minute:02}:00.000000Z"
    capture = Capture(minute, f"http://{source}.vn/1", date, f"<urn:{minute}>")
    capture.file, capture.offset, capture.length, capture.payload_digest = f"{source}-{minute}.warc.gz", 1, 1, "x"
    return Article(
        id=number, source=source, url=capture.url, title=title, body=body, language="vi", reader_version="1",
        layout="v1", tags=[*tags], fetched_at=date, content_digest=content_digest(title, None, body), capture=capture,
    )  # fmt: skip


def told(folder: Path, *runs: Sequence[Article]) -> list[Telling]:
    """Publish what runs have found, one after another; returns id, version and first printing of their lines."""
    folder.mkdir(exist_ok=True)
    said: list[dict[str, Any]] = []
    for number, found in enumerate(runs):
        state = State(f"sqlite:///{folder}/state.sqlite")
        publication = Publication(folder / str(number), found[0].source, state)
        for each in found:
            publication.add(each)
        publication.publish(99)
        publication.close()
        state.close()
        for path in (folder / str(number)).glob("*.jsonl"):
            said += [json.loads(line) for line in path.read_text().splitlines()]
    return [(line["id"], line["version"], line["duplicate_of"]) for line in said]


@pytest.mark.parametrize("body", [SHORT, LONG], ids=["short", "long"])
def test_a_paper_is_first_with_its_own_text_whatever_it_does_with_it_later(tmp_path: Path, body: str) -> None:
    runs = (
        [article("a:1", 1, body)],
        [article("b:1", 2, body)],
        [article("a:1", 3, body, tags=["chợ"])],
        [article("a:1", 4, body, title="Chợ phiên đông vui")],
        [article("a:1", 5, body), article("a:2", 6, body)],
        [article("b:1", 7, body, tags=["chợ"]), article("b:2", 8, body)],
        [article("c:1", 9, body)],
    )
    assert told(tmp_path, *runs) == [
        ("a:1", 1, None),
        ("b:1", 1, "a:1"),
        ("a:1", 2, None),
        ("a:1", 3, None),
        ("a:1", 4, None),
        ("a:2", 1, None),
        ("b:1", 2, "a:1"),
        ("b:2", 1, "a:1"),
        ("c:1", 1, "a:1"),
    ]


def test_what_a_paper_takes_back_from_a_reprint_of_its_own_is_no_duplicate_of_that(tmp_path: Path) -> None:
    """The reprint is another text, but still none that was first."""
    edited = f"{LONG}\n\nTheo Báo A."
    runs = (
        [article("a:1", 1, LONG)],
        [article("b:1", 2, edited)],
        [article("a:2", 3, edited)],
        [article("c:1", 4, edited)],
    )
    firsts = [first for *_, first in told(tmp_path, *runs)]
    assert firsts == [None, "a:1", None, "a:1"]


@pytest.mark.parametrize("body", [SHORT, LONG], ids=["short", "long"])
def test_a_text_that_a_paper_has_printed_before_counts_in_the_same_batch_too(tmp_path: Path, body: str) -> None:
    """Both are captured around the other's, and published behind it."""
    first, again, other = article("a:1", 1, body), article("a:2", 3, body), article("b:1", 2, body)
    apart, together = tmp_path / "apart", tmp_path / "together"
    for folder, runs in ((apart, ([other], [first], [again])), (together, ([other], [first, again]))):
        assert told(folder, *runs) == [("b:1", 1, None), ("a:1", 1, None), ("a:2", 1, None)]
