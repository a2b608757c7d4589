"""Archives of pages to read again, made without a crawl: by the replica's sites, one WARC file after another."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from scrapy.http import Response

from archive.records.record import digest
from newsbot.planning.schedule import warc_date
from tests.harness.pages import fetch
from tests.harness.warc_making import record, warcinfo
from tests.replica.newspaper import Newspaper
from tests.replica.sites import NOW, sites

#: Captures in a file.
_IN_FILE: Final = 1000
#: Of the six sites of the replica, those whose articles all have pages of their own.
_SITES: Final = 6
_LEVEL: Final = 6


def write_archive(folder: Path, captures: int, padding: int = 0) -> list[Path]:
    """Write so many captures of articles as WARC files, each source's by itself; returns the files.

    :param padding: bytes of markup around the text of each page, as newspapers have it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    each = -(-captures // _SITES)
    files = []
    for number, site in enumerate(sites(articles=each)):
        members = _members(site, min(each, captures - number * each), _furniture(padding))
        for part, first in enumerate(members):
            path = folder / f"{site.name}-20261122032011123-{part:05}-bench-{number:04x}{part:04x}.warc.gz"
            with path.open("wb") as file:
                file.write(gzip.compress(warcinfo(), _LEVEL))
                file.write(first)
                file.writelines(islice(members, _IN_FILE - 1))
            files.append(path)
    return files


def article_pages(count: int, paddings: Sequence[int]) -> Iterator[bytes]:
    """Yield pages of so many articles of all sites, with so many bytes of markup around the text, by turns."""
    each = -(-count // _SITES)
    furniture = [_furniture(padding) for padding in paddings]
    stories = ((site, story) for site in sites(articles=each) for story in islice(site.stories, each))
    for number, (site, story) in enumerate(islice(stories, count)):
        yield _page(fetch(site, story.urls[0]), furniture[number % len(furniture)])


def _page(response: Response, furniture: bytes) -> bytes:
    text, end, behind = response.body.rpartition(b"</body>")  # some pages have two, some none
    return text + furniture + end + behind if end else response.body


def _furniture(size: int) -> bytes:
    """Return markup of about so many bytes: a script, a menu, cards of other articles."""
    if not size:
        return b""
    script = f"<script>var settings = {{{','.join(f'k{n}: {n * 7919}' for n in range(size // 26))}}};</script>"
    card = '<div class="card"><a href="/tin-{0}.html"><img src="/anh-{0}.jpg" alt=""><b>Tin khác số {0}</b></a></div>'
    cards = "".join(card.format(number) for number in range(size // 200))
    return f'{script}<nav class="menu"><ul>{cards}</ul></nav>'.encode()


def _members(site: Newspaper, captures: int, furniture: bytes) -> Iterator[bytes]:
    """Yield a gzip member for each article, a second after the one before."""
    for number, story in enumerate(islice(site.stories, captures)):
        response = fetch(site, story.urls[0])
        body = _page(response, furniture)
        lines = [
            f"{name.decode()}: {value.decode()}".encode()
            for name, values in response.headers.items()
            for value in values
        ]
        block = b"\r\n".join([b"HTTP/1.1 %d OK" % response.status, *lines, b"", body])
        made = record(
            "response",
            block,
            warc_target_uri=response.url,
            warc_date=warc_date(NOW + timedelta(seconds=number)),
            WARC_Payload_Digest=digest(body),
        )
        yield gzip.compress(made, _LEVEL)
