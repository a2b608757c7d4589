"""A small source crawled into a data folder by processes that do not end well, and what must hold all the same."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator
from scrapy.utils.project import get_project_settings

from archive.records.members import members
from newsbot.replaying.verification import Check
from tests.harness.commands import Command, against, start
from tests.replica.server import Replica
from tests.replica.sites import NOW, sites

SOURCE = "baosonla"
ARTICLES = 6
#: The address of any article.
ARTICLE_PAGE = "*baosonla.vn/*/*.html*"
#: Small enough that a run has several files, and syncs between any two of its records.
SETTINGS = {"ARCHIVE_SYNC": "0.02", "ARCHIVE_MAX_BYTES": "30000", "LOG_LEVEL": "WARNING"}

#: Bytes of the records that open a file, roughly.
OPENING = 1500

Line = dict[str, Any]


def article_ids() -> list[str]:
    (site,) = [site for site in sites(ARTICLES, now=NOW) if site.name == SOURCE]
    return sorted(story.key for story in site.stories if story.kind == "article")


@dataclass
class Bench:
    """The replica and what starts crawls of it."""

    replica: Replica

    def start(self, data: Path, *words: str, settings: dict[str, str] | None = None, **order: Any) -> Command:
        given = against(self.replica, **SETTINGS | {"DATA_DIR": str(data)} | (settings or {}))
        environment = os.environ | self.replica.environment
        return start(*(words or ("crawl", SOURCE)), *given, environment=environment, **order)

    def crawl(self, data: Path, **order: Any) -> int:
        """Crawl to the end and return the status; one that is not of a good crawl is shown with what was said."""
        command = self.start(data, **order)
        status = command.wait()
        if status:
            print(command.said())
        return status


@contextmanager
def bench() -> Iterator[Bench]:
    with Replica(articles=ARTICLES, now=NOW) as replica:
        yield Bench(replica)


def lines(data: Path) -> list[Line]:
    """The whole lines there are, whether or not their file is closed."""
    files = [path.read_bytes() for path in sorted((data / "articles").glob("*/*.jsonl*"))]
    return [json.loads(line) for file in files for line in file.splitlines(keepends=True) if line.endswith(b"\n")]


def assert_lines_resolve(data: Path) -> None:
    """Each line leads to its record, in a file that may not be closed yet."""
    for line in lines(data):
        capture = line["capture"]
        (path,) = present(data / "warc" / capture["file"])
        content = path.read_bytes()[capture["offset"] : capture["offset"] + capture["length"]]
        head = gzip.decompress(content).partition(b"\r\n\r\n")[0].decode()
        fields = dict(field.split(": ", 1) for field in head.split("\r\n")[1:])
        assert fields["WARC-Record-ID"] == capture["record_id"]
        assert fields["WARC-Target-URI"] == line["url"]
        assert fields["WARC-Date"] == line["fetched_at"]
        assert fields["WARC-Payload-Digest"] == capture["payload_digest"]


def present(path: Path) -> list[Path]:
    """The path, or that of the same file while it is open; not both."""
    return [each for each in (path, path.with_name(path.name + ".open")) if each.exists()]


def assert_complete(data: Path, ids: list[str]) -> None:
    """Nothing is left open, every file is sound, each article has its one line, each line its record."""
    assert not list(data.rglob("*.open")) + list(data.rglob("*.tmp"))
    for path in (data / "warc").glob("*.warc.gz"):
        assert_sound(path)
    found = lines(data)
    assert sorted(line["id"] for line in found) == ids
    assert {line["version"] for line in found} == {1}
    assert_lines_resolve(data)
    assert_verified(data)


def assert_verified(data: Path) -> None:
    """`scrapy verify` finds nothing wrong: records, links, manifest, index, lines against what their records give."""
    settings = get_project_settings()
    settings.set("DATA_DIR", str(data), "cmdline")
    found = Check.of_folder(settings).findings(1, lambda size: None)
    assert [str(finding) for finding in found if not finding.is_note] == []


def assert_sound(path: Path) -> None:
    """Our walk and FastWARC's agree: each record is whole, and is what its digests say."""
    with path.open("rb") as stream:
        count = 0
        for record in ArchiveIterator(stream, parse_http=False):
            assert record.verify_block_digest()
            count += 1
    assert count == len([*members(path)]) > 1


def synced_content(notes: Path) -> dict[Path, bytes]:
    """What the syncs of a process that was killed have made safe, by the final paths of its WARC files."""
    sizes: dict[Path, int] = {}
    for line in notes.read_text().splitlines() if notes.exists() else ():
        note = json.loads(line)
        if note["path"].endswith((".warc.gz.open", ".warc.gz")):
            sizes[Path(note["path"].removesuffix(".open"))] = note["size"]
    safe = {}
    for path, size in sizes.items():
        if found := present(path):
            safe[path] = found[0].read_bytes()[:size]
            assert len(safe[path]) == size
        else:
            assert size < 2 * OPENING, f"{path} is gone, of which {size} bytes were synced"
    return safe


def assert_kept(safe: dict[Path, bytes]) -> None:
    """All of it is there: under the final names, or set aside where a sync came in the middle of an exchange.

    Files that held no capture may be gone.
    """
    for path, content in safe.items():
        if path.exists():
            torn = path.with_name(path.name + ".torn")
            assert (path.read_bytes() + (torn.read_bytes() if torn.exists() else b"")).startswith(content)
        else:
            assert b"WARC-Target-URI" not in gzip.decompress(content)
