"""Disks that are full, or nearly so, and crawls that are told to stop: nothing that was there is lost."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

import pytest

from tests.harness.commands import LONG, wait_until
from tests.harness.durability import (
    SOURCE,
    Bench,
    article_ids,
    assert_complete,
    assert_lines_resolve,
    assert_sound,
    bench,
    lines,
)
from tests.harness.small_server import small_server
from tests.replica.faults import Delay

IDS = article_ids()
#: In bytes: the whole of a run has room there, state and chain included.
SMALL_DISK = 2 << 20


@pytest.fixture(scope="module")
def each() -> Iterator[Bench]:
    with bench() as each:
        yield each


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of so many bytes; skips the test where none may be mounted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def size(data: Path) -> int:
    return sum(path.stat().st_size for path in data.glob("warc/*"))


def size_later(data: Path) -> int:
    """The size after a time in which a crawl that does not pause gets several answers, or has ended."""
    sleep(2)
    return size(data)


@pytest.mark.parametrize("limit", [66_000, 67_001, 68_002, 69_003, 70_004])
def test_a_file_that_may_not_grow(each: Bench, tmp_path: Path, limit: int) -> None:
    """A short write, then an error, in the middle of a record: it is cut back, and what was before is kept."""
    data = tmp_path / "data"
    command = each.start(data, settings={"ARCHIVE_MAX_BYTES": "10000000"}, file_limit=limit)
    assert command.wait() == 3, command.said()
    assert f"newsbot: {SOURCE}: " in command.said()
    assert_lines_resolve(data)
    before = lines(data)
    assert each.crawl(data) == 0
    assert_complete(data, IDS)
    assert [line for line in lines(data) if line in before] == before


@pytest.mark.parametrize("room", [150_000, 250_000, 350_000, 450_000])
def test_a_full_disk(each: Bench, tmp_path: Path, room: int) -> None:
    with small_disk(tmp_path / "disk", SMALL_DISK) as disk:
        data = disk / "data"
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(SMALL_DISK - room))
        command = each.start(data)
        assert command.wait() == 3, command.said()
        assert f"newsbot: {SOURCE}: " in command.said()
        assert_lines_resolve(data)
        before = lines(data)
        ballast.unlink()
        assert each.crawl(data) == 0
        assert_complete(data, IDS)
        assert [line for line in lines(data) if line in before] == before


def test_below_the_floor_the_crawl_pauses_and_goes_on_when_there_is_room(each: Bench, tmp_path: Path) -> None:
    each.replica.set_faults(Delay("*", seconds=0.2))
    try:
        with small_disk(tmp_path / "disk", 8 << 20) as disk:
            data, ballast = disk / "data", disk / "ballast"
            command = each.start(data, settings={"ARCHIVE_DISK_FLOOR": str(5 << 20)})
            wait_until("the crawl has begun", lambda: list(data.glob("warc/*")))
            ballast.write_bytes(bytes(4 << 20))
            wait_until("it pauses", lambda: "The crawl pauses: only" in command.said())
            wait_until("what was under way is written", lambda: size(data) == size_later(data))
            assert command.is_running()
            ballast.unlink()
            assert command.wait() == 0, command.said()
            assert_complete(data, IDS)
    finally:
        each.replica.set_faults()


def test_below_the_floor_for_long_the_crawl_ends_with_3(each: Bench, tmp_path: Path) -> None:
    each.replica.set_faults(Delay("*", seconds=0.2))
    try:
        with small_disk(tmp_path / "disk", 8 << 20) as disk:
            data = disk / "data"
            settings = {"ARCHIVE_DISK_FLOOR": str(5 << 20), "ARCHIVE_DISK_PATIENCE": "1"}
            command = each.start(data, settings=settings)
            wait_until("the crawl has begun", lambda: list(data.glob("warc/*")))
            (disk / "ballast").write_bytes(bytes(4 << 20))
            assert command.wait() == 3, command.said()
            assert f"ARCHIVE_DISK_FLOOR is {5 << 20}" in command.said()
            assert not list((data / "warc").glob("*.open"))
            assert_lines_resolve(data)
            (disk / "ballast").unlink()
    finally:
        each.replica.set_faults()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_a_crawl_closes_everything(each: Bench, tmp_path: Path, number: int) -> None:
    """What is in flight is finished, and every article that was captured has its line."""
    data = tmp_path / "data"
    each.replica.set_faults(Delay("*", seconds=0.2))
    try:
        command = each.start(data, settings={"ARCHIVE_SYNC": "close"})
        wait_until("articles are captured", lambda: sum(p.stat().st_size for p in data.glob("warc/*")) > 15_000)
        os.kill(command.pid, number)
        assert command.wait() == 1
    finally:
        each.replica.set_faults()
    assert not list(data.rglob("*.open"))
    for path in (data / "warc").glob("*.warc.gz"):
        assert_sound(path)
    assert_lines_resolve(data)
    before = lines(data)
    assert each.crawl(data) == 0
    assert_complete(data, IDS)
    assert [line for line in lines(data) if line in before] == before


def test_told_twice_to_stop_a_crawl_does_not_wait(each: Bench, tmp_path: Path) -> None:
    """The WARC file is closed all the same; what has no line yet gets it at the next start."""
    data = tmp_path / "data"
    each.replica.set_faults(Delay("*", seconds=2 * LONG, skip=4))  # longer than the test waits
    try:
        command = each.start(data, settings={"ARCHIVE_SYNC": "close", "LOG_LEVEL": "INFO"})
        wait_until("a page is captured", lambda: any(p.stat().st_size > 5_000 for p in data.glob("warc/*")))
        os.kill(command.pid, signal.SIGTERM)
        wait_until("it has heard", lambda: "Received SIGTERM" in command.said())
        os.kill(command.pid, signal.SIGTERM)
        assert command.wait() == 1, command.said()
    finally:
        each.replica.set_faults()
    assert not list((data / "warc").glob("*.open"))
    for path in (data / "warc").glob("*.warc.gz"):
        assert_sound(path)
    assert each.crawl(data) == 0
    assert_complete(data, IDS)


@pytest.mark.parametrize("broken", ["dedup.sqlite", "index/runs.json"])
def test_nothing_is_fetched_without_an_archive(tmp_path: Path, broken: str) -> None:
    """Any Scrapy project's crawl ends before it begins if what belongs to the archive cannot be read, nor made anew."""
    path = tmp_path / broken
    path.mkdir(parents=True)
    with small_server(lambda path, before: (200, {}, b"<p>a")) as server:
        settings = {"ADDONS": {"archive.addon.ArchiveAddon": 100}, "ARCHIVE_DIR": str(tmp_path / "warc")}
        stats = server.crawl(server.url("/a"), LOG_LEVEL="CRITICAL", ARCHIVE_ALLOW_PRIVATE=True, **settings)
    assert stats["finish_reason"] == "archive_failed"
    assert path.name.removesuffix(".json") in stats["archive/failure"]
    assert server.log == []


def test_an_archive_folder_that_vanishes_is_not_made_anew(each: Bench, tmp_path: Path) -> None:
    """A disk that is pulled out: nothing more may go where it was mounted."""
    data, warcs = tmp_path / "data", tmp_path / "disk" / "warc"
    each.replica.set_faults(Delay("*", seconds=0.3))
    try:
        command = each.start(data, settings={"ARCHIVE_DIR": str(warcs)})
        wait_until("a file is written", lambda: list(warcs.glob("*.open")))
        warcs.parent.rename(tmp_path / "pulled out")
        assert command.wait() == 3, command.said()
    finally:
        each.replica.set_faults()
    assert f"cannot reach {warcs}: No such file or directory" in command.said()
    assert not warcs.exists()
