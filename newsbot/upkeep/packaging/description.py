"""What a package says of itself: title, who made it, what it is about, whose rights."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from typing import Any

import scrapy
from scrapy.settings import BaseSettings

import newsbot
from newsbot.spider import NewsSpider

#: Settings a collection is described with; all may be empty.
SETTINGS = ("WACZ_TITLE", "WACZ_DESCRIPTION", "WACZ_CREATOR", "WACZ_PUBLISHER", "WACZ_RIGHTS", "WACZ_LICENSE")


def description(
    settings: BaseSettings, spiders: Sequence[type[NewsSpider]], captured: tuple[str, str], warcs: Sequence[str]
) -> dict[str, Any]:
    """Return keys of datapackage.json: those of Frictionless Data, and Dublin Core's where it has none.

    :param captured: first and last WARC-Date.
    """
    given = {name: settings.get(name) or "" for name in SETTINGS}
    first, last = (date[:10] for date in captured)
    when = first if first == last else f"{first} – {last}"
    hosts = [spider.allowed_domains[0] for spider in spiders]
    title = given["WACZ_TITLE"] or f"{', '.join(hosts) or 'Web archive'}, {when}".rstrip(", ")
    about = f"News of {', '.join(hosts)}, captured {when}" if hosts else f"Captured {when}"
    creator, publisher = given["WACZ_CREATOR"], given["WACZ_PUBLISHER"] or given["WACZ_CREATOR"]
    contributors = [
        {"title": name, "role": role} for name, role in ((creator, "author"), (publisher, "publisher")) if name
    ]
    pairs = {
        "title": title,
        "description": given["WACZ_DESCRIPTION"] or f"{about}. WARC files: {len(warcs)}.",
        "software": f"newsbot {newsbot.__version__} (Scrapy {scrapy.__version__}, Python {platform.python_version()})",
        "creator": creator,
        "publisher": publisher,
        "contributors": contributors,
        "language": sorted({spider.language for spider in spiders}),
        "spatial": sorted({spider.current_province for spider in spiders if spider.current_province}),
        "temporal": "/".join(captured) if first else "",
        "rights": given["WACZ_RIGHTS"],
        "licenses": _licenses(given["WACZ_LICENSE"]),
        "sources": [{"title": spider.allowed_domains[0], "path": spider.home} for spider in spiders],
    }
    return {name: value for name, value in pairs.items() if value}


def _licenses(text: str) -> list[dict[str, str]]:
    """Return a licence as Frictionless Data has it, given by its address or its name.

    >>> _licenses("CC-BY-4.0"), _licenses("https://a.test/terms")
    ([{'name': 'CC-BY-4.0'}], [{'path': 'https://a.test/terms'}])
    """
    if not text:
        return []
    return [{"path" if "://" in text else "name": text}]
