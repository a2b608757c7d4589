"""The index on disk, held against a plain list of its lines."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import ArchiveError
from archive.index.cdxj import read_line
from archive.index.index import Index
from archive.index.sorted_lines import SortedLines, sort_lines
from archive.index.surt import host_prefixes, surt
from tests.harness.failing_os import FailingOs

HOSTS = ("baosonla.vn", "m.baosonla.vn", "baosonla.vn:8080", "baosonlax.vn", "yenmy.vn")


def line(url: str, timestamp: str, filename: str, offset: int = 0) -> bytes:
    fields = {"url": url, "mime": "text/html", "length": "9", "offset": str(offset), "filename": filename}
    return f"{surt(url)} {timestamp} {json.dumps(fields)}".encode()


def lines_of(filename: str, count: int = 30) -> list[bytes]:
    """Captures of few URLs at random times, always the same for a file."""
    chance = random.Random(filename)
    urls = (f"https://{chance.choice(HOSTS)}/bai-{chance.randrange(9)}" for _ in range(count))
    return [line(url, f"20{chance.randrange(10, 27)}0{chance.randrange(1, 10)}01000000", filename) for url in urls]


def names(count: int) -> list[str]:
    return [f"a-{number:03}.warc.gz" for number in range(count)]


def filled(folder: Path, files: list[str]) -> Index:
    index = Index(folder)
    for name in files:
        index.add([name], lines_of(name))
    return index


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return filled(tmp_path_factory.mktemp("index"), names(50))


LINES = sorted(each for name in names(50) for each in lines_of(name))


def test_all_lines_sorted(index: Index) -> None:
    assert list(index.lines()) == LINES
    assert index.files() == set(names(50))


def test_runs_stay_few(tmp_path: Path) -> None:
    filled(tmp_path, names(70))
    assert len(list(tmp_path.glob("*.cdxj"))) < 16


@pytest.mark.parametrize("number", range(10))
def test_captures_of_a_url(index: Index, number: int) -> None:
    url = f"https://www.baosonla.vn/bai-{number}"
    found = [entry for entry in map(read_line, LINES) if entry.key == surt(url)]
    assert list(index.captures(url)) == found
    assert bool(found) == (number < 9)
    for since, until in (("2015", "2020"), ("20150301", ""), ("", "201606"), ("2030", "")):
        within = [each for each in found if since <= each.timestamp <= until.ljust(14, "9")]
        assert list(index.captures(url, since, until)) == within


@pytest.mark.parametrize("at", ["2009", "2018", "20180701", "20180301000000", "2031", ""])
def test_nearest_first(index: Index, at: str) -> None:
    url = "https://yenmy.vn/bai-3"
    found = list(index.nearest(url, at))
    assert sorted(found) == sorted(entry for entry in map(read_line, LINES) if entry.key == surt(url))
    wanted = datetime.strptime((at or "0001") + "00010101000000"[len(at or "0001") :], "%Y%m%d%H%M%S")
    distances = [abs(datetime.strptime(entry.timestamp, "%Y%m%d%H%M%S") - wanted) for entry in found]
    assert distances == sorted(distances)


def test_nearest_is_nearest(index: Index) -> None:
    entry = read_line(LINES[700])
    assert next(index.nearest(entry.url, entry.timestamp)).timestamp == entry.timestamp
    assert next(index.nearest("https://baosonla.vn/unknown", "2020"), None) is None


def test_host_and_prefix(index: Index) -> None:
    def expected(choose: Callable[[str], bool]) -> list[str]:
        return [entry.key for entry in map(read_line, LINES) if choose(entry.key)]

    own = [entry.key for entry in index.with_prefix(*host_prefixes("baosonla.vn"))]
    assert own == expected(lambda key: key.startswith(("vn,baosonla)", "vn,baosonla:8080)")))
    every = [entry.key for entry in index.with_prefix(*host_prefixes("baosonla.vn", subdomains=True))]
    assert every == expected(lambda key: key.startswith(("vn,baosonla)", "vn,baosonla:", "vn,baosonla,")))
    assert [e.key for e in index.with_prefix("vn,yenmy)/bai-1")] == expected(lambda key: key == "vn,yenmy)/bai-1")


def test_export(index: Index, tmp_path: Path) -> None:
    index.export(tmp_path / "all.cdxj")
    assert (tmp_path / "all.cdxj").read_bytes() == b"".join(each + b"\n" for each in LINES)


def test_remove_leaves_no_byte(tmp_path: Path) -> None:
    index = filled(tmp_path, names(20))
    index.remove("a-007.warc.gz")
    rest = sorted(each for name in names(20) if name != "a-007.warc.gz" for each in lines_of(name))
    assert list(index.lines()) == rest
    assert not [path for path in tmp_path.iterdir() if b"a-007.warc.gz" in path.read_bytes()]


def test_a_file_indexed_again_replaces_its_lines(tmp_path: Path) -> None:
    index = filled(tmp_path, names(9))
    new = line("https://a.test/", "20261122000000", "a-003.warc.gz")
    index.add(["a-003.warc.gz"], [new])
    rest = [each for name in names(9) if name != "a-003.warc.gz" for each in lines_of(name)]
    assert list(index.lines()) == sorted([*rest, new])


def test_a_file_without_lines_is_known(tmp_path: Path) -> None:
    index = Index(tmp_path)
    index.add(["empty.warc.gz"], [])
    assert (index.files(), list(index.lines())) == ({"empty.warc.gz"}, [])


def test_readers_see_changes_and_keep_what_they_read(tmp_path: Path) -> None:
    reader = Index(tmp_path)
    assert list(reader.lines()) == []
    writer = filled(tmp_path, names(3))
    under_way = reader.lines()
    first = next(under_way)
    writer.merge()
    writer.remove("a-000.warc.gz")
    assert [first, *under_way] == sorted(each for name in names(3) for each in lines_of(name))
    assert list(reader.lines()) == sorted(each for name in names(3)[1:] for each in lines_of(name))


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "runs.json").write_text(""),
        lambda folder: (folder / "runs.json").write_text("{"),
        lambda folder: (folder / "runs.json").write_text('{"format": "other"}'),
        lambda folder: next(folder.glob("*.cdxj")).unlink(),
        lambda folder: next(folder.glob("*.cdxj")).write_text("a"),
        lambda folder: next(folder.glob("*.files")).write_bytes(b"\xff.warc.gz\n"),
    ],
)
def test_damage_is_named_and_can_be_cleared(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    filled(tmp_path, names(3))
    damage(tmp_path)
    index = Index(tmp_path)
    with pytest.raises(ArchiveError, match=str(tmp_path)):
        [*index.lines(), *index.files()]
    index.clear()
    assert list(index.lines()) == []
    assert list(tmp_path.glob("run-*")) == []


def test_several_processes_add_at_once(tmp_path: Path) -> None:
    children = []
    for number in range(4):
        children.append(os.fork())
        if not children[-1]:
            status = 1
            try:
                filled(tmp_path, names(40)[number::4])
                status = 0
            finally:
                os._exit(status)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert list(Index(tmp_path).lines()) == sorted(each for name in names(40) for each in lines_of(name))


@pytest.mark.parametrize("mode", ["kill", "fail"])
def test_every_step_may_be_the_last(tmp_path: Path, mode: str) -> None:
    """A process that ends, or a disk that fails, at each request of an addition with a merge, and of a removal."""
    before = sorted(each for name in names(7) for each in lines_of(name))
    after = sorted(each for name in names(8) if name != "a-002.warc.gz" for each in lines_of(name))
    between = sorted(each for name in names(8) for each in lines_of(name))
    filled(tmp_path / "counted", names(7))
    steps = _struck(tmp_path / "counted", tmp_path / "notes", "count", 0)
    assert steps > 20
    for at in range(1, steps + 1):
        folder = tmp_path / str(at)
        filled(folder, names(7))
        _struck(folder, tmp_path / "notes", mode, at)
        index = Index(folder)
        found = list(index.lines())
        assert found in (before, between, after)
        assert index.files() == {read_line(each).filename for each in found}
        index.add(["a-007.warc.gz"], lines_of("a-007.warc.gz"))
        index.remove("a-002.warc.gz")
        assert list(index.lines()) == after
        assert not list(folder.glob("*.tmp"))


def _struck(folder: Path, notes: Path, mode: str, at: int) -> int:
    """Change an index in a process whose ``at``-th request to the disk fails; returns how many there were if none."""
    child = os.fork()
    if not child:
        status = 0
        disk = FailingOs(str(folder), str(notes), mode, at)
        try:
            disk.install()
            index = Index(folder)
            index.add(["a-007.warc.gz"], lines_of("a-007.warc.gz"))
            index.remove("a-002.warc.gz")
            status = disk.count
        finally:
            os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert (status == -signal.SIGKILL) == (mode == "kill")
    return status


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.binary(min_size=1, max_size=9).map(lambda text: text.replace(b"\n", b"")).filter(bool)),
    st.binary(max_size=9).map(lambda text: text.replace(b"\n", b"")),
    st.integers(0, 9000),
)
def test_search_in_sorted_lines(
    tmp_path_factory: pytest.TempPathFactory, texts: list[bytes], key: bytes, pad: int
) -> None:
    """Lines of any length, longer than what is read at once, too."""
    lines = sorted(text + b"x" * (pad if number % 3 == 0 else 0) for number, text in enumerate(texts))
    path = tmp_path_factory.mktemp("lines") / "run"
    path.write_bytes(b"".join(each + b"\n" for each in lines))
    run = SortedLines(path)
    at = run.find(key)
    assert list(run.from_offset(at)) == [each for each in lines if each >= key]
    assert list(run.before_offset(at)) == [each for each in reversed(lines) if each < key]


def test_more_lines_than_fit_in_memory() -> None:
    chance = random.Random(1)
    lines = [b"%0200d" % chance.randrange(10**9) for _ in range(400_000)]
    assert list(sort_lines(iter(lines))) == sorted(lines)
