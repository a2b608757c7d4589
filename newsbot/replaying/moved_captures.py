"""Article lines whose captures have moved within their file, because the file was repaired or redacted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from archive.errors import ArchiveError
from archive.files.atomic import replace_file
from archive.records.members import Member, whole_records
from newsbot.state.state import State
from newsbot.state.versions import Versions


def follow_moves(articles: Path, warc: Path) -> int:
    """Point every line that is read from a WARC file at the place where its record is now; returns how many moved.

    A line whose record is gone stays as it is: it says what was read, and `scrapy verify` says that the record is lost.

    :param articles: the folder of all sources' lines; files that are being written are not looked at.
    :raises ArchiveError: if a file cannot be read or written; each is changed whole or not at all.
    """
    records = (found for found in whole_records(warc) if isinstance(found, Member))
    places = {record.get("WARC-Record-ID"): (record.offset, record.length) for record in records}
    mark = f'"file":"{warc.name}"'.encode()
    moved = 0
    for path in sorted(articles.rglob("*.jsonl")):
        try:
            with path.open("rb") as lines:
                here = sum(_followed(line, mark, places) != line for line in lines)
                if here:
                    lines.seek(0)
                    replace_file(path, _all_followed(lines, mark, places))
                    moved += here
        except OSError as error:
            raise ArchiveError(f"cannot read {path}: {error.strerror}") from error
    return moved


def note_moves(articles: Path, warc: str, state: State) -> None:
    """Let the state know where the captures of published versions are now; after `follow_moves`.

    :raises ArchiveError: if a file cannot be read, or the state not written.
    """
    mark = f'"file":"{warc}"'.encode()
    for path in sorted(articles.rglob("*.jsonl")):
        try:
            with path.open("rb") as lines:
                found = [json.loads(line) for line in lines if mark in line]
        except OSError as error:
            raise ArchiveError(f"cannot read {path}: {error.strerror}") from error
        Versions(state).relocate(warc, ((line["id"], line["version"], line["capture"]["offset"]) for line in found))


def _all_followed(lines: Iterator[bytes], mark: bytes, places: dict[str, tuple[int, int]]) -> Iterator[bytes]:
    return (_followed(line, mark, places) for line in lines)


def _followed(line: bytes, mark: bytes, places: dict[str, tuple[int, int]]) -> bytes:
    """Return a line with its capture where it is now.

    >>> line = b'{"title":"A","capture":{"file":"a.warc.gz","offset":7,"length":9,"record_id":"<b>"}}\\n'
    >>> _followed(line, b'"file":"a.warc.gz"', {"<b>": (5, 9)})
    b'{"title":"A","capture":{"file":"a.warc.gz","offset":5,"length":9,"record_id":"<b>"}}\\n'
    """
    if mark not in line:
        return line
    try:
        article = json.loads(line)
        capture = article["capture"]
        place = places.get(capture["record_id"])
        if place is None or mark != f'"file":"{capture["file"]}"'.encode():
            return line
    except (ValueError, KeyError, TypeError):
        return line  # no article; `scrapy verify` says so
    capture["offset"], capture["length"] = place
    return f"{json.dumps(article, ensure_ascii=False, separators=(',', ':'))}\n".encode()
