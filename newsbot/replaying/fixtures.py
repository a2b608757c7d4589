"""Makes and reads fixtures: captured pages of a source, each with what a correct reader makes of it.

tests/fixtures/<spider>/<name>.warc   one exchange as it stands in an archive, not compressed
tests/fixtures/<spider>/<name>.json   what must come of it, checked by a person against the page
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from scrapy.http import Response

from archive.errors import os_errors
from archive.replay.replay import excerpt, responses
from newsbot.items import FIELDS, Article
from newsbot.reading.page_kinds import PageKind
from newsbot.replaying.captures import Reader

FOLDER: Final = Path(__file__).parents[2] / "tests" / "fixtures"
#: What an article line says of its form, of the reader and of the files, not of the page; no fixture has it.
NOT_IN_FIXTURES: Final = ("schema_version", "pages", "reader_version", "capture")
FIXTURE_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

_TO_BE_REVIEWED: Final = "TODO: say what this page is kept for; set reviewed when the record is what the page says"


class FixtureError(Exception):
    """A fixture cannot be made, and why."""


def read_result(reader: Reader, response: Response) -> dict[str, Any]:
    """Return what comes of a captured page: "outcome", and the "article" if there is one.

    The outcome is "article", "incomplete" (an article that lacks its title or its body, and gives no line), or what
    the page is instead (`PageKind`). The article is its line but for `NOT_IN_FIXTURES`, its body a list of paragraphs.

    :raises FixtureError: if a crawl would not have read the page at all.
    """
    if article := reader.article(response):
        return {"outcome": "article", "article": _record(article)}
    found = reader.page(response)
    if found is None:
        raise FixtureError(f"no fixture can be made: {reader.unread.problems[-1]}")
    return {"outcome": str(found) if isinstance(found, PageKind) else "incomplete", "article": None}


def _record(article: Article) -> dict[str, Any]:
    record = {name: getattr(article, name) for name in FIELDS if name not in NOT_IN_FIXTURES}
    return record | {"body": article.body.split("\n\n")}


def article_pages(path: Path, reader: Reader, max_bytes: int) -> list[Response]:
    """Return the captured pages of a file that stand at article addresses of a source, the last of each article.

    :raises ArchiveError: if the file cannot be read.
    """
    pages: dict[str, Response] = {}
    for response in responses(path, max_bytes):
        if isinstance(response, Response) and 200 <= response.status < 300:
            article_id = reader.spider.article_id(response.url)
            if article_id is not None:
                pages[article_id] = response
    return [*pages.values()]


def fixture_name(article_id: str) -> str:
    """Return the name of an article's fixture if no other is given.

    >>> fixture_name("baosonla:51Yn-vXDR"), fixture_name("yenmy:2023-10-4/Tin_moi")
    ('51yn-vxdr', '2023-10-4-tin-moi')
    """
    return re.sub(r"[^a-z0-9]+", "-", article_id.partition(":")[2].lower()).strip("-") or "page"


def save_fixture(folder: Path, name: str, path: Path, reader: Reader, response: Response) -> dict[str, Any]:
    """Write a page's capture and what the reader makes of it now, which fails its test until it is reviewed.

    :param path: the archive file that holds the capture.
    :raises FixtureError: if the fixture is there already, or the page cannot be read.
    :raises ArchiveError: if the capture cannot be taken out of its file, or the fixture not be written.
    """
    files = [folder / f"{name}.warc", folder / f"{name}.json"]
    for file in files:
        if file.exists():
            raise FixtureError(f"{file} exists: give another name with --name, or delete it first")
    result = read_result(reader, response)
    envelope = {"reviewed": False, "shows": _TO_BE_REVIEWED} | result
    records = excerpt(path, response.meta["capture"].record_id)
    with os_errors(f"cannot write to {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        files[0].write_bytes(records)
        files[1].write_text(json.dumps(envelope, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return envelope
