"""Pages that answer in place of an article: block pages, soft walls, soft 404s."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page, absolute
from newsbot.reading.structured import Structured
from newsbot.vietnamese.text import fold


class PageKind(StrEnum):
    """What came instead of an article. None of these says anything of the article itself."""

    BLOCKED = "blocked"  # the site refuses
    WALL = "wall"  # it wants a cookie, a script or a captcha first
    GONE = "gone"  # it says that there is no such article


_GONE_STATUSES: Final = (404, 410)
_BLOCKED: Final = re.compile(
    r"access denied|forbidden|request blocked|you have been blocked|429 too many"
    r"|truy cập (của bạn )?(đã )?bị (từ chối|chặn)"
)
_WALL: Final = re.compile(
    r"captcha|just a moment|attention required|verify you are human|xác (minh|thực) (bạn|người dùng)"
)
_GONE: Final = re.compile(r"\b404\b|not found|không tìm thấy|không tồn tại|đã bị (xóa|gỡ)|đã được gỡ|không còn tồn tại")
_RELOAD: Final = re.compile(r"document\.cookie|location\.(reload|replace|href)|location\s*=")
#: A wall has next to no text of its own.
_LITTLE: Final = 400


def missing_kind(page: Page, structured: Structured, has_text: bool) -> PageKind | None:
    """Return what a page is that is no article, None if it may be one.

    `has_text` says that a layout fits it and found paragraphs: then words such as "404" in it are its own.
    """
    if not 200 <= page.status < 300:
        return PageKind.GONE if page.status in _GONE_STATUSES else PageKind.BLOCKED
    if has_text:
        return None
    body = page.tree.body
    text = node_text(body) if body is not None else ""
    title = page.tree.css_first("title")
    headings = [node_text(node) for node in page.tree.css("h1, h2")[:3]]
    said = fold(" ".join((node_text(title) if title is not None else "", *headings, text[:_LITTLE])))
    head = fold(" ".join((node_text(title) if title is not None else "", *headings)))
    if _BLOCKED.search(head) or (len(text) < _LITTLE and _BLOCKED.search(said)):
        return PageKind.BLOCKED
    if _WALL.search(head) or (len(text) < _LITTLE and _WALL.search(said)) or _is_reload(page):
        return PageKind.WALL
    if _GONE.search(head) or (len(text) < 5 * _LITTLE and _GONE.search(said)) or _is_front_page(page, structured):
        return PageKind.GONE
    return None


def refuses(page: Page) -> bool:
    """Whether a page that names no article is no list either: it refuses, or wants a cookie first."""
    return missing_kind(page, Structured(), has_text=False) in (PageKind.BLOCKED, PageKind.WALL)


def _is_reload(page: Page) -> bool:
    """Whether a page is nothing but a script that sets a cookie and loads the page again."""
    body = page.tree.body
    if body is None or page.size > 20_000 or page.tree.css_first("h1, p, article") is not None:
        return False
    if page.tree.css_first('meta[http-equiv="refresh" i]') is not None:
        return True
    return any(_RELOAD.search(script.text()) for script in page.tree.css("script"))


def _is_front_page(page: Page, structured: Structured) -> bool:
    """Whether a site answered with its front page under an article's address."""
    if structured.is_article:
        return False
    urls = (absolute(page.url, url) for url in structured.canonical if url)
    return any(urlsplit(url).path in ("", "/") for url in urls if url)
