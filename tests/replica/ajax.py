"""What the scripts of a paper's pages ask for, and the pages it shows in frames."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from zlib import crc32

from tests.replica.request import Request
from tests.replica.site import Reply

if TYPE_CHECKING:
    from tests.replica.newspaper import Newspaper

_COMMENTS = (
    ("Bạn đọc Minh", "Tin rất kịp thời, mong toà soạn tiếp tục theo dõi việc này."),
    ("Thu Hà", "Quê tôi cũng đang làm như vậy, bà con phấn khởi lắm!"),
    ("Một người dân", "Đường làm xong sớm thì trẻ em đi học đỡ vất vả."),
)


def ajax(site: Newspaper, request: Request) -> Reply | None:
    """The answer to a script's question, or a frame's page; None for any other address."""
    asked = parse_qs(request.query).get("id", [""])[0]
    match request.path:
        case "/ajax/most-read":
            rows = site.newest(range(len(site.lanes)), 5)
            return _json(site, [{"title": row.title, "url": row.url} for row in rows])
        case "/ajax/views":
            return _json(site, {"id": asked, "views": 10_000 + crc32(asked.encode()) % 80_000})
        case "/ajax/comments" | "/api/comments":
            start = crc32(asked.encode()) % len(_COMMENTS)
            return _json(site, [{"name": name, "text": text} for name, text in _COMMENTS[start:]])
        case "/widget/weather":
            return site.page(_weather(site))
    return None


def _json(site: Newspaper, data: object) -> Reply:
    return site.text(json.dumps(data, ensure_ascii=False), "application/json")


def _weather(site: Newspaper) -> str:
    days = "".join(
        f'<li><img src="/widget/icons/{kind}.svg" width="32" height="32" alt=""> <b>{heat}</b>°C</li>'
        for kind, heat in (("nang", 31), ("may", 27), ("mua", 24))
    )
    return (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"><title>{escape(site.name)}</title>'
        f'<link rel="stylesheet" href="/widget/widget.css?v=3"></head>'
        f'<body><ul class="weather">{days}</ul></body></html>'
    )
