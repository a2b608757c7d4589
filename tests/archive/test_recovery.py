"""What is made of files that their writer left open: whole exchanges, whole lines, and the rest kept apart."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from archive.files.open_file import create, hold
from archive.records.members import members
from archive.writing.recovery import Recovered, recover
from archive.writing.warc_file import WarcFile, files_of_run
from newsbot.publishing.lines import LineFile, orphans
from tests.harness.small_crawl import ARCHIVED, small_crawl
from tests.replica.awkward import AWKWARD
from tests.replica.server import Replica

NAME = "a-20261122030405006-00001-host-0123abcd.warc.gz"


@pytest.fixture(scope="module")
def warc(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file of the archive with all kinds of exchanges: with bytes that are no HTTP, without a connection."""
    folder = tmp_path_factory.mktemp("awkward")
    cases = [case for case in AWKWARD.values() if case.name not in ("slow", "slow-head", "silent", "too-long", "huge")]
    requests = [
        {"name": case.name, "url": case.url, "method": case.method, "headers": dict(case.headers), "body": ""}
        for case in cases
    ]
    requests.append({"name": "refused", "url": "http://refused.test:1/"})
    with Replica(articles=0) as replica:
        connect_to = [*replica.settings["CONNECT_TO"], ":1:127.0.0.1:1"]
        settings = {
            "ARCHIVE_DIR": str(folder),
            "CONNECT_TO": connect_to,
            "ARCHIVE_DISK_FLOOR": 0,
            "DOWNLOAD_TIMEOUT": 2,
        }
        small_crawl(requests, ARCHIVED | settings, os.environ | replica.environment)
    (path,) = folder.glob("*.warc.gz")
    return path.read_bytes()


@pytest.fixture(scope="module")
def exchange_ends(warc: bytes, tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """Where exchanges end: in front of each request, in front of what has none (a failed connection), at the end.

    Behind the last of them the archive says how the run has ended.
    """
    path = tmp_path_factory.mktemp("ends") / NAME
    path.write_bytes(warc)
    records = list(members(path))
    ends, previous = [], ""
    for record in records:
        exchange = record.get("WARC-Target-URI") + record.get("WARC-Date")
        if record.get("WARC-Target-URI") and exchange != previous:
            ends.append(record.offset)
        previous = exchange
    return [*ends, records[-1].offset, len(warc)]


def left_open(folder: Path, content: bytes) -> Path:
    path = folder / (NAME + ".open")
    path.write_bytes(content)
    return path


def test_cut_anywhere(warc: bytes, exchange_ends: list[int], tmp_path: Path) -> None:
    """What is kept ends with the last whole exchange, what is behind is in the torn file, and no byte is lost."""
    chance = random.Random(1)
    sizes = {*exchange_ends[1:], *(end + by for end in exchange_ends[2:-1] for by in (-1, 1))}
    sizes |= {chance.randrange(exchange_ends[1], len(warc)) for _ in range(200)}
    for size in sorted(sizes):
        left_open(tmp_path, warc[:size])
        kept = max(end for end in exchange_ends if end <= size)
        assert recover(tmp_path) == [Recovered(NAME, tmp_path / NAME, size - kept)]
        assert (tmp_path / NAME).read_bytes() == warc[:kept]
        torn = tmp_path / (NAME + ".torn")
        assert (torn.read_bytes() if torn.exists() else b"") == warc[kept:size]
        assert recover(tmp_path) == []
        torn.unlink(missing_ok=True)


@pytest.mark.parametrize("spoil", [
    lambda content, at: content[:at] + bytes(len(content) - at),
    lambda content, at: content + bytes(4096),
    lambda content, at: content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :],
])  # fmt: skip
def test_garbled(warc: bytes, exchange_ends: list[int], tmp_path: Path, spoil: Callable[[bytes, int], bytes]) -> None:
    """After a power cut there may be zeros, or old content; what is in front of it is kept, and nothing thrown away."""
    at = exchange_ends[3] + 40
    content = spoil(warc, at)
    left_open(tmp_path, content)
    (result,) = recover(tmp_path)
    kept = len(warc) if len(content) > len(warc) else exchange_ends[3]
    assert result == Recovered(NAME, tmp_path / NAME, len(content) - kept)
    assert (tmp_path / NAME).read_bytes() == warc[:kept]
    assert (tmp_path / (NAME + ".torn")).read_bytes() == content[kept:]


