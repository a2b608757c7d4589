"""A small site whose pages need style sheets and pictures, some shared, and archives of crawls of it."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from archive.requisites.page_info import PREFIX
from tests.harness.small_crawl import ARCHIVED, small_crawl
from tests.harness.small_server import Answer, SmallServer, small_server
from tests.harness.warc_reading import Record, read_records

HOST = "http://illustrated.test"
#: A picture of one pixel.
GIF = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==")
#: What each page embeds, beside the style sheet and the logo that all have.
PAGES = {
    "/lu": "<img src=/lu.gif><img src=/song.gif><iframe src=/ban-do></iframe>",
    "/lu-rut": "<img src=/song.gif><img src=/ben.gif>",
    "/cho": "<img src=/cho.gif>",
    "/chi-tin": "<img src=/chi-tin.gif>",
}
_HEAD = "<!doctype html><meta charset=utf-8><link rel=stylesheet href=/site.css><link rel=icon href=/logo.gif>"
_TEXT = "Nước sông đã rút, bà con dọn lại nhà cửa. " * 30
#: The colour of headlines by the style sheet.
COLOUR = "rgb(1, 102, 51)"
#: A JavaScript expression for the colour of a page's headline.
HEADLINE_COLOUR = "getComputedStyle(document.querySelector('h1')).color"


def script(path: str, before: int) -> Answer:
    """Answer what the site answers: a page once it is known, and the style sheet, are not modified."""
    if path in PAGES:
        body = f"{_HEAD}<title>Tin {path}</title><h1>Tin {path}</h1><p>{path}: {_TEXT}</p>{PAGES[path]}".encode()
        return 200, {"Content-Type": "text/html; charset=utf-8"}, body
    if path == "/ban-do":
        return 200, {"Content-Type": "text/html"}, b"<!doctype html><p>map<img src=/map.gif>" + b"." * 1200
    if path == "/site.css":
        css = f"@import 'more.css'; h1 {{color: {COLOUR}}}" + " " * 1200
        return (304 if before else 200), {"Content-Type": "text/css", "ETag": '"1"'}, b"" if before else css.encode()
    if path == "/more.css":
        return 200, {"Content-Type": "text/css"}, b"p {background: url(bg.gif)}"
    return 200, {"Content-Type": "image/gif"}, GIF + path.encode() * 200


@dataclass
class Illustrated:
    """The site, and the data folder that all crawls of it fill."""

    server: SmallServer
    data: Path

    def crawl(self, *paths: str, **settings: Any) -> Path:
        """Crawl pages with what they need; returns the WARC file."""
        before = {*self.files()}
        stats = small_crawl(
            [{"url": f"{HOST}{path}"} for path in paths],
            ARCHIVED
            | {
                "ARCHIVE_DIR": str(self.data / "warc"),
                "ARCHIVE_ALLOW_PRIVATE": True,
                "ARCHIVE_DISK_FLOOR": 0,
                "CONNECT_TO": [f"illustrated.test:80:127.0.0.1:{self.server.port}"],
                "REQUISITES": "all",
                "REQUISITES_DELAY": 0,
            }
            | settings,
        )["stats"]
        assert not stats.get("log_count/ERROR"), stats
        (file,) = {*self.files()} - before
        return file

    def files(self) -> list[Path]:
        return sorted((self.data / "warc").glob("*.warc.gz"))

    def records(self) -> list[Record]:
        return [record for path in self.files() for record in read_records(path)]

    def held(self) -> set[str]:
        """The paths of which there is a response or a revisit."""
        captured = (record for record in self.records() if record.type in ("response", "revisit"))
        return {record["WARC-Target-URI"].removeprefix(HOST) for record in captured} - {"/robots.txt"}

    def asked(self) -> list[str]:
        """The paths that the server was asked for since it was last emptied, in order."""
        paths = [path for _, _, path in self.server.log if path != "/robots.txt"]
        self.server.log.clear()
        return sorted(paths)


def info_of(records: list[Record], path: str) -> dict[str, Any]:
    """What the newest record of a page says it consists of."""
    url = f"{PREFIX}{HOST}{path}"
    found: dict[str, Any] = json.loads([each for each in records if each.get("WARC-Target-URI") == url][-1].block)
    return found


def packaged(path: Path, folder: Path) -> list[Record]:
    """All records in a package, but those that describe files."""
    with ZipFile(path) as package:
        package.extractall(folder, [name for name in package.namelist() if name.startswith("archive/")])
    found = [record for warc in sorted((folder / "archive").iterdir()) for record in read_records(warc)]
    return [record for record in found if record.get("WARC-Target-URI")]


def captured(records: list[Record]) -> list[str]:
    """The paths of captures, in order."""
    captures = (each for each in records if each.type in ("response", "revisit"))
    return sorted(each["WARC-Target-URI"].removeprefix(HOST) for each in captures)


@contextmanager
def illustrated(data: Path) -> Iterator[Illustrated]:
    with small_server(script) as server:
        yield Illustrated(server, data)
