"""The replica's sites asked without a server: forty articles each, answers as the sites make them."""

from __future__ import annotations

import gzip
from urllib.parse import urljoin, urlsplit

from tests.replica.news import Story
from tests.replica.newspaper import Newspaper
from tests.replica.papers import small_papers
from tests.replica.request import Request
from tests.replica.site import Reply
from tests.replica.sites import NOW, sites
from tests.replica.walls import COOKIE

SITES = {site.name: site for site in sites(articles=40)}


def get(site: Newspaper, url: str, **headers: str) -> Reply:
    parts = urlsplit(url)
    sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return site.reply(Request("GET", parts.scheme, parts.hostname or "", parts.path, parts.query, sent))


def follow(site: Newspaper, url: str, **headers: str) -> Reply:
    for _ in range(5):
        reply = get(site, url, **headers)
        if reply.status != 301:
            return reply
        url = urljoin(url, dict(reply.headers)["Location"])
    raise AssertionError(f"{url} goes round in circles")


def page(site: Newspaper, story: Story) -> Reply:
    """A story's page as who has the cookie of the walls gets it."""
    return follow(site, story.urls[0], Cookie=COOKIE)


def page_html(reply: Reply) -> str:
    body = gzip.decompress(reply.body) if reply.body.startswith(b"\x1f\x8b") else reply.body
    return body.decode()


def with_trap(trap: str) -> list[tuple[Newspaper, Story]]:
    """The pages among the newest 40 of each of the six that have a trap; if there are none, those of small papers."""
    found = [(site, story) for site in SITES.values() for story in site.stories if trap in site.traps(story)]
    small = small_papers(40, 1, NOW) if not found else ()
    found = found or [(site, story) for site in small for story in site.stories if trap in site.traps(story)]
    assert found, trap
    return found