def test_without_an_exchange(warc: bytes, exchange_ends: list[int], tmp_path: Path) -> None:
    """A file that only describes itself is removed; the beginning of an exchange is kept as torn."""
    opening = exchange_ends[0]
    for content in (b"", warc[:100], warc[:opening]):
        left_open(tmp_path, content)
        (result,) = recover(tmp_path)
        assert result.path is None
        assert not list(tmp_path.iterdir())
    left_open(tmp_path, warc[: opening + 100])
    assert recover(tmp_path) == [Recovered(NAME, None, 100)]
    (torn,) = tmp_path.iterdir()
    assert (torn.name, torn.read_bytes()) == (NAME + ".torn", warc[: opening + 100])


def test_killed_while_recovering(warc: bytes, exchange_ends: list[int], tmp_path: Path) -> None:
    """The torn bytes were copied, but the file was not cut yet; or it was, but had not its name."""
    size = exchange_ends[2] + 50
    for content in (warc[:size], warc[: exchange_ends[2]]):
        (tmp_path / (NAME + ".torn")).write_bytes(warc[exchange_ends[2] : size])
        left_open(tmp_path, content)
        recover(tmp_path)
        assert (tmp_path / NAME).read_bytes() == warc[: exchange_ends[2]]
        assert (tmp_path / (NAME + ".torn")).read_bytes() == warc[exchange_ends[2] : size]


def test_a_living_writer_is_left_alone(warc: bytes, tmp_path: Path) -> None:
    file = WarcFile(tmp_path, "a", 1, "0123abcd")
    file.append(warc)
    assert recover(tmp_path) == []
    file.close()
    assert files_of_run(tmp_path, "a", "0123abcd") == [tmp_path / file.name]
    assert recover(tmp_path) == []
    lines = LineFile(tmp_path / "lines", "a", "0123abcd")
    lines.append([b'{"a":1}'])
    assert list(orphans(tmp_path / "lines")) == []
    lines.close()
    assert not list(tmp_path.rglob("*.open"))


def test_a_file_is_never_taken_from_a_writer_that_is_just_creating_it(tmp_path: Path) -> None:
    """Between creating and locking, a recovery may remove the file: the writer then takes another."""
    taken: list[Path] = []

    def name() -> Path:
        path = tmp_path / f"{len(taken)}.warc.gz.open"
        taken.append(path)
        return path

    descriptor, path = create(name)
    with path.open("rb") as other:
        assert not hold(other.fileno(), path)
    os.close(descriptor)
    descriptor = os.open(path, os.O_RDWR)
    path.unlink()
    assert not hold(descriptor, path)
    os.close(descriptor)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        pytest.param(10, "at 0: ", id="in what is compressed"),
        pytest.param(4, "its digest is another", id="in the time of a gzip member"),
    ],
)
def test_what_is_closed_is_what_was_written(warc: bytes, tmp_path: Path, place: int, said: str) -> None:
    """A disk that gives back something else is found out before the file gets its name."""
    file = WarcFile(tmp_path, "a", 1, "0123abcd")
    file.append(warc)
    (path,) = tmp_path.iterdir()
    with path.open("r+b") as disk:
        disk.seek(place)
        disk.write(b"????")
    with pytest.raises(ArchiveError, match=f"is not what was written to it, {said}"):
        file.close()
    assert list(tmp_path.iterdir()) == [path]


def test_lines_cut_anywhere(tmp_path: Path) -> None:
    written = [json.dumps({"title": f"Lũ về {number}"}, ensure_ascii=False) for number in range(3)]
    content = "".join(f"{line}\n" for line in written).encode()
    ends = [0]
    for line in written:
        ends.append(ends[-1] + len(line.encode()) + 1)
    for size in range(len(content) + 1):
        path = tmp_path / "a-20261122030405006-0123abcd.jsonl.open"
        path.write_bytes(content[:size])
        (orphan,) = orphans(tmp_path)
        whole = sum(end <= size for end in ends) - 1
        assert (orphan.run, [*orphan.lines()]) == ("0123abcd", [json.loads(line) for line in written[:whole]])
        assert path.read_bytes() == content[: ends[whole]]
        orphan.close()
        final = path.with_suffix("")
        assert final.exists() == bool(whole)
        final.unlink(missing_ok=True)
    path.write_bytes(content[: ends[1]] + bytes(ends[2] - ends[1]) + content[ends[2] :])
    (orphan,) = orphans(tmp_path)
    assert len([*orphan.lines()]) == 1
    assert path.read_bytes() == content[: ends[1]]
