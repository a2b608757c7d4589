"""Large answers come one after the other; all of them come."""

from __future__ import annotations

from pathlib import Path

from archive.crawling.wire_tee import LARGE, Room
from tests.harness.small_server import small_server


def test_one_grows_at_a_time_and_the_next_in_its_turn() -> None:
    room, said = Room(), list[str]()

    def enter(who: str) -> None:
        room.enter(who, lambda: said.append(f"{who} waits"), lambda: said.append(f"{who} goes on"))

    for who in ("a", "b", "a", "c", "b"):
        enter(who)
    assert said == ["b waits", "c waits"]
    room.leave("b")  # its connection was lost
    room.leave("a")
    assert said[2:] == ["c goes on"]
    enter("a")
    room.leave("c")
    room.leave("nobody")
    assert said[3:] == ["a waits", "a goes on"]


def test_large_answers_from_many_connections(tmp_path: Path) -> None:
    body = b"<p>" + b"a" * (2 * LARGE)
    with small_server(lambda path, before: (200, {}, body)) as server:
        stats = server.crawl(
            *(server.url(f"/{number}") for number in range(6)),
            ADDONS={"archive.addon.ArchiveAddon": 100},
            ARCHIVE_DIR=str(tmp_path / "warc"),
            ARCHIVE_ALLOW_PRIVATE=True,
            ARCHIVE_DISK_FLOOR=0,
            CONCURRENT_REQUESTS_PER_DOMAIN=6,
            METAREFRESH_ENABLED=False,
        )
    assert stats["small/parsed"] == stats["archive/written_exchanges"] == 6
    assert "archive/truncated" not in stats
