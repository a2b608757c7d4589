"""A small source crawled with all that its pages need, for `scrapy qa` to look at, and what that has found."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from archive.requisites.known import KnownRequisites
from archive.requisites.page_info import PREFIX
from tests.harness.commands import against, run_scrapy, said_by
from tests.harness.durability import lines
from tests.harness.warc_making import collection
from tests.harness.warc_reading import read_records
from tests.replica.server import Replica
from tests.replica.sites import NOW

SOURCE = "baosonla"


@contextmanager
def replica() -> Iterator[Replica]:
    with Replica(articles=5, now=NOW) as playing:
        yield playing


def crawl(data: Path, playing: Replica, browser: str = "never", source: str = SOURCE) -> None:
    words = against(playing, REQUISITES="all", BROWSER=browser)
    done = run_scrapy("crawl", source, *words, data=data, environment=os.environ | playing.environment)
    assert done.returncode == 0, done.stdout + done.stderr


def picture(data: Path) -> str:
    """The address of a picture that was captured once, for one article."""
    (warc,) = (data / "warc").glob("*.warc.gz")
    pages = {f"{PREFIX}{line['url']}" for line in lines(data)}
    infos = [json.loads(each.block) for each in read_records(warc) if each.get("WARC-Target-URI") in pages]
    urls: list[str] = [
        url
        for info in infos
        for url, entry in info["urls"].items()
        if entry["type"] == "image" and entry.get("mime") == "image/jpeg" and entry.get("status") == 200
    ]
    index = collection(data).index
    return next(url for url in urls if urls.count(url) == 1 and len([*index.captures(url)]) == 1)


def score(data: Path, source: str = SOURCE) -> dict[str, Any]:
    """What the last check has found."""
    found: dict[str, Any] = json.loads((data / "qa" / f"{source}.json").read_text())
    return found


def asked_of_the_next_crawl(data: Path) -> list[str]:
    with closing(KnownRequisites(data / "requisites.sqlite")) as known:
        return [each.url for each in known.wanted()]


def remove(data: Path, url: str) -> None:
    """Take the only capture of an address out of its file."""
    (entry,) = collection(data).index.captures(url)
    path = data / "warc" / entry.filename
    content = path.read_bytes()
    path.write_bytes(content[: entry.offset] + content[entry.offset + entry.length :])
    said_by("index", "rebuild", data=data)
