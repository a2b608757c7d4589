"""Pages that answer in place of an article: block pages, soft walls, soft 404s."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from newsbot.reading.blocks import is_running
from newsbot.reading.leftovers import is_imprint
from newsbot.reading.node_text import node_text
from newsbot.reading.page import Page, absolute
from newsbot.reading.structured import Structured
from newsbot.vietnamese.text import fold


class PageKind(StrEnum):
    """What came instead of an article. None of these says anything of the article itself."""

    BLOCKED = "blocked"  # the site refuses
    WALL = "wall"  # it wants a cookie, a script or a captcha first
    GONE = "gone"  # it says that there is no such article


_GONE_STATUSES: Final = (404, 410, 451)
#: What a page is called that answers in place of another; a headline with such a word in it is called otherwise.
_CALLED: Final = {
    PageKind.BLOCKED: re.compile(
        r"(error )?403( error)?|(403 )?(error )?(forbidden|access denied)|(access|request) (is )?(denied|blocked)"
        r"|(sorry )?you have been blocked|429|(error )?(429 )?too many requests"
        r"|truy cập (của bạn )?(đã )?bị (từ chối|chặn)"
    ),
    PageKind.WALL: re.compile(
        r"just a moment|one moment please|attention required|please wait|captcha|security (check|verification)"
        r"|(please )?verify (that )?you are (a )?human|are you (a )?(human|robot)"
        r"|(vui lòng )?xác (minh|thực) (bạn|người dùng)( là con người| không phải (là )?robot)?"
        r"|checking your browser( before accessing)?"
    ),
    PageKind.GONE: re.compile(
        r"(lỗi |mã lỗi |error |http )?(404|410)( lỗi| error)?|((404|410) )?(error )?((page|article|file) )?not found"
        r"|((lỗi )?404:? )?không tìm thấy( (trang|bài viết|nội dung|tin|đường dẫn|dữ liệu|kết quả))?( này| yêu cầu)?"
        r"|(trang|bài viết|nội dung|tin|đường dẫn)( này| bạn (tìm|yêu cầu|truy cập))? không (còn )?tồn tại"
        r"|(trang|bài viết|nội dung|tin)( này)? (đã )?(bị|được) (gỡ|xóa)( bỏ)?"
    ),
}
#: What such a page says, if it says nothing else.
_SAYS: Final = {
    PageKind.BLOCKED: re.compile(
        r"access denied|you don't have permission|request (was |has been )?blocked|you have been blocked"
        r"|too many requests|(403|http) forbidden|truy cập (của bạn )?(đã )?bị (từ chối|chặn)"
    ),
    PageKind.WALL: re.compile(
        r"captcha|just a moment|attention required|verify (that )?you are (a )?human|checking your browser"
        r"|xác (minh|thực) (bạn|người dùng)|enable javascript and cookies"
    ),
    PageKind.GONE: re.compile(
        r"\b(lỗi|error) (404|410)\b|\b(404|410) (not found|error|page)|(page|article|file|url)\b.{0,40}\bnot found"
        r"|không tìm thấy (trang|bài viết|nội dung|đường dẫn|dữ liệu|kết quả)"
        r"|(trang|bài viết|nội dung|tin bài|tin|đường dẫn)\b.{0,40}\bkhông (còn )?tồn tại"
        r"|(trang|bài viết|nội dung|tin bài)\b.{0,40}\b(bị|được) (gỡ|xóa)"
    ),
}
#: Words of such a page's further sentences.
_ASIDE: Final = re.compile(
    r"vui lòng|quay (lại|về|trở)|trở (lại|về)|trang chủ|thử lại|xin lỗi|rất tiếc|đường dẫn|tải lại|trình duyệt"
    r"|\b(please|sorry|try again|home ?page|go back|browser|javascript|cookies?|ray id|redirect(ed)?|reload)\b"
)
_BETWEEN_NAMES: Final = re.compile(r"\s[-–—|:•·]+\s|(?<![|!.…])[|!.…]+(?:\s|$)|(?:(?<!\s)\s+)?[-–—]\s+")
_RELOAD: Final = re.compile(r"document\.cookie|location\.(reload|replace|href)|location\s*=")
#: In characters: a wall has next to no text of its own, a page that says that there is none may have a menu.
_LITTLE: Final = 400
_LITTLE_WITH_MENU: Final = 2000
#: A sentence about the page itself is no longer.
_LONGEST_MESSAGE: Final = 250


def refusal(page: Page) -> PageKind | None:
    """Return what a page's status alone says that it is."""
    if 200 <= page.status < 300:
        return None
    return PageKind.GONE if page.status in _GONE_STATUSES else PageKind.BLOCKED


def missing_kind(page: Page, structured: Structured, paragraphs: Sequence[str] = ()) -> PageKind | None:
    """Return what a page is that is no article, None if it may be one.

    `paragraphs` are what was read as its text. Where there is any, no word makes an article of it a removed one; and
    none makes it anything else unless the page is called so and has little to say.
    """
    if (kind := refusal(page)) is not None:
        return kind
    letters = 0
    for paragraph in sorted(paragraphs, key=len, reverse=True):
        letters += len(paragraph) if _is_text(paragraph) else 0
        if letters >= _LITTLE:
            return None
    nodes = [page.tree.css_first("title"), *page.tree.css("h1, h2")[:3]]
    names = [fold(node_text(node)[:_LITTLE]) for node in nodes if node is not None]
    called = {part.strip() for name in names for part in (name, *_BETWEEN_NAMES.split(name))}
    body = page.tree.body
    text = fold(node_text(body)) if body is not None else ""
    for kind in (PageKind.BLOCKED, PageKind.WALL, PageKind.GONE):
        if kind is PageKind.GONE and (letters or structured.is_article):
            continue  # it says something else, or what was published
        if any(_CALLED[kind].fullmatch(name) for name in called):
            return kind
        if letters:
            continue
        little = _LITTLE_WITH_MENU if kind is PageKind.GONE else _LITTLE
        if len(text) < little and _SAYS[kind].search(text[:_LITTLE]):
            return kind
        if kind is PageKind.WALL and _is_reload(page):
            return kind
    return PageKind.GONE if _is_front_page(page, structured) else None


def _is_text(paragraph: str) -> bool:
    """Whether a paragraph is an article's, not a sentence of the page about itself.

    >>> _is_text("Bài viết đã bị gỡ bỏ. Vui lòng quay lại trang chủ."), _is_text("Xã hỗ trợ 404 hộ nghèo xây nhà.")
    (False, True)
    """
    if not is_running(paragraph) or is_imprint(paragraph):
        return False
    if len(paragraph) > _LONGEST_MESSAGE:
        return True
    key = fold(paragraph)
    return not (_ASIDE.search(key) or any(pattern.search(key) for pattern in _SAYS.values()))


def refuses(page: Page) -> bool:
    """Whether a page that names no article is no list either: it refuses, or wants a cookie first."""
    return missing_kind(page, Structured()) in (PageKind.BLOCKED, PageKind.WALL)


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
